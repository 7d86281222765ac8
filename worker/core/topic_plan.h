/*
 * topic_plan: the topics that the settings name: what each has to be, and what mends it.
 *
 * The worker's own (replies, dead letters, state) it can create; what others own it only judges.
 * How many partitions its own need follows from the topics that it reads, so none of them is
 * created before all of those exist.  Pure.
 */
#ifndef WORKER_CORE_TOPIC_PLAN_H
#define WORKER_CORE_TOPIC_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/attrs.h"
#include "common/text.h"

/* In the order in which they are shown.  The worker reads its records from the first two. */
#define TOPIC_ROLES(X)                \
    X(NOTIFICATIONS, "notifications") \
    X(CONVERSATIONS, "conversations") \
    X(INTEGRATIONS, "integrations")   \
    X(REPLIES, "replies")             \
    X(DEAD_LETTERS, "dead_letters")   \
    X(STATE, "state")

enum topic_role {
#define TOPIC_ROLE(name, words) TOPIC_##name,
    TOPIC_ROLES(TOPIC_ROLE)
#undef TOPIC_ROLE
};

/* The configs of topics that matter here, with Kafka's names. */
#define TOPIC_CONFIGS(X)                                \
    X(CLEANUP_POLICY, "cleanup.policy")                 \
    X(MIN_INSYNC_REPLICAS, "min.insync.replicas")       \
    X(MAX_MESSAGE_BYTES, "max.message.bytes")           \
    X(RETENTION_MS, "retention.ms")                     \
    X(SEGMENT_MS, "segment.ms")                         \
    X(SEGMENT_BYTES, "segment.bytes")                   \
    X(MIN_CLEANABLE_RATIO, "min.cleanable.dirty.ratio") \
    X(DELETE_RETENTION_MS, "delete.retention.ms")

enum topic_config {
#define TOPIC_CONFIG(name, words) TOPIC_CONFIG_##name,
    TOPIC_CONFIGS(TOPIC_CONFIG)
#undef TOPIC_CONFIG
};

enum {
#define TOPIC_ONE(name, words) +1
    TOPIC_ROLE_COUNT = 0 TOPIC_ROLES(TOPIC_ONE),
    TOPIC_CONFIG_COUNT = 0 TOPIC_CONFIGS(TOPIC_ONE),
#undef TOPIC_ONE
    TOPIC_MAX_VALUE = 64,
};

extern const char *const topic_role_names[TOPIC_ROLE_COUNT];
extern const char *const topic_config_names[TOPIC_CONFIG_COUNT];

enum topic_presence {
    TOPIC_ABSENT,
    TOPIC_PRESENT,
    TOPIC_HIDDEN, /* the broker does not let us look */
};

/* What a broker says about a topic. */
struct topic_found {
    enum topic_presence presence;
    int partitions;
    int replicas;                                      /* of the partition that has the fewest */
    char configs[TOPIC_CONFIG_COUNT][TOPIC_MAX_VALUE]; /* empty: not told */
    char why[160]; /* what hides the topic or its configs; empty: nothing */
};

struct topic_plan {
    const char *bootstrap_servers;
    const char *names[TOPIC_ROLE_COUNT]; /* NULL: there is none, and nothing is found of it */
    struct topic_found found[TOPIC_ROLE_COUNT];
    int brokers;
};

#define TOPIC_STATES(X) \
    X(FINE, "fine") X(MISSING, "missing") X(WRONG, "wrong") X(UNKNOWN, "unknown")

enum topic_state {
#define TOPIC_STATE(name, words) TOPIC_IS_##name,
    TOPIC_STATES(TOPIC_STATE)
#undef TOPIC_STATE
};

const char *topic_state_name(enum topic_state state);

struct topic_finding {
    enum topic_state state;
    struct text seen;
    struct text wanted; /* what would be right instead; empty when the topic is fine */
    struct text fix;    /* commands, joined by &&, or a sentence; empty when the topic is fine */
};

/* Gives what is to be said about a topic that the plan names. */
void topic_plan_judge(const struct topic_plan *plan, enum topic_role role,
                      struct topic_finding *ret);

/*
 * The same about the state topic, but only what the worker cannot run without: it exists, is
 * compacted, and has a partition for each of the largest source topic.
 */
void topic_plan_judge_to_run(const struct topic_plan *plan, struct topic_finding *ret);

void topic_finding_free(struct topic_finding *finding);
static inline void topic_finding_free_auto(struct topic_finding *finding)
{
    topic_finding_free(finding);
}

/* A topic to create. */
struct topic_wish {
    const char *name;
    int partitions;
    int replicas;
    char configs[TOPIC_CONFIG_COUNT][TOPIC_MAX_VALUE]; /* empty: as the broker's default */
};

/* Whether a topic of the worker's own is missing and may be created now; *ret is how. */
bool topic_plan_wish(const struct topic_plan *plan, enum topic_role role,
                     struct topic_wish *ret) ATTR_MUST_USE;

/* Whether that is a topic that the worker reads its records from. */
bool topic_plan_is_source(const struct topic_plan *plan, const char *name);

/* Whether a record of the state topic is about a source topic: a thread, a marker and the like. */
bool topic_plan_is_state_of(const char *topic, const char *key, size_t length);

#endif
