/*
 * The consumer and the producer against librdkafka's mock cluster: records come in order with all
 * that belongs to them, a partition that is not read keeps its records, offsets survive a clean
 * leave, and a message that cannot be sent is reported and not lost silently.
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/mem.h"
#include "worker/edge/sink.h"
#include "worker/edge/source.h"

enum { DEADLINE_MS = 30000, PARTITIONS = 2 };

/* A mock cluster and what has happened to one consumer. */
struct stage {
    rd_kafka_t *host;
    rd_kafka_mock_cluster_t *cluster;
    char bootstrap[128];
    int wake_fd;
    struct source *source;
    struct source_partition *partitions[PARTITIONS];
    int revoked;
    int64_t committed[PARTITIONS];
    int results[3]; /* by enum sink_result */
};

static void said(void *context, int level, const char *words)
{
    (void)context;
    (void)level;
    (void)words;
}

static void rebalanced(void *context)
{
    (void)context;
}

static void assigned(void *context, struct source_partition *partition)
{
    struct stage *stage = context;

    stage->partitions[partition->number] = partition;
}

static void revoked(void *context, struct source_partition *partition, bool lost)
{
    struct stage *stage = context;

    assert_false(lost);
    stage->revoked++;
    stage->partitions[partition->number] = NULL;
    source_give_back(stage->source, partition);
}

static void committed(void *context, struct source_partition *partition, int64_t offset)
{
    struct stage *stage = context;

    stage->committed[partition->number] = offset;
}

static void failed(void *context, const char *words)
{
    (void)context;
    printf("commit failed: %s\n", words);
}

static void died(void *context, const char *words)
{
    (void)context;
    fail_msg("the consumer died: %s", words);
}

static int open_stage(void **state)
{
    struct stage *stage = mem_new(sizeof(*stage));
    char reason[256];

    stage->host = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), reason, sizeof(reason));
    stage->cluster = rd_kafka_mock_cluster_new(stage->host, 1);
    assert_non_null(stage->cluster);
    rd_kafka_mock_topic_create(stage->cluster, "in", PARTITIONS, 1);
    (void)snprintf(stage->bootstrap, sizeof(stage->bootstrap), "%s",
                   rd_kafka_mock_cluster_bootstraps(stage->cluster));
    stage->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;

    rd_kafka_mock_cluster_destroy(stage->cluster);
    rd_kafka_destroy(stage->host);
    close(stage->wake_fd);
    free(stage);
    return 0;
}

/* Waits for the wake-up descriptor, at most for a moment. */
static void rest(const struct stage *stage)
{
    struct pollfd wait = { .fd = stage->wake_fd, .events = POLLIN };
    uint64_t count;

    (void)poll(&wait, 1, 100);
    (void)!read(stage->wake_fd, &count, sizeof(count));
}

static void open_source(struct stage *stage)
{
    const struct kafka_property properties[] = {
        { "bootstrap.servers", stage->bootstrap },
        { "group.id", "test" },
        { "session.timeout.ms", "6000" },
        { "fetch.wait.max.ms", "10" },
        { NULL, NULL },
    };
    static const char *const topics[] = { "in", NULL };
    const struct source_options options = {
        .properties = properties,
        .topics = topics,
        .wake_fd = stage->wake_fd,
        .port = { stage, rebalanced, assigned, revoked, committed, failed, died },
        .listener = { stage, said },
    };
    struct fault fault;

    assert_int_equal(source_open(&options, &stage->source, &fault), 0);
    mono_ms deadline = clock_mono() + DEADLINE_MS;
    while (!stage->partitions[0] || !stage->partitions[1]) {
        assert_true(clock_mono() < deadline);
        source_serve(stage->source);
        rest(stage);
    }
}

static struct record *next_record(struct stage *stage, int partition)
{
    mono_ms deadline = clock_mono() + DEADLINE_MS;
    struct record *record;

    while (!(record = source_take(stage->source, stage->partitions[partition]))) {
        assert_true(clock_mono() < deadline);
        source_serve(stage->source);
        rest(stage);
    }
    return record;
}

static void close_source(struct stage *stage)
{
    mono_ms deadline = clock_mono() + DEADLINE_MS;

    source_leave(stage->source);
    while (!source_has_left(stage->source)) {
        assert_true(clock_mono() < deadline);
        source_serve(stage->source);
        rest(stage);
    }
    source_free(stage->source);
    stage->source = NULL;
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
        { "bootstrap.servers", stage->bootstrap },
        { "message.timeout.ms", "3000" },
        { "topic.metadata.refresh.interval.ms", "200" },
        { NULL, NULL },
    };
    const struct sink_options options = { .properties = properties,
                                          .wake_fd = stage->wake_fd,
                                          .listener = { stage, said } };
    struct sink *sink;
    struct fault fault;

    assert_int_equal(sink_open(&options, &sink, &fault), 0);
    return sink;
}

