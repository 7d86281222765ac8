#include "tests/support/mattermost_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/mem.h"

enum { TIMEOUT_MS = 10000 };

int stage_open(void **state)
{
    const struct mattermost_options options = { .connections = 8 };
    struct stage *stage = mem_new(sizeof(*stage));
    struct fault fault;

    assert_int_equal(loop_new(&stage->loop, &fault), 0);
    assert_int_equal(mattermost_new(stage->loop, &options, &stage->mattermost, &fault), 0);
    *state = stage;
    return 0;
}

int stage_close(void **state)
{
    struct stage *stage = *state;

    mattermost_bot_free(stage->bot);
    mattermost_free(stage->mattermost);
    scripted_server_free(stage->server);
    loop_free(stage->loop);
    free(stage);
    return 0;
}

void stage_script(struct stage *stage, const struct script_step *steps, size_t count)
{
    char url[64];

    stage->server = scripted_server_new(stage->loop, steps, count);
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/sub",
                   scripted_server_port(stage->server));
    stage->bot = stage_bot(stage, url);
}

struct mattermost_bot *stage_bot(struct stage *stage, const char *url)
{
    const struct integration integration = { .server_url = url, .bot_token = STAGE_TOKEN };

    return mattermost_bot_new(stage->mattermost, &integration);
}

struct ask stage_ask(const char *path, const char *body)
{
    struct ask ask = { .purpose = body ? ASK_TO_POST : ASK_TO_CHECK,
                       .method = body ? ASK_POST : ASK_GET,
                       .body = body,
                       .body_length = body ? strlen(body) : 0,
                       .timeout = TIMEOUT_MS };

    (void)snprintf(ask.path, sizeof(ask.path), "%s", path);
    return ask;
}

void stage_done(void *context, const struct answer *answer)
{
    struct stage_outcome *outcome = context;

    outcome->reports++;
    outcome->answer = *answer;
    outcome->body = mem_string_of(answer->body, answer->body_length);
    outcome->why = mem_string(answer->why);
}

void stage_wait(struct stage *stage, const struct stage_outcome *outcome)
{
    mono_ms deadline = clock_mono() + STAGE_DEADLINE_MS;

    while (!outcome->reports) {
        assert_true(clock_mono() < deadline);
        loop_turn(stage->loop, deadline);
    }
    loop_turn(stage->loop, 0);
    assert_int_equal(outcome->reports, 1);
    assert_null(strstr(outcome->why, STAGE_TOKEN));
}

struct stage_outcome stage_perform(struct stage *stage, const struct ask *ask)
{
    struct stage_outcome outcome = { 0 };

    (void)!mattermost_start(stage->bot, ask, stage_done, &outcome);
    assert_int_equal(outcome.reports, 0);
    stage_wait(stage, &outcome);
    return outcome;
}

struct stage_outcome stage_post(struct stage *stage)
{
    const struct ask ask = stage_ask("/posts?set_online=false", "{\"message\":\"hallo\"}");

    return stage_perform(stage, &ask);
}

void stage_forget(struct stage_outcome *outcome)
{
    free(outcome->body);
    free(outcome->why);
    *outcome = (struct stage_outcome){ 0 };
}

void stage_expect_created(struct stage *stage)
{
    struct stage_outcome outcome = stage_post(stage);

    assert_int_equal(outcome.answer.kind, ANSWER_HTTP);
    assert_int_equal(outcome.answer.status, 201);
    stage_forget(&outcome);
}

void stage_expect_unknown(struct stage *stage)
{
    struct stage_outcome outcome = stage_post(stage);

    assert_int_equal(outcome.answer.kind, ANSWER_UNKNOWN);
    assert_int_equal(outcome.answer.status, 0);
    assert_int_not_equal(outcome.why[0], '\0');
    stage_forget(&outcome);
}
