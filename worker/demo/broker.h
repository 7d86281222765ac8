/*
 * broker: a Kafka of the demo's own: librdkafka's mock cluster, and a producer on it.
 */
#ifndef WORKER_DEMO_BROKER_H
#define WORKER_DEMO_BROKER_H

#include <stddef.h>

#include "common/attrs.h"
#include "common/fault.h"

struct broker;

/* Starts a broker with `topic` of so many partitions.  -1: librdkafka cannot. */
int broker_new(const char *topic, int partitions, struct broker **ret,
               struct fault *reterr) ATTR_MUST_USE;

/* NULL is fine. */
void broker_free(struct broker *broker);

/* Where clients find it. */
const char *broker_bootstrap_servers(const struct broker *broker);

/* Publishes a record, in the order of the calls.  -1: its queue is full. */
int broker_publish(struct broker *broker, const char *key, const char *value,
                   size_t length) ATTR_MUST_USE;

/* Serves acknowledgements; now and then. */
void broker_serve(struct broker *broker);

#endif
