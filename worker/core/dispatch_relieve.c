/*
 * Who would have others wait without need: it is parked when the window of its partition fills.
 */
#include "worker/core/dispatch_park.h"

enum {
    RELIEF_PAUSE_MS = 100,
    RELIEF_LOOKS = 500, /* at deliveries of one partition, a time */
    STUCK_MS = 1000,    /* so long without an answer, or a gate shut, … */
    RESTING_MS = 5000,  /* or at rest, holds others up */
    PRESSED_PART = 4,   /* of the window: done above what is not */
};

static bool is_at_stuck_server(const struct dispatch *dispatch, const struct route *route,
                               const struct moment *now)
{
    return servers_are_several(&dispatch->servers) &&
           servers_is_stuck(route->server, now->mono, STUCK_MS);
}

/*
 * Whether a delivery will not be done soon, for reasons that are not those of other channels.  A
 * dead letter that is refused is for all to see, and wait for.
 */
static bool is_stuck(const struct dispatch *dispatch, const struct delivery *delivery,
                     const struct moment *now)
{
    const struct route *route = delivery->route;

    if (!route || delivery->state == DELIVERY_RECORDING || delivery->letter.stage)
        return false;
    if (delivery->state == DELIVERY_HELD)
        return route_is_closed(route) || is_at_stuck_server(dispatch, route, now);
    if (delivery->state == DELIVERY_RESTING)
        return delivery->due.node.key - now->mono > RESTING_MS;
    return is_at_stuck_server(dispatch, route, now);
}

/* What comes behind one that is parked, and stays so, would hold its partition up, too. */
void dispatch_follow(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    const struct delivery *first = lanes_first(delivery);

    if (first->parked != PARKED_NOT && is_stuck(dispatch, first, now))
        dispatch_park(dispatch, delivery, now);
}

static bool is_pressed(const struct dispatch *dispatch, const struct partition *partition)
{
    return ledger_is_full(partition->ledger) ||
           ledger_count_done(partition->ledger) > dispatch->options.window / PRESSED_PART ||
           dispatch->waiting_bytes >= dispatch->options.waiting_bytes / 2;
}

/* Parks what others above would have to wait for. */
static void relieve(struct dispatch *dispatch, struct partition *partition,
                    const struct moment *now)
{
    struct delivery *delivery;
    int looks = RELIEF_LOOKS;

    TAILQ_FOREACH(delivery, &partition->open, in_partition)
    {
        if (looks-- == 0 || dispatch->said_full)
            return;
        if (delivery->parked == PARKED_NOT && is_stuck(dispatch, lanes_first(delivery), now))
            dispatch_park(dispatch, delivery, now);
    }
}

mono_ms dispatch_relieve(struct dispatch *dispatch, const struct moment *now)
{
    struct partition *partition;

    if (dispatch->options.parking.max_records == 0)
        return MONO_NEVER;
    if (now->mono < dispatch->relief_due)
        return dispatch->is_pressed ? dispatch->relief_due : MONO_NEVER;
    dispatch->is_pressed = false;
    TAILQ_FOREACH(partition, &dispatch->partitions, all)
    if (!partition->leaving && !TAILQ_EMPTY(&partition->open) && is_pressed(dispatch, partition)) {
        relieve(dispatch, partition, now);
        dispatch->is_pressed = true;
    }
    dispatch->relief_due = now->mono + RELIEF_PAUSE_MS;
    return dispatch->is_pressed ? dispatch->relief_due : MONO_NEVER;
}
