/*
 * What the surroundings answer a dispatcher on the stage.
 */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/unit/dispatch_stage_inner.h"

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
    stage_take_ask(stage, ask);
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

void stage_show_nothing(struct stage *stage)
{
    for (size_t i = 0; i < stage->ask_count;) {
        if (strcmp(stage->asks[i]->path, "/users/me") == 0)
            stage_answer(stage, i, ANSWER_HTTP, 200, "{\"id\":\"bbbbbbbbbbbbbbbbbbbbbbbbbb\"}");
        else if (strstr(stage->asks[i]->path, "/posts?per_page"))
            stage_answer(stage, i, ANSWER_HTTP, 200, "{\"order\":[],\"posts\":{}}");
        else
            i++;
    }
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
    stage_acknowledge_one(stage);
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
