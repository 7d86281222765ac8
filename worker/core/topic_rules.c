#include "worker/core/topic_rules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/must.h"

enum {
    MOST_REPLICAS = 3,
    LETTER_MARGIN_BYTES = 64 * 1024, /* what is added to a record that becomes a letter or parks */
};

const struct topic_rule topic_rules[] = {
    { TOPIC_INTEGRATIONS, TOPIC_CONFIG_CLEANUP_POLICY, TOPIC_RULE, "compact", 0, 0,
      "else integrations vanish with time" },

    { TOPIC_REPLIES, TOPIC_CONFIG_CLEANUP_POLICY, TOPIC_RULE, "delete", 0, 0,
      "else a conversation keeps only its last reply" },
    { TOPIC_REPLIES, TOPIC_CONFIG_MIN_INSYNC_REPLICAS, TOPIC_RULE_OF_NEW, NULL, 0, 0, NULL },

    { TOPIC_DEAD_LETTERS, TOPIC_CONFIG_CLEANUP_POLICY, TOPIC_RULE, "delete", 0, 0,
      "else a key keeps only its last letter" },
    { TOPIC_DEAD_LETTERS, TOPIC_CONFIG_MIN_INSYNC_REPLICAS, TOPIC_RULE, NULL, 0, 0, NULL },
    { TOPIC_DEAD_LETTERS, TOPIC_CONFIG_MAX_MESSAGE_BYTES, TOPIC_RULE, NULL, 0, 0,
      "else the letter of a large record loses its value" },
    /* A month for new ones; the week that brokers default to leaves time to look, too. */
    { TOPIC_DEAD_LETTERS, TOPIC_CONFIG_RETENTION_MS, TOPIC_RULE, "2592000000", 604800000, HUGE_VAL,
      "else letters go before somebody has looked" },

    { TOPIC_STATE, TOPIC_CONFIG_CLEANUP_POLICY, TOPIC_RULE_TO_RUN, "compact", 0, 0,
      "else what was done is forgotten with time" },
    { TOPIC_STATE, TOPIC_CONFIG_MIN_INSYNC_REPLICAS, TOPIC_RULE, NULL, 0, 0, NULL },
    { TOPIC_STATE, TOPIC_CONFIG_MAX_MESSAGE_BYTES, TOPIC_RULE, NULL, 0, 0,
      "else a large record cannot be parked" },
    /* Brokers default to a week, a gigabyte and a half: all that is read at each start. */
    { TOPIC_STATE, TOPIC_CONFIG_SEGMENT_MS, TOPIC_RULE, "3600000", 60000, 86400000,
      "the newest segment is never compacted" },
    { TOPIC_STATE, TOPIC_CONFIG_SEGMENT_BYTES, TOPIC_RULE, "67108864", 1048576, 268435456,
      "the newest segment is never compacted" },
    { TOPIC_STATE, TOPIC_CONFIG_MIN_CLEANABLE_RATIO, TOPIC_RULE, "0.2", 0.1, 0.3,
      "more makes restores long, less makes brokers busy" },
    { TOPIC_STATE, TOPIC_CONFIG_DELETE_RETENTION_MS, TOPIC_RULE, "86400000", 86400000, HUGE_VAL,
      "else a slow restore misses what was removed" },
};

const size_t topic_rule_count = sizeof(topic_rules) / sizeof(*topic_rules);

bool topic_is_source(enum topic_role role)
{
    return role == TOPIC_NOTIFICATIONS || role == TOPIC_CONVERSATIONS;
}

bool topic_is_own(enum topic_role role)
{
    return role == TOPIC_REPLIES || role == TOPIC_DEAD_LETTERS || role == TOPIC_STATE;
}

/* A config as a number; -1 stands for "without limit". */
static double number_of(const char *value)
{
    double number = strtod(value, NULL);

    return number < 0 ? HUGE_VAL : number;
}

int topic_most_source_partitions(const struct topic_plan *plan)
{
    int most = 0;

    for (size_t role = 0; role < TOPIC_ROLE_COUNT; role++)
        if (topic_is_source((enum topic_role)role) && plan->found[role].partitions > most)
            most = plan->found[role].partitions;
    return most;
}

