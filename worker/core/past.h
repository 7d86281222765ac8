/*
 * past: what this process has done of a partition that was taken from it.
 *
 * Offsets cannot be committed while a rebalance runs, nor once a partition is lost.  When such a
 * partition comes back to the same process, the records that it has done are not done again.
 * Remembered for a while only, and never held against a record that is younger than the loss: a
 * topic that was deleted and made again starts at offset 0 with other records.  Pure.
 */
#ifndef WORKER_CORE_PAST_H
#define WORKER_CORE_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/units.h"
#include "worker/core/partition.h"
#include "worker/core/record.h"

struct past {
    SLIST_HEAD(past_list, past_entry) entries;
};

/* How long a loss is remembered. */
#define PAST_KEPT_MS (10 * 60 * 1000)

/*
 * Remembers what was done of a partition at and above its last acknowledged commit; not what is
 * only parked.
 */
void past_remember(struct past *past, const struct partition *partition, const struct moment *now);

/* Whether this process has done the record under an earlier assignment. */
bool past_has(const struct past *past, const struct record *record, mono_ms now);

/* Forgets what is older than PAST_KEPT_MS; with MONO_NEVER everything. */
void past_forget(struct past *past, mono_ms now);

#endif
