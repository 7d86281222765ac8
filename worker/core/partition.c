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
    partition->threads = threads_new();
    partition->done = threads_new();
    STAILQ_INIT(&partition->settled);
    partition->epoch = -1;
    partition->markers[0] = partition->markers[1] = partition->left = -1;
    partition->doubt_below = -1;
    partition->acked = -1;
    partition->stored = -1;
    partition->start = -1;
    TAILQ_INIT(&partition->open);
    TAILQ_INIT(&partition->parked);
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

struct threads *partition_memory(const struct partition *partition, const struct thread_name *name)
{
    return name->licence[0] ? partition->threads : partition->done;
}

int64_t partition_end_of_doubt(const struct partition *partition, size_t window)
{
    int64_t beyond = partition->acked + (int64_t)window;

    if (!partition->inherits_doubt)
        return partition->acked;
    return partition->end < beyond ? partition->end : beyond;
}

bool partition_is_clear(const struct partition *partition)
{
    bool is_past_doubt = !partition->inherits_doubt ||
                         (partition->doubt_below >= 0 &&
                          ledger_commit_point(partition->ledger) >= partition->doubt_below);

    return is_past_doubt && !partition->leaves_doubt;
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
    must(TAILQ_EMPTY(&partition->open) && TAILQ_EMPTY(&partition->parked) && !partition->dirty);
    ledger_free(partition->ledger);
    threads_free(partition->threads);
    threads_free(partition->done);
    settled_free(&partition->settled);
    partition_forget_repairs(partition);
    parking_free(&partition->parking);
    free(partition->held_back);
    free(partition->topic);
    free(partition);
}