/* The largest batch that a source topic takes; 0: not known. */
static double largest_source_batch(const struct topic_plan *plan)
{
    double largest = 0;

    for (size_t role = 0; role < TOPIC_ROLE_COUNT; role++)
        if (topic_is_source((enum topic_role)role)) {
            double bytes = number_of(plan->found[role].configs[TOPIC_CONFIG_MAX_MESSAGE_BYTES]);
            largest = bytes > largest ? bytes : largest;
        }
    return largest;
}

const char *topic_missing_source(const struct topic_plan *plan)
{
    for (size_t role = 0; role < TOPIC_ROLE_COUNT; role++)
        if (topic_is_source((enum topic_role)role) && plan->names[role] &&
            plan->found[role].presence != TOPIC_PRESENT)
            return plan->names[role];
    return NULL;
}

int topic_replicas_wanted(const struct topic_plan *plan)
{
    return plan->brokers < MOST_REPLICAS ? plan->brokers : MOST_REPLICAS;
}

/*
 * With three replicas one may be away, and two have what was acknowledged.  With fewer nothing can
 * be promised; brokers take more than there are replicas, and then mean less than they say.
 */
static struct topic_demand demand_of_insync(const struct topic_plan *plan, enum topic_role role)
{
    int replicas = plan->found[role].replicas;

    if (replicas < topic_replicas_wanted(plan))
        replicas = topic_replicas_wanted(plan);
    if (replicas < MOST_REPLICAS)
        return (struct topic_demand){ "1", 1, replicas };
    return (struct topic_demand){ "2", 2, replicas - 1 };
}

struct topic_demand topic_demand_of(const struct topic_plan *plan, const struct topic_rule *rule)
{
    struct topic_demand demand = { .least = rule->least, .most = rule->most };

    if (rule->value) {
        (void)snprintf(demand.value, sizeof(demand.value), "%s", rule->value);
        return demand;
    }
    if (rule->config == TOPIC_CONFIG_MIN_INSYNC_REPLICAS)
        return demand_of_insync(plan, rule->role);
    must(rule->config == TOPIC_CONFIG_MAX_MESSAGE_BYTES);
    double largest = largest_source_batch(plan);
    if (largest > 0) {
        demand.least = largest + LETTER_MARGIN_BYTES;
        demand.most = HUGE_VAL;
        (void)snprintf(demand.value, sizeof(demand.value), "%.0f", demand.least);
    }
    return demand;
}

static bool has_bounds(const struct topic_demand *demand)
{
    return demand->most > 0;
}

bool topic_demand_is_met(const struct topic_demand *demand, const char *value)
{
    if (!*demand->value || !*value)
        return true; /* nothing is demanded, or nothing is known */
    if (!has_bounds(demand))
        return strcmp(value, demand->value) == 0;
    return number_of(value) >= demand->least && number_of(value) <= demand->most;
}

void topic_demand_say(const struct topic_demand *demand, const struct topic_rule *rule,
                      struct text *ret)
{
    const char *name = topic_config_names[rule->config];

    if (!has_bounds(demand) || demand->least == demand->most)
        text_printf(ret, "%s=%s", name, demand->value);
    else if (isinf(demand->most))
        text_printf(ret, "%s at least %.0f", name, demand->least);
    else
        text_printf(ret, "%s from %.10g to %.10g", name, demand->least, demand->most);
    if (rule->why)
        text_printf(ret, " (%s)", rule->why);
}

bool topic_plan_wish(const struct topic_plan *plan, enum topic_role role, struct topic_wish *ret)
{
    if (!topic_is_own(role) || !plan->names[role] || plan->found[role].presence != TOPIC_ABSENT ||
        topic_missing_source(plan))
        return false;
    *ret = (struct topic_wish){ .name = plan->names[role],
                                .partitions = topic_most_source_partitions(plan),
                                .replicas = topic_replicas_wanted(plan) };
    for (const struct topic_rule *rule = topic_rules; rule < topic_rules + topic_rule_count; rule++)
        if (rule->role == role) {
            struct topic_demand demand = topic_demand_of(plan, rule);
            memcpy(ret->configs[rule->config], demand.value, sizeof(demand.value));
        }
    return true;
}
