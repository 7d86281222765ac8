#include "tests/unit/dispatch_stage.h"

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

static void take_ask(struct stage *stage, const struct ask *ask)
{
    size_t at = 0;

    while (stage->asks[at] != ask)
        must(++at < stage->ask_count);
    stage->ask_count--;
    memmove(&stage->asks[at], &stage->asks[at + 1], (stage->ask_count - at) * sizeof(struct ask *));
}

static void port_cancel(void *context, struct ask *ask)
{
    must(ask->carrier == context);
    take_ask(context, ask);
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
                              .delivery = write->delivery };
    if (!write->delivery)
        return;
    must(!write->delivery->recording);
    write->delivery->recording = stage;
}

static struct stage_write *find_write(struct stage *stage, const struct delivery *delivery)
{
    struct stage_write *write = stage->writes;

    while (delivery ? write->delivery != delivery : !write->delivery)
        must(++write < stage->writes + stage->write_count);
    return write;
}

static void port_forget_write(void *context, struct delivery *delivery)
{
    must(delivery->recording == context);
    find_write(context, delivery)->delivery = NULL;
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

struct stage *stage_new(const struct integrations *integrations,
                        const struct assigned_partition *assigned)
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
                                              .seed = 1 };
    const struct dispatch_port port = { .context = stage,
                                        .ask = port_ask,
                                        .cancel = port_cancel,
                                        .bury = port_bury,
                                        .forget = port_forget,
                                        .fetch = port_fetch,
                                        .cancel_fetch = port_cancel_fetch,
                                        .write = port_write,
                                        .forget_write = port_forget_write,
                                        .store = port_store,
                                        .report = port_report };

    stage->now = (struct moment){ .mono = 1000, .wall = 1000 * 1000 * 1000 };
    stage->made_at = 1;
    stage->stored = -1;
    stage->limit_left = -1;
    stage->limit_reset_s = -1;
    stage->dispatch = dispatch_new(&options, &port, integrations);
    stage->partition = dispatch_assign(stage->dispatch, assigned);
    return stage;
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

/* ---- what comes back ---- */

static struct answer answer_of(const struct stage *stage, enum answer_kind kind, int status,
                               const char *body)
{
    return (struct answer){ .kind = kind,
                            .status = status,
                            .body = body,
                            .body_length = strlen(body),
                            .retry_after_s = status == 429 ? 2 : -1,
                            .rate_limit_remaining = stage->limit_left,
                            .rate_limit_reset_s = stage->limit_reset_s,
                            .took_ms = 5,
                            .why = kind == ANSWER_HTTP ? "" : "cut" };
}

static char *error_body(int status, const char *error_id)
{
    return mem_printf("{\"id\":\"%s\",\"message\":\"\",\"status_code\":%d}", error_id, status);
}

void stage_answer(struct stage *stage, size_t at, enum answer_kind kind, int status,
                  const char *body)
{
    const struct answer answer = answer_of(stage, kind, status, body);
    struct ask *ask = stage->asks[at];

    assert_true(at < stage->ask_count);
    take_ask(stage, ask);
    dispatch_answered(stage->dispatch, ask, &answer, &stage->now);
    stage_tick(stage);
}

void stage_fail(struct stage *stage, size_t at, enum answer_kind kind)
{
    stage_answer(stage, at, kind, 0, "");
}

void stage_refuse(struct stage *stage, size_t at, int status, const char *error_id)
{
    char *body = error_body(status, error_id);

    stage_answer(stage, at, ANSWER_HTTP, status, body);
    free(body);
}

void stage_accept_as(struct stage *stage, size_t at, const char *id)
{
    assert_true(at < stage->ask_count);
    json_t *post = json_loadb(stage->asks[at]->body, stage->asks[at]->body_length, 0, NULL);

    assert_non_null(post);
    must(json_object_set_new(post, "id", json_string(id)) == 0);
    char *body = json_dumps(post, JSON_COMPACT);
    json_decref(post);
    stage_answer(stage, at, ANSWER_HTTP, 201, body);
    free(body);
}

void stage_accept(struct stage *stage, size_t at)
{
    stage_accept_as(stage, at, "pppppppppppppppppppppppppp");
}

void stage_bury(struct stage *stage, const char *why)
{
    struct delivery *delivery = stage->letters[0];

    assert_true(stage->letter_count > 0);
    stage->letter_count--;
    memmove(stage->letters, stage->letters + 1, stage->letter_count * sizeof(struct delivery *));
    dispatch_buried(stage->dispatch, delivery, why, &stage->now);
    stage_tick(stage);
}

size_t stage_count_waited(const struct stage *stage)
{
    size_t count = 0;

    for (size_t i = 0; i < stage->write_count; i++)
        count += stage->writes[i].delivery != NULL;
    return count;
}

void stage_acknowledge(struct stage *stage)
{
    assert_true(stage_count_waited(stage) > 0);
    struct stage_write *write = find_write(stage, NULL);
    struct delivery *delivery = write->delivery;

    write->delivery = NULL;
    dispatch_recorded(stage->dispatch, delivery, &stage->now);
    stage_tick(stage);
}

static void end_fetch(struct stage *stage, const struct fetch_result *result)
{
    struct fetch *fetch = stage->fetches[0];

    assert_true(stage->fetch_count > 0);
    stage->fetch_count--;
    memmove(stage->fetches, stage->fetches + 1, stage->fetch_count * sizeof(struct fetch *));
    dispatch_fetched(stage->dispatch, fetch, result, &stage->now);
    stage_tick(stage);
}

void stage_store_file(struct stage *stage, const char *file_id)
{
    struct fetch_result result = { .kind = FETCH_STORED };

    must(strlen(file_id) < sizeof(result.file_id));
    memcpy(result.file_id, file_id, strlen(file_id));
    end_fetch(stage, &result);
}

void stage_lose_file(struct stage *stage, enum fetch_problem problem)
{
    end_fetch(stage, &(struct fetch_result){ .kind = FETCH_CANNOT_BE_HAD, .problem = problem });
}

void stage_answer_upload(struct stage *stage, int status, const char *error_id)
{
    char *body = error_body(status, error_id);
    const struct fetch_result result = { .kind = FETCH_SERVER_SAID,
                                         .answer = answer_of(stage, ANSWER_HTTP, status, body) };

    end_fetch(stage, &result);
    free(body);
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
