/*
 * sink: the Kafka producer.
 *
 * Idempotent, acknowledged by all in-sync replicas.  Every message is reported exactly once, from
 * sink_serve(), unless its sender forgot it.  A producer that librdkafka declares dead is replaced;
 * what it had not acknowledged is reported as failed, so that its sender sends it again.
 */
#ifndef WORKER_EDGE_SINK_H
#define WORKER_EDGE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "worker/core/record.h"
#include "worker/edge/kafka.h"

struct sink;
struct sink_call;

struct sink_options {
    const struct kafka_property *properties; /* ends in a NULL name */
    bool one_by_one; /* a message is not refused for the size of those that go with it */
    int wake_fd;     /* an eventfd to write to when something came */
    struct kafka_listener listener;
};

enum sink_result {
    SINK_ACKNOWLEDGED,
    SINK_TOO_LARGE, /* this message will never pass as it is */
    SINK_FAILED,    /* try again later */
};

struct sink_message {
    const char *topic;
    const struct record *record; /* key, value, timestamp and headers; its topic is not used */
    const struct record_header *more_headers;
    size_t more_header_count;
    /* `why`: for a person; "" when it is acknowledged. */
    void (*done)(void *context, enum sink_result result, const char *why);
    void *context;
};

/* Makes the producer.  -1: a property is wrong, or no client can be made. */
int sink_open(const struct sink_options *options, struct sink **ret,
              struct fault *reterr) ATTR_MUST_USE;

/* Sends a copy of the message.  The call is for sink_forget(), until `done` was called. */
struct sink_call *sink_send(struct sink *sink, const struct sink_message *message) ATTR_MUST_USE;

/* Nobody waits for the report of a call any more. */
void sink_forget(struct sink_call *call);

/* Serves acknowledgements.  Often: once a turn. */
void sink_serve(struct sink *sink);

/* How many messages are not reported yet. */
size_t sink_count_open(const struct sink *sink);

/* Frees the producer; messages that are not acknowledged are dropped.  NULL is fine. */
void sink_free(struct sink *sink);

#endif
