/*
 * kafka: what the consumer and the producer of this worker have in common: their configuration,
 * and where librdkafka's own words go.
 */
#ifndef WORKER_EDGE_KAFKA_H
#define WORKER_EDGE_KAFKA_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/attrs.h"
#include "common/fault.h"

/* A librdkafka property and its value, which may be a secret. */
struct kafka_property {
    const char *name;
    const char *value;
};

/* What the clients of this worker are; each ends in a NULL name.  A reader is a consumer without a
 * group: of partitions that it is told, to their end and on. */
extern const struct kafka_property kafka_consumer_defaults[];
extern const struct kafka_property kafka_producer_defaults[];
extern const struct kafka_property kafka_reader_defaults[];

/* Who hears of what librdkafka says and of errors that it mends by itself; `level` as in syslog. */
struct kafka_listener {
    void *context;
    void (*said)(void *context, int level, const char *words);
};

/*
 * Gives a configuration: `fixed` first, then `own` (the settings' properties, which may change what
 * is a mere default).  A property that only the other kind of client knows is passed over.  -1: a
 * name or value that librdkafka does not take; the fault never quotes a value.
 */
int kafka_conf_new(const struct kafka_property *fixed, const struct kafka_property *own,
                   rd_kafka_conf_t **ret, struct fault *reterr) ATTR_MUST_USE;

/* Sets properties (NULL: none) of a configuration, over what is set. */
int kafka_conf_add(rd_kafka_conf_t *conf, const struct kafka_property *properties,
                   struct fault *reterr) ATTR_MUST_USE;

/* Has the listener, which borrows until the client is gone, told of its errors and its log. */
void kafka_conf_listen(rd_kafka_conf_t *conf, struct kafka_listener *listener);

/* Has the eventfd written to when something comes to the queue, or for the client itself. */
void kafka_watch(rd_kafka_queue_t *queue, int wake_fd);
void kafka_watch_client(rd_kafka_t *kafka, int wake_fd);

/* Writes to the eventfd. */
void kafka_wake(int wake_fd);

#endif
