/*
 * kafka_stage: librdkafka's mock cluster for the tests of our Kafka clients, and a descriptor that
 * they write to when something came.
 */
#ifndef TESTS_SUPPORT_KAFKA_STAGE_H
#define TESTS_SUPPORT_KAFKA_STAGE_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "worker/edge/kafka.h"

/* How long a test waits for anything. */
enum { KAFKA_STAGE_DEADLINE_MS = 30000 };

struct kafka_stage {
    rd_kafka_t *host; /* of the cluster; also a producer, once it knows the bootstrap servers */
    rd_kafka_mock_cluster_t *cluster;
    char bootstrap_servers[128];
    int wake_fd;
};

/* Starts a cluster of one broker. */
void kafka_stage_open(struct kafka_stage *stage);

void kafka_stage_close(struct kafka_stage *stage);

/* Waits until somebody writes to the descriptor, for a moment at most. */
void kafka_stage_rest(const struct kafka_stage *stage);

/* Hears what librdkafka says and does nothing about it. */
extern const struct kafka_listener kafka_stage_deaf;

#endif
