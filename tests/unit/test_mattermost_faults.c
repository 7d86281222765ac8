/*
 * Requests against a server that misbehaves by script: each is reported as what it was, and no POST
 * reaches the server twice.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/text.h"
#include "tests/support/mattermost_stage.h"

enum { SHORT_MS = 100 };

/* The first request leaves a kept connection; the second is cut on it. */
static void cut_the_second(struct stage *stage, const char *answer, enum script_then then)
{
    const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP },
                                         { answer, then },
                                         { STAGE_CREATED, SCRIPT_KEEP } };

    stage_script(stage, steps, 3);
    stage_expect_created(stage);
    stage_expect_unknown(stage);
    assert_int_equal(scripted_server_requests(stage->server), 2);
    stage_expect_created(stage);
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
    static const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP },
                                                { NULL, SCRIPT_CLOSE },
                                                { STAGE_CREATED, SCRIPT_KEEP } };
    const struct ask ask = stage_ask("/users/me", NULL);
    struct stage *stage = *state;

    stage_script(stage, steps, 3);
    stage_expect_created(stage);
    struct stage_outcome outcome = stage_perform(stage, &ask);
    assert_int_equal(outcome.answer.status, 201);
    assert_int_equal(scripted_server_requests(stage->server), 3);
    stage_forget(&outcome);
}

static void a_connection_that_was_closed_while_idle_is_replaced(void **state)
{
    static const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;

    stage_script(stage, steps, 1);
    stage_expect_created(stage);
    scripted_server_hang_up(stage->server);
    stage_expect_created(stage);
    assert_int_equal(scripted_server_requests(stage->server), 2);
    assert_int_equal(scripted_server_connections(stage->server), 2);
}

/* As after SIGSTOP: its time is over before it could be sent. */
static void a_request_that_was_held_up_until_its_time_was_over_is_not_sent(void **state)
{
    static const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP } };
    struct ask ask = stage_ask("/posts", "{}");
    struct stage_outcome outcome = { 0 };
    struct stage *stage = *state;

    stage_script(stage, steps, 1);
    ask.timeout = SHORT_MS;
    mono_ms over = clock_mono() + SHORT_MS;
    struct mattermost_call *call = mattermost_start(stage->bot, &ask, stage_done, &outcome);
    assert_non_null(call);
    while (clock_mono() <= over + 1)
        ;
    stage_wait(stage, &outcome);
    assert_int_equal(outcome.answer.kind, ANSWER_NOT_SENT);
    assert_int_equal(scripted_server_requests(stage->server), 0);
    stage_forget(&outcome);
}

