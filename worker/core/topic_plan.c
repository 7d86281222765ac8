#include "worker/core/topic_plan.h"

#include <string.h>

#include "common/must.h"
#include "worker/core/topic_rules.h"

#define WORDS(name, words) words,
const char *const topic_role_names[TOPIC_ROLE_COUNT] = { TOPIC_ROLES(WORDS) };
const char *const topic_config_names[TOPIC_CONFIG_COUNT] = { TOPIC_CONFIGS(WORDS) };
static const char *const state_names[] = { TOPIC_STATES(WORDS) };
#undef WORDS

enum { MAX_WORDS_BYTES = 16 * 1024 };

static void separate(struct text *text, const char *separator)
{
    if (text->length > 0)
        text_add_string(text, separator);
}

/* Begins a command of Kafka's own; one bootstrap server is enough for it. */
static void begin_command(const struct topic_plan *plan, const char *command, struct text *fix)
{
    separate(fix, " && ");
    text_printf(fix, "%s --bootstrap-server %.*s", command,
                (int)strcspn(plan->bootstrap_servers, ", "), plan->bootstrap_servers);
}

static void count_things(int count, const char *thing, struct text *ret)
{
    text_printf(ret, "%d %s%s", count, thing, count == 1 ? "" : "s");
}

static void judge_partitions(const struct topic_plan *plan, enum topic_role role,
                             struct topic_finding *ret)
{
    int least = role == TOPIC_STATE ? topic_most_source_partitions(plan) : 0;

    if (plan->found[role].partitions >= least)
        return;
    ret->state = TOPIC_IS_WRONG;
    text_printf(&ret->wanted, "at least %d partitions (as many as the largest source topic)",
                least);
    begin_command(plan, "kafka-topics.sh", &ret->fix);
    text_printf(&ret->fix, " --alter --topic %s --partitions %d", plan->names[role], least);
}

/* Configs that are wrong, all mended by one command. */
static void judge_configs(const struct topic_plan *plan, enum topic_role role,
                          enum topic_weight weight, struct topic_finding *ret)
{
    bool is_first = true;

    for (const struct topic_rule *rule = topic_rules; rule < topic_rules + topic_rule_count;
         rule++) {
        const char *value = plan->found[role].configs[rule->config];
        struct topic_demand demand = topic_demand_of(plan, rule);
        if (rule->role != role || rule->weight > weight || topic_demand_is_met(&demand, value))
            continue;
        ret->state = TOPIC_IS_WRONG;
        if (rule->config != TOPIC_CONFIG_CLEANUP_POLICY) /* which is shown anyway */
            text_printf(&ret->seen, ", %s=%s", topic_config_names[rule->config], value);
        separate(&ret->wanted, ", ");
        topic_demand_say(&demand, rule, &ret->wanted);
        if (is_first) {
            begin_command(plan, "kafka-configs.sh", &ret->fix);
            text_printf(&ret->fix, " --alter --entity-type topics --entity-name %s --add-config ",
                        plan->names[role]);
        }
        text_printf(&ret->fix, "%s%s=%s", is_first ? "" : ",", topic_config_names[rule->config],
                    demand.value);
        is_first = false;
    }
}

/* Last, because no single command mends it. */
static void judge_replicas(const struct topic_plan *plan, enum topic_role role,
                           struct topic_finding *ret)
{
    int wanted = topic_replicas_wanted(plan);

    if ((role != TOPIC_STATE && role != TOPIC_DEAD_LETTERS) || plan->found[role].replicas >= wanted)
        return;
    ret->state = TOPIC_IS_WRONG;
    separate(&ret->wanted, ", ");
    text_printf(&ret->wanted, "%d replicas", wanted);
    separate(&ret->fix, "; then ");
    text_printf(&ret->fix,
                "give each of its partitions %d replicas by kafka-reassign-partitions.sh", wanted);
}

static bool has_rules(enum topic_role role, enum topic_weight weight)
{
    for (const struct topic_rule *rule = topic_rules; rule < topic_rules + topic_rule_count; rule++)
        if (rule->role == role && rule->weight <= weight)
            return true;
    return false;
}

static void judge_missing(const struct topic_plan *plan, enum topic_role role,
                          struct topic_finding *ret)
{
    const char *source = topic_missing_source(plan);

