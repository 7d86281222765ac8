#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/topics_there.h"

/* A topic is wrong in one way, which is seen, said right and mended in these words. */
static void expect_wrong(const struct topic_plan *plan, enum topic_role role, const char *seen,
                         const char *wanted, const char *fix)
{
    AUTO(topic_finding_free) struct topic_finding finding = { 0 };

    expect(plan, role, TOPIC_IS_WRONG);
    topic_plan_judge(plan, role, &finding);
    assert_non_null(strstr(text_string(&finding.seen), seen));
    assert_string_equal(text_string(&finding.wanted), wanted);
    assert_string_equal(text_string(&finding.fix), fix);
}

#define CONFIGURE(topic, setting)                                               \
    "kafka-configs.sh --bootstrap-server one:9092 --alter --entity-type topics" \
    " --entity-name " topic " --add-config " setting

static void the_state_topic_has_a_partition_for_each_of_every_source(void **state)
{
    (void)state;
    struct topic_plan plan = all_are_there();

    plan.found[TOPIC_STATE].partitions = 13;
    expect(&plan, TOPIC_STATE, TOPIC_IS_FINE);
    plan.found[TOPIC_STATE].partitions = 11;
    expect_wrong(&plan, TOPIC_STATE, "11 partitions, 3 replicas",
                 "at least 12 partitions (as many as the largest source topic)",
                 "kafka-topics.sh --bootstrap-server one:9092 --alter --topic own.state"
                 " --partitions 12");
}

static void min_insync_replicas_is_nothing_without_replicas(void **state)
{
    (void)state;
    struct topic_plan plan = all_are_there();

    plan.found[TOPIC_STATE].replicas = 1;
    expect_wrong(&plan, TOPIC_STATE, "12 partitions, 1 replica", "3 replicas",
                 "give each of its partitions 3 replicas by kafka-reassign-partitions.sh");
    plan.brokers = 1;
    expect_wrong(&plan, TOPIC_STATE, "min.insync.replicas=2", "min.insync.replicas=1",
                 CONFIGURE("own.state", "min.insync.replicas=1"));
}

/* What is wrong with a config, and the value that mends it. */
static const struct {
    enum topic_role role;
    enum topic_config config;
    const char *value;
    const char *right;
    const char *mended;
} wrong_configs[] = {
    { TOPIC_STATE, TOPIC_CONFIG_CLEANUP_POLICY, "delete", "=compact (", "compact" },
    { TOPIC_STATE, TOPIC_CONFIG_CLEANUP_POLICY, "compact,delete", "=compact (", "compact" },
    { TOPIC_STATE, TOPIC_CONFIG_MIN_INSYNC_REPLICAS, "1", "=2", "2" },
    { TOPIC_STATE, TOPIC_CONFIG_MIN_INSYNC_REPLICAS, "3", "=2", "2" }, /* none may be away */
    { TOPIC_STATE, TOPIC_CONFIG_MAX_MESSAGE_BYTES, "1048588", " at least 1114124 (", "1114124" },
    { TOPIC_STATE, TOPIC_CONFIG_SEGMENT_MS, "604800000", " from 60000 to 86400000 (", "3600000" },
    { TOPIC_STATE, TOPIC_CONFIG_SEGMENT_BYTES, "1073741824", " from 1048576 to 268435456 (",
      "67108864" },
    { TOPIC_STATE, TOPIC_CONFIG_MIN_CLEANABLE_RATIO, "0.5", " from 0.1 to 0.3 (", "0.2" },
    { TOPIC_STATE, TOPIC_CONFIG_MIN_CLEANABLE_RATIO, "0.05", " from 0.1 to 0.3 (", "0.2" },
    { TOPIC_STATE, TOPIC_CONFIG_DELETE_RETENTION_MS, "3600000", " at least 86400000 (",
      "86400000" },
    { TOPIC_DEAD_LETTERS, TOPIC_CONFIG_CLEANUP_POLICY, "compact", "=delete (", "delete" },
    { TOPIC_DEAD_LETTERS, TOPIC_CONFIG_MIN_INSYNC_REPLICAS, "1", "=2", "2" },
    { TOPIC_DEAD_LETTERS, TOPIC_CONFIG_MAX_MESSAGE_BYTES, "1114123",
      " at least 1114124 (else the letter of a large record loses its value)", "1114124" },
    { TOPIC_DEAD_LETTERS, TOPIC_CONFIG_RETENTION_MS, "86400000", " at least 604800000 (",
      "2592000000" },
    { TOPIC_REPLIES, TOPIC_CONFIG_CLEANUP_POLICY, "compact", "=delete (", "delete" },
};

