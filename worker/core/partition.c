#include "worker/core/partition.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"

struct partition *partition_new(const char *topic, int32_t number, size_t window)
{
    struct partition *partition = mem_new(sizeof(*partition));

    partition->topic = mem_string(topic);
    partition->number = number;
    partition->ledger = ledger_new(window);
    partition->standing = PARTITION_OPEN;
    partition->epoch = -1;
    partition->doubt_below = -1;
    partition->acked = -1;
    partition->stored = -1;
    TAILQ_INIT(&partition->open);
    return partition;
}

int64_t partition_reach(const struct partition *partition)
{
    int64_t reach = ledger_highest_done(partition->ledger);
    const struct delivery *delivery;

    TAILQ_FOREACH_REVERSE(delivery, &partition->open, delivery_queue, in_partition)
    {
        if (delivery->record->offset <= reach)
            break;
        if (delivery_is_begun(delivery))
            return delivery->record->offset;
    }
    return reach;
}

void partition_forget_repairs(struct partition *partition)
{
    while (!SLIST_EMPTY(&partition->repairs)) {
        struct thread_repair *repair = SLIST_FIRST(&partition->repairs);
        SLIST_REMOVE_HEAD(&partition->repairs, next);
        free(repair->licence);
        free(repair->conversation);
        free(repair);
    }
}

void partition_free(struct partition *partition)
{
    if (!partition)
        return;
    must(TAILQ_EMPTY(&partition->open) && !partition->dirty);
    ledger_free(partition->ledger);
    threads_free(partition->threads);
    partition_forget_repairs(partition);
    free(partition->held_back);
    free(partition->topic);
    free(partition);
}
