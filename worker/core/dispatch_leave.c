/*
 * A partition that goes away: what is finished here, what is left to the next owner.
 */
#include "common/must.h"
#include "worker/core/dispatch_inner.h"

/* Whether it is better finished here; of what is lost only what cannot be called back. */
static bool is_to_be_finished(const struct delivery *delivery, bool lost)
{
    return delivery_is_begun(delivery) && !(lost && delivery_may_end_soon(delivery));
}

/* Withdraws what is not better finished here: begun, or a gap below `reach`. */
static void leave(struct dispatch *dispatch, const struct delivery_queue *queue, int64_t reach,
                  bool lost, const struct moment *now)
{
    struct delivery *delivery = TAILQ_FIRST(queue);

    while (delivery) {
        struct delivery *next = TAILQ_NEXT(delivery, in_partition);
        bool is_gap = delivery->record->offset < reach && delivery_may_end_soon(delivery) &&
                      !lanes_is_blocked(delivery);
        if (!is_gap && !is_to_be_finished(delivery, lost)) {
            lanes_block(delivery);
            dispatch_withdraw(dispatch, delivery, now);
        }
        delivery = next;
    }
}

void dispatch_leave(struct dispatch *dispatch, struct partition *partition, bool lost,
                    const struct moment *now)
{
    int64_t reach = lost ? -1 : partition_reach(partition);

    partition->leaving = true;
    partition->lost = partition->lost || lost;
    /* What stands in the state topic leaves no gap: it is the next owner's.  It is first in lanes.
     */
    leave(dispatch, &partition->parked, -1, lost, now);
    leave(dispatch, &partition->open, reach, lost, now);
}

bool dispatch_is_idle(const struct partition *partition)
{
    return TAILQ_EMPTY(&partition->open) && TAILQ_EMPTY(&partition->parked);
}

bool dispatch_is_committed(const struct partition *partition)
{
    return partition->lost || (!partition->dirty && partition->acked >= partition->stored);
}

void dispatch_forget(struct dispatch *dispatch, struct partition *partition,
                     const struct moment *now)
{
    struct partition *other;

    must(partition->leaving);
    while (!TAILQ_EMPTY(&partition->parked))
        dispatch_withdraw(dispatch, TAILQ_FIRST(&partition->parked), now);
    while (!TAILQ_EMPTY(&partition->open))
        dispatch_withdraw(dispatch, TAILQ_FIRST(&partition->open), now);
    if (!partition->lost && partition->epoch >= 0 && partition_is_clear(partition))
        dispatch_write_farewell(dispatch, partition);
    past_remember(&dispatch->past, partition, now);
    if (partition->dirty)
        TAILQ_REMOVE(&dispatch->dirty, partition, in_dirty);
    partition->dirty = false;
    TAILQ_REMOVE(&dispatch->partitions, partition, all);
    TAILQ_FOREACH(other, &dispatch->partitions, all)
    if (other->elder == partition)
        other->elder = NULL;
    partition_free(partition);
}