static void a_wrong_config_is_seen_and_mended(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wrong_configs) / sizeof(*wrong_configs); i++) {
        AUTO(topic_finding_free) struct topic_finding finding = { 0 };
        struct topic_plan plan = all_are_there();
        enum topic_role role = wrong_configs[i].role;
        const char *name = topic_config_names[wrong_configs[i].config];
        char seen[128];
        char wanted[128];
        char fix[256];

        (void)snprintf(seen, sizeof(seen), ", %s=%s", name, wrong_configs[i].value);
        (void)snprintf(wanted, sizeof(wanted), "%s%s", name, wrong_configs[i].right);
        (void)snprintf(fix, sizeof(fix), CONFIGURE("%s", "%s=%s"), plan.names[role], name,
                       wrong_configs[i].mended);
        set(&plan, role, wrong_configs[i].config, wrong_configs[i].value);
        topic_plan_judge(&plan, role, &finding);
        assert_int_equal(finding.state, TOPIC_IS_WRONG);
        assert_non_null(strstr(text_string(&finding.seen), seen));
        assert_ptr_equal(strstr(text_string(&finding.wanted), wanted), finding.wanted.bytes);
        assert_string_equal(text_string(&finding.fix), fix);
    }
}

static void what_is_not_known_or_unlimited_breaks_no_rule(void **state)
{
    (void)state;
    struct topic_plan plan = all_are_there();

    set(&plan, TOPIC_DEAD_LETTERS, TOPIC_CONFIG_RETENTION_MS, "-1"); /* for ever */
    set(&plan, TOPIC_DEAD_LETTERS, TOPIC_CONFIG_MAX_MESSAGE_BYTES, "1048588");
    set(&plan, TOPIC_NOTIFICATIONS, TOPIC_CONFIG_MAX_MESSAGE_BYTES, "");
    set(&plan, TOPIC_CONVERSATIONS, TOPIC_CONFIG_MAX_MESSAGE_BYTES, "");
    expect(&plan, TOPIC_DEAD_LETTERS, TOPIC_IS_FINE);
}

static void all_that_is_wrong_is_mended_at_once(void **state)
{
    (void)state;
    struct topic_plan plan = all_are_there();
    AUTO(topic_finding_free) struct topic_finding finding = { 0 };

    plan.found[TOPIC_STATE].partitions = 1;
    plan.found[TOPIC_STATE].replicas = 1;
    set(&plan, TOPIC_STATE, TOPIC_CONFIG_CLEANUP_POLICY, "delete");
    set(&plan, TOPIC_STATE, TOPIC_CONFIG_SEGMENT_MS, "604800000");
    topic_plan_judge(&plan, TOPIC_STATE, &finding);
    assert_string_equal(
        text_string(&finding.fix),
        "kafka-topics.sh --bootstrap-server one:9092 --alter --topic own.state --partitions 12"
        " && " CONFIGURE(
            "own.state",
            "cleanup.policy=compact,segment.ms=3600000") "; then give each of its partitions 3 replicas by kafka-reassign-partitions.sh");
}

static void topics_of_others_have_only_to_be_there(void **state)
{
    (void)state;
    struct topic_plan plan = all_are_there();

    set(&plan, TOPIC_NOTIFICATIONS, TOPIC_CONFIG_CLEANUP_POLICY, "compact");
    expect(&plan, TOPIC_NOTIFICATIONS, TOPIC_IS_FINE);
    plan.found[TOPIC_REPLIES].replicas = 1;
    set(&plan, TOPIC_REPLIES, TOPIC_CONFIG_MIN_INSYNC_REPLICAS, "1");
    expect(&plan, TOPIC_REPLIES, TOPIC_IS_FINE);
    set(&plan, TOPIC_REPLIES, TOPIC_CONFIG_CLEANUP_POLICY, "compact");
    expect(&plan, TOPIC_REPLIES, TOPIC_IS_WRONG);
    plan.names[TOPIC_INTEGRATIONS] = "in.integrations";
    source_is_there(&plan, TOPIC_INTEGRATIONS, 100);
    expect(&plan, TOPIC_INTEGRATIONS, TOPIC_IS_WRONG); /* it is not compacted */
    expect(&plan, TOPIC_STATE, TOPIC_IS_FINE);         /* it needs no partitions for those */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_topic_has_a_partition_for_each_of_every_source),
        cmocka_unit_test(min_insync_replicas_is_nothing_without_replicas),
        cmocka_unit_test(a_wrong_config_is_seen_and_mended),
        cmocka_unit_test(what_is_not_known_or_unlimited_breaks_no_rule),
        cmocka_unit_test(all_that_is_wrong_is_mended_at_once),
        cmocka_unit_test(topics_of_others_have_only_to_be_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
