/*
 * The consumer against librdkafka's mock cluster: records come in order with all that belongs to
 * them, a partition that is not read keeps its records, and offsets survive a clean leave.
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
#include "worker/edge/source.h"

enum { PARTITIONS = 2 };

/* A mock cluster and what has happened to one consumer. */
struct stage {
    struct kafka_stage kafka;
    struct source *source;
    struct source_partition *partitions[PARTITIONS];
    int revoked;
    int64_t committed[PARTITIONS];
};

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

    kafka_stage_open(&stage->kafka);
    rd_kafka_mock_topic_create(stage->kafka.cluster, "in", PARTITIONS, 1);
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

static void open_source(struct stage *stage)
{
    const struct kafka_property properties[] = {
        { "bootstrap.servers", stage->kafka.bootstrap_servers },
        { "group.id", "test" },
        { "session.timeout.ms", "6000" },
        { "fetch.wait.max.ms", "10" },
        { NULL, NULL },
    };
    static const char *const topics[] = { "in", NULL };
    const struct source_options options = {
        .properties = properties,
        .topics = topics,
        .wake_fd = stage->kafka.wake_fd,
        .port = { stage, rebalanced, assigned, revoked, committed, failed, died },
        .listener = kafka_stage_deaf,
    };
    struct fault fault;

    assert_int_equal(source_open(&options, &stage->source, &fault), 0);
    mono_ms deadline = clock_mono() + KAFKA_STAGE_DEADLINE_MS;
    while (!stage->partitions[0] || !stage->partitions[1]) {
        assert_true(clock_mono() < deadline);
        source_serve(stage->source);
        kafka_stage_rest(&stage->kafka);
    }
}

static struct record *next_record(struct stage *stage, int partition)
{
    mono_ms deadline = clock_mono() + KAFKA_STAGE_DEADLINE_MS;
    struct record *record;

    while (!(record = source_take(stage->source, stage->partitions[partition]))) {
        assert_true(clock_mono() < deadline);
        source_serve(stage->source);
        kafka_stage_rest(&stage->kafka);
    }
    return record;
}

static void close_source(struct stage *stage)
{
    mono_ms deadline = clock_mono() + KAFKA_STAGE_DEADLINE_MS;

    source_leave(stage->source);
    while (!source_has_left(stage->source)) {
        assert_true(clock_mono() < deadline);
        source_serve(stage->source);
        kafka_stage_rest(&stage->kafka);
    }
    source_free(stage->source);
    stage->source = NULL;
}

static void produce(struct stage *stage, int partition, int from, int count)
{
    for (int i = from; i < from + count; i++) {
        char value[32];
        int length = snprintf(value, sizeof(value), "record %d", i);
        rd_kafka_resp_err_t err = rd_kafka_producev(
            stage->kafka.host, RD_KAFKA_V_TOPIC("in"), RD_KAFKA_V_PARTITION(partition),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY("key", 3),
            RD_KAFKA_V_VALUE(value, (size_t)length), RD_KAFKA_V_HEADER("h", "v\0w", 3),
            RD_KAFKA_V_TIMESTAMP(1700000000000 + i), RD_KAFKA_V_END);
        assert_int_equal(err, 0);
    }
    assert_int_equal(rd_kafka_flush(stage->kafka.host, KAFKA_STAGE_DEADLINE_MS), 0);
}

static void bootstrap_host(struct stage *stage)
{
    assert_true(rd_kafka_brokers_add(stage->kafka.host, stage->kafka.bootstrap_servers) > 0);
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
    mono_ms deadline = clock_mono() + KAFKA_STAGE_DEADLINE_MS;
    while (stage->committed[0] != 5) {
        assert_true(clock_mono() < deadline);
        source_serve(stage->source);
        kafka_stage_rest(&stage->kafka);
    }
    close_source(stage);
}

static int64_t wait_for_end(struct stage *stage, int partition)
{
    mono_ms deadline = clock_mono() + KAFKA_STAGE_DEADLINE_MS;
    int64_t end;

    while ((end = source_end(stage->source, stage->partitions[partition])) < 0) {
        assert_true(clock_mono() < deadline);
        source_serve(stage->source);
        kafka_stage_rest(&stage->kafka);
    }
    return end;
}

static void the_end_of_a_partition_is_known_before_its_first_record_is_taken(void **state)
{
    struct stage *stage = *state;

    bootstrap_host(stage);
    produce(stage, 0, 0, 3);
    open_source(stage);
    assert_int_equal(wait_for_end(stage, 0), 3);
    assert_int_equal(wait_for_end(stage, 1), 0);
    for (int i = 0; i < 3; i++) {
        AUTO(free) struct record *record = next_record(stage, 0);
        assert_int_equal(record->offset, i);
    }
    close_source(stage);
}

static void a_first_record_that_nobody_takes_is_let_go(void **state)
{
    struct stage *stage = *state;

    bootstrap_host(stage);
    produce(stage, 0, 0, 3);
    open_source(stage);
    assert_int_equal(wait_for_end(stage, 0), 3);
    close_source(stage);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(records_come_in_order_with_all_that_belongs_to_them),
        STAGED(a_partition_that_is_not_read_keeps_its_records),
        STAGED(what_is_stored_is_where_the_next_reader_starts),
        STAGED(a_stored_offset_is_committed_and_reported),
        STAGED(the_end_of_a_partition_is_known_before_its_first_record_is_taken),
        STAGED(a_first_record_that_nobody_takes_is_let_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
