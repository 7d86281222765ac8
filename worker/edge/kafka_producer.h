/*
 * kafka_producer: an idempotent producer, which is replaced when librdkafka declares it dead.
 *
 * What a dead one had not acknowledged is reported as failed before its successor starts.
 */
#ifndef WORKER_EDGE_KAFKA_PRODUCER_H
#define WORKER_EDGE_KAFKA_PRODUCER_H

#include "worker/edge/kafka.h"

struct kafka_producer;

struct kafka_producer_options {
    const struct kafka_property *properties; /* the settings'; ends in a NULL name */
    const struct kafka_property *firm; /* goes over them; likewise, or NULL; borrows for its life */
    int wake_fd;                       /* an eventfd to write to when something came */
    struct kafka_listener listener;
    void (*delivered)(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque);
};

/* Makes the producer.  -1: a property is wrong, or no client can be made. */
int kafka_producer_open(const struct kafka_producer_options *options, struct kafka_producer **ret,
                        struct fault *reterr) ATTR_MUST_USE;

/* The client to produce with, until kafka_producer_serve(). */
rd_kafka_t *kafka_producer_client(const struct kafka_producer *producer);

/* Serves reports: calls `delivered`. */
void kafka_producer_serve(struct kafka_producer *producer);

/* Reports what was not acknowledged as failed, and frees the producer.  NULL is fine. */
void kafka_producer_free(struct kafka_producer *producer);

#endif
