/*
 * The table against a broker that is down or refuses: restores and writes outlive it, in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/table_stage.h"

enum {
    BROKER = 1,
    API_PRODUCE = 0, /* the protocol's numbers of requests */
    API_FETCH = 1,
    LONG_TIME_MS = 6000, /* more than a restore may be silent */
};

static void a_restore_outlives_a_broker_that_is_down(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_others_write(stage, 1, 0, 100);
    rd_kafka_mock_broker_set_down(stage->kafka.cluster, BROKER);
    table_stage_join(stage, &owner, 1);
    table_stage_turn(stage);
    stage->later += LONG_TIME_MS;
    table_stage_wait(stage, owner.hindered);
    assert_non_null(strstr(owner.why, "partition 1 of state"));
    assert_int_equal(owner.count, 0);
    rd_kafka_mock_broker_set_up(stage->kafka.cluster, BROKER);
    table_stage_wait(stage, owner.restored);
    table_stage_expect(&owner, 0, 0, 100);
    table_leave(stage->table, owner.part);
}

static void a_tail_goes_on_after_a_broker_was_down(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_restore(stage, &owner, 1);
    rd_kafka_mock_broker_set_down(stage->kafka.cluster, BROKER);
    table_stage_turn(stage);
    rd_kafka_mock_broker_set_up(stage->kafka.cluster, BROKER);
    table_stage_others_write(stage, 1, 0, 10);
    table_stage_wait(stage, owner.count == 11);
    table_leave(stage->table, owner.part);
}

static void writes_outlive_a_broker_that_is_down(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_restore(stage, &owner, 1);
    rd_kafka_mock_broker_set_down(stage->kafka.cluster, BROKER);
    table_stage_write_up_to(&owner, 9);
    for (int i = 0; i < 5; i++)
        table_stage_turn(stage);
    assert_int_equal(stage->written, 0);
    rd_kafka_mock_broker_set_up(stage->kafka.cluster, BROKER);
    table_stage_wait(stage, stage->written == 9);
    table_leave(stage->table, owner.part);
}

static void a_partition_that_does_not_exist_hinders_at_each_try(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_join(stage, &owner, TABLE_STAGE_PARTITIONS); /* one too many */
    table_stage_wait(stage, owner.hindered == 2);
    assert_non_null(
        strstr(owner.why, "Unknown partition; what mends it: ireserve-mattermost topics"));
    table_leave(stage->table, owner.part);
}

static void a_refused_marker_hinders_and_is_written_again(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    rd_kafka_mock_push_request_errors(stage->kafka.cluster, API_PRODUCE, 1,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    table_stage_join(stage, &owner, 1);
    table_stage_wait(stage, owner.hindered);
    assert_non_null(strstr(owner.why, "authorization"));
    table_stage_wait(stage, owner.restored);
    assert_int_equal(owner.hindered, 1);
    table_leave(stage->table, owner.part);
}

static void a_refused_read_hinders_and_is_read_again(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_others_write(stage, 1, 0, 10);
    rd_kafka_mock_push_request_errors(stage->kafka.cluster, API_FETCH, 1,
                                      RD_KAFKA_RESP_ERR_UNKNOWN);
    table_stage_restore(stage, &owner, 1);
    assert_int_equal(owner.hindered, 1);
    assert_non_null(strstr(owner.why, "cannot read partition 1 of state"));
    table_stage_expect(&owner, 0, 0, 10);
    table_leave(stage->table, owner.part);
}

static void a_refused_write_takes_the_later_ones_with_it(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_restore(stage, &owner, 1);
    rd_kafka_mock_push_request_errors(stage->kafka.cluster, API_PRODUCE, 1,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    for (int i = 1; i <= 3; i++) {
        assert_non_null(table_stage_write(&owner, i));
        table_stage_turn(stage); /* as a request of its own */
    }
    table_stage_wait(stage, stage->written == 3); /* in order, or on_written() says so */
    table_stage_wait(stage, owner.count >= 4 && strcmp(owner.read[owner.count - 1], "3") == 0);
    table_stage_expect(&owner, owner.count - 3, 1, 3);
    table_leave(stage->table, owner.part);
}

static void a_producer_that_died_is_replaced(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_restore(stage, &owner, 1);
    rd_kafka_mock_push_request_errors(stage->kafka.cluster, API_PRODUCE, 1,
                                      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
    table_stage_write_up_to(&owner, 9);
    table_stage_wait(stage, stage->written == 9);
    table_stage_wait(stage, strcmp(owner.read[owner.count - 1], "9") == 0);
    table_leave(stage->table, owner.part);
}

static void a_wrong_property_is_named_without_its_value(void **state)
{
    struct table_stage *stage = *state;
    const struct kafka_property properties[] = { { "security.protocol", "SECRET-CANARY" },
                                                 { NULL, NULL } };
    const struct table_options options = { .properties = properties,
                                           .topic = "state",
                                           .wake_fd = stage->kafka.wake_fd,
                                           .listener = kafka_stage_deaf };
    struct table *table;
    struct fault fault;

    assert_int_equal(table_open(&options, &table, &fault), -1);
    assert_non_null(strstr(fault.words, "security.protocol"));
    assert_null(strstr(fault.words, "SECRET-CANARY"));
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, table_stage_open, table_stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_restore_outlives_a_broker_that_is_down),
        STAGED(a_tail_goes_on_after_a_broker_was_down),
        STAGED(writes_outlive_a_broker_that_is_down),
        STAGED(a_partition_that_does_not_exist_hinders_at_each_try),
        STAGED(a_refused_marker_hinders_and_is_written_again),
        STAGED(a_refused_read_hinders_and_is_read_again),
        STAGED(a_refused_write_takes_the_later_ones_with_it),
        STAGED(a_producer_that_died_is_replaced),
        STAGED(a_wrong_property_is_named_without_its_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
