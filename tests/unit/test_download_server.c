/*
 * A Mattermost that says something else than "stored", and downloads that are ended from here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/download_stage.h"

#define HALLO   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhallo"
#define HALF    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhallo"
#define ENDLESS "HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n"
#define TOO_BIG "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}"
#define CLOSING                                                               \
    "HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 55\r\n\r\n" \
    "{\"file_infos\":[{\"id\":\"" STAGE_FILE_ID "\"}]} \n "
#define NO_INFOS "HTTP/1.1 201 Created\r\nContent-Length: 35\r\n\r\n"

enum { SHORT_MS = 150 };

static const struct script_step hallo[] = { { HALLO, SCRIPT_KEEP } };

/* A Mattermost that takes all of a file and then answers so. */
static struct fetch_result answer_with(void **state, const char *answer)
{
    struct download_stage *stage = *state;

    download_stage_set(stage, hallo, 1, (struct upload_plan){ answer, UPLOAD_ALL, UPLOAD_KEEP });
    struct fetch_result result = download_stage_perform(stage);
    assert_int_equal(result.kind, FETCH_SERVER_SAID);
    assert_int_equal(upload_server_seen(stage->sink)->begun, 1);
    return result;
}

static void expect_status(void **state, const char *answer, int status)
{
    struct fetch_result result = answer_with(state, answer);

    assert_int_equal(result.answer.kind, ANSWER_HTTP);
    assert_int_equal(result.answer.status, status);
}

static void a_refusal_is_handed_up(void **state)
{
    expect_status(state, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}", 403);
}

static void a_server_error_is_handed_up(void **state)
{
    expect_status(state, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 500);
}

static void a_token_that_is_not_known_is_handed_up(void **state)
{
    expect_status(state, "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
                  401);
}

static void a_redirect_of_the_server_is_handed_up(void **state)
{
    expect_status(state, "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", 302);
}

static void a_rate_limit_is_handed_up_with_its_wait(void **state)
{
    struct fetch_result result =
        answer_with(state, "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");

    assert_int_equal(result.answer.status, 429);
    assert_int_equal(result.answer.retry_after_s, 7);
}

static void a_success_without_a_file_is_handed_up(void **state)
{
    expect_status(state, NO_INFOS "{\"file_infos\":[],\"client_ids\":[]}  ", 201);
}

static void a_success_with_two_files_is_handed_up(void **state)
{
    expect_status(state, NO_INFOS "{\"file_infos\":[{\"id\":\"a\"},{\"id\":2}]}", 201);
}

static void a_success_with_an_odd_id_is_handed_up(void **state)
{
    expect_status(state, NO_INFOS "{\"file_infos\":[{\"id\":\"../../etc\"}]}  ", 201);
}

static void a_success_that_is_no_list_is_handed_up(void **state)
{
    expect_status(state, NO_INFOS "{\"file_infos\":{\"id\":\"../../e\"}}    ", 201);
}

static void an_answer_that_does_not_come_is_unknown(void **state)
{
    struct download_stage *stage = *state;

    stage->options.timeout = SHORT_MS;
    struct fetch_result result = answer_with(state, NULL);
    assert_int_equal(result.answer.kind, ANSWER_UNKNOWN);
    assert_in_range(result.answer.took_ms, SHORT_MS / 2, STAGE_DEADLINE_MS);
}

/* A Mattermost that does something before it has the file, whose source would never end. */
static struct fetch_result do_early(void **state, struct upload_plan plan)
{
    static const struct script_step steps[] = { { ENDLESS, SCRIPT_FLOOD } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, plan);
    struct fetch_result result = download_stage_perform(stage);
    assert_int_equal(result.kind, FETCH_SERVER_SAID);
    assert_int_equal(upload_server_seen(stage->sink)->begun, 1);
    return result;
}

static void a_refusal_that_comes_early_is_handed_up(void **state)
{
    struct fetch_result result =
        do_early(state, (struct upload_plan){ TOO_BIG, 100000, UPLOAD_KEEP });

    assert_int_equal(result.answer.kind, ANSWER_HTTP);
    assert_int_equal(result.answer.status, 413);
}

static void a_refusal_at_the_first_byte_is_handed_up(void **state)
{
    static const struct script_step steps[] = { { HALF, SCRIPT_KEEP } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, (struct upload_plan){ TOO_BIG, 0, UPLOAD_KEEP });
    struct fetch_result result = download_stage_perform(stage);
    assert_int_equal(result.kind, FETCH_SERVER_SAID);
    assert_int_equal(result.answer.status, 413);
}

static void a_server_that_hangs_up_midway_is_unknown(void **state)
{
    struct fetch_result result =
        do_early(state, (struct upload_plan){ NULL, 1000000, UPLOAD_RESET });

    assert_int_equal(result.answer.kind, ANSWER_UNKNOWN);
}

static void a_server_that_stops_reading_is_to_blame_itself(void **state)
{
    struct download_stage *stage = *state;

    stage->options.timeout = 1000;
    struct fetch_result result = do_early(state, (struct upload_plan){ NULL, 0, UPLOAD_STALL });
    assert_int_equal(result.answer.kind, ANSWER_UNKNOWN);
}

static void a_success_before_the_file_was_whole_is_no_success(void **state)
{
    struct fetch_result result =
        do_early(state, (struct upload_plan){ CLOSING, 100000, UPLOAD_KEEP });

    assert_int_equal(result.answer.kind, ANSWER_UNKNOWN);
    assert_int_equal(result.answer.status, 0);
}

static void a_success_while_the_source_rests_is_no_success(void **state)
{
    static const struct script_step steps[] = { { HALF, SCRIPT_KEEP } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, (struct upload_plan){ CLOSING, 1, UPLOAD_KEEP });
    struct fetch_result result = download_stage_perform(stage);
    assert_int_equal(result.kind, FETCH_SERVER_SAID);
    assert_int_equal(result.answer.kind, ANSWER_UNKNOWN);
}

