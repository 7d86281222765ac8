/*
 * ledger: how far one Kafka partition may be committed.
 *
 * Deliveries finish in any order, but a commit says "everything below this offset is done".  A
 * ledger remembers what was handed out and knows that point.  Pure.  One ledger per partition.
 */
#ifndef WORKER_CORE_LEDGER_H
#define WORKER_CORE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"

struct ledger;

/* The commit point before the first offset. */
#define LEDGER_NOTHING_YET INT64_C(-1)

/*
 * Gives a ledger that holds at most `window` offsets at and above the commit point, done or not,
 * so that a crash redelivers few.  Never NULL.
 */
struct ledger *ledger_new(size_t window) ATTR_MUST_USE;

/* Ends a ledger, open offsets and all.  NULL is fine. */
void ledger_free(struct ledger *ledger);
DEFINE_AUTO(struct ledger *, ledger_free)

/* Whether the window is full: stop reading the partition until it is not. */
bool ledger_is_full(const struct ledger *ledger);

/* Whether nothing is open: all that was handed out is done. */
bool ledger_is_empty(const struct ledger *ledger);

/*
 * Adds `offset`, above all earlier ones (gaps are normal), to a ledger that is not full.  The
 * ticket is for ledger_close().
 */
uint64_t ledger_open(struct ledger *ledger, int64_t offset) ATTR_MUST_USE;

/* Marks the offset behind `ticket` done, once. */
void ledger_close(struct ledger *ledger, uint64_t ticket);

/*
 * Moves the commit point of an empty ledger up to `offset`: what lies between is a gap in the log
 * (compaction, transactions) and nothing to wait for.
 */
void ledger_skip_to(struct ledger *ledger, int64_t offset);

/* The offset to commit: the lowest that is not done, or one past the last. */
int64_t ledger_commit_point(const struct ledger *ledger);

/* The highest offset above the commit point that is done; LEDGER_NOTHING_YET when there is none. */
int64_t ledger_highest_done(const struct ledger *ledger);

/* How many offsets above the commit point are done. */
size_t ledger_count_done(const struct ledger *ledger);

/* Calls `visit` for every offset above the commit point that is done, from low to high. */
void ledger_each_done(const struct ledger *ledger, void (*visit)(void *context, int64_t offset),
                      void *context);

#endif
