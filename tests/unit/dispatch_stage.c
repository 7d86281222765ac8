#include "tests/unit/dispatch_stage_inner.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "common/must.h"

/* ---- the port ---- */

static void port_ask(void *context, struct ask *ask)
{
    struct stage *stage = context;

    must(stage->ask_count < STAGE_MOST && !ask->carrier);
    ask->carrier = stage;
    stage->asks[stage->ask_count++] = ask;
}

void stage_take_ask(struct stage *stage, const struct ask *ask)
{
    size_t at = 0;

    while (stage->asks[at] != ask)
        must(++at < stage->ask_count);
    stage->ask_count--;
    memmove(&stage->asks[at], &stage->asks[at + 1], (stage->ask_count - at) * sizeof(struct ask *));
}

static mono_ms port_room(void *context)
{
    return ((const struct stage *)context)->room;
}

static void port_cancel(void *context, struct ask *ask)
{
    must(ask->carrier == context);
    stage_take_ask(context, ask);
}

static void port_bury(void *context, struct delivery *delivery)
{
    struct stage *stage = context;

    must(stage->letter_count < STAGE_MOST);
    stage->letters[stage->letter_count++] = delivery;
}

static void port_forget(void *context, struct delivery *delivery)
{
    struct stage *stage = context;

    must(stage->letter_count > 0 && stage->letters[--stage->letter_count] == delivery);
}

static void port_fetch(void *context, struct fetch *fetch)
{
    struct stage *stage = context;

    must(stage->fetch_count < STAGE_MOST && !fetch->carrier);
    fetch->carrier = stage;
    stage->fetches[stage->fetch_count++] = fetch;
}

static void port_cancel_fetch(void *context, struct fetch *fetch)
{
    struct stage *stage = context;

    must(fetch->carrier == stage);
    must(stage->fetch_count > 0 && stage->fetches[--stage->fetch_count] == fetch);
}

static void port_write(void *context, struct partition *partition, const struct state_write *write)
{
    struct stage *stage = context;

    must(partition);
    stage->writes = mem_resize(stage->writes, (stage->write_count + 1) * sizeof(*stage->writes));
    stage->writes[stage->write_count++] =
        (struct stage_write){ .key = mem_string(text_string(write->key)),
                              .value = write->value ? mem_string(text_string(write->value)) : NULL,
                              .delivery = write->delivery,
                              .parks = write->parks };
    if (!write->delivery)
        return;
    void **carrier = write->parks ? &write->delivery->parking : &write->delivery->recording;
    must(!*carrier);
    *carrier = stage;
}

struct stage_write *stage_find_write(struct stage *stage, const struct delivery *delivery)
{
    struct stage_write *write = stage->writes;

    while (delivery ? write->delivery != delivery || write->parks : !write->delivery)
        must(++write < stage->writes + stage->write_count);
    return write;
}

static void port_forget_write(void *context, struct delivery *delivery)
{
    must(delivery->recording == context);
    stage_find_write(context, delivery)->delivery = NULL;
}

static void port_forget_parking(void *context, struct delivery *delivery)
{
    struct stage *stage = context;
    struct stage_write *write = stage->writes;

    must(delivery->parking == context);
    while (write->delivery != delivery || !write->parks)
        must(++write < stage->writes + stage->write_count);
    write->delivery = NULL;
}

static void port_store(void *context, const char *topic, int32_t partition, int64_t offset)
{
    struct stage *stage = context;

    must(topic && partition == 0);
    stage->stored = offset;
}

static void port_report(void *context, const struct report *report)
{
    struct stage *stage = context;

    stage->reports[report->kind]++;
    stage->outcome = report->outcome;
    stage->lookup = report->lookup;
    (void)snprintf(stage->why, sizeof(stage->why), "%s", report->why);
}

/* ---- the stage ---- */

void stage_acknowledge_one(struct stage *stage)
{
    assert_true(stage_count_waited(stage) > 0);
    struct stage_write *write = stage_find_write(stage, NULL);
    struct delivery *delivery = write->delivery;

    write->delivery = NULL;
    if (write->parks)
        dispatch_parked(stage->dispatch, delivery);
    else
        dispatch_recorded(stage->dispatch, delivery, &stage->now);
}

