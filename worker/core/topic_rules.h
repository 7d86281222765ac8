/*
 * topic_rules: what is right for the topics of a topic_plan; nobody else includes it.
 */
#ifndef WORKER_CORE_TOPIC_RULES_H
#define WORKER_CORE_TOPIC_RULES_H

#include "worker/core/topic_plan.h"

/* How much a rule weighs; each kind of check looks at one weight and those before it. */
enum topic_weight {
    TOPIC_RULE_TO_RUN, /* the worker does not run without it */
    TOPIC_RULE,
    TOPIC_RULE_OF_NEW, /* a topic that somebody else made need not follow it */
};

/*
 * What is right for a config of a role's topic.  Without bounds: exactly `value`; with bounds
 * `value` is one between them.  A `value` of NULL: it depends on other topics and the brokers.
 */
struct topic_rule {
    enum topic_role role;
    enum topic_config config;
    enum topic_weight weight;
    const char *value; /* what a new topic gets, and what mends one */
    double least;
    double most;
    const char *why; /* what happens otherwise; NULL: it is plain */
};

extern const struct topic_rule topic_rules[];
extern const size_t topic_rule_count;

/* A rule for the topics and brokers that there are. */
struct topic_demand {
    char value[TOPIC_MAX_VALUE]; /* empty: nothing is demanded */
    double least;
    double most;
};

struct topic_demand topic_demand_of(const struct topic_plan *plan, const struct topic_rule *rule);

/* Whether a config meets a demand; one that is not known does. */
bool topic_demand_is_met(const struct topic_demand *demand, const char *value);

/* Adds what would be right, and why. */
void topic_demand_say(const struct topic_demand *demand, const struct topic_rule *rule,
                      struct text *ret);

/* Whether the worker reads its records from such a topic; whether it creates such a topic. */
bool topic_is_source(enum topic_role role);
bool topic_is_own(enum topic_role role);

int topic_most_source_partitions(const struct topic_plan *plan);

/* The first source topic that is not known to exist; NULL: there is none. */
const char *topic_missing_source(const struct topic_plan *plan);

/* As many as the brokers allow, up to three. */
int topic_replicas_wanted(const struct topic_plan *plan);

#endif
