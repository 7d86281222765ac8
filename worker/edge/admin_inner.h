/*
 * admin_inner: what the files of admin share; nobody else includes it.
 *
 * admin.c keeps the client and asks about groups, admin_topics.c looks at topics and creates them,
 * admin_forget.c removes keys from the state topic.
 */
#ifndef WORKER_EDGE_ADMIN_INNER_H
#define WORKER_EDGE_ADMIN_INNER_H

#include "worker/edge/admin.h"

struct admin {
    rd_kafka_t *kafka; /* a consumer without a group: a producer would create what it asks for */
    const struct kafka_property *properties;
    mono_ms timeout;
    char complaint[256]; /* the last failure that librdkafka told of; empty: none */
};

/* Gives a configuration whose client's failures the admin hears of, when it is polled. */
int admin_conf_new(struct admin *admin, const struct kafka_property *defaults,
                   rd_kafka_conf_t **ret, struct fault *reterr) ATTR_MUST_USE;

/* When a call that begins now has to end. */
mono_ms admin_deadline(const struct admin *admin);

/* What is left until the deadline, as librdkafka wants it: 1 ms at least. */
int admin_left(mono_ms deadline);

/* Sets the fault, which begins with what was tried; gives which kind of failure `err` is. */
enum admin_answer admin_failed(struct admin *admin, const char *what, rd_kafka_resp_err_t err,
                               struct fault *reterr);

/* Asks for the metadata of one topic; that it does not exist is an error of the topic's alone. */
enum admin_answer admin_ask_metadata(struct admin *admin, const char *topic, mono_ms deadline,
                                     const struct rd_kafka_metadata **ret,
                                     struct fault *reterr) ATTR_MUST_USE;

/* An admin request of librdkafka's: where it answers, and how long it may take. */
struct admin_request {
    rd_kafka_queue_t *queue;
    rd_kafka_AdminOptions_t *options;
    mono_ms deadline;
};

struct admin_request admin_request_begin(struct admin *admin, rd_kafka_admin_op_t operation,
                                         mono_ms deadline);

/* Waits for the answer and ends the request.  Gives the answer, and its error, if it has one. */
rd_kafka_event_t *admin_request_end(struct admin *admin, struct admin_request *request,
                                    rd_kafka_resp_err_t *reterr);

#endif
