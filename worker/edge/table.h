/*
 * table: the state topic: a table of keys in a compacted topic.
 *
 * For each source partition that it is told of it writes the owner's marker to the state partition
 * of the same number, reads that partition from its beginning to the marker, and then keeps reading
 * what is written to it.  One consumer handle without a group, made at the start so that it is
 * warm, serves all; partition 3 of two source topics share state partition 3, and each is told
 * every record once, in order.  Writes are idempotent and acknowledged by all in-sync replicas; a
 * producer that librdkafka declares dead is replaced and what it had not acknowledged is written
 * again. Everything happens in the caller's thread, inside table_serve().
 */
#ifndef WORKER_EDGE_TABLE_H
#define WORKER_EDGE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/units.h"
#include "worker/edge/kafka.h"

struct table;
struct table_part; /* one source partition's view of its state partition */

struct table_record {
    const char *key;
    size_t key_length;
    const char *value; /* NULL: a tombstone */
    size_t value_length;
    int64_t offset;
};

/* None of these is called inside the function that causes it, nor for a part that was left. */
struct table_port {
    void *context;
    /*
     * A record of the state partition, from the beginning on; borrowed during the call.  Offsets
     * grow, but for a topic that was deleted and made again: that is told from its beginning.
     */
    void (*read)(void *context, void *owner, const struct table_record *record);
    /* All up to the marker was read; `epoch` is the marker's offset. */
    void (*restored)(void *context, void *owner, int64_t epoch);
    /* Something keeps the restore from going on; it is tried again.  For the log. */
    void (*hindered)(void *context, void *owner, const char *why);
    /* A write was acknowledged, once per table_write() that was not forgotten. */
    void (*written)(void *context, void *call_context);
};

struct table_options {
    const struct kafka_property *properties; /* of both clients; ends in a NULL name */
    const char *topic;
    int wake_fd; /* an eventfd to write to when something came */
    struct table_port port;
    struct kafka_listener listener;
};

/* Makes both clients and has the topic's metadata fetched.  -1: a property is wrong. */
int table_open(const struct table_options *options, struct table **ret,
               struct fault *reterr) ATTR_MUST_USE;

/*
 * Begins to restore state partition `number`: writes a marker under `marker_key`, which it copies,
 * and reads up to it.  `owner` is handed to the port.  Gives the part, until table_leave().
 */
struct table_part *table_join(struct table *table, int32_t number, const char *marker_key,
                              void *owner) ATTR_MUST_USE;

/* Stops reading for a part and forgets its writes; they may still reach the topic. */
void table_leave(struct table *table, struct table_part *part);

/* A write that was not acknowledged yet. */
struct table_call;

/*
 * Writes a record (its value NULL: a tombstone; its offset is not used) to the part's state
 * partition; copies it.  Reported by `written`, however long that takes.  Writes of one part keep
 * their order.
 */
struct table_call *table_write(struct table *table, struct table_part *part,
                               const struct table_record *record, void *call_context) ATTR_MUST_USE;

/* Nobody waits for the report of a write any more. */
void table_forget(struct table_call *call);

/*
 * Serves both clients; calls the port.  Often: once a turn, at least every second.  True: more is
 * waiting to be read.
 */
bool table_serve(struct table *table, mono_ms now);

/* How many writes are not acknowledged yet. */
size_t table_count_open(const struct table *table);

/* Frees both clients and all parts.  What is not acknowledged is dropped.  NULL is fine. */
void table_free(struct table *table);

#endif
