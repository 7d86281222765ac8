/*
 * topics_there: plans whose topics are there, for the tests that take something away from them.
 */
#ifndef TESTS_UNIT_TOPICS_THERE_H
#define TESTS_UNIT_TOPICS_THERE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/topic_plan.h"

static inline void set(struct topic_plan *plan, enum topic_role role, enum topic_config config,
                       const char *value)
{
    (void)snprintf(plan->found[role].configs[config], TOPIC_MAX_VALUE, "%s", value);
}

/* What `topics --create` would make of a missing topic is there now. */
static inline void create(struct topic_plan *plan, enum topic_role role)
{
    struct topic_wish wish;

    assert_true(topic_plan_wish(plan, role, &wish));
    assert_string_equal(wish.name, plan->names[role]);
    plan->found[role] = (struct topic_found){ .presence = TOPIC_PRESENT,
                                              .partitions = wish.partitions,
                                              .replicas = wish.replicas };
    memcpy(plan->found[role].configs, wish.configs, sizeof(wish.configs));
}

static inline void source_is_there(struct topic_plan *plan, enum topic_role role, int partitions)
{
    plan->found[role] =
        (struct topic_found){ .presence = TOPIC_PRESENT, .partitions = partitions, .replicas = 1 };
    set(plan, role, TOPIC_CONFIG_CLEANUP_POLICY, "delete");
    set(plan, role, TOPIC_CONFIG_MAX_MESSAGE_BYTES, "1048588");
}

/* Three brokers that have the topics of others, and nothing of ours. */
static inline struct topic_plan others_are_there(void)
{
    struct topic_plan plan = { .bootstrap_servers = "one:9092,two:9092",
                               .names = { [TOPIC_NOTIFICATIONS] = "in.notifications",
                                          [TOPIC_CONVERSATIONS] = "in.conversations",
                                          [TOPIC_REPLIES] = "out.replies",
                                          [TOPIC_DEAD_LETTERS] = "out.letters",
                                          [TOPIC_STATE] = "own.state" },
                               .brokers = 3 };

    source_is_there(&plan, TOPIC_NOTIFICATIONS, 6);
    source_is_there(&plan, TOPIC_CONVERSATIONS, 12);
    return plan;
}

static inline struct topic_plan all_are_there(void)
{
    struct topic_plan plan = others_are_there();

    create(&plan, TOPIC_REPLIES);
    create(&plan, TOPIC_DEAD_LETTERS);
    create(&plan, TOPIC_STATE);
    return plan;
}

static inline void expect(const struct topic_plan *plan, enum topic_role role,
                          enum topic_state state)
{
    AUTO(topic_finding_free) struct topic_finding finding = { 0 };

    topic_plan_judge(plan, role, &finding);
    assert_string_equal(topic_state_name(finding.state), topic_state_name(state));
    assert_true(finding.seen.length > 0);
    assert_int_equal(finding.fix.length > 0, state != TOPIC_IS_FINE);
    assert_int_equal(finding.wanted.length > 0, state != TOPIC_IS_FINE);
}

#endif