struct stage *stage_new_with(const struct integrations *integrations,
                             const struct assigned_partition *assigned,
                             const struct dispatch_options *extra)
{
    struct stage *stage = mem_new(sizeof(*stage));
    const struct dispatch_options options = { .in_flight = 8,
                                              .in_flight_per_server = 4,
                                              .window = STAGE_WINDOW,
                                              .waiting_bytes = 1 << 20,
                                              .attempt_timeout = 3000,
                                              .retry = { STAGE_RETRY_MS, 60000 },
                                              .route = { STAGE_ROUTE_MS, 300000 },
                                              .thread_max_replies = STAGE_MAX_REPLIES,
                                              .keep = STAGE_KEEP_MS,
                                              .old_news = extra->old_news,
                                              .parking = extra->parking,
                                              .poison = extra->poison,
                                              .seed = 1 };
    const struct dispatch_port port = { .context = stage,
                                        .ask = port_ask,
                                        .room = port_room,
                                        .cancel = port_cancel,
                                        .bury = port_bury,
                                        .forget = port_forget,
                                        .fetch = port_fetch,
                                        .cancel_fetch = port_cancel_fetch,
                                        .write = port_write,
                                        .forget_write = port_forget_write,
                                        .forget_parking = port_forget_parking,
                                        .store = port_store,
                                        .report = port_report };

    stage->now = (struct moment){ .mono = 1000, .wall = 1000 * 1000 * 1000 };
    stage->made_at = 1;
    stage->stored = -1;
    stage->room = MONO_NEVER;
    stage->limit_left = -1;
    stage->limit_reset_s = -1;
    stage->dispatch = dispatch_new(&options, &port, integrations);
    stage->partition = dispatch_assign(stage->dispatch, assigned);
    return stage;
}

void stage_tell_state(struct stage *stage, const char *key, const char *value, int64_t offset)
{
    const struct state_read read = { .key = key,
                                     .key_length = strlen(key),
                                     .value = value,
                                     .value_length = value ? strlen(value) : 0,
                                     .offset = offset };

    dispatch_read_state(stage->dispatch, stage->partition, &read, &stage->now);
    stage_tick(stage);
}

void stage_restore(struct stage *stage)
{
    enum { EPOCH = 100, END = 1000 };

    dispatch_restored(stage->dispatch, stage->partition, EPOCH);
    dispatch_saw_end(stage->dispatch, stage->partition, END);
}

void stage_ease(struct stage *stage)
{
    stage_restore(stage);
    stage->acknowledges = true;
}

void stage_free(struct stage *stage)
{
    dispatch_free(stage->dispatch);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->fetch_count, 0);
    assert_int_equal(stage->letter_count, 0);
    assert_int_equal(stage_count_waited(stage), 0);
    for (size_t i = 0; i < stage->write_count; i++) {
        free(stage->writes[i].key);
        free(stage->writes[i].value);
    }
    free(stage->writes);
    free(stage);
}

void stage_tick(struct stage *stage)
{
    (void)dispatch_tick(stage->dispatch, &stage->now);
    while (stage->acknowledges && stage_count_waited(stage) > 0) {
        stage_acknowledge_one(stage);
        (void)dispatch_tick(stage->dispatch, &stage->now);
    }
}

void stage_wait(struct stage *stage, mono_ms span)
{
    stage->now.mono += span;
    stage->now.wall += span;
    stage_tick(stage);
}

void stage_read(struct stage *stage, int64_t offset, const char *key, const char *value)
{
    const struct record view = { .topic = "in",
                                 .offset = offset,
                                 .timestamp = stage->made_at,
                                 .key = key,
                                 .key_length = key ? strlen(key) : 0,
                                 .value = value,
                                 .value_length = strlen(value) };

    assert_true(dispatch_wants(stage->dispatch, stage->partition));
    dispatch_take(stage->dispatch, stage->partition, record_copy(&view), &stage->now);
    stage_tick(stage);
}

void stage_leave(struct stage *stage, bool lost)
{
    dispatch_leave(stage->dispatch, stage->partition, lost, &stage->now);
    stage_tick(stage);
}

void stage_end(struct stage *stage)
{
    assert_true(dispatch_is_idle(stage->partition));
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->fetch_count, 0);
    assert_int_equal(stage_count_waited(stage), 0);
    dispatch_forget(stage->dispatch, stage->partition, &stage->now);
}
