/*
 * admin: what a command asks of Kafka and does to it: topics, their configs, members of a group,
 * the keys of the state topic.
 *
 * A short-lived client of its own.  Each call blocks, up to a deadline, and so is for commands and
 * for the time before the loop runs, never for the loop.  What librdkafka says meanwhile is kept,
 * and becomes words of the fault when the call fails.  Nothing is ever created by asking.
 */
#ifndef WORKER_EDGE_ADMIN_H
#define WORKER_EDGE_ADMIN_H

#include <stddef.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/units.h"
#include "worker/core/topic_plan.h"
#include "worker/edge/kafka.h"

struct admin;

/* How a call ended; all but the first set the fault, which names topic or group and brokers. */
enum admin_answer {
    ADMIN_DONE,
    ADMIN_REFUSED,     /* Kafka answered no */
    ADMIN_UNREACHABLE, /* no answer, or none in time */
};

/*
 * Makes a client.  `properties` end in a NULL name and are borrowed until admin_free(); `timeout`
 * is for each call below.  -1: a property is wrong.
 */
int admin_open(const struct kafka_property *properties, mono_ms timeout, struct admin **ret,
               struct fault *reterr) ATTR_MUST_USE;

/* NULL is fine. */
void admin_free(struct admin *admin);
DEFINE_AUTO(struct admin *, admin_free)

/*
 * Fills in what is found of the topics that the plan names, and how many brokers there are.  A
 * broker that does not tell of a topic or of configs is no failure: the plan says why.
 */
enum admin_answer admin_look(struct admin *admin, struct topic_plan *plan,
                             struct fault *reterr) ATTR_MUST_USE;

/* Creates a topic and waits until it has its leaders.  One that exists by now is left alone. */
enum admin_answer admin_create(struct admin *admin, const struct topic_wish *wish,
                               struct fault *reterr) ATTR_MUST_USE;

/* Counts the members of a consumer group; one that does not exist has none. */
enum admin_answer admin_count_members(struct admin *admin, const char *group, size_t *ret,
                                      struct fault *reterr) ATTR_MUST_USE;

/*
 * Writes a tombstone for each key of the topic `state` that is about the topic `source`, in the
 * key's own partition; keys that are removed already are left alone.  *ret: how many were written
 * and acknowledged.  Nobody else may write to them meanwhile.  Not done: another call goes on.  The
 * time-out is for a standstill.
 */
enum admin_answer admin_forget_state(struct admin *admin, const char *state, const char *source,
                                     size_t *ret, struct fault *reterr) ATTR_MUST_USE;

#endif