/* Gives a descriptor that listens, and whose queue is full: who comes next gets no word. */
static int listen_in_vain(struct sockaddr_in *address, int visitors[], size_t count)
{
    socklen_t size = sizeof(*address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    *address =
        (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    assert_int_equal(bind(fd, (struct sockaddr *)address, size), 0);
    assert_int_equal(listen(fd, 0), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)address, &size), 0);
    for (size_t i = 0; i < count; i++) {
        visitors[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(visitors[i], (struct sockaddr *)address, size);
    }
    return fd;
}

/* libcurl closes the descriptor without a word, and its number comes back with the next one. */
static void a_connection_that_nobody_answers_is_given_up_and_the_next_one_works(void **state)
{
    static const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;
    struct sockaddr_in address;
    int visitors[4];
    char url[64];

    stage_script(stage, steps, 1);
    int listening = listen_in_vain(&address, visitors, 4);
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%d", ntohs(address.sin_port));
    struct mattermost_bot *bot = stage_bot(stage, url);
    for (int i = 0; i < 2; i++) {
        struct ask ask = stage_ask("/posts", "{}");
        struct stage_outcome outcome = { 0 };

        ask.timeout = SHORT_MS;
        (void)!mattermost_start(bot, &ask, stage_done, &outcome);
        stage_wait(stage, &outcome);
        assert_int_equal(outcome.answer.kind, ANSWER_NOT_SENT);
        stage_forget(&outcome);
        stage_expect_created(stage);
        scripted_server_hang_up(stage->server);
    }
    assert_int_equal(scripted_server_connections(stage->server), 2);
    mattermost_bot_free(bot);
    close(listening);
    for (size_t i = 0; i < 4; i++)
        close(visitors[i]);
}

static void a_refused_connection_was_not_sent(void **state)
{
    static const struct script_step steps[] = { { STAGE_CREATED, SCRIPT_KEEP } };
    struct stage *stage = *state;

    stage_script(stage, steps, 1);
    scripted_server_free(stage->server);
    stage->server = NULL;
    struct stage_outcome outcome = stage_post(stage);
    assert_int_equal(outcome.answer.kind, ANSWER_NOT_SENT);
    assert_int_not_equal(outcome.why[0], '\0');
    stage_forget(&outcome);
}

static void a_server_that_does_not_speak_tls_was_not_sent_anything(void **state)
{
    static const struct script_step steps[] = { { "no TLS here", SCRIPT_CLOSE } };
    struct stage *stage = *state;
    char url[64];

    stage->server = scripted_server_new(stage->loop, steps, 1);
    (void)snprintf(url, sizeof(url), "https://127.0.0.1:%d", scripted_server_port(stage->server));
    stage->bot = stage_bot(stage, url);
    struct ask ask = stage_ask("/posts", "{}");
    ask.timeout = 500; /* the server waits for the end of a request that never comes */
    struct stage_outcome outcome = stage_perform(stage, &ask);
    assert_int_equal(outcome.answer.kind, ANSWER_NOT_SENT);
    assert_int_equal(scripted_server_requests(stage->server), 0);
    stage_forget(&outcome);
}

static void an_answer_that_does_not_come_in_time_is_unknown(void **state)
{
    static const struct script_step steps[] = { { NULL, SCRIPT_KEEP } };
    struct ask ask = stage_ask("/posts", "{}");
    struct stage *stage = *state;

    stage_script(stage, steps, 1);
    ask.timeout = SHORT_MS;
    struct stage_outcome outcome = stage_perform(stage, &ask);
    assert_int_equal(outcome.answer.kind, ANSWER_UNKNOWN);
    assert_in_range(outcome.answer.took_ms, SHORT_MS / 2, STAGE_DEADLINE_MS);
    assert_int_equal(scripted_server_requests(stage->server), 1);
    stage_forget(&outcome);
}

static void an_answer_that_drips_for_ever_is_unknown(void **state)
{
    static const struct script_step steps[] = {
        { "HTTP/1.1 201 Created\r\nContent-Length: 99999\r\n\r\n", SCRIPT_DRIP }
    };
    struct ask ask = stage_ask("/posts", "{}");
    struct stage *stage = *state;

    stage_script(stage, steps, 1);
    ask.timeout = SHORT_MS;
    struct stage_outcome outcome = stage_perform(stage, &ask);
    assert_int_equal(outcome.answer.kind, ANSWER_UNKNOWN);
    stage_forget(&outcome);
}

static void an_endless_body_of_a_success_is_unknown(void **state)
{
    static const struct script_step steps[] = { { "HTTP/1.1 201 Created\r\n\r\n", SCRIPT_FLOOD } };
    struct stage *stage = *state;

    stage_script(stage, steps, 1);
    struct stage_outcome outcome = stage_post(stage);
    assert_int_equal(outcome.answer.kind, ANSWER_UNKNOWN);
    assert_string_equal(outcome.why, "the answer is too large");
    stage_forget(&outcome);
}

static void an_endless_body_of_a_refusal_is_cut(void **state)
{
    static const struct script_step steps[] = { { "HTTP/1.1 413 No\r\n\r\n", SCRIPT_FLOOD } };
    struct stage *stage = *state;

    stage_script(stage, steps, 1);
    struct stage_outcome outcome = stage_post(stage);
    assert_int_equal(outcome.answer.kind, ANSWER_HTTP);
    assert_int_equal(outcome.answer.status, 413);
    assert_in_range(outcome.answer.body_length, 1, ANSWER_MAX_BODY);
    stage_forget(&outcome);
}

static void headers_without_end_are_unknown(void **state)
{
    struct stage *stage = *state;
    struct text answer = text_of(1 << 20);

    text_add_string(&answer, "HTTP/1.1 201 Created\r\n");
    for (int i = 0; i < 2000; i++)
        text_printf(&answer, "X-Header-%d: %070d\r\n", i, i);
    const struct script_step steps[] = { { text_string(&answer), SCRIPT_KEEP } };
    stage_script(stage, steps, 1);
    struct stage_outcome outcome = stage_post(stage);
    assert_int_equal(outcome.answer.kind, ANSWER_UNKNOWN);
    assert_string_equal(outcome.why, "the answer is too large");
    stage_forget(&outcome);
    text_free(&answer);
}

static void what_is_not_http_is_unknown(void **state)
{
    static const struct script_step steps[] = { { "SSH-2.0-OpenSSH_9.2\r\n", SCRIPT_CLOSE } };
    struct stage *stage = *state;

    stage_script(stage, steps, 1);
    stage_expect_unknown(stage);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, stage_open, stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_post_cut_by_fin_on_a_kept_connection_is_not_sent_again),
        STAGED(a_post_cut_by_rst_on_a_kept_connection_is_not_sent_again),
        STAGED(a_post_cut_within_the_status_line_is_not_sent_again),
        STAGED(a_post_cut_within_the_headers_is_unknown),
        STAGED(a_post_cut_within_the_body_is_unknown),
        STAGED(a_get_may_be_sent_again),
        STAGED(a_connection_that_was_closed_while_idle_is_replaced),
        STAGED(a_request_that_was_held_up_until_its_time_was_over_is_not_sent),
        STAGED(a_connection_that_nobody_answers_is_given_up_and_the_next_one_works),
        STAGED(a_refused_connection_was_not_sent),
        STAGED(a_server_that_does_not_speak_tls_was_not_sent_anything),
        STAGED(an_answer_that_does_not_come_in_time_is_unknown),
        STAGED(an_answer_that_drips_for_ever_is_unknown),
        STAGED(an_endless_body_of_a_success_is_unknown),
        STAGED(an_endless_body_of_a_refusal_is_cut),
        STAGED(headers_without_end_are_unknown),
        STAGED(what_is_not_http_is_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
