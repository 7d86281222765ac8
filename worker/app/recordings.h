/*
 * recordings: what is remembered of partitions, on its way to and from the state topic.
 *
 * Connects core/dispatch with edge/table: restores a partition's state before its first record is
 * handed out, writes what the core decides, and tells it what others write.
 */
#ifndef WORKER_APP_RECORDINGS_H
#define WORKER_APP_RECORDINGS_H

#include "common/metrics.h"
#include "worker/app/assignments.h"
#include "worker/core/dispatch.h"
#include "worker/edge/table.h"

struct recordings {
    struct table *table;
    struct dispatch *dispatch;
    struct metrics *metrics;
    void *context;
    const struct moment *(*now)(void *context);
};

/* The port of the table, whose context is the recordings. */
extern const struct table_port recordings_port;

/* Begins to restore an assignment's state. */
void recordings_join(struct recordings *recordings, struct assignment *assignment);

/* Ends it; none was begun is fine. */
void recordings_leave(struct recordings *recordings, struct assignment *assignment);

/* Writes for a partition of an assignment; see struct dispatch_port. */
void recordings_write(struct recordings *recordings, struct partition *partition,
                      const struct state_write *write);

/* Nobody waits any more for a delivery's write, or for the one that parks it. */
void recordings_forget(struct delivery *delivery);
void recordings_forget_parking(struct delivery *delivery);

#endif
