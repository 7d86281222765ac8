/*
 * source_inner: what source.c (the client) and source_rebalance.c (its partitions) share; nobody
 * else includes it.
 */
#ifndef WORKER_EDGE_SOURCE_INNER_H
#define WORKER_EDGE_SOURCE_INNER_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "worker/edge/source.h"
#include "worker/edge/source_heartbeat.h"

/* A partition with its queue; stays in the list until it is given back. */
struct assigned {
    struct source_partition public;
    rd_kafka_queue_t *queue;
    struct record *first; /* read to know the end, not taken yet; NULL: none */
    int64_t start;        /* where what came first stands, a record or the end; -1: nothing came */
    bool revoked;
    LIST_ENTRY(assigned) all;
};

/* `leaving` holds the partitions of a revocation whose unassign waits for their owner. */
struct source {
    rd_kafka_t *kafka;
    rd_kafka_queue_t *control;
    rd_kafka_queue_t *closing; /* NULL until source_leave() */
    struct lease_terms terms;
    struct heartbeat heartbeat;
    struct source_port port;
    struct kafka_listener listener;
    int wake_fd;
    bool joined;
    LIST_HEAD(assigned_list, assigned) partitions;
    rd_kafka_topic_partition_list_t *leaving; /* NULL: no revocation is under way */
};

/* Has a queue wake the loop when something comes to it. */
void source_watch(const struct source *source, rd_kafka_queue_t *queue);

/* Tells the listener; `level` as in syslog. */
void source_say(const struct source *source, int level, const char *words);

/* Tells of an error of `what`, which it takes; NULL is none. */
void source_say_error(const struct source *source, const char *what, rd_kafka_error_t *error);

/* An assigned partition; NULL when it is not. */
struct assigned *source_find(const struct source *source, const char *topic, int32_t number);

/* Forgets a partition, without giving it back. */
void source_drop(struct assigned *partition);

/* librdkafka's callback. */
void source_on_rebalance(rd_kafka_t *kafka, rd_kafka_resp_err_t err,
                         rd_kafka_topic_partition_list_t *list, void *opaque);

#endif
