/*
 * Sources that misbehave: each is told by what it did, and no file that is not whole gets to
 * Mattermost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"
#include "tests/support/download_stage.h"

#define HALLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhallo"

enum { SHORT_MS = 150, TRIES = 3 };

/* A source that gives one answer, time after time. */
static void expect_problem(void **state, const char *answer, enum script_then then,
                           enum fetch_problem problem)
{
    const struct script_step steps[] = { { answer, then } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    download_stage_expect_problem(stage, problem);
}

static size_t requests_of(void **state)
{
    const struct download_stage *stage = *state;

    return scripted_server_requests(stage->source);
}

static size_t uploads_of(void **state)
{
    const struct download_stage *stage = *state;

    return upload_server_seen(stage->sink)->begun;
}

static void what_is_not_there_is_not_found(void **state)
{
    expect_problem(state, "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno\n", SCRIPT_KEEP,
                   FETCH_NOT_FOUND);
    assert_int_equal(requests_of(state), 1);
}

static void what_is_gone_is_not_found(void **state)
{
    expect_problem(state, "HTTP/1.1 410 Gone\r\n\r\n", SCRIPT_CLOSE, FETCH_NOT_FOUND);
}

static void a_refusal_of_endless_words_is_left(void **state)
{
    expect_problem(state, "HTTP/1.1 403 Forbidden\r\n\r\n", SCRIPT_FLOOD, FETCH_REFUSED);
    assert_int_equal(requests_of(state), 1);
}

static void a_source_that_is_busy_is_asked_again(void **state)
{
    expect_problem(state, "HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\n\r\n", SCRIPT_KEEP,
                   FETCH_REFUSED);
    assert_int_equal(requests_of(state), TRIES);
}

static void a_source_that_fails_has_failed_after_three_tries(void **state)
{
    expect_problem(state, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", SCRIPT_KEEP,
                   FETCH_FAILED);
    assert_int_equal(requests_of(state), TRIES);
    assert_int_equal(uploads_of(state), 0);
}

static void a_source_that_recovers_is_used(void **state)
{
    static const struct script_step steps[] = { { "HTTP/1.1 503 Wait\r\n\r\n", SCRIPT_CLOSE },
                                                { NULL, SCRIPT_RESET },
                                                { HALLO, SCRIPT_KEEP } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 3, STAGE_TAKES_ALL);
    download_stage_expect_stored(stage);
}

static void a_status_that_means_nothing_here_is_a_failure(void **state)
{
    expect_problem(state, "HTTP/1.1 206 Partial\r\nContent-Length: 5\r\n\r\nhallo", SCRIPT_KEEP,
                   FETCH_FAILED);
    assert_int_equal(requests_of(state), 1);
}

static void what_is_not_http_is_a_failure(void **state)
{
    expect_problem(state, "SSH-2.0-OpenSSH_9.2\r\n", SCRIPT_CLOSE, FETCH_FAILED);
}

static void a_connection_cut_among_the_headers_is_a_failure(void **state)
{
    expect_problem(state, "HTTP/1.1 200 OK\r\nContent-", SCRIPT_CLOSE, FETCH_FAILED);
    assert_int_equal(requests_of(state), TRIES);
}

static void headers_without_end_are_a_failure(void **state)
{
    struct text answer = text_of(1 << 20);

    text_add_string(&answer, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 2000; i++)
        text_printf(&answer, "X-Header-%d: %070d\r\n", i, i);
    expect_problem(state, text_string(&answer), SCRIPT_KEEP, FETCH_FAILED);
    text_free(&answer);
}

static void a_source_that_is_not_there_is_a_failure(void **state)
{
    static const struct script_step steps[] = { { HALLO, SCRIPT_KEEP } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    scripted_server_free(stage->source);
    stage->source = NULL;
    download_stage_expect_problem(stage, FETCH_FAILED);
}

static void a_source_that_does_not_speak_tls_is_a_failure(void **state)
{
    static const struct script_step steps[] = { { "no TLS here", SCRIPT_CLOSE } };
    struct download_stage *stage = *state;

    stage->options.timeout = 500; /* the source waits for the end of a request that never comes */
    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    (void)snprintf(stage->url, sizeof(stage->url), "https://127.0.0.1:%d/",
                   scripted_server_port(stage->source));
    download_stage_expect_problem(stage, FETCH_TOO_SLOW);
    assert_int_equal(requests_of(state), 0);
}

static bool has_begun(const void *context)
{
    return upload_server_seen(context)->bytes > 0;
}

/* The upload has begun when its source is cut: it gets no end, and no second beginning. */
static void cut_midway(void **state, const char *answer)
{
    const struct script_step steps[] = { { answer, SCRIPT_KEEP } };
    struct download_stage *stage = *state;
    struct download_outcome outcome;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    (void)!download_stage_start(stage, &outcome);
    download_stage_turn_until(stage, has_begun, stage->sink);
    scripted_server_hang_up(stage->source);
    download_stage_wait(stage, &outcome);
    assert_int_equal(outcome.result.kind, FETCH_CANNOT_BE_HAD);
    assert_int_equal(outcome.result.problem, FETCH_FAILED);
    assert_int_equal(upload_server_seen(stage->sink)->whole, 0);
    assert_int_equal(upload_server_seen(stage->sink)->begun, 1);
    assert_int_equal(requests_of(state), 1);
}

static void a_source_that_promised_more_than_it_sent_is_a_failure(void **state)
{
    cut_midway(state, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhallo");
}

static void a_source_that_is_cut_between_chunks_is_a_failure(void **state)
{
    cut_midway(state, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhallo\r\n");
}

static void a_source_that_is_cut_within_a_chunk_is_a_failure(void **state)
{
    cut_midway(state, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhallo");
}

static void chunks_that_make_no_sense_are_a_failure(void **state)
{
    expect_problem(state,
                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhallo\r\nzz\r\n",
                   SCRIPT_KEEP, FETCH_FAILED);
}

static void a_reset_midway_is_a_failure(void **state)
{
    expect_problem(state, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhallo", SCRIPT_RESET,
                   FETCH_FAILED);
}

static void a_source_that_sends_more_than_it_promised_is_cut_there(void **state)
{
    static const struct script_step steps[] = {
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhallo and more", SCRIPT_FLOOD }
    };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    download_stage_expect_stored(stage);
    assert_string_equal(upload_server_seen(stage->sink)->beginning, "hallo");
}

static void a_file_that_says_it_is_too_large_is_not_begun(void **state)
{
    expect_problem(state, "HTTP/1.1 200 OK\r\nContent-Length: 33554433\r\n\r\n", SCRIPT_FLOOD,
                   FETCH_TOO_LARGE);
    assert_int_equal(requests_of(state), 1);
    assert_int_equal(uploads_of(state), 0);
}

static void a_length_beyond_all_numbers_is_too_large(void **state)
{
    expect_problem(state, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                   SCRIPT_FLOOD, FETCH_TOO_LARGE);
}

static void a_negative_length_is_a_failure(void **state)
{
    expect_problem(state, "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhallo", SCRIPT_FLOOD,
                   FETCH_FAILED);
}

static void a_file_without_end_is_too_large(void **state)
{
    expect_problem(state, "HTTP/1.1 200 OK\r\n\r\n", SCRIPT_FLOOD, FETCH_TOO_LARGE);
    assert_int_equal(uploads_of(state), 1);
}

static void chunks_beyond_the_limit_are_too_large(void **state)
{
    struct download_stage *stage = *state;

    stage->options.max_bytes = 9;
    expect_problem(state,
                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhallo\r\n5\r\nhallo",
                   SCRIPT_KEEP, FETCH_TOO_LARGE);
}

static void a_file_as_large_as_may_be_arrives(void **state)
{
    static const struct script_step steps[] = { { HALLO, SCRIPT_KEEP } };
    struct download_stage *stage = *state;

    stage->options.max_bytes = 5;
    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    download_stage_expect_stored(stage);
}

static void an_empty_file_is_not_sent(void **state)
{
    expect_problem(state, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", SCRIPT_KEEP, FETCH_EMPTY);
    assert_int_equal(uploads_of(state), 0);
}

static void an_empty_file_in_chunks_is_not_sent(void **state)
{
    expect_problem(state, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                   SCRIPT_KEEP, FETCH_EMPTY);
    assert_int_equal(uploads_of(state), 0);
}

static void an_answer_without_content_is_empty(void **state)
{
    expect_problem(state, "HTTP/1.1 204 No Content\r\n\r\n", SCRIPT_KEEP, FETCH_EMPTY);
}

static void a_silent_source_is_too_slow(void **state)
{
    struct download_stage *stage = *state;

    stage->options.timeout = SHORT_MS;
    expect_problem(state, NULL, SCRIPT_KEEP, FETCH_TOO_SLOW);
    assert_int_equal(uploads_of(state), 0);
}

static void a_source_that_drips_is_too_slow_in_the_end(void **state)
{
    struct download_stage *stage = *state;

    stage->options.timeout = SHORT_MS;
    expect_problem(state, "HTTP/1.1 200 OK\r\n\r\n", SCRIPT_DRIP, FETCH_TOO_SLOW);
    assert_int_equal(uploads_of(state), 1);
}

static void a_source_that_drips_is_not_waited_for_until_the_end(void **state)
{
    struct download_stage *stage = *state;

    stage->options.patience = 1000;
    stage->options.timeout = 10 * (mono_ms)STAGE_DEADLINE_MS;
    expect_problem(state, "HTTP/1.1 200 OK\r\n\r\n", SCRIPT_DRIP, FETCH_TOO_SLOW);
}

static void a_source_that_rests_when_time_is_up_has_failed(void **state)
{
    struct download_stage *stage = *state;

    stage->options.timeout = SHORT_MS;
    stage->options.pause = 2 * (mono_ms)SHORT_MS;
    expect_problem(state, "HTTP/1.1 500 Oops\r\n\r\n", SCRIPT_CLOSE, FETCH_FAILED);
    assert_int_equal(requests_of(state), 1);
}

#define STAGED(test) \
    cmocka_unit_test_setup_teardown(test, download_stage_open, download_stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(what_is_not_there_is_not_found),
        STAGED(what_is_gone_is_not_found),
        STAGED(a_refusal_of_endless_words_is_left),
        STAGED(a_source_that_is_busy_is_asked_again),
        STAGED(a_source_that_fails_has_failed_after_three_tries),
        STAGED(a_source_that_recovers_is_used),
        STAGED(a_status_that_means_nothing_here_is_a_failure),
        STAGED(what_is_not_http_is_a_failure),
        STAGED(a_connection_cut_among_the_headers_is_a_failure),
        STAGED(headers_without_end_are_a_failure),
        STAGED(a_source_that_is_not_there_is_a_failure),
        STAGED(a_source_that_does_not_speak_tls_is_a_failure),
        STAGED(a_source_that_promised_more_than_it_sent_is_a_failure),
        STAGED(a_source_that_is_cut_between_chunks_is_a_failure),
        STAGED(a_source_that_is_cut_within_a_chunk_is_a_failure),
        STAGED(chunks_that_make_no_sense_are_a_failure),
        STAGED(a_reset_midway_is_a_failure),
        STAGED(a_source_that_sends_more_than_it_promised_is_cut_there),
        STAGED(a_file_that_says_it_is_too_large_is_not_begun),
        STAGED(a_length_beyond_all_numbers_is_too_large),
        STAGED(a_negative_length_is_a_failure),
        STAGED(a_file_without_end_is_too_large),
        STAGED(chunks_beyond_the_limit_are_too_large),
        STAGED(a_file_as_large_as_may_be_arrives),
        STAGED(an_empty_file_is_not_sent),
        STAGED(an_empty_file_in_chunks_is_not_sent),
        STAGED(an_answer_without_content_is_empty),
        STAGED(a_silent_source_is_too_slow),
        STAGED(a_source_that_drips_is_too_slow_in_the_end),
        STAGED(a_source_that_drips_is_not_waited_for_until_the_end),
        STAGED(a_source_that_rests_when_time_is_up_has_failed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