static void wait_for_sink(struct stage *stage, struct sink *sink)
{
    mono_ms deadline = clock_mono() + DEADLINE_MS;

    while (sink_count_open(sink) > 0) {
        assert_true(clock_mono() < deadline);
        sink_serve(sink);
        rest(stage);
    }
}

static void produce(struct stage *stage, int partition, int from, int count)
{
    for (int i = from; i < from + count; i++) {
        char value[32];
        int length = snprintf(value, sizeof(value), "record %d", i);
        rd_kafka_resp_err_t err = rd_kafka_producev(
            stage->host, RD_KAFKA_V_TOPIC("in"), RD_KAFKA_V_PARTITION(partition),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY("key", 3),
            RD_KAFKA_V_VALUE(value, (size_t)length), RD_KAFKA_V_HEADER("h", "v\0w", 3),
            RD_KAFKA_V_TIMESTAMP(1700000000000 + i), RD_KAFKA_V_END);
        assert_int_equal(err, 0);
    }
    assert_int_equal(rd_kafka_flush(stage->host, DEADLINE_MS), 0);
}

static void bootstrap_host(struct stage *stage)
{
    assert_true(rd_kafka_brokers_add(stage->host, stage->bootstrap) > 0);
}

static void records_come_in_order_with_all_that_belongs_to_them(void **state)
{
    struct stage *stage = *state;

    bootstrap_host(stage);
    produce(stage, 1, 0, 100);
    open_source(stage);
    for (int i = 0; i < 100; i++) {
        AUTO(free) struct record *record = next_record(stage, 1);
        assert_int_equal(record->offset, i);
        assert_int_equal(record->timestamp, 1700000000000 + i);
        assert_string_equal(record->topic, "in");
        assert_int_equal(record->key_length, 3);
        assert_memory_equal(record->key, "key", 3);
        assert_int_equal(record->header_count, 1);
        assert_int_equal(record->headers[0].length, 3);
        assert_memory_equal(record->headers[0].value, "v\0w", 3);
    }
    close_source(stage);
}

static void a_partition_that_is_not_read_keeps_its_records(void **state)
{
    struct stage *stage = *state;

    bootstrap_host(stage);
    produce(stage, 0, 0, 10);
    produce(stage, 1, 0, 10);
    open_source(stage);
    for (int i = 0; i < 10; i++)
        free(next_record(stage, 1));
    for (int i = 0; i < 10; i++) {
        AUTO(free) struct record *record = next_record(stage, 0);
        assert_int_equal(record->offset, i);
    }
    close_source(stage);
}

static void what_is_stored_is_where_the_next_reader_starts(void **state)
{
    struct stage *stage = *state;

    bootstrap_host(stage);
    produce(stage, 0, 0, 10);
    open_source(stage);
    for (int i = 0; i < 10; i++)
        free(next_record(stage, 0));
    source_store(stage->source, stage->partitions[0], 7);
    close_source(stage);
    assert_int_equal(stage->revoked, 2);

    open_source(stage);
    AUTO(free) struct record *record = next_record(stage, 0);
    assert_int_equal(record->offset, 7);
    close_source(stage);
}

static void a_stored_offset_is_committed_and_reported(void **state)
{
    struct stage *stage = *state;

    bootstrap_host(stage);
    produce(stage, 0, 0, 5);
    open_source(stage);
    for (int i = 0; i < 5; i++)
        free(next_record(stage, 0));
    source_store(stage->source, stage->partitions[0], 5);
    mono_ms deadline = clock_mono() + DEADLINE_MS;
    while (stage->committed[0] != 5) {
        assert_true(clock_mono() < deadline);
        source_serve(stage->source);
        rest(stage);
    }
    close_source(stage);
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

static void a_refused_topic_is_reported_and_the_next_try_passes(void **state)
{
    struct stage *stage = *state;
    struct sink *sink = open_sink(stage);
    const struct record record = { .topic = "x", .value = "v", .value_length = 1, .timestamp = -1 };
    const struct sink_message message = {
        .topic = "out", .record = &record, .done = on_sent, .context = stage
    };

    rd_kafka_mock_topic_set_error(stage->cluster, "out",
                                  RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    assert_non_null(sink_send(sink, &message));
    wait_for_sink(stage, sink);
    assert_int_equal(stage->results[SINK_FAILED], 1);

    rd_kafka_mock_topic_set_error(stage->cluster, "out", RD_KAFKA_RESP_ERR_NO_ERROR);
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
                                          .wake_fd = stage->wake_fd,
                                          .listener = { stage, said } };
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
        STAGED(records_come_in_order_with_all_that_belongs_to_them),
        STAGED(a_partition_that_is_not_read_keeps_its_records),
        STAGED(what_is_stored_is_where_the_next_reader_starts),
        STAGED(a_stored_offset_is_committed_and_reported),
        STAGED(messages_are_acknowledged_or_reported_as_too_large),
        STAGED(a_forgotten_message_is_not_reported),
        STAGED(a_refused_topic_is_reported_and_the_next_try_passes),
        STAGED(a_wrong_property_is_named_without_its_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
