#include "worker/core/past.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

/* Done: [from, below) but for the offsets in `parked`, and those in `above`; both are sorted. */
struct past_entry {
    char *topic;
    int32_t partition;
    int64_t from;
    int64_t below;
    int64_t *above;
    size_t above_count;
    int64_t *parked;
    size_t parked_count;
    struct moment lost_at;
    SLIST_ENTRY(past_entry) next;
};

static void count_one(void *context, int64_t offset)
{
    (void)offset;
    ++*(size_t *)context;
}

static void add_one(void *context, int64_t offset)
{
    struct past_entry *entry = context;

    entry->above[entry->above_count++] = offset;
}

/* What was parked only is not done; somebody else may have forgotten it since. */
static void leave_out_parked(struct past_entry *entry, const struct parking *parking)
{
    size_t count = parking->by_offset.count;
    AUTO(free) struct parked **list = parking_list(parking);

    entry->parked = mem_new_array(count, sizeof(int64_t));
    for (size_t i = 0; i < count; i++)
        entry->parked[entry->parked_count++] = list[i]->offset;
}

void past_remember(struct past *past, const struct partition *partition, const struct moment *now)
{
    const struct ledger *ledger = partition->ledger;
    int64_t acked = partition->acked;
    int64_t below = ledger_commit_point(ledger);
    size_t above = 0;

    past_forget(past, now->mono);
    ledger_each_done(ledger, count_one, &above);
    if (acked < 0 || (below <= acked && above == 0))
        return;

    struct past_entry *entry = mem_new(sizeof(*entry));
    *entry = (struct past_entry){ .topic = mem_string(partition->topic),
                                  .partition = partition->number,
                                  .from = acked,
                                  .below = below,
                                  .above = mem_new_array(above, sizeof(int64_t)),
                                  .lost_at = *now };
    ledger_each_done(ledger, add_one, entry);
    leave_out_parked(entry, &partition->parking);
    must(entry->above_count == above);
    SLIST_INSERT_HEAD(&past->entries, entry, next);
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static bool is_among(const int64_t *offsets, size_t count, int64_t offset)
{
    return count > 0 && bsearch(&offset, offsets, count, sizeof(int64_t), compare);
}

static bool entry_has(const struct past_entry *entry, const struct record *record, mono_ms now)
{
    if (record->partition != entry->partition || now - entry->lost_at.mono > PAST_KEPT_MS)
        return false;
    if (record->timestamp > entry->lost_at.wall || strcmp(record->topic, entry->topic) != 0)
        return false;
    if (is_among(entry->parked, entry->parked_count, record->offset))
        return false;
    if (record->offset < entry->below)
        return record->offset >= entry->from;
    return is_among(entry->above, entry->above_count, record->offset);
}

bool past_has(const struct past *past, const struct record *record, mono_ms now)
{
    const struct past_entry *entry;

    SLIST_FOREACH(entry, &past->entries, next)
    if (entry_has(entry, record, now))
        return true;
    return false;
}

void past_forget(struct past *past, mono_ms now)
{
    struct past_list kept = SLIST_HEAD_INITIALIZER(kept);

    while (!SLIST_EMPTY(&past->entries)) {
        struct past_entry *entry = SLIST_FIRST(&past->entries);
        SLIST_REMOVE_HEAD(&past->entries, next);
        if (now - entry->lost_at.mono <= PAST_KEPT_MS) {
            SLIST_INSERT_HEAD(&kept, entry, next);
            continue;
        }
        free(entry->topic);
        free(entry->above);
        free(entry->parked);
        free(entry);
    }
    past->entries = kept;
}
