/*
 * The closing of conversations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/talk_stage.h"

#define LOCK "/users/" BOT "/posts/" ROOT "/reactions/"

/* Restores c-1 and c-2, done up to 3 by earlier owners. */
static int open_stage(void **state)
{
    const struct thread thread = talk_thread(3);

    (void)talk_open(state);
    talk_tell(*state, "c-1", &thread);
    talk_tell(*state, "c-2", &thread);
    talk_restore(*state);
    return 0;
}

static void a_closing_marks_the_root_and_a_message_takes_the_mark_away(void **state)
{
    struct stage *stage = *state;

    talk_end(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    assert_on_wire(stage, 0, ASK_POST, "/reactions");
    assert_says(stage, 0, "\"post_id\":\"" ROOT "\"");
    talk_answer_ok(stage, 0);
    assert_true(talk_written(stage, "c-1").is_closed);
    stage_acknowledge(stage);
    talk_say(stage, 5, "c-1");
    stage_accept(stage, 0);
    assert_on_wire(stage, 0, ASK_DELETE, LOCK);
    talk_answer_ok(stage, 0);
    assert_false(talk_written(stage, "c-1").is_closed);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 6);
}

static void a_mark_that_is_refused_does_no_harm(void **state)
{
    struct stage *stage = *state;

    talk_end(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR "/members/me");
    stage_answer(stage, 0, ANSWER_HTTP, 200, "{\"channel_id\":\"" MIRROR "\"}");
    stage_acknowledge(stage);
    talk_say(stage, 5, "c-1");
    stage_accept(stage, 0);
    stage_refuse(stage, 0, 404, "app.emoji.get_by_name.no_result");
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 6);
}

/* A public channel shows itself to a bot that was taken out of it. */
static void a_mark_waits_until_the_bot_is_in_the_channel_again(void **state)
{
    struct stage *stage = *state;

    talk_end(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    assert_int_equal(stage->stored, -1);
    stage_wait(stage, 2 * STAGE_ROUTE_MS);
    assert_on_wire(stage, 0, ASK_POST, "/reactions");
    talk_answer_ok(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void whether_the_bot_is_in_the_channel_is_asked_again_of_a_busy_server(void **state)
{
    struct stage *stage = *state;

    talk_end(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    stage_refuse(stage, 0, 503, "busy");
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_on_wire(stage, 0, ASK_POST, "/reactions");
    talk_answer_ok(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void what_an_archived_channel_refused_is_done_when_it_is_open_again(void **state)
{
    struct stage *stage = *state;

    talk_end(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    assert_on_wire(stage, 0, ASK_POST, "/reactions");
    stage_refuse(stage, 0, 403, "api.reaction.save.archived_channel.app_error");
    talk_answer_channel(stage, 0, MIRROR, TEAM); /* just now it was unarchived */
    assert_int_equal(stage->stored, -1);
    stage_wait(stage, 2 * STAGE_ROUTE_MS);
    assert_on_wire(stage, 0, ASK_POST, "/reactions");
    talk_answer_ok(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void a_mark_of_a_busy_server_is_tried_again(void **state)
{
    struct stage *stage = *state;

    talk_end(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    stage_refuse(stage, 0, 503, "busy");
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_on_wire(stage, 0, ASK_POST, "/reactions");
    talk_answer_ok(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void two_closings_that_ask_for_the_bot_at_once_are_both_shown(void **state)
{
    struct stage *stage = *state;

    talk_end(stage, 4, "c-1");
    talk_end(stage, 5, "c-2");
    talk_answer_bot(stage, 0);
    talk_answer_bot(stage, 0);
    assert_int_equal(stage->ask_count, 2);
    assert_on_wire(stage, 0, ASK_POST, "/reactions");
    assert_on_wire(stage, 1, ASK_POST, "/reactions");
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_closing_marks_the_root_and_a_message_takes_the_mark_away),
        STAGED(a_mark_that_is_refused_does_no_harm),
        STAGED(a_mark_waits_until_the_bot_is_in_the_channel_again),
        STAGED(whether_the_bot_is_in_the_channel_is_asked_again_of_a_busy_server),
        STAGED(what_an_archived_channel_refused_is_done_when_it_is_open_again),
        STAGED(a_mark_of_a_busy_server_is_tried_again),
        STAGED(two_closings_that_ask_for_the_bot_at_once_are_both_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
