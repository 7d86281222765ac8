#include "tests/support/table_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/mem.h"

static void on_read(void *context, void *whose, const struct table_record *record)
{
    struct table_owner *owner = whose;

    assert_ptr_equal(context, owner->stage);
    assert_false(owner->stage->is_in_a_call);
    assert_true(owner->count < TABLE_STAGE_MOST_READ);
    (void)snprintf(owner->read[owner->count++], sizeof(owner->read[0]), "%.*s",
                   record->value ? (int)record->value_length : 1,
                   record->value ? record->value : "-");
    if (owner->leaves_at_once)
        table_leave(owner->stage->table, owner->part);
}

static void on_restored(void *context, void *whose, int64_t epoch)
{
    struct table_owner *owner = whose;

    (void)context;
    assert_false(owner->stage->is_in_a_call);
    owner->restored++;
    owner->epoch = epoch;
    owner->read_before_restored = owner->count;
}

static void on_hindered(void *context, void *whose, const char *why)
{
    struct table_owner *owner = whose;

    (void)context;
    assert_false(owner->stage->is_in_a_call);
    owner->hindered++;
    (void)snprintf(owner->why, sizeof(owner->why), "%s", why);
}

static void on_written(void *context, void *call_context)
{
    struct table_stage *stage = context;
    const int *number = call_context;

    assert_false(stage->is_in_a_call);
    assert_int_equal(*number, stage->last_written + 1);
    stage->last_written = *number;
    stage->written++;
}

int table_stage_open(void **state)
{
    struct table_stage *stage = mem_new(sizeof(*stage));

    kafka_stage_open(&stage->kafka);
    rd_kafka_mock_topic_create(stage->kafka.cluster, "state", TABLE_STAGE_PARTITIONS, 1);
    (void)rd_kafka_brokers_add(stage->kafka.host, stage->kafka.bootstrap_servers);
    const struct kafka_property properties[] = {
        { "bootstrap.servers", stage->kafka.bootstrap_servers },
        { "fetch.wait.max.ms", "10" },
        { "topic.metadata.refresh.interval.ms", "200" },
        { "reconnect.backoff.max.ms", "100" },
        { NULL, NULL },
    };
    const struct table_options options = {
        .properties = properties,
        .topic = "state",
        .wake_fd = stage->kafka.wake_fd,
        .port = { stage, on_read, on_restored, on_hindered, on_written },
        .listener = kafka_stage_deaf,
    };
    struct fault fault;
    assert_int_equal(table_open(&options, &stage->table, &fault), 0);
    *state = stage;
    return 0;
}

int table_stage_close(void **state)
{
    struct table_stage *stage = *state;

    table_free(stage->table);
    kafka_stage_close(&stage->kafka);
    free(stage);
    return 0;
}

void table_stage_turn(struct table_stage *stage)
{
    if (!table_serve(stage->table, clock_mono() + stage->later))
        kafka_stage_rest(&stage->kafka);
}

void table_stage_others_write(struct table_stage *stage, int partition, int from, int count)
{
    rd_kafka_t *host = stage->kafka.host;

    for (int i = from; i < from + count; i++) {
        char value[16];
        int length = snprintf(value, sizeof(value), "%d", i);
        assert_int_equal(
            rd_kafka_producev(host, RD_KAFKA_V_TOPIC("state"), RD_KAFKA_V_PARTITION(partition),
                              RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY("key", 3),
                              RD_KAFKA_V_VALUE(value, (size_t)length), RD_KAFKA_V_END),
            0);
        if (i % 50 == 49 || i == from + count - 1)
            assert_int_equal(rd_kafka_flush(host, KAFKA_STAGE_DEADLINE_MS), 0);
    }
}

void table_stage_join(struct table_stage *stage, struct table_owner *owner, int partition)
{
    owner->stage = stage;
    stage->is_in_a_call = true;
    owner->part = table_join(stage->table, partition, "epoch/in/0", owner);
    stage->is_in_a_call = false;
}

void table_stage_restore(struct table_stage *stage, struct table_owner *owner, int partition)
{
    table_stage_join(stage, owner, partition);
    table_stage_wait(stage, owner->restored);
}

struct table_call *table_stage_write(struct table_owner *owner, int number)
{
    static int numbers[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    struct table_stage *stage = owner->stage;
    const char value[] = { (char)('0' + number) };
    const struct table_record record = {
        .key = "key", .key_length = 3, .value = value, .value_length = sizeof(value)
    };

    stage->is_in_a_call = true;
    struct table_call *call = table_write(stage->table, owner->part, &record, &numbers[number]);
    stage->is_in_a_call = false;
    return call;
}

void table_stage_write_up_to(struct table_owner *owner, int last)
{
    for (int i = 1; i <= last; i++)
        assert_non_null(table_stage_write(owner, i));
}

void table_stage_expect(const struct table_owner *owner, int at, int from, int count)
{
    assert_true(owner->count >= at + count);
    for (int i = 0; i < count; i++) {
        char value[16];
        (void)snprintf(value, sizeof(value), "%d", from + i);
        assert_string_equal(owner->read[at + i], value);
    }
}
