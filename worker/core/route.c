#include "worker/core/route.h"

static const struct integration *owner_of(const struct event *event,
                                          const struct integrations *integrations)
{
    if (event->licence)
        return integration_find(integrations, event->licence);
    return integrations->count == 1 ? &integrations->list[0] : NULL;
}

static const char *channel_for(const struct event *event, const struct integration *integration)
{
    switch (event->kind) {
    case EVENT_NOTIFICATION:
        return integration_find_channel(integration, event->notification.type);
    case EVENT_CONVERSATION_STARTED:
    case EVENT_MESSAGE:
    case EVENT_MESSAGE_EDITED:
    case EVENT_MESSAGE_DELETED:
    case EVENT_CONVERSATION_CLOSED:
        return integration->conversation_channel;
    }
    return NULL;
}

enum route_answer route_event(const struct event *event, const struct integrations *integrations,
                              struct route_target *ret)
{
    const struct integration *integration = owner_of(event, integrations);

    if (!integration)
        return ROUTE_UNKNOWN_LICENCE;
    if (!integration->active)
        return ROUTE_INACTIVE;
    const char *channel = channel_for(event, integration);
    if (!channel || *channel == '\0')
        return ROUTE_UNMAPPED;
    *ret = (struct route_target){ .integration = integration, .channel = channel };
    return ROUTE_FOUND;
}
