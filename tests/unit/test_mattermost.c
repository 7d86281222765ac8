/*
 * Requests against a server that misbehaves by script: each is reported once, as what it was, and
 * no POST reaches the server twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/text.h"
#include "tests/support/scripted_server.h"
#include "worker/edge/mattermost.h"

#define TOKEN   "canary-token-of-the-bot"
#define CREATED "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"

enum { DEADLINE_MS = 20000, TIMEOUT_MS = 10000, SHORT_MS = 100 };

struct stage {
    struct loop *loop;
    struct mattermost *mattermost;
    struct mattermost_bot *bot;
    struct scripted_server *server;
};

/* What was reported of one request. */
struct outcome {
    int reports;
    struct answer answer;
    char *body;
    char *why;
};

static int open_stage(void **state)
{
    const struct mattermost_options options = { .connections = 8 };
    struct stage *stage = mem_new(sizeof(*stage));
    struct fault fault;

    assert_int_equal(loop_new(&stage->loop, &fault), 0);
    assert_int_equal(mattermost_new(stage->loop, &options, &stage->mattermost, &fault), 0);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;

    mattermost_bot_free(stage->bot);
    mattermost_free(stage->mattermost);
    scripted_server_free(stage->server);
    loop_free(stage->loop);
    free(stage);
    return 0;
}

static struct mattermost_bot *bot_at(struct stage *stage, const char *url)
{
    const struct integration integration = { .server_url = url, .bot_token = TOKEN };

    return mattermost_bot_new(stage->mattermost, &integration);
}

/* Starts a server with a script, and a bot that talks to it. */
static void script(struct stage *stage, const struct script_step *steps, size_t count)
{
    stage->server = scripted_server_new(stage->loop, steps, count);
    AUTO(free)
    char *url = mem_printf("http://127.0.0.1:%d/sub", scripted_server_port(stage->server));
    stage->bot = bot_at(stage, url);
}

static void on_done(void *context, const struct answer *answer)
{
    struct outcome *outcome = context;

    outcome->reports++;
    outcome->answer = *answer;
    outcome->body = mem_string_of(answer->body, answer->body_length);
    outcome->why = mem_string(answer->why);
}

static void forget(struct outcome *outcome)
{
    free(outcome->body);
    free(outcome->why);
    *outcome = (struct outcome){ 0 };
}

static void wait_for(struct stage *stage, const struct outcome *outcome)
{
    mono_ms deadline = clock_mono() + DEADLINE_MS;

    while (!outcome->reports) {
        assert_true(clock_mono() < deadline);
        loop_turn(stage->loop, deadline);
    }
    loop_turn(stage->loop, 0);
    assert_int_equal(outcome->reports, 1);
    assert_null(strstr(outcome->why, TOKEN));
}

static struct ask ask_for(const char *path, const char *body)
{
    struct ask ask = { .body = body,
                       .body_length = body ? strlen(body) : 0,
                       .timeout = TIMEOUT_MS };

    (void)snprintf(ask.path, sizeof(ask.path), "%s", path);
    return ask;
}

static struct outcome perform(struct stage *stage, const struct ask *ask)
{
    struct outcome outcome = { 0 };

    (void)!mattermost_start(stage->bot, ask, on_done, &outcome);
    assert_int_equal(outcome.reports, 0);
    wait_for(stage, &outcome);
    return outcome;
}

static struct outcome post(struct stage *stage)
{
    const struct ask ask = ask_for("/posts?set_online=false", "{\"message\":\"hallo\"}");

    return perform(stage, &ask);
}

static void expect_created(struct stage *stage)
{
    struct outcome outcome = post(stage);

    assert_int_equal(outcome.answer.kind, ANSWER_HTTP);
    assert_int_equal(outcome.answer.status, 201);
    forget(&outcome);
}

static void expect_unknown(struct stage *stage)
{
    struct outcome outcome = post(stage);

    assert_int_equal(outcome.answer.kind, ANSWER_UNKNOWN);
    assert_int_equal(outcome.answer.status, 0);
    assert_int_not_equal(outcome.why[0], '\0');
    forget(&outcome);
}

