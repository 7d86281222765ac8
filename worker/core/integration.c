#include "worker/core/integration.h"

#include <stdlib.h>
#include <string.h>

enum { ID_LENGTH = 26 };

static int compare_licence(const void *licence, const void *member)
{
    const struct integration *integration = member;

    return strcmp(licence, integration->licence);
}

const struct integration *integration_find(const struct integrations *integrations,
                                           const char *licence)
{
    if (integrations->count == 0)
        return NULL;
    return bsearch(licence, integrations->list, integrations->count, sizeof(*integrations->list),
                   compare_licence);
}

bool integrations_have_conversations(const struct integrations *integrations)
{
    for (size_t i = 0; i < integrations->count; i++)
        if (*integrations->list[i].conversation_channel)
            return true;
    return false;
}

static int compare_type(const void *type, const void *member)
{
    const struct channel_mapping *mapping = member;

    return strcmp(type, mapping->type);
}

const char *integration_find_channel(const struct integration *integration, const char *type)
{
    const struct channel_mapping *mapping = NULL;

    if (integration->mapping_count > 0)
        mapping = bsearch(type, integration->mappings, integration->mapping_count,
                          sizeof(*integration->mappings), compare_type);
    return mapping && *mapping->channel ? mapping->channel : NULL;
}

bool channel_is_id(const char *channel)
{
    return strlen(channel) == ID_LENGTH &&
           strspn(channel, "abcdefghijklmnopqrstuvwxyz0123456789") == ID_LENGTH;
}
