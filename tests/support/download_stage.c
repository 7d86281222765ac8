#include "tests/support/download_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/mem.h"

enum { TIMEOUT_MS = 15000, PATIENCE_MS = 10000, PAUSE_MS = 10 };

int download_stage_open(void **state)
{
    static const char *const hosts[] = { "127.0.0.1", "a.localhost", "*.localhost" };
    const struct mattermost_options options = { .connections = 1 };
    struct download_stage *stage = mem_new(sizeof(*stage));
    struct fault fault;

    assert_int_equal(loop_new(&stage->loop, &fault), 0);
    assert_int_equal(mattermost_new(stage->loop, &options, &stage->mattermost, &fault), 0);
    assert_int_equal(host_list_new(hosts, 3, &stage->hosts, &fault), 0);
    stage->options = (struct downloads_options){ .at_once = 2,
                                                 .hosts = stage->hosts,
                                                 .max_bytes = STAGE_MAX_BYTES,
                                                 .timeout = TIMEOUT_MS,
                                                 .patience = PATIENCE_MS,
                                                 .pause = PAUSE_MS };
    *state = stage;
    return 0;
}

int download_stage_close(void **state)
{
    struct download_stage *stage = *state;

    downloads_free(stage->downloads);
    mattermost_bot_free(stage->bot);
    mattermost_free(stage->mattermost);
    scripted_server_free(stage->source);
    upload_server_free(stage->sink);
    host_list_free(stage->hosts);
    loop_free(stage->loop);
    free(stage);
    return 0;
}

void download_stage_set(struct download_stage *stage, const struct script_step *steps, size_t count,
                        struct upload_plan plan)
{
    char url[64];
    const struct integration integration = { .server_url = url, .bot_token = STAGE_TOKEN };
    struct fault fault;

    stage->source = scripted_server_new(stage->loop, steps, count);
    stage->sink = upload_server_new(stage->loop, plan);
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/sub", upload_server_port(stage->sink));
    stage->bot = mattermost_bot_new(stage->mattermost, &integration);
    assert_int_equal(downloads_new(stage->loop, &stage->options, &stage->downloads, &fault), 0);
    download_stage_aim(stage, "127.0.0.1", "/a/x.png");
}

void download_stage_aim(struct download_stage *stage, const char *host, const char *path)
{
    (void)snprintf(stage->url, sizeof(stage->url), "http://%s:%d%s", host,
                   scripted_server_port(stage->source), path);
    stage->fetch = (struct fetch){ .url = stage->url,
                                   .name = "kamer 12 & €.png",
                                   .channel_id = "yd95d4wqs7r77qeprbjfc1qecy",
                                   .size = -1 };
}

static void on_done(void *context, const struct fetch_result *result)
{
    struct download_outcome *outcome = context;

    outcome->reports++;
    outcome->result = *result;
    if (result->kind != FETCH_SERVER_SAID)
        return;
    assert_null(strstr(result->answer.why, STAGE_TOKEN));
    assert_null(strstr(result->answer.body, STAGE_TOKEN));
    assert_int_equal(result->answer.why[0] == '\0', result->answer.kind == ANSWER_HTTP);
}

struct download *download_stage_start(struct download_stage *stage,
                                      struct download_outcome *outcome)
{
    *outcome = (struct download_outcome){ 0 };
    struct download *download =
        download_start(stage->downloads, stage->bot, &stage->fetch, on_done, outcome);

    assert_int_equal(outcome->reports, 0);
    return download;
}

void download_stage_turn_until(struct download_stage *stage, bool (*is_true)(const void *context),
                               const void *context)
{
    mono_ms deadline = clock_mono() + STAGE_DEADLINE_MS;

    while (!is_true(context)) {
        assert_true(clock_mono() < deadline);
        loop_turn(stage->loop, deadline);
    }
}

static bool is_reported(const void *context)
{
    const struct download_outcome *outcome = context;

    return outcome->reports > 0;
}

void download_stage_wait(struct download_stage *stage, const struct download_outcome *outcome)
{
    download_stage_turn_until(stage, is_reported, outcome);
    loop_turn(stage->loop, 0);
    assert_int_equal(outcome->reports, 1);
}

struct fetch_result download_stage_perform(struct download_stage *stage)
{
    struct download_outcome outcome;

    (void)!download_stage_start(stage, &outcome);
    download_stage_wait(stage, &outcome);
    return outcome.result;
}

void download_stage_expect_stored(struct download_stage *stage)
{
    struct fetch_result result = download_stage_perform(stage);

    assert_int_equal(result.kind, FETCH_STORED);
    assert_string_equal(result.file_id, STAGE_FILE_ID);
}

void download_stage_expect_problem(struct download_stage *stage, enum fetch_problem problem)
{
    struct fetch_result result = download_stage_perform(stage);

    assert_int_equal(result.kind, FETCH_CANNOT_BE_HAD);
    assert_int_equal(result.problem, problem);
    assert_int_equal(upload_server_seen(stage->sink)->whole, 0);
}
