/*
 * broker: a Kafka of the demo's own: librdkafka's mock cluster, and a producer on it.
 */
#ifndef WORKER_DEMO_BROKER_H
#define WORKER_DEMO_BROKER_H

#include "common/attrs.h"
#include "common/fault.h"
#include "common/text.h"

struct broker;

/* Starts a broker without topics.  -1: librdkafka cannot. */
int broker_new(struct broker **ret, struct fault *reterr) ATTR_MUST_USE;

/* NULL is fine. */
void broker_free(struct broker *broker);

/* Where clients find it. */
const char *broker_bootstrap_servers(const struct broker *broker);

/* Makes a topic that is not there yet. */
void broker_add_topic(struct broker *broker, const char *topic, int partitions);

/* Publishes a record, in the order of the calls.  -1: its queue is full. */
int broker_publish(struct broker *broker, const char *topic, const char *key,
                   const struct text *value) ATTR_MUST_USE;

/* Serves acknowledgements; now and then. */
void broker_serve(struct broker *broker);

#endif
