#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/topics_there.h"

static void what_is_created_is_fine(void **state)
{
    (void)state;
    for (int brokers = 1; brokers <= 5; brokers++) {
        struct topic_plan plan = others_are_there();
        plan.brokers = brokers;
        for (size_t role = TOPIC_REPLIES; role <= TOPIC_STATE; role++) {
            expect(&plan, (enum topic_role)role, TOPIC_IS_MISSING);
            create(&plan, (enum topic_role)role);
            expect(&plan, (enum topic_role)role, TOPIC_IS_FINE);
        }
    }
}

static void the_state_topic_is_created_for_the_largest_source_and_safe(void **state)
{
    (void)state;
    struct topic_plan plan = others_are_there();
    struct topic_wish wish;

    assert_true(topic_plan_wish(&plan, TOPIC_STATE, &wish));
    assert_int_equal(wish.partitions, 12);
    assert_int_equal(wish.replicas, 3);
    assert_string_equal(wish.configs[TOPIC_CONFIG_CLEANUP_POLICY], "compact");
    assert_string_equal(wish.configs[TOPIC_CONFIG_MIN_INSYNC_REPLICAS], "2");
    assert_string_equal(wish.configs[TOPIC_CONFIG_MAX_MESSAGE_BYTES], "1114124");
    plan.brokers = 2;
    assert_true(topic_plan_wish(&plan, TOPIC_STATE, &wish));
    assert_int_equal(wish.replicas, 2);
    assert_string_equal(wish.configs[TOPIC_CONFIG_MIN_INSYNC_REPLICAS], "1");
}

static void only_what_is_missing_and_our_own_is_created(void **state)
{
    (void)state;
    struct topic_plan plan = all_are_there();
    struct topic_wish wish;

    for (size_t role = 0; role < TOPIC_ROLE_COUNT; role++)
        assert_false(topic_plan_wish(&plan, (enum topic_role)role, &wish));
    plan.found[TOPIC_STATE].presence = TOPIC_HIDDEN;
    assert_false(topic_plan_wish(&plan, TOPIC_STATE, &wish));
    plan.found[TOPIC_NOTIFICATIONS].presence = TOPIC_ABSENT;
    assert_false(topic_plan_wish(&plan, TOPIC_NOTIFICATIONS, &wish));
}

static void nothing_is_created_before_its_partitions_are_known(void **state)
{
    (void)state;
    struct topic_plan plan = others_are_there();
    AUTO(topic_finding_free) struct topic_finding finding = { 0 };
    struct topic_wish wish;

    plan.found[TOPIC_CONVERSATIONS] = (struct topic_found){ .presence = TOPIC_ABSENT };
    for (size_t role = TOPIC_REPLIES; role <= TOPIC_STATE; role++)
        assert_false(topic_plan_wish(&plan, (enum topic_role)role, &wish));
    topic_plan_judge(&plan, TOPIC_STATE, &finding);
    assert_string_equal(text_string(&finding.fix),
                        "ireserve-mattermost topics --create, once in.conversations exists");
    expect(&plan, TOPIC_CONVERSATIONS, TOPIC_IS_MISSING);
}

static void what_the_broker_does_not_tell_is_not_called_fine(void **state)
{
    (void)state;
    struct topic_plan plan = all_are_there();
    struct topic_found *found = &plan.found[TOPIC_STATE];

    memset(found->configs, 0, sizeof(found->configs));
    (void)snprintf(found->why, sizeof(found->why), "authorization failed");
    expect(&plan, TOPIC_STATE, TOPIC_IS_UNKNOWN);
    found->partitions = 1; /* which is known */
    expect(&plan, TOPIC_STATE, TOPIC_IS_WRONG);
    found->presence = TOPIC_HIDDEN;
    expect(&plan, TOPIC_STATE, TOPIC_IS_UNKNOWN);
    (void)snprintf(plan.found[TOPIC_NOTIFICATIONS].why, sizeof(found->why), "failed");
    expect(&plan, TOPIC_NOTIFICATIONS, TOPIC_IS_FINE); /* nothing is asked of its configs */
}

static enum topic_state state_to_run(const struct topic_plan *plan)
{
    AUTO(topic_finding_free) struct topic_finding finding = { 0 };

    topic_plan_judge_to_run(plan, &finding);
    return finding.state;
}

static void a_worker_runs_with_what_is_only_slow_or_less_safe(void **state)
{
    (void)state;
    struct topic_plan plan = all_are_there();

    plan.found[TOPIC_STATE].replicas = 1;
    set(&plan, TOPIC_STATE, TOPIC_CONFIG_SEGMENT_MS, "604800000");
    assert_int_equal(state_to_run(&plan), TOPIC_IS_FINE);
    set(&plan, TOPIC_STATE, TOPIC_CONFIG_CLEANUP_POLICY, "");
    (void)snprintf(plan.found[TOPIC_STATE].why, sizeof(plan.found[TOPIC_STATE].why), "no");
    assert_int_equal(state_to_run(&plan), TOPIC_IS_UNKNOWN);
    set(&plan, TOPIC_STATE, TOPIC_CONFIG_CLEANUP_POLICY, "delete");
    assert_int_equal(state_to_run(&plan), TOPIC_IS_WRONG);
    plan = all_are_there();
    plan.found[TOPIC_STATE].partitions--;
    assert_int_equal(state_to_run(&plan), TOPIC_IS_WRONG);
    plan = others_are_there();
    assert_int_equal(state_to_run(&plan), TOPIC_IS_MISSING);
}

static void sources_are_what_records_are_read_from(void **state)
{
    (void)state;
    struct topic_plan plan = all_are_there();

    assert_true(topic_plan_is_source(&plan, "in.notifications"));
    assert_true(topic_plan_is_source(&plan, "in.conversations"));
    assert_false(topic_plan_is_source(&plan, "own.state"));
    assert_false(topic_plan_is_source(&plan, "in"));
}

static bool is_state_of(const char *topic, const char *key)
{
    return topic_plan_is_state_of(topic, key, strlen(key));
}

static void state_is_of_the_topic_that_its_key_names(void **state)
{
    (void)state;
    assert_true(is_state_of("in", "thread/in/zeezicht/c-1"));
    assert_true(is_state_of("in", "epoch/in/3"));
    assert_true(is_state_of("in", "parked/in/3/42"));
    assert_true(is_state_of("in", "done/in/IRES1"));
    assert_false(is_state_of("in", "thread/in.other/zeezicht/c-1"));
    assert_false(is_state_of("in", "thread/other/in/c-1"));
    assert_false(is_state_of("in", "cursor/in/channel"));
    assert_false(is_state_of("in", "epoch/in"));
    assert_false(topic_plan_is_state_of("in", "epoch/in/3", 8));
    assert_false(topic_plan_is_state_of("in", "", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_created_is_fine),
        cmocka_unit_test(the_state_topic_is_created_for_the_largest_source_and_safe),
        cmocka_unit_test(only_what_is_missing_and_our_own_is_created),
        cmocka_unit_test(nothing_is_created_before_its_partitions_are_known),
        cmocka_unit_test(what_the_broker_does_not_tell_is_not_called_fine),
        cmocka_unit_test(a_worker_runs_with_what_is_only_slow_or_less_safe),
        cmocka_unit_test(sources_are_what_records_are_read_from),
        cmocka_unit_test(state_is_of_the_topic_that_its_key_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
