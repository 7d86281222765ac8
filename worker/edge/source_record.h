/*
 * source_record: a message of librdkafka → a record of ours.
 */
#ifndef WORKER_EDGE_SOURCE_RECORD_H
#define WORKER_EDGE_SOURCE_RECORD_H

#include <librdkafka/rdkafka.h>

#include "worker/edge/source.h"

/* Gives a copy, so that the message can go: one that is kept pins the whole fetch it came in. */
struct record *source_read_record(const struct source_partition *partition,
                                  const rd_kafka_message_t *message) ATTR_MUST_USE;

#endif
