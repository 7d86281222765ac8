/*
 * The attachments of messages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/talk_stage.h"

#define DISABLED "api.file.attachments.disabled.app_error"

/*
 * A message with two attachments, the second without an address, in a thread in a channel; the
 * first is on its way.
 */
static void begin(struct stage *stage, const char *channel)
{
    struct thread thread = talk_thread(3);

    memcpy(thread.channel, channel, sizeof(thread.channel));
    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_say_with_files(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nothing(stage, 0);
    assert_int_equal(stage->fetch_count, 1);
}

static void a_file_is_fetched_and_then_posted(void **state)
{
    struct stage *stage = *state;

    begin(stage, MIRROR);
    assert_string_equal(stage->fetches[0]->url, "https://files.example/a.png");
    assert_string_equal(stage->fetches[0]->name, "a.png");
    assert_string_equal(stage->fetches[0]->channel_id, MIRROR);
    assert_int_equal(stage->ask_count, 0);
    stage_store_file(stage, FILE_ID);
    assert_int_equal(stage->reports[REPORT_NOT_FETCHED], 1); /* the second */
    assert_says(stage, 0, "\"file_ids\":[\"" FILE_ID "\"]");
    assert_says(stage, 0, "b.png");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void a_file_that_cannot_be_had_is_told_in_words(void **state)
{
    struct stage *stage = *state;

    begin(stage, MIRROR);
    stage_lose_file(stage, FETCH_TOO_LARGE);
    assert_int_equal(stage->reports[REPORT_NOT_FETCHED], 2);
    assert_not_says(stage, 0, "file_ids");
    assert_says(stage, 0, "a.png");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void a_file_is_fetched_once_however_often_its_message_is_tried(void **state)
{
    struct stage *stage = *state;

    begin(stage, MIRROR);
    stage_store_file(stage, FILE_ID);
    stage_refuse(stage, 0, 503, "busy");
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_int_equal(stage->fetch_count, 0);
    assert_says(stage, 0, FILE_ID);
}

/* It is carried without a turn at the server, so nothing else would hold it up. */
static void a_file_is_not_fetched_while_the_server_is_away(void **state)
{
    struct stage *stage = *state;
    struct thread thread = talk_thread(3);

    thread.epoch = TALK_EPOCH; /* nothing is in doubt */
    talk_tell(stage, "c-1", &thread);
    talk_tell(stage, "c-2", &thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    for (int i = 0; i < 5; i++) {
        assert_int_equal(stage->ask_count, 1);
        stage_refuse(stage, 0, 503, "busy");
        if (i < 4)
            stage_wait(stage, 60000);
    }
    assert_int_equal(stage->reports[REPORT_SERVER_CLOSED], 1);
    talk_say_with_files(stage, 5, "c-2");
    assert_int_equal(stage->fetch_count, 0);
    while (stage->ask_count == 0)
        stage_wait(stage, 1);
    assert_int_equal(stage->fetch_count, 0);
    stage_accept(stage, 0);
    stage_wait(stage, 1000);
    assert_int_equal(stage->fetch_count, 1);
}

static void a_server_that_refuses_the_file_gets_the_message_without_it(void **state)
{
    static const struct {
        int status;
        const char *error_id;
    } refusals[] = {
        { 413, "api.file.upload_file.too_large_detailed.app_error" },
        { 400, "api.file.upload_file.incorrect_number_of_client_ids.app_error" },
        { 403, DISABLED },
        { 501, DISABLED },
    };

    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        struct stage *stage = talk_reopen(state, talk_open);
        begin(stage, MIRROR);
        stage_answer_upload(stage, refusals[i].status, refusals[i].error_id);
        assert_on_wire(stage, 0, ASK_POST, "/posts?");
        assert_not_says(stage, 0, "file_ids");
    }
}

static void a_server_that_wants_a_pause_gets_the_file_later(void **state)
{
    struct stage *stage = *state;

    begin(stage, MIRROR);
    stage_answer_upload(stage, 429, "");
    talk_say(stage, 5, "c-2");
    assert_int_equal(stage->fetch_count, 0);
    assert_int_equal(stage->ask_count, 0); /* nor does it get anything else */
    stage_wait(stage, 2000);
    assert_int_equal(stage->fetch_count, 1);
    assert_int_equal(stage->ask_count, 1);
}

static void a_server_in_trouble_gets_the_file_later(void **state)
{
    static const int statuses[] = { 500, 502, 503 };
    struct stage *stage = *state;

    begin(stage, MIRROR);
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        stage_answer_upload(stage, statuses[i], "");
        assert_int_equal(stage->fetch_count, 0);
        stage_wait(stage, 60000);
        assert_int_equal(stage->fetch_count, 1);
    }
    assert_int_equal(stage->reports[REPORT_RETRYING], 3);
}

static void a_channel_that_the_bot_may_not_upload_to_is_closed(void **state)
{
    struct stage *stage = *state;

    begin(stage, MIRROR);
    stage_answer_upload(stage, 403, NO_PERMISSION);
    assert_int_equal(stage->reports[REPORT_HELD], 1);
    talk_say(stage, 5, "c-2");
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, STAGE_ROUTE_MS * 3);
    assert_int_equal(stage->fetch_count, 1);
    stage_store_file(stage, FILE_ID);
    stage_accept(stage, 0);
    assert_int_equal(stage->reports[REPORT_RESUMED], 1);
}

static void a_refused_token_closes_the_channel(void **state)
{
    struct stage *stage = *state;

    begin(stage, MIRROR);
    stage_answer_upload(stage, 401, "api.context.session_expired.app_error");
    assert_int_equal(stage->reports[REPORT_HELD], 1);
    assert_int_equal(stage->fetch_count, 0);
}

static void nothing_is_uploaded_to_a_closed_channel(void **state)
{
    struct stage *stage = *state;

    begin(stage, MIRROR);
    stage_store_file(stage, FILE_ID);
    talk_start(stage, 5, "c-2");
    talk_say_with_files(stage, 6, "c-2");
    talk_answer_nowhere(stage, 1);
    stage_accept_as(stage, 1, NEW_ROOT);
    stage_acknowledge(stage);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    stage_acknowledge(stage);
    assert_int_equal(stage->fetch_count, 0);
    stage_wait(stage, STAGE_ROUTE_MS * 3);
    stage_accept(stage, 0);
    assert_int_equal(stage->fetch_count, 1);
}

static void a_thread_whose_channel_takes_no_uploads_goes_on_in_the_mirror(void **state)
{
    struct stage *stage = *state;

    begin(stage, ELSEWHERE);
    stage_answer_upload(stage, 403, NO_PERMISSION);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" ELSEWHERE);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR "/posts?");
}

static void a_thread_whose_channel_is_fine_all_the_same_waits(void **state)
{
    struct stage *stage = *state;

    begin(stage, ELSEWHERE);
    stage_answer_upload(stage, 403, NO_PERMISSION);
    talk_answer_channel(stage, 0, ELSEWHERE, TEAM);
    assert_int_equal(stage->reports[REPORT_HELD], 1);
    stage_wait(stage, STAGE_ROUTE_MS * 3);
    assert_int_equal(stage->fetch_count, 1);
    assert_string_equal(stage->fetches[0]->channel_id, ELSEWHERE);
}

static void who_leaves_waits_for_no_pause(void **state)
{
    struct stage *stage = *state;

    begin(stage, MIRROR);
    talk_say_long(stage, 5, "c-2"); /* which makes the first one a gap */
    talk_answer_nothing(stage, 0);
    talk_answer_channel(stage, 0, MIRROR, "");
    stage_accept_as(stage, 0, NEW_ROOT);
    stage_leave(stage, false);
    stage_acknowledge(stage); /* of what is not begun only the root is done */
    stage_answer_upload(stage, 429, "");
    stage_end(stage);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, talk_open, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_file_is_fetched_and_then_posted),
        STAGED(a_file_that_cannot_be_had_is_told_in_words),
        STAGED(a_file_is_fetched_once_however_often_its_message_is_tried),
        STAGED(a_file_is_not_fetched_while_the_server_is_away),
        STAGED(a_server_that_refuses_the_file_gets_the_message_without_it),
        STAGED(a_server_that_wants_a_pause_gets_the_file_later),
        STAGED(a_server_in_trouble_gets_the_file_later),
        STAGED(a_channel_that_the_bot_may_not_upload_to_is_closed),
        STAGED(a_refused_token_closes_the_channel),
        STAGED(nothing_is_uploaded_to_a_closed_channel),
        STAGED(a_thread_whose_channel_takes_no_uploads_goes_on_in_the_mirror),
        STAGED(a_thread_whose_channel_is_fine_all_the_same_waits),
        STAGED(who_leaves_waits_for_no_pause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
