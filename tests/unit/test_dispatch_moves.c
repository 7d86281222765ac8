/*
 * Conversations whose thread is in another channel than the settings name: they stay there while
 * that one can be posted to, and go on in the new one when it cannot.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/talk_stage.h"

/* Restores a conversation with a thread in ELSEWHERE, and has a message of it on the wire. */
static void begin(struct stage *stage, const char *conversation)
{
    struct thread thread = talk_thread(3);

    memcpy(thread.channel, ELSEWHERE, sizeof(thread.channel));
    talk_tell(stage, conversation, &thread);
    talk_restore(stage);
    talk_say(stage, 4, conversation);
    talk_answer_bot(stage, 0);
    talk_answer_nothing(stage, 0);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_says(stage, 0, "\"channel_id\":\"" ELSEWHERE "\"");
}

/* The conversation goes on in the mirror, where there is nothing of it yet. */
static void assert_goes_on_in_mirror(struct stage *stage, const char *conversation)
{
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR "/posts?");
    talk_answer_nothing(stage, 0);
    talk_answer_channel(stage, 0, MIRROR, "");
    assert_says(stage, 0, "\"channel_id\":\"" MIRROR "\"");
    assert_not_says(stage, 0, "root_id");
    stage_accept_as(stage, 0, NEW_ROOT);
    stage_acknowledge(stage);
    assert_says(stage, 0, "\"channel_id\":\"" MIRROR "\"");
    assert_says(stage, 0, "\"root_id\":\"" NEW_ROOT "\"");
    stage_accept(stage, 0);
    assert_string_equal(talk_written(stage, conversation).channel, MIRROR);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void a_living_thread_stays_where_it_is(void **state)
{
    struct stage *stage = *state;

    begin(stage, "c-1");
    stage_accept(stage, 0);
    assert_string_equal(talk_written(stage, "c-1").channel, ELSEWHERE);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void a_thread_in_an_archived_channel_goes_on_in_the_mirror(void **state)
{
    struct stage *stage = *state;

    begin(stage, "c-1");
    stage_refuse(stage, 0, 400, ARCHIVED);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" ELSEWHERE);
    talk_answer_archived(stage, 0, ELSEWHERE);
    assert_goes_on_in_mirror(stage, "c-1");
}

static void a_thread_in_a_channel_that_cannot_be_read_goes_on_in_the_mirror(void **state)
{
    struct stage *stage = *state;

    begin(stage, "c-1");
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    assert_goes_on_in_mirror(stage, "c-1");
}

static void a_root_in_the_channel_that_was_left_is_not_gone_back_to(void **state)
{
    struct stage *stage = *state;

    begin(stage, "c-1");
    stage_refuse(stage, 0, 400, ARCHIVED);
    talk_answer_archived(stage, 0, ELSEWHERE);
    talk_answer_nothing(stage, 0);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    assert_on_wire(stage, 0, ASK_POST, "/teams/" TEAM "/posts/search");
    const struct talk_post roots[] = { { .id = NEW_ROOT, .created_at = 1 },
                                       { .id = ROOT, .channel = ELSEWHERE } };
    talk_answer_posts(stage, 0, roots, 2);
    assert_string_equal(talk_written(stage, "c-1").root, NEW_ROOT);
}

static void a_thread_in_a_channel_that_says_that_it_is_fine_waits(void **state)
{
    struct stage *stage = *state;

    begin(stage, "c-1");
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    talk_answer_channel(stage, 0, ELSEWHERE, TEAM);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->reports[REPORT_HELD], 1);
    stage_wait(stage, STAGE_ROUTE_MS * 3);
    assert_says(stage, 0, "\"channel_id\":\"" ELSEWHERE "\"");
}

static void a_channel_that_the_server_cannot_tell_of_moves_nothing(void **state)
{
    struct stage *stage = *state;

    begin(stage, "c-1");
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    stage_refuse(stage, 0, 500, "app.channel.get.find.app_error");
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_says(stage, 0, "\"channel_id\":\"" ELSEWHERE "\"");
}

static void what_waits_for_a_channel_that_is_opened_again_goes_on_there(void **state)
{
    const struct thread thread = talk_thread(3);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nothing(stage, 0);
    stage_refuse(stage, 0, 400, ARCHIVED); /* it is the mirror: there is nowhere else to go */
    talk_say(stage, 5, "c-1");
    talk_say(stage, 6, "c-2");
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, STAGE_ROUTE_MS * 3);
    assert_int_equal(stage->ask_count, 1);
    stage_accept(stage, 0);
    assert_int_equal(stage->reports[REPORT_RESUMED], 1);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR "/posts?"); /* c-2 */
    stage_acknowledge(stage);
    assert_on_wire(stage, 1, ASK_POST, "/posts?");
    assert_int_equal(stage->reports[REPORT_NEW_ROOT], 0);
}

static void a_mirror_that_is_named_is_asked_for_and_then_gone_on_in(void **state)
{
    struct stage *stage = *state;

    begin(stage, "n-1");
    stage_refuse(stage, 0, 400, ARCHIVED);
    assert_on_wire(stage, 0, ASK_GET, "/teams/name/team/channels/name/desk");
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, STAGE_ROUTE_MS * 3);
    stage_refuse(stage, 0, 400, ARCHIVED); /* the next try, which knows */
    talk_answer_archived(stage, 0, ELSEWHERE);
    assert_goes_on_in_mirror(stage, "n-1");
}

static void a_mirror_that_is_named_and_the_threads_own_channel_is_nowhere_to_go(void **state)
{
    struct stage *stage = *state;

    begin(stage, "n-1");
    stage_refuse(stage, 0, 400, ARCHIVED);
    talk_answer_channel(stage, 0, ELSEWHERE, TEAM);
    stage_wait(stage, STAGE_ROUTE_MS * 3);
    stage_refuse(stage, 0, 400, ARCHIVED);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->letter_count, 0);
}

static void a_full_thread_that_moves_begins_in_the_mirror(void **state)
{
    struct thread thread = talk_thread(3);
    struct stage *stage = *state;

    memcpy(thread.channel, ELSEWHERE, sizeof(thread.channel));
    thread.replies = STAGE_MAX_REPLIES;
    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nothing(stage, 0);
    talk_answer_nothing(stage, 0);
    assert_says(stage, 0, "_redirect/pl/" ROOT);
    stage_refuse(stage, 0, 400, ARCHIVED);
    talk_answer_archived(stage, 0, ELSEWHERE);
    assert_goes_on_in_mirror(stage, "c-1");
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, talk_open, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_living_thread_stays_where_it_is),
        STAGED(a_thread_in_an_archived_channel_goes_on_in_the_mirror),
        STAGED(a_thread_in_a_channel_that_cannot_be_read_goes_on_in_the_mirror),
        STAGED(a_root_in_the_channel_that_was_left_is_not_gone_back_to),
        STAGED(a_thread_in_a_channel_that_says_that_it_is_fine_waits),
        STAGED(a_channel_that_the_server_cannot_tell_of_moves_nothing),
        STAGED(what_waits_for_a_channel_that_is_opened_again_goes_on_there),
        STAGED(a_mirror_that_is_named_is_asked_for_and_then_gone_on_in),
        STAGED(a_mirror_that_is_named_and_the_threads_own_channel_is_nowhere_to_go),
        STAGED(a_full_thread_that_moves_begins_in_the_mirror),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
