/*
 * Whether what would change something in Mattermost may still be begun: somebody else may be the
 * partition's owner by the time it is over.
 */
#include "worker/core/dispatch_inner.h"

enum {
    LEAST_ROOM_MS = 1000, /* in less a slow server's answer would only be missed */
    LOOK_AGAIN_MS = 100,
};

static bool only_reads(const struct delivery *delivery)
{
    const struct ask *ask = &delivery->ask;

    return ask->method == ASK_GET ||
           (ask->purpose == ASK_FOR_STEP && delivery->step < ERRAND_POST_NOTICE);
}

bool dispatch_has_room(struct dispatch *dispatch, struct delivery *delivery)
{
    struct ask *ask = &delivery->ask;
    mono_ms least = ask->timeout < LEAST_ROOM_MS ? ask->timeout : LEAST_ROOM_MS;

    if (only_reads(delivery))
        return true;
    mono_ms room = dispatch->port.room(dispatch->port.context);
    if (room >= least) {
        if (room < ask->timeout)
            ask->timeout = room;
        return true;
    }
    servers_release(&dispatch->servers, delivery->route->server, ask);
    dispatch_enqueue(dispatch, delivery);
    dispatch->waits_for_room = true;
    return false;
}

mono_ms dispatch_next_look(const struct dispatch *dispatch, const struct moment *now)
{
    const struct heap_node *first = heap_first(&dispatch->due);
    mono_ms next = first ? first->key : MONO_NEVER;

    if (dispatch->waits_for_room && now->mono + LOOK_AGAIN_MS < next)
        next = now->mono + LOOK_AGAIN_MS;
    return next;
}