static void a_post_carries_its_body_and_the_token_in_a_header(void **state)
{
    static const struct script_step steps[] = { { CREATED, SCRIPT_KEEP } };
    static const char traceparent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    struct stage *stage = *state;
    struct ask ask = ask_for("/posts?set_online=false", "{\"message\":\"hallo\"}");

    script(stage, steps, 1);
    ask.traceparent = traceparent;
    struct outcome outcome = perform(stage, &ask);
    const char *request = scripted_server_last(stage->server);

    assert_int_equal(outcome.answer.kind, ANSWER_HTTP);
    assert_int_equal(outcome.answer.status, 201);
    assert_string_equal(outcome.body, "{}");
    assert_string_equal(outcome.why, "");
    assert_ptr_equal(strstr(request, "POST /sub/api/v4/posts?set_online=false HTTP/1.1\r\n"),
                     request);
    assert_non_null(strstr(request, "\r\nAuthorization: Bearer " TOKEN "\r\n"));
    assert_non_null(strstr(request, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(request, "\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-"));
    assert_non_null(strstr(request, "\r\n\r\n{\"message\":\"hallo\"}"));
    assert_null(strstr(request, "Expect"));
    assert_null(strstr(request, "Cookie"));
    assert_null(strstr(request, "Accept-Encoding"));
    forget(&outcome);
}

static void a_get_has_no_body_and_no_foreign_header(void **state)
{
    static const struct script_step steps[] = { { CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;
    struct ask ask = ask_for("/channels/yd95d4wqs7r77qeprbjfc1qecy", NULL);

    script(stage, steps, 1);
    expect_created(stage);
    ask.traceparent = "00-aa\r\nX-Evil: 1";
    struct outcome outcome = perform(stage, &ask);
    const char *request = scripted_server_last(stage->server);

    assert_ptr_equal(strstr(request, "GET /sub/api/v4/channels/yd95d4wqs7r77qeprbjfc1qecy HTTP"),
                     request);
    assert_null(strstr(request, "Content-"));
    assert_null(strstr(request, "Evil"));
    assert_null(strstr(request, "traceparent"));
    forget(&outcome);
}

static void one_connection_serves_one_request_after_the_other(void **state)
{
    static const struct script_step steps[] = { { CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;

    script(stage, steps, 1);
    for (int i = 0; i < 10; i++)
        expect_created(stage);
    assert_int_equal(scripted_server_requests(stage->server), 10);
    assert_int_equal(scripted_server_connections(stage->server), 1);
}

static void many_requests_are_on_their_way_at_once(void **state)
{
    static const struct script_step steps[] = { { CREATED, SCRIPT_KEEP } };
    const struct ask ask = ask_for("/posts", "{}");
    struct stage *stage = *state;
    struct outcome outcomes[20] = { 0 };

    script(stage, steps, 1);
    for (size_t i = 0; i < 20; i++)
        (void)!mattermost_start(stage->bot, &ask, on_done, &outcomes[i]);
    for (size_t i = 0; i < 20; i++) {
        wait_for(stage, &outcomes[i]);
        assert_int_equal(outcomes[i].answer.status, 201);
        forget(&outcomes[i]);
    }
    assert_int_equal(scripted_server_requests(stage->server), 20);
    assert_in_range(scripted_server_connections(stage->server), 2, 8);
}

/* The first request leaves a kept connection; the second is cut on it. */
static void cut_the_second(struct stage *stage, const char *answer, enum script_then then)
{
    const struct script_step steps[] = { { CREATED, SCRIPT_KEEP },
                                         { answer, then },
                                         { CREATED, SCRIPT_KEEP } };

    script(stage, steps, 3);
    expect_created(stage);
    expect_unknown(stage);
    assert_int_equal(scripted_server_requests(stage->server), 2);
    expect_created(stage);
    assert_int_equal(scripted_server_requests(stage->server), 3);
}

static void a_post_cut_by_fin_on_a_kept_connection_is_not_sent_again(void **state)
{
    cut_the_second(*state, NULL, SCRIPT_CLOSE);
}

static void a_post_cut_by_rst_on_a_kept_connection_is_not_sent_again(void **state)
{
    cut_the_second(*state, NULL, SCRIPT_RESET);
}

static void a_post_cut_within_the_status_line_is_not_sent_again(void **state)
{
    cut_the_second(*state, "HTTP/1.1 20", SCRIPT_CLOSE);
}

static void a_post_cut_within_the_headers_is_unknown(void **state)
{
    cut_the_second(*state, "HTTP/1.1 201 Created\r\nContent-", SCRIPT_CLOSE);
}

static void a_post_cut_within_the_body_is_unknown(void **state)
{
    cut_the_second(*state, "HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{}", SCRIPT_CLOSE);
}

static void a_get_may_be_sent_again(void **state)
{
    static const struct script_step steps[] = { { CREATED, SCRIPT_KEEP },
                                                { NULL, SCRIPT_CLOSE },
                                                { CREATED, SCRIPT_KEEP } };
    const struct ask ask = ask_for("/users/me", NULL);
    struct stage *stage = *state;

    script(stage, steps, 3);
    expect_created(stage);
    struct outcome outcome = perform(stage, &ask);
    assert_int_equal(outcome.answer.status, 201);
    assert_int_equal(scripted_server_requests(stage->server), 3);
    forget(&outcome);
}

static void a_connection_that_was_closed_while_idle_is_replaced(void **state)
{
    static const struct script_step steps[] = { { CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;

    script(stage, steps, 1);
    expect_created(stage);
    scripted_server_hang_up(stage->server);
    expect_created(stage);
    assert_int_equal(scripted_server_requests(stage->server), 2);
    assert_int_equal(scripted_server_connections(stage->server), 2);
}

static void a_refused_connection_was_not_sent(void **state)
{
    static const struct script_step steps[] = { { CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;

    script(stage, steps, 1);
    scripted_server_free(stage->server);
    stage->server = NULL;
    struct outcome outcome = post(stage);
    assert_int_equal(outcome.answer.kind, ANSWER_NOT_SENT);
    assert_int_not_equal(outcome.why[0], '\0');
    forget(&outcome);
}

static void a_server_that_does_not_speak_tls_was_not_sent_anything(void **state)
{
    static const struct script_step steps[] = { { "no TLS here", SCRIPT_CLOSE } };
    struct stage *stage = *state;
    char url[64];

    stage->server = scripted_server_new(stage->loop, steps, 1);
    (void)snprintf(url, sizeof(url), "https://127.0.0.1:%d", scripted_server_port(stage->server));
    stage->bot = bot_at(stage, url);
    struct ask ask = ask_for("/posts", "{}");
    ask.timeout = 500; /* the server waits for the end of a request that never comes */
    struct outcome outcome = perform(stage, &ask);
    assert_int_equal(outcome.answer.kind, ANSWER_NOT_SENT);
    assert_int_equal(scripted_server_requests(stage->server), 0);
    forget(&outcome);
}

static void an_answer_that_does_not_come_in_time_is_unknown(void **state)
{
    static const struct script_step steps[] = { { NULL, SCRIPT_KEEP } };
    struct ask ask = ask_for("/posts", "{}");
    struct stage *stage = *state;

    script(stage, steps, 1);
    ask.timeout = SHORT_MS;
    struct outcome outcome = perform(stage, &ask);
    assert_int_equal(outcome.answer.kind, ANSWER_UNKNOWN);
    assert_in_range(outcome.answer.took_ms, SHORT_MS / 2, DEADLINE_MS);
    assert_int_equal(scripted_server_requests(stage->server), 1);
    forget(&outcome);
}

static void an_answer_that_drips_for_ever_is_unknown(void **state)
{
    static const struct script_step steps[] = {
        { "HTTP/1.1 201 Created\r\nContent-Length: 99999\r\n\r\n", SCRIPT_DRIP }
    };
    struct ask ask = ask_for("/posts", "{}");
    struct stage *stage = *state;

    script(stage, steps, 1);
    ask.timeout = SHORT_MS;
    struct outcome outcome = perform(stage, &ask);
    assert_int_equal(outcome.answer.kind, ANSWER_UNKNOWN);
    forget(&outcome);
}

static void an_endless_body_of_a_success_is_unknown(void **state)
{
    static const struct script_step steps[] = { { "HTTP/1.1 201 Created\r\n\r\n", SCRIPT_FLOOD } };
    struct stage *stage = *state;

    script(stage, steps, 1);
    struct outcome outcome = post(stage);
    assert_int_equal(outcome.answer.kind, ANSWER_UNKNOWN);
    assert_string_equal(outcome.why, "the answer is too large");
    forget(&outcome);
}

static void an_endless_body_of_a_refusal_is_cut(void **state)
{
    static const struct script_step steps[] = { { "HTTP/1.1 413 No\r\n\r\n", SCRIPT_FLOOD } };
    struct stage *stage = *state;

    script(stage, steps, 1);
    struct outcome outcome = post(stage);
    assert_int_equal(outcome.answer.kind, ANSWER_HTTP);
    assert_int_equal(outcome.answer.status, 413);
    assert_in_range(outcome.answer.body_length, 1, ANSWER_MAX_BODY);
    forget(&outcome);
}

static void headers_without_end_are_unknown(void **state)
{
    struct stage *stage = *state;
    struct text answer = text_of(1 << 20);

    text_add_string(&answer, "HTTP/1.1 201 Created\r\n");
    for (int i = 0; i < 2000; i++)
        text_printf(&answer, "X-Header-%d: %070d\r\n", i, i);
    const struct script_step steps[] = { { text_string(&answer), SCRIPT_KEEP } };
    script(stage, steps, 1);
    struct outcome outcome = post(stage);
    assert_int_equal(outcome.answer.kind, ANSWER_UNKNOWN);
    assert_string_equal(outcome.why, "the answer is too large");
    forget(&outcome);
    text_free(&answer);
}

static void what_is_not_http_is_unknown(void **state)
{
    static const struct script_step steps[] = { { "SSH-2.0-OpenSSH_9.2\r\n", SCRIPT_CLOSE } };
    struct stage *stage = *state;

    script(stage, steps, 1);
    expect_unknown(stage);
}

static void a_redirect_is_reported_and_the_token_goes_nowhere_else(void **state)
{
    static const struct script_step elsewhere[] = { { CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;
    struct scripted_server *other = scripted_server_new(stage->loop, elsewhere, 1);
    AUTO(free)
    char *answer = mem_printf("HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:%d/posts\r\n"
                              "Content-Length: 0\r\n\r\n",
                              scripted_server_port(other));
    const struct script_step steps[] = { { answer, SCRIPT_KEEP } };

    script(stage, steps, 1);
    struct outcome outcome = post(stage);
    assert_int_equal(outcome.answer.kind, ANSWER_HTTP);
    assert_int_equal(outcome.answer.status, 307);
    assert_int_equal(scripted_server_connections(other), 0);
    forget(&outcome);
    scripted_server_free(other);
}

static void cookies_of_the_server_are_not_sent_back(void **state)
{
    static const struct script_step steps[] = {
        { "HTTP/1.1 401 No\r\nSet-Cookie: MMAUTHTOKEN=evil; Path=/\r\nContent-Length: 0\r\n\r\n",
          SCRIPT_KEEP }
    };
    struct stage *stage = *state;

    script(stage, steps, 1);
    for (int i = 0; i < 2; i++) {
        struct outcome outcome = post(stage);
        assert_int_equal(outcome.answer.status, 401);
        forget(&outcome);
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
        { CREATED, SCRIPT_KEEP }
    };
    struct stage *stage = *state;

    script(stage, steps, 2);
    struct outcome outcome = post(stage);
    assert_int_equal(outcome.answer.status, 429);
    assert_int_equal(outcome.answer.retry_after_s, 1);
    assert_int_equal(outcome.answer.rate_limit_remaining, 0);
    assert_int_equal(outcome.answer.rate_limit_reset_s, 3);
    assert_string_equal(outcome.body, "limit exceeded\n");
    forget(&outcome);

    outcome = post(stage);
    assert_int_equal(outcome.answer.retry_after_s, -1);
    assert_int_equal(outcome.answer.rate_limit_remaining, -1);
    forget(&outcome);
}

static void a_cancelled_request_is_never_reported(void **state)
{
    static const struct script_step steps[] = { { NULL, SCRIPT_KEEP }, { CREATED, SCRIPT_KEEP } };
    const struct ask ask = ask_for("/posts", "{}");
    struct stage *stage = *state;
    struct outcome dropped = { 0 };
    mono_ms deadline = clock_mono() + DEADLINE_MS;

    script(stage, steps, 2);
    mattermost_cancel(mattermost_start(stage->bot, &ask, on_done, &dropped));
    struct mattermost_call *call = mattermost_start(stage->bot, &ask, on_done, &dropped);
    while (scripted_server_requests(stage->server) == 0) {
        assert_true(clock_mono() < deadline);
        loop_turn(stage->loop, deadline);
    }
    mattermost_cancel(call);
    expect_created(stage);
    assert_int_equal(dropped.reports, 0);
}

struct chain {
    struct stage *stage;
    struct outcome second;
};

static void start_another(void *context, const struct answer *answer)
{
    struct chain *chain = context;
    const struct ask ask = ask_for("/posts", "{}");

    assert_int_equal(answer->status, 201);
    (void)!mattermost_start(chain->stage->bot, &ask, on_done, &chain->second);
    assert_int_equal(chain->second.reports, 0);
}

static void a_report_may_start_the_next_request(void **state)
{
    static const struct script_step steps[] = { { CREATED, SCRIPT_KEEP } };
    const struct ask ask = ask_for("/posts", "{}");
    struct chain chain = { .stage = *state };

    script(chain.stage, steps, 1);
    (void)!mattermost_start(chain.stage->bot, &ask, start_another, &chain);
    wait_for(chain.stage, &chain.second);
    assert_int_equal(chain.second.answer.status, 201);
    forget(&chain.second);
}

static void proxies_of_the_environment_are_not_used(void **state)
{
    static const struct script_step steps[] = { { CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;

    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    script(stage, steps, 1);
    expect_created(stage);
    unsetenv("http_proxy");
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_post_carries_its_body_and_the_token_in_a_header),
        STAGED(a_get_has_no_body_and_no_foreign_header),
        STAGED(one_connection_serves_one_request_after_the_other),
        STAGED(many_requests_are_on_their_way_at_once),
        STAGED(a_post_cut_by_fin_on_a_kept_connection_is_not_sent_again),
        STAGED(a_post_cut_by_rst_on_a_kept_connection_is_not_sent_again),
        STAGED(a_post_cut_within_the_status_line_is_not_sent_again),
        STAGED(a_post_cut_within_the_headers_is_unknown),
        STAGED(a_post_cut_within_the_body_is_unknown),
        STAGED(a_get_may_be_sent_again),
        STAGED(a_connection_that_was_closed_while_idle_is_replaced),
        STAGED(a_refused_connection_was_not_sent),
        STAGED(a_server_that_does_not_speak_tls_was_not_sent_anything),
        STAGED(an_answer_that_does_not_come_in_time_is_unknown),
        STAGED(an_answer_that_drips_for_ever_is_unknown),
        STAGED(an_endless_body_of_a_success_is_unknown),
        STAGED(an_endless_body_of_a_refusal_is_cut),
        STAGED(headers_without_end_are_unknown),
        STAGED(what_is_not_http_is_unknown),
        STAGED(a_redirect_is_reported_and_the_token_goes_nowhere_else),
        STAGED(cookies_of_the_server_are_not_sent_back),
        STAGED(limits_are_read_from_doubled_headers),
        STAGED(a_cancelled_request_is_never_reported),
        STAGED(a_report_may_start_the_next_request),
        STAGED(proxies_of_the_environment_are_not_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
