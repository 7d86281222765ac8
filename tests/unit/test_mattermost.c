/*
 * What requests carry and what they do not, how connections are kept, and that each request is
 * reported once, or never after it was cancelled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/mem.h"
#include "tests/support/mattermost_stage.h"

static void a_post_carries_its_body_and_the_token_in_a_header(void **state)
{
    static const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP } };
    static const char traceparent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    struct stage *stage = *state;
    struct ask ask = stage_ask("/posts?set_online=false", "{\"message\":\"hallo\"}");

    stage_script(stage, steps, 1);
    ask.traceparent = traceparent;
    struct stage_outcome outcome = stage_perform(stage, &ask);
    const char *request = scripted_server_last(stage->server);

    assert_int_equal(outcome.answer.kind, ANSWER_HTTP);
    assert_int_equal(outcome.answer.status, 201);
    assert_string_equal(outcome.body, "{}");
    assert_string_equal(outcome.why, "");
    assert_ptr_equal(strstr(request, "POST /sub/api/v4/posts?set_online=false HTTP/1.1\r\n"),
                     request);
    assert_non_null(strstr(request, "\r\nAuthorization: Bearer " STAGE_TOKEN "\r\n"));
    assert_non_null(strstr(request, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(request, "\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-"));
    assert_non_null(strstr(request, "\r\n\r\n{\"message\":\"hallo\"}"));
    assert_null(strstr(request, "Expect"));
    assert_null(strstr(request, "Cookie"));
    assert_null(strstr(request, "Accept-Encoding"));
    stage_forget(&outcome);
}

static void a_get_has_no_body_and_no_foreign_header(void **state)
{
    static const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;
    struct ask ask = stage_ask("/channels/yd95d4wqs7r77qeprbjfc1qecy", NULL);

    stage_script(stage, steps, 1);
    stage_expect_created(stage);
    ask.traceparent = "00-aa\r\nX-Evil: 1";
    struct stage_outcome outcome = stage_perform(stage, &ask);
    const char *request = scripted_server_last(stage->server);

    assert_ptr_equal(strstr(request, "GET /sub/api/v4/channels/yd95d4wqs7r77qeprbjfc1qecy HTTP"),
                     request);
    assert_null(strstr(request, "Content-"));
    assert_null(strstr(request, "Evil"));
    assert_null(strstr(request, "traceparent"));
    stage_forget(&outcome);
}

static void one_connection_serves_one_request_after_the_other(void **state)
{
    static const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;

    stage_script(stage, steps, 1);
    for (int i = 0; i < 10; i++)
        stage_expect_created(stage);
    assert_int_equal(scripted_server_requests(stage->server), 10);
    assert_int_equal(scripted_server_connections(stage->server), 1);
}

static void many_requests_are_on_their_way_at_once(void **state)
{
    static const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP } };
    const struct ask ask = stage_ask("/posts", "{}");
    struct stage *stage = *state;
    struct stage_outcome outcomes[20] = { 0 };

    stage_script(stage, steps, 1);
    for (size_t i = 0; i < 20; i++)
        (void)!mattermost_start(stage->bot, &ask, stage_done, &outcomes[i]);
    for (size_t i = 0; i < 20; i++) {
        stage_wait(stage, &outcomes[i]);
        assert_int_equal(outcomes[i].answer.status, 201);
        stage_forget(&outcomes[i]);
    }
    assert_int_equal(scripted_server_requests(stage->server), 20);
    assert_in_range(scripted_server_connections(stage->server), 2, 8);
}

static void a_redirect_is_reported_and_the_token_goes_nowhere_else(void **state)
{
    static const struct script_step elsewhere[] = { { STAGE_CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;
    struct scripted_server *other = scripted_server_new(stage->loop, elsewhere, 1);
    AUTO(free)
    char *answer = mem_printf("HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:%d/posts\r\n"
                              "Content-Length: 0\r\n\r\n",
                              scripted_server_port(other));
    const struct script_step steps[] = { { answer, SCRIPT_KEEP } };

    stage_script(stage, steps, 1);
    struct stage_outcome outcome = stage_post(stage);
    assert_int_equal(outcome.answer.kind, ANSWER_HTTP);
    assert_int_equal(outcome.answer.status, 307);
    assert_int_equal(scripted_server_connections(other), 0);
    stage_forget(&outcome);
    scripted_server_free(other);
}

static void cookies_of_the_server_are_not_sent_back(void **state)
{
    static const struct script_step steps[] = {
        { "HTTP/1.1 401 No\r\nSet-Cookie: MMAUTHTOKEN=evil; Path=/\r\nContent-Length: 0\r\n\r\n",
          SCRIPT_KEEP }
    };
    struct stage *stage = *state;

    stage_script(stage, steps, 1);
    for (int i = 0; i < 2; i++) {
        struct stage_outcome outcome = stage_post(stage);
        assert_int_equal(outcome.answer.status, 401);
        stage_forget(&outcome);
    }
    assert_null(strstr(scripted_server_last(stage->server), "MMAUTHTOKEN"));
}

static void limits_are_read_from_doubled_headers(void **state)
{
    static const struct script_step steps[] = {
        { "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain; charset=utf-8\r\n"
          "Retry-After: 1\r\nX-Ratelimit-Limit: 6\r\nX-Ratelimit-Limit: 6\r\n"
          "X-Ratelimit-Remaining: 3\r\nX-Ratelimit-Remaining: 0\r\nX-Ratelimit-Reset: 3\r\n"
          "X-Ratelimit-Reset: 2\r\nContent-Length: 15\r\n\r\nlimit exceeded\n",
          SCRIPT_KEEP },
        { STAGE_CREATED, SCRIPT_KEEP }
    };
    struct stage *stage = *state;

    stage_script(stage, steps, 2);
    struct stage_outcome outcome = stage_post(stage);
    assert_int_equal(outcome.answer.status, 429);
    assert_int_equal(outcome.answer.retry_after_s, 1);
    assert_int_equal(outcome.answer.rate_limit_remaining, 0);
    assert_int_equal(outcome.answer.rate_limit_reset_s, 3);
    assert_string_equal(outcome.body, "limit exceeded\n");
    stage_forget(&outcome);

    outcome = stage_post(stage);
    assert_int_equal(outcome.answer.retry_after_s, -1);
    assert_int_equal(outcome.answer.rate_limit_remaining, -1);
    stage_forget(&outcome);
}

static void a_cancelled_request_is_never_reported(void **state)
{
    static const struct script_step steps[] = { { NULL, SCRIPT_KEEP },
                                                { STAGE_CREATED, SCRIPT_KEEP } };
    const struct ask ask = stage_ask("/posts", "{}");
    struct stage *stage = *state;
    struct stage_outcome dropped = { 0 };
    mono_ms deadline = clock_mono() + STAGE_DEADLINE_MS;

    stage_script(stage, steps, 2);
    mattermost_cancel(mattermost_start(stage->bot, &ask, stage_done, &dropped));
    struct mattermost_call *call = mattermost_start(stage->bot, &ask, stage_done, &dropped);
    while (scripted_server_requests(stage->server) == 0) {
        assert_true(clock_mono() < deadline);
        loop_turn(stage->loop, deadline);
    }
    mattermost_cancel(call);
    stage_expect_created(stage);
    assert_int_equal(dropped.reports, 0);
}

struct chain {
    struct stage *stage;
    struct stage_outcome second;
};

static void start_another(void *context, const struct answer *answer)
{
    struct chain *chain = context;
    const struct ask ask = stage_ask("/posts", "{}");

    assert_int_equal(answer->status, 201);
    (void)!mattermost_start(chain->stage->bot, &ask, stage_done, &chain->second);
    assert_int_equal(chain->second.reports, 0);
}

static void a_report_may_start_the_next_request(void **state)
{
    static const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP } };
    const struct ask ask = stage_ask("/posts", "{}");
    struct chain chain = { .stage = *state };

    stage_script(chain.stage, steps, 1);
    (void)!mattermost_start(chain.stage->bot, &ask, start_another, &chain);
    stage_wait(chain.stage, &chain.second);
    assert_int_equal(chain.second.answer.status, 201);
    stage_forget(&chain.second);
}

static void proxies_of_the_environment_are_not_used(void **state)
{
    static const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;

    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    stage_script(stage, steps, 1);
    stage_expect_created(stage);
    unsetenv("http_proxy");
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, stage_open, stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_post_carries_its_body_and_the_token_in_a_header),
        STAGED(a_get_has_no_body_and_no_foreign_header),
        STAGED(one_connection_serves_one_request_after_the_other),
        STAGED(many_requests_are_on_their_way_at_once),
        STAGED(a_redirect_is_reported_and_the_token_goes_nowhere_else),
        STAGED(cookies_of_the_server_are_not_sent_back),
        STAGED(limits_are_read_from_doubled_headers),
        STAGED(a_cancelled_request_is_never_reported),
        STAGED(a_report_may_start_the_next_request),
        STAGED(proxies_of_the_environment_are_not_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