static void a_server_that_is_not_there_was_not_sent_anything(void **state)
{
    struct download_stage *stage = *state;

    download_stage_set(stage, hallo, 1, STAGE_TAKES_ALL);
    upload_server_free(stage->sink);
    stage->sink = NULL;
    struct fetch_result result = download_stage_perform(stage);
    assert_int_equal(result.kind, FETCH_SERVER_SAID);
    assert_int_equal(result.answer.kind, ANSWER_NOT_SENT);
}

/* What a download that is ended from here has come to. */
struct progress {
    struct download_stage *stage;
    size_t requests; /* to the source */
    size_t begun;    /* uploads */
    size_t whole;
};

static bool has_come_to(const void *context)
{
    const struct progress *progress = context;
    const struct upload_seen *seen = upload_server_seen(progress->stage->sink);

    return scripted_server_requests(progress->stage->source) >= progress->requests &&
           seen->begun >= progress->begun && seen->whole >= progress->whole;
}

/* Ends a download there; the one behind it, which waits for its turn, is carried. */
static void cancel_at(void **state, struct script_step first, struct upload_plan plan,
                      struct progress progress)
{
    const struct script_step steps[] = { first, { HALLO, SCRIPT_KEEP } };
    struct download_stage *stage = *state;
    struct download_outcome ended;
    struct download_outcome next;

    stage->options.at_once = 1;
    stage->options.pause = STAGE_DEADLINE_MS;
    download_stage_set(stage, steps, 2, plan);
    progress.stage = stage;
    struct download *download = download_stage_start(stage, &ended);
    (void)!download_stage_start(stage, &next);
    download_stage_turn_until(stage, has_come_to, &progress);
    download_cancel(download);
    download_stage_wait(stage, &next);
    assert_int_equal(ended.reports, 0);
}

static void a_download_can_be_ended_before_its_turn(void **state)
{
    struct download_outcome ended;
    struct download_outcome next;
    struct download_stage *stage = *state;

    stage->options.at_once = 1;
    download_stage_set(stage, hallo, 1, STAGE_TAKES_ALL);
    (void)!download_stage_start(stage, &next);
    download_cancel(download_stage_start(stage, &ended));
    download_stage_wait(stage, &next);
    assert_int_equal(ended.reports, 0);
    assert_int_equal(scripted_server_requests(stage->source), 1);
}

static void a_download_can_be_ended_at_once(void **state)
{
    cancel_at(state, hallo[0], STAGE_TAKES_ALL, (struct progress){ 0 });
}

static void a_download_can_be_ended_while_its_source_is_silent(void **state)
{
    cancel_at(state, (struct script_step){ NULL, SCRIPT_KEEP }, STAGE_TAKES_ALL,
              (struct progress){ .requests = 1 });
}

static void a_download_can_be_ended_while_it_rests(void **state)
{
    cancel_at(state, (struct script_step){ "HTTP/1.1 500 Oops\r\n\r\n", SCRIPT_CLOSE },
              STAGE_TAKES_ALL, (struct progress){ .requests = 1 });
}

static void a_download_can_be_ended_midway(void **state)
{
    cancel_at(state, (struct script_step){ HALF, SCRIPT_DRIP }, STAGE_TAKES_ALL,
              (struct progress){ .begun = 1 });
}

static void a_download_can_be_ended_in_full_flow(void **state)
{
    cancel_at(state, (struct script_step){ ENDLESS, SCRIPT_FLOOD }, STAGE_TAKES_ALL,
              (struct progress){ .begun = 1 });
}

static void a_download_can_be_ended_while_the_server_thinks(void **state)
{
    struct download_stage *stage = *state;

    stage->options.timeout = 2 * SHORT_MS; /* the next one is not answered, either */
    cancel_at(state, hallo[0], (struct upload_plan){ NULL, UPLOAD_ALL, UPLOAD_KEEP },
              (struct progress){ .whole = 1 });
}

#define STAGED(test) \
    cmocka_unit_test_setup_teardown(test, download_stage_open, download_stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_refusal_is_handed_up),
        STAGED(a_server_error_is_handed_up),
        STAGED(a_token_that_is_not_known_is_handed_up),
        STAGED(a_redirect_of_the_server_is_handed_up),
        STAGED(a_rate_limit_is_handed_up_with_its_wait),
        STAGED(a_success_without_a_file_is_handed_up),
        STAGED(a_success_with_two_files_is_handed_up),
        STAGED(a_success_with_an_odd_id_is_handed_up),
        STAGED(a_success_that_is_no_list_is_handed_up),
        STAGED(an_answer_that_does_not_come_is_unknown),
        STAGED(a_refusal_that_comes_early_is_handed_up),
        STAGED(a_refusal_at_the_first_byte_is_handed_up),
        STAGED(a_server_that_hangs_up_midway_is_unknown),
        STAGED(a_server_that_stops_reading_is_to_blame_itself),
        STAGED(a_success_before_the_file_was_whole_is_no_success),
        STAGED(a_success_while_the_source_rests_is_no_success),
        STAGED(a_server_that_is_not_there_was_not_sent_anything),
        STAGED(a_download_can_be_ended_before_its_turn),
        STAGED(a_download_can_be_ended_at_once),
        STAGED(a_download_can_be_ended_while_its_source_is_silent),
        STAGED(a_download_can_be_ended_while_it_rests),
        STAGED(a_download_can_be_ended_midway),
        STAGED(a_download_can_be_ended_in_full_flow),
        STAGED(a_download_can_be_ended_while_the_server_thinks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
