/*
 * The client of commands against librdkafka's mock cluster, which knows topics and records, but
 * neither configs nor the creation of topics; the rest is tried on a real broker.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/mem.h"
#include "tests/support/kafka_stage.h"
#include "worker/edge/admin.h"

enum { PARTITIONS = 3, TIMEOUT_MS = 10000, SHORT_MS = 300 };

struct stage {
    struct kafka_stage kafka;
    struct kafka_property properties[2];
    struct admin *admin;
};

static int open_stage(void **state)
{
    struct stage *stage = mem_new(sizeof(*stage));
    struct fault fault;

    kafka_stage_open(&stage->kafka);
    rd_kafka_mock_topic_create(stage->kafka.cluster, "state", PARTITIONS, 1);
    stage->properties[0] =
        (struct kafka_property){ "bootstrap.servers", stage->kafka.bootstrap_servers };
    assert_int_equal(admin_open(stage->properties, TIMEOUT_MS, &stage->admin, &fault), 0);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;

    admin_free(stage->admin);
    kafka_stage_close(&stage->kafka);
    free(stage);
    return 0;
}

static struct topic_plan plan_of_state(void)
{
    return (struct topic_plan){ .names = { [TOPIC_STATE] = "state" } };
}

static void topics_are_looked_at_even_if_their_configs_are_not_told(void **state)
{
    struct stage *stage = *state;
    struct topic_plan plan = plan_of_state();
    const struct topic_found *found = &plan.found[TOPIC_STATE];
    struct fault fault;
    mono_ms before = clock_mono();

    assert_int_equal(admin_look(stage->admin, &plan, &fault), ADMIN_DONE);
    assert_true(clock_mono() - before < TIMEOUT_MS); /* a worker's start may wait for it */
    assert_int_equal(plan.brokers, 1);
    assert_int_equal(found->presence, TOPIC_PRESENT);
    assert_int_equal(found->partitions, PARTITIONS);
    assert_int_equal(found->replicas, 1);
    assert_string_equal(found->configs[TOPIC_CONFIG_CLEANUP_POLICY], "");
    assert_true(*found->why);
}

static void topics_that_are_not_there_differ_from_those_that_are_not_shown(void **state)
{
    struct stage *stage = *state;
    struct topic_plan plan = plan_of_state();
    struct fault fault;

    /* As brokers tell an error: with no partition.  librdkafka 2.8 crashes when there are some. */
    rd_kafka_mock_topic_create(stage->kafka.cluster, "unseen", 0, 1);
    plan.names[TOPIC_STATE] = "unseen";
    rd_kafka_mock_topic_set_error(stage->kafka.cluster, "unseen",
                                  RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    assert_int_equal(admin_look(stage->admin, &plan, &fault), ADMIN_DONE);
    assert_int_equal(plan.found[TOPIC_STATE].presence, TOPIC_ABSENT);

    rd_kafka_mock_topic_set_error(stage->kafka.cluster, "unseen",
                                  RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    assert_int_equal(admin_look(stage->admin, &plan, &fault), ADMIN_DONE);
    assert_int_equal(plan.found[TOPIC_STATE].presence, TOPIC_HIDDEN);
    assert_non_null(strstr(plan.found[TOPIC_STATE].why, "authorization"));
}

static void what_the_broker_cannot_do_is_a_fault_that_names_the_topic(void **state)
{
    const struct stage *stage = *state;
    const struct topic_wish wish = { .name = "letters", .partitions = 1, .replicas = 1 };
    AUTO(admin_free) struct admin *admin = NULL;
    struct fault fault;

    assert_int_equal(admin_open(stage->properties, SHORT_MS, &admin, &fault), 0);
    assert_int_equal(admin_create(admin, &wish, &fault), ADMIN_UNREACHABLE);
    assert_non_null(strstr(fault.words, "cannot create topic letters: "));
}

static void a_broker_that_is_away_is_named_with_the_reason(void **state)
{
    (void)state;
    const struct kafka_property properties[] = { { "bootstrap.servers", "127.0.0.1:1" },
                                                 { NULL, NULL } };
    struct topic_plan plan = plan_of_state();
    AUTO(admin_free) struct admin *admin = NULL;
    struct fault fault;
    size_t count;

    assert_int_equal(admin_open(properties, SHORT_MS, &admin, &fault), 0);
    assert_int_equal(admin_look(admin, &plan, &fault), ADMIN_UNREACHABLE);
    assert_non_null(strstr(fault.words, "topic state: Kafka at 127.0.0.1:1 does not answer: "));
    assert_non_null(strstr(fault.words, "Connection refused"));
    assert_int_equal(admin_count_members(admin, "group", &count, &fault), ADMIN_UNREACHABLE);
    assert_int_equal(admin_forget_state(admin, "state", "in", &count, &fault), ADMIN_UNREACHABLE);
    assert_int_equal(count, 0);
}

static void a_wrong_property_is_named_without_its_value(void **state)
{
    (void)state;
    const struct kafka_property properties[] = { { "security.protocol", "SECRET-CANARY" },
                                                 { NULL, NULL } };
    struct admin *admin;
    struct fault fault;

    assert_int_equal(admin_open(properties, TIMEOUT_MS, &admin, &fault), -1);
    assert_non_null(strstr(fault.words, "security.protocol"));
    assert_null(strstr(fault.words, "SECRET-CANARY"));
}

/* Writes a record of the state topic; `value` NULL: a tombstone. */
static void write_state(struct stage *stage, int32_t partition, const char *key, char *value)
{
    rd_kafka_t *host = stage->kafka.host;

    (void)rd_kafka_brokers_add(host, stage->kafka.bootstrap_servers);
    assert_int_equal(rd_kafka_producev(
                         host, RD_KAFKA_V_TOPIC("state"), RD_KAFKA_V_PARTITION(partition),
                         RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, strlen(key)),
                         RD_KAFKA_V_VALUE(value, value ? strlen(value) : 0), RD_KAFKA_V_END),
                     RD_KAFKA_RESP_ERR_NO_ERROR);
    assert_int_equal(rd_kafka_flush(host, KAFKA_STAGE_DEADLINE_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
}

static void what_is_remembered_of_a_topic_is_removed_once(void **state)
{
    struct stage *stage = *state;
    struct fault fault;
    size_t count;
    char value[] = "v1";

    write_state(stage, 0, "thread/in/zeezicht/c-1", value);
    write_state(stage, 0, "thread/in/zeezicht/c-1", value);
    write_state(stage, 2, "epoch/in/2", value);
    write_state(stage, 2, "epoch/other/2", value);
    write_state(stage, 2, "done/in/gone", value);
    write_state(stage, 2, "done/in/gone", NULL);
    assert_int_equal(admin_forget_state(stage->admin, "state", "in", &count, &fault), ADMIN_DONE);
    assert_int_equal(count, 2);
    assert_int_equal(admin_forget_state(stage->admin, "state", "in", &count, &fault), ADMIN_DONE);
    assert_int_equal(count, 0);
    assert_int_equal(admin_forget_state(stage->admin, "state", "other", &count, &fault),
                     ADMIN_DONE);
    assert_int_equal(count, 1);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(topics_are_looked_at_even_if_their_configs_are_not_told),
        STAGED(topics_that_are_not_there_differ_from_those_that_are_not_shown),
        STAGED(what_the_broker_cannot_do_is_a_fault_that_names_the_topic),
        cmocka_unit_test(a_broker_that_is_away_is_named_with_the_reason),
        cmocka_unit_test(a_wrong_property_is_named_without_its_value),
        STAGED(what_is_remembered_of_a_topic_is_removed_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
