/*
 * What a worker asks of its state topic before it runs, against librdkafka's mock cluster, which
 * does not tell whether a topic is compacted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "tests/support/kafka_stage.h"
#include "worker/app/topics.h"

enum { PARTITIONS = 3 };

struct stage {
    struct kafka_stage kafka;
    struct settings settings;
};

static int open_stage(void **state)
{
    struct stage *stage = mem_new(sizeof(*stage));

    kafka_stage_open(&stage->kafka);
    rd_kafka_mock_topic_create(stage->kafka.cluster, "in.notifications", PARTITIONS - 1, 1);
    rd_kafka_mock_topic_create(stage->kafka.cluster, "in.conversations", PARTITIONS, 1);
    stage->settings.kafka.bootstrap_servers = stage->kafka.bootstrap_servers;
    stage->settings.topics.notifications = "in.notifications";
    stage->settings.topics.conversations = "in.conversations";
    stage->settings.topics.replies = "out.replies";
    stage->settings.topics.dead_letters = "out.letters";
    stage->settings.topics.state = "own.state";
    stage->settings.topics.integrations = "";
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;

    kafka_stage_close(&stage->kafka);
    free(stage);
    return 0;
}

static void a_state_topic_with_a_partition_for_each_is_fine(void **state)
{
    struct stage *stage = *state;
    struct fault fault;

    rd_kafka_mock_topic_create(stage->kafka.cluster, "own.state", PARTITIONS, 1);
    assert_int_equal(topics_check_state(&stage->settings, &fault), TOPICS_FINE);
}

static void a_state_topic_that_is_too_small_is_wrong_and_how_to_mend_it_is_said(void **state)
{
    struct stage *stage = *state;
    struct fault fault;

    rd_kafka_mock_topic_create(stage->kafka.cluster, "own.state", PARTITIONS - 1, 1);
    assert_int_equal(topics_check_state(&stage->settings, &fault), TOPICS_WRONG);
    assert_non_null(strstr(fault.words, "own.state: wrong: 2 partitions, "));
    assert_non_null(strstr(fault.words, "--alter --topic own.state --partitions 3"));
}

static void a_missing_state_topic_is_wrong_and_a_hidden_one_is_not_known(void **state)
{
    struct stage *stage = *state;
    struct fault fault;

    /* As brokers tell an error: with no partition.  librdkafka 2.8 crashes when there are some. */
    rd_kafka_mock_topic_create(stage->kafka.cluster, "own.state", 0, 1);
    rd_kafka_mock_topic_set_error(stage->kafka.cluster, "own.state",
                                  RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    assert_int_equal(topics_check_state(&stage->settings, &fault), TOPICS_WRONG);
    assert_non_null(strstr(fault.words, "own.state: missing: "));
    assert_non_null(strstr(fault.words, "ireserve-mattermost topics --create"));
    rd_kafka_mock_topic_set_error(stage->kafka.cluster, "own.state",
                                  RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    assert_int_equal(topics_check_state(&stage->settings, &fault), TOPICS_NOT_KNOWN);
    assert_non_null(strstr(fault.words, "own.state: unknown: "));
}

static void a_broker_that_is_away_says_nothing_about_topics(void **state)
{
    struct stage *stage = *state;
    struct fault fault;

    stage->settings.kafka.bootstrap_servers = "127.0.0.1:1";
    assert_int_equal(topics_check_state(&stage->settings, &fault), TOPICS_NOT_KNOWN);
    assert_non_null(strstr(fault.words, "127.0.0.1:1"));
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_state_topic_with_a_partition_for_each_is_fine),
        STAGED(a_state_topic_that_is_too_small_is_wrong_and_how_to_mend_it_is_said),
        STAGED(a_missing_state_topic_is_wrong_and_a_hidden_one_is_not_known),
        STAGED(a_broker_that_is_away_says_nothing_about_topics),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
