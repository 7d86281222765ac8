/*
 * source: the Kafka consumer.
 *
 * Each assigned partition has a queue of its own, so that a partition that is not wanted now is
 * simply not read (pausing would purge what was fetched).  Offsets are only stored here; librdkafka
 * commits them by its own timer, because a commit of ours in the midst of a cooperative rebalance
 * would cost the whole assignment.  A partition that is revoked is given back when the owner is
 * done with it.  Everything happens in the caller's thread, inside source_serve().
 */
#ifndef WORKER_EDGE_SOURCE_H
#define WORKER_EDGE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "worker/core/lease.h"
#include "worker/core/record.h"
#include "worker/edge/kafka.h"

struct source;

/* One assigned partition; `owner` is the user's. */
struct source_partition {
    const char *topic;
    int32_t number;
    void *owner;
};

struct source_port {
    void *context;
    void (*rebalanced)(void *context); /* before what was assigned or revoked by it */
    void (*assigned)(void *context, struct source_partition *partition);
    /*
     * The partition is to be given back by source_give_back(), soon; `lost`: it is somebody
     * else's already, nothing can be stored for it any more, and it is given back before this
     * returns.  A partition that was not given back in time is first revoked and then lost.
     */
    void (*revoked)(void *context, struct source_partition *partition, bool lost);
    /* A commit was acknowledged: the next reader starts at `offset`. */
    void (*committed)(void *context, struct source_partition *partition, int64_t offset);
    /* A commit failed; librdkafka tries again by itself as long as it makes sense. */
    void (*commit_failed)(void *context, const char *words);
    /* The consumer cannot go on at all: the process has to end. */
    void (*died)(void *context, const char *words);
};

struct source_options {
    const struct kafka_property *properties; /* ends in a NULL name */
    const char *const *topics;               /* ends in NULL */
    int wake_fd;                             /* an eventfd to write to when something came */
    struct source_port port;
    struct kafka_listener listener;
};

/* Joins the group and subscribes to the topics.  -1: a property is wrong, or no client can be made.
 */
int source_open(const struct source_options *options, struct source **ret,
                struct fault *reterr) ATTR_MUST_USE;

/* What was agreed with the broker, as librdkafka was really told. */
struct lease_terms source_terms(const struct source *source);

/* What is known of the heartbeats by now; changes at any time, by librdkafka's own threads. */
struct lease_signs source_signs(const struct source *source);

/* Serves what librdkafka has to say; calls the port.  Often: once a turn, at least every second. */
void source_serve(struct source *source);

/* Gives the partition's next record; NULL when none is here now. */
struct record *source_take(struct source *source, struct source_partition *partition) ATTR_MUST_USE;

/* Everything below `offset` is done; committed by librdkafka's own timer. */
void source_store(struct source *source, const struct source_partition *partition, int64_t offset);

/* Gives a revoked partition back.  When all of a revocation are, others may have them. */
void source_give_back(struct source *source, struct source_partition *partition);

/*
 * The offset of the partition's next record, as the last fetch since it was assigned told; -1: not
 * known yet.
 */
int64_t source_end(struct source *source, struct source_partition *partition);

/*
 * The offset from which it is read: of the first record since it was assigned, or of the end; -1:
 * nothing came yet.
 */
int64_t source_start(const struct source_partition *partition);

/* How many records are between the reader and the end of the partition; -1: not known. */
int64_t source_lag(struct source *source, const struct source_partition *partition,
                   int64_t next_offset);

/* Whether the consumer has joined the group. */
bool source_has_joined(const struct source *source);

/* Starts to leave the group; partitions are revoked by source_serve(). */
void source_leave(struct source *source);

/* Whether it has left, so that source_free() is quick. */
bool source_has_left(const struct source *source);

/*
 * Frees the consumer.  librdkafka can hang here in rare cases (a rebalance that never ends): the
 * caller bounds it by a deadline after which the process exits.  NULL is fine.
 */
void source_free(struct source *source);

#endif