    ret->state = TOPIC_IS_MISSING;
    text_add_string(&ret->seen, "it does not exist");
    text_add_string(&ret->wanted, "it exists");
    if (!topic_is_own(role)) {
        text_add_string(&ret->fix, "it is to be created by whoever writes to it");
        return;
    }
    text_add_string(&ret->fix, "ireserve-mattermost topics --create");
    if (source)
        text_printf(&ret->fix, ", once %s exists", source);
}

/* What the broker did not tell is not known to be right. */
static void judge_hidden(const struct topic_plan *plan, enum topic_role role,
                         struct topic_finding *ret)
{
    const struct topic_found *found = &plan->found[role];
    bool is_hidden = found->presence == TOPIC_HIDDEN;

    separate(&ret->seen, ", ");
    text_printf(&ret->seen, "%s not shown: %s", is_hidden ? "it is" : "its configs are",
                found->why);
    if (ret->state != TOPIC_IS_FINE)
        return;
    ret->state = TOPIC_IS_UNKNOWN;
    text_printf(&ret->wanted, "the right %s on it", is_hidden ? "Describe" : "DescribeConfigs");
    begin_command(plan, "kafka-acls.sh", &ret->fix);
    text_printf(&ret->fix, " --add --allow-principal User:NAME --operation %s --topic %s",
                is_hidden ? "Describe" : "DescribeConfigs", plan->names[role]);
}

static void judge_present(const struct topic_plan *plan, enum topic_role role,
                          enum topic_weight weight, struct topic_finding *ret)
{
    const struct topic_found *found = &plan->found[role];
    const char *policy = found->configs[TOPIC_CONFIG_CLEANUP_POLICY];

    count_things(found->partitions, "partition", &ret->seen);
    text_add_string(&ret->seen, ", ");
    count_things(found->replicas, "replica", &ret->seen);
    if (*policy)
        text_printf(&ret->seen, ", %s=%s", topic_config_names[TOPIC_CONFIG_CLEANUP_POLICY], policy);
    judge_partitions(plan, role, ret);
    judge_configs(plan, role, weight, ret);
    if (weight != TOPIC_RULE_TO_RUN)
        judge_replicas(plan, role, ret);
    if (*found->why && has_rules(role, weight))
        judge_hidden(plan, role, ret);
}

static void judge(const struct topic_plan *plan, enum topic_role role, enum topic_weight weight,
                  struct topic_finding *ret)
{
    must(plan->names[role]);
    *ret = (struct topic_finding){ .state = TOPIC_IS_FINE,
                                   .seen = text_of(MAX_WORDS_BYTES),
                                   .wanted = text_of(MAX_WORDS_BYTES),
                                   .fix = text_of(MAX_WORDS_BYTES) };
    switch (plan->found[role].presence) {
    case TOPIC_ABSENT:
        judge_missing(plan, role, ret);
        return;
    case TOPIC_HIDDEN:
        judge_hidden(plan, role, ret);
        return;
    case TOPIC_PRESENT:
        judge_present(plan, role, weight, ret);
        return;
    }
}

void topic_plan_judge(const struct topic_plan *plan, enum topic_role role,
                      struct topic_finding *ret)
{
    judge(plan, role, TOPIC_RULE, ret);
}

void topic_plan_judge_to_run(const struct topic_plan *plan, struct topic_finding *ret)
{
    judge(plan, TOPIC_STATE, TOPIC_RULE_TO_RUN, ret);
}

const char *topic_state_name(enum topic_state state)
{
    return state_names[state];
}

void topic_finding_free(struct topic_finding *finding)
{
    text_free(&finding->seen);
    text_free(&finding->wanted);
    text_free(&finding->fix);
}

bool topic_plan_is_source(const struct topic_plan *plan, const char *name)
{
    for (size_t role = 0; role < TOPIC_ROLE_COUNT; role++)
        if (topic_is_source((enum topic_role)role) && plan->names[role] &&
            strcmp(plan->names[role], name) == 0)
            return true;
    return false;
}

bool topic_plan_is_state_of(const char *topic, const char *key, size_t length)
{
    static const char *const kinds[] = {
        "thread/", "epoch/", "parked/", "tried/", "done/", "left/"
    };
    size_t topic_length = strlen(topic);

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        size_t kind_length = strlen(kinds[i]);
        if (length > kind_length + topic_length && memcmp(key, kinds[i], kind_length) == 0 &&
            memcmp(key + kind_length, topic, topic_length) == 0 &&
            key[kind_length + topic_length] == '/')
            return true;
    }
    return false;
}
