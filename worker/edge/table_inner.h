/*
 * table_inner: what table.c (its parts), table_write.c (the producer) and table_read.c (the
 * consumer) share; nobody else includes it.
 */
#ifndef WORKER_EDGE_TABLE_INNER_H
#define WORKER_EDGE_TABLE_INNER_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/units.h"
#include "worker/edge/kafka_producer.h"
#include "worker/edge/table.h"

enum {
    TABLE_RETRY_MS = 1000,    /* from a failure to the next try */
    TABLE_PATIENCE_MS = 5000, /* how long a restore may be silent */
};

/* A record to write: the part's marker or the owner's; in the part's list until it is reported. */
struct table_call {
    struct table *table;
    struct table_part *part; /* NULL: it was left while librdkafka had the record */
    void *context;
    bool is_marker;
    bool is_forgotten;
    bool is_sent;   /* librdkafka has it */
    int64_t offset; /* where it was written; -1: not yet, or it has to be written again */
    size_t key_length;
    size_t value_length;
    bool is_tombstone;
    STAILQ_ENTRY(table_call) after;
    char bytes[]; /* key and value */
};

/*
 * Writes of a part are reported in their order.  When one fails, it and all that came after it are
 * written again, in order, once nothing of the part is under way: a later write of a key is never
 * overtaken by an earlier one.
 */
struct table_part {
    struct table *table;
    int32_t number;
    void *owner;
    bool left;
    bool restored;
    int64_t epoch;               /* the marker's offset; -1: not known yet */
    int64_t next;                /* the owner was told of all below it */
    struct table_reader *reader; /* NULL until the epoch is known */
    mono_ms quiet_since;         /* of a restore */
    STAILQ_HEAD(table_calls, table_call) calls;
    size_t sent;             /* how many of them librdkafka has */
    bool broken;             /* one failed … */
    rd_kafka_resp_err_t err; /* … and why; NO_ERROR: the owner was told */
    mono_ms retry_at;
    LIST_ENTRY(table_part) all;
    LIST_ENTRY(table_part) same_number;
};

LIST_HEAD(table_part_list, table_part);

/* A state partition that is being read, for one or more parts. */
struct table_reader {
    int32_t number;
    rd_kafka_queue_t *queue; /* NULL: it is not read now */
    bool must_start;         /* from the first record that one of its parts needs */
    mono_ms start_at;
    int64_t next; /* where the log goes on */
    struct table_part_list parts;
    LIST_ENTRY(table_reader) all;
};

LIST_HEAD(table_reader_list, table_reader);

struct table {
    rd_kafka_t *consumer;
    rd_kafka_topic_t *topic; /* the consumer's */
    struct kafka_producer *producer;
    char *topic_name;
    int wake_fd;
    struct table_port port;
    struct kafka_listener listener; /* the user's */
    struct kafka_listener own;      /* hears all, and tells the user's */
    struct fault trouble;           /* what a client said last; empty since something worked */
    mono_ms now;                    /* of the turn */
    size_t open;
    struct table_part_list parts;
    struct table_reader_list readers;
};

/* Tells the part's owner, or after the restore the listener, that something does not work. */
void table_complain(struct table_part *part, const char *what, const char *why);

/* ---- table_write.c ---- */

int table_open_producer(struct table *table, const struct kafka_property *properties,
                        struct fault *reterr) ATTR_MUST_USE;

/* Writes the part's marker. */
void table_write_marker(struct table_part *part, const char *key);

/* Tells of what was acknowledged, and writes again what failed. */
void table_serve_writes(struct table_part *part);

/* Frees a part; its calls go with it, or later, when librdkafka is done with them. */
void table_free_part(struct table_part *part);

/* ---- table_read.c ---- */

int table_open_consumer(struct table *table, const struct kafka_property *properties,
                        struct fault *reterr) ATTR_MUST_USE;

/* Begins to read for a part whose epoch is known, from the beginning. */
void table_begin_reading(struct table_part *part);

/* Ends reading for a part; none is fine. */
void table_end_reading(struct table_part *part);

/* Reads what is here; true: there is more. */
bool table_serve_readers(struct table *table);

void table_close_consumer(struct table *table);

#endif
