/*
 * What the consumer knows of its heartbeats, against librdkafka's mock cluster.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/mem.h"
#include "tests/support/kafka_stage.h"
#include "worker/edge/source.h"

enum { SESSION_MS = 4000, LATE_MS = 3300 };

struct stage {
    struct kafka_stage kafka;
    struct source *source;
};

static void rebalanced(void *context)
{
    (void)context;
}

static void assigned(void *context, struct source_partition *partition)
{
    (void)context;
    (void)partition;
}

static void revoked(void *context, struct source_partition *partition, bool lost)
{
    struct stage *stage = context;

    (void)lost;
    source_give_back(stage->source, partition);
}

static void committed(void *context, struct source_partition *partition, int64_t offset)
{
    (void)context;
    (void)partition;
    (void)offset;
}

static void failed(void *context, const char *words)
{
    (void)context;
    (void)words;
}

static int open_stage(void **state)
{
    static const char *const topics[] = { "in", NULL };
    struct stage *stage = mem_new(sizeof(*stage));
    struct fault fault;

    kafka_stage_open(&stage->kafka);
    rd_kafka_mock_topic_create(stage->kafka.cluster, "in", 1, 1);
    const struct kafka_property properties[] = {
        { "bootstrap.servers", stage->kafka.bootstrap_servers },
        { "group.id", "test" },
        { "session.timeout.ms", "4000" },
        { "heartbeat.interval.ms", "200" },
        { NULL, NULL },
    };
    const struct source_options options = {
        .properties = properties,
        .topics = topics,
        .wake_fd = stage->kafka.wake_fd,
        .port = { stage, rebalanced, assigned, revoked, committed, failed, failed },
        .listener = kafka_stage_deaf,
    };
    assert_int_equal(source_open(&options, &stage->source, &fault), 0);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;

    source_free(stage->source);
    kafka_stage_close(&stage->kafka);
    free(stage);
    return 0;
}

/* Waits until a heartbeat is answered that was sent after `after`. */
static struct lease_signs next_heartbeat(struct stage *stage, mono_ms after)
{
    mono_ms deadline = clock_mono() + KAFKA_STAGE_DEADLINE_MS;
    struct lease_signs signs;

    while ((signs = source_signs(stage->source)).sent <= after) {
        assert_true(clock_mono() < deadline);
        source_serve(stage->source);
        kafka_stage_rest(&stage->kafka);
    }
    return signs;
}

static void terms_are_the_defaults_and_what_was_said_otherwise(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(source_terms(stage->source).session, SESSION_MS);
    assert_int_equal(source_terms(stage->source).max_poll, 60000);
    assert_int_equal(source_signs(stage->source).sent, -1);
}

static void an_answered_heartbeat_counts_from_when_it_was_sent(void **state)
{
    struct stage *stage = *state;
    mono_ms before = clock_mono();

    struct lease_signs first = next_heartbeat(stage, -1);
    assert_in_range(first.sent, before, clock_mono());
    struct lease_signs second = next_heartbeat(stage, first.sent);
    assert_in_range(second.sent, first.sent + 100, clock_mono());
    assert_int_equal(second.lapses, 0);

    assert_int_equal(rd_kafka_mock_broker_set_rtt(stage->kafka.cluster, -1, LATE_MS), 0);
    struct lease_signs late = next_heartbeat(stage, next_heartbeat(stage, second.sent).sent);
    assert_true(clock_mono() - late.sent >= LATE_MS - 100);
    assert_true(late.lapses > 0);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(terms_are_the_defaults_and_what_was_said_otherwise),
        STAGED(an_answered_heartbeat_counts_from_when_it_was_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
