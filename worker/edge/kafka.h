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

/* What a consumer and a producer of this worker are; each ends in a NULL name. */
extern const struct kafka_property kafka_consumer_defaults[];
extern const struct kafka_property kafka_producer_defaults[];

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

#endif
