/*
 * route: an event → the channel it belongs in, or why it is not sent.
 */
#ifndef WORKER_CORE_ROUTE_H
#define WORKER_CORE_ROUTE_H

#include "worker/core/event.h"
#include "worker/core/integration.h"

enum route_answer {
    ROUTE_FOUND,
    ROUTE_UNMAPPED,        /* no channel for this type: deliberately not sent */
    ROUTE_INACTIVE,        /* the integration is switched off: deliberately not sent */
    ROUTE_UNKNOWN_LICENCE, /* nobody's: a dead letter */
};

struct route_target {
    const struct integration *integration;
    const char *channel; /* an id, or team/channel by name */
};

/*
 * Finds the target of an event.  An event without a licence belongs to the only integration, when
 * there is exactly one.  *ret is set for ROUTE_FOUND only.
 */
enum route_answer route_event(const struct event *event, const struct integrations *integrations,
                              struct route_target *ret);

#endif
