/*
 * The producer against librdkafka's mock cluster: a message is acknowledged or reported as not,
 * from sink_serve() only, and the next try passes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/mem.h"
#include "tests/support/kafka_stage.h"
#include "worker/edge/sink.h"

enum { API_PRODUCE = 0 }; /* the protocol's number of a request */

struct stage {
    struct kafka_stage kafka;
    int results[3]; /* by enum sink_result */
};

static int open_stage(void **state)
{
    struct stage *stage = mem_new(sizeof(*stage));

    kafka_stage_open(&stage->kafka);
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

static void on_sent(void *context, enum sink_result result, const char *why)
{
    struct stage *stage = context;

    (void)why;
    stage->results[result]++;
}

static struct sink *open_sink(struct stage *stage)
{
    const struct kafka_property properties[] = {
        { "bootstrap.servers", stage->kafka.bootstrap_servers },
        { "message.timeout.ms", "3000" },
        { "topic.metadata.refresh.interval.ms", "200" },
        { NULL, NULL },
    };
    const struct sink_options options = { .properties = properties,
                                          .one_by_one = true,
                                          .wake_fd = stage->kafka.wake_fd,
                                          .listener = kafka_stage_deaf };
    struct sink *sink;
    struct fault fault;

    assert_int_equal(sink_open(&options, &sink, &fault), 0);
    return sink;
}

static void wait_for_sink(struct stage *stage, struct sink *sink)
{
    mono_ms deadline = clock_mono() + KAFKA_STAGE_DEADLINE_MS;

    while (sink_count_open(sink) > 0) {
        assert_true(clock_mono() < deadline);
        sink_serve(sink);
        kafka_stage_rest(&stage->kafka);
    }
}

static void messages_are_acknowledged_or_reported_as_too_large(void **state)
{
    struct stage *stage = *state;
    struct sink *sink = open_sink(stage);
    AUTO(free) char *big = mem_new(5 * 1024 * 1024);
    const struct record record = {
        .topic = "x", .value = "v", .value_length = 1, .key = "k", .key_length = 1, .timestamp = -1
    };
    struct record large = record;
    struct sink_message message = {
        .topic = "out", .record = &record, .done = on_sent, .context = stage
    };

    large.value = big;
    large.value_length = 5 * 1024 * 1024;
    assert_non_null(sink_send(sink, &message));
    message.record = &large;
    assert_non_null(sink_send(sink, &message));
    assert_int_equal(stage->results[SINK_TOO_LARGE], 0); /* never from inside sink_send() */
    wait_for_sink(stage, sink);
    assert_int_equal(stage->results[SINK_ACKNOWLEDGED], 1);
    assert_int_equal(stage->results[SINK_TOO_LARGE], 1);
    sink_free(sink);
}

static void a_forgotten_message_is_not_reported(void **state)
{
    struct stage *stage = *state;
    struct sink *sink = open_sink(stage);
    const struct record record = { .topic = "x", .value = "v", .value_length = 1, .timestamp = -1 };
    const struct sink_message message = {
        .topic = "out", .record = &record, .done = on_sent, .context = stage
    };

    sink_forget(sink_send(sink, &message));
    wait_for_sink(stage, sink);
    assert_int_equal(stage->results[SINK_ACKNOWLEDGED], 0);
    sink_free(sink);
}

static void a_message_that_the_broker_refuses_is_reported(void **state)
{
    struct stage *stage = *state;
    struct sink *sink = open_sink(stage);
    const struct record record = { .topic = "x", .value = "v", .value_length = 1, .timestamp = -1 };
    const struct sink_message message = {
        .topic = "out", .record = &record, .done = on_sent, .context = stage
    };

    /* Later tries are the scenarios' with a real broker: this one knows no recovery. */
    rd_kafka_mock_push_request_errors(stage->kafka.cluster, API_PRODUCE, 1,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    assert_non_null(sink_send(sink, &message));
    wait_for_sink(stage, sink);
    assert_int_equal(stage->results[SINK_FAILED], 1);
    sink_free(sink);
}

static void a_producer_that_died_is_replaced(void **state)
{
    struct stage *stage = *state;
    struct sink *sink = open_sink(stage);
    const struct record record = { .topic = "x", .value = "v", .value_length = 1, .timestamp = -1 };
    const struct sink_message message = {
        .topic = "out", .record = &record, .done = on_sent, .context = stage
    };

    rd_kafka_mock_push_request_errors(stage->kafka.cluster, API_PRODUCE, 1,
                                      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
    assert_non_null(sink_send(sink, &message));
    wait_for_sink(stage, sink);
    assert_int_equal(stage->results[SINK_FAILED], 1);
    assert_non_null(sink_send(sink, &message));
    wait_for_sink(stage, sink);
    assert_int_equal(stage->results[SINK_ACKNOWLEDGED], 1);
    sink_free(sink);
}

static void a_wrong_property_is_named_without_its_value(void **state)
{
    struct stage *stage = *state;
    const struct kafka_property properties[] = { { "security.protocol", "SECRET-CANARY" },
                                                 { NULL, NULL } };
    const struct sink_options options = { .properties = properties,
                                          .wake_fd = stage->kafka.wake_fd,
                                          .listener = kafka_stage_deaf };
    struct sink *sink;
    struct fault fault;

    assert_int_equal(sink_open(&options, &sink, &fault), -1);
    assert_non_null(strstr(fault.words, "security.protocol"));
    assert_null(strstr(fault.words, "SECRET-CANARY"));
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(messages_are_acknowledged_or_reported_as_too_large),
        STAGED(a_forgotten_message_is_not_reported),
        STAGED(a_message_that_the_broker_refuses_is_reported),
        STAGED(a_producer_that_died_is_replaced),
        STAGED(a_wrong_property_is_named_without_its_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
