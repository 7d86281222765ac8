/*
 * The events of conversations, step by step: what goes out, what is recorded, when they are done.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/talk_stage.h"

/* Has a root made for c-1 by the record at offset 0, all the way. */
static void begin(struct stage *stage)
{
    talk_start(stage, 0, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nowhere(stage, 0);
    stage_accept_as(stage, 0, ROOT);
    stage_acknowledge(stage);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 1);
}

/* ---- from the beginning to the end ---- */

static void a_start_makes_a_root_and_is_done_when_that_is_recorded(void **state)
{
    struct stage *stage = *state;

    talk_start(stage, 0, "c-1");
    talk_answer_bot(stage, 0);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR "/posts?");
    talk_answer_nowhere(stage, 0); /* nor has an earlier owner begun it */
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_says(stage, 0, MIRROR);
    assert_not_says(stage, 0, "root_id");
    stage_accept_as(stage, 0, ROOT);
    assert_int_equal(stage->reports[REPORT_NEW_ROOT], 1);
    assert_string_equal(talk_written(stage, "c-1").root, ROOT);
    assert_int_equal(talk_written(stage, "c-1").last_offset, -1);
    stage_acknowledge(stage); /* the root */
    assert_int_equal(stage->stored, -1);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 0);
    assert_int_equal(talk_written(stage, "c-1").epoch, TALK_EPOCH);
    stage_acknowledge(stage); /* the record */
    assert_int_equal(stage->stored, 1);
    assert_int_equal(stage->reports[REPORT_DELIVERED], 1);
    assert_int_equal(dispatch_count_threads(stage->partition), 1);
}

static void a_message_is_a_reply_to_its_root(void **state)
{
    struct stage *stage = *state;

    begin(stage);
    talk_say(stage, 1, "c-1");
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_says(stage, 0, "\"root_id\":\"" ROOT "\"");
    stage_accept_as(stage, 0, POST);
    assert_int_equal(stage->stored, 1);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 2);
    const struct thread thread = talk_written(stage, "c-1");
    assert_int_equal(thread.last_offset, 1);
    assert_int_equal(thread.replies, 1);
    assert_string_equal(thread.last_post, POST);
}

static void the_next_of_a_conversation_waits_until_the_record_is_acknowledged(void **state)
{
    struct stage *stage = *state;

    begin(stage);
    talk_say(stage, 1, "c-1");
    talk_say(stage, 2, "c-1");
    stage_accept(stage, 0);
    assert_int_equal(stage->ask_count, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->ask_count, 1);
}

static void a_long_message_is_posted_part_by_part(void **state)
{
    struct stage *stage = *state;

    begin(stage);
    talk_say_long(stage, 1, "c-1");
    assert_says(stage, 0, "(1/2)");
    stage_accept_as(stage, 0, POST);
    assert_says(stage, 0, "(2/2)");
    stage_accept_as(stage, 0, OTHER);
    stage_acknowledge(stage);
    assert_int_equal(talk_written(stage, "c-1").replies, 2);
    assert_int_equal(stage->stored, 2);
}

static void a_reply_that_is_given_back_with_another_root_is_not_believed(void **state)
{
    struct stage *stage = *state;

    begin(stage);
    talk_say(stage, 1, "c-1");
    stage_answer(stage, 0, ANSWER_HTTP, 201,
                 "{\"id\":\"" POST "\",\"channel_id\":\"" MIRROR "\",\"root_id\":\"\",\"message\":"
                 "\"x\",\"props\":{\"ireserve\":{\"event\":\"urn:x|e-1\"}}}");
    assert_int_equal(stage_count_waited(stage), 0);
    assert_int_equal(stage->reports[REPORT_RETRYING], 1);
}

static void a_post_that_is_refused_for_good_is_a_dead_letter_and_the_next_goes_on(void **state)
{
    struct stage *stage = *state;

    begin(stage);
    talk_say(stage, 1, "c-1");
    talk_say(stage, 2, "c-1");
    stage_refuse(stage, 0, 400, "model.post.is_valid.props.app_error");
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    assert_int_equal(stage->letter_count, 1);
    stage_bury(stage, NULL);
    assert_int_equal(stage->stored, 2);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
}

static void a_conversation_under_another_key_is_buried(void **state)
{
    struct stage *stage = *state;

    stage_read(stage, 0, "c-2",
               "{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"urn:x\","
               "\"type\":\"nl.ireserve.conversation.closed.v1\",\"licence\":\"zeezicht\","
               "\"data\":{\"conversation_id\":\"c-1\"}}");
    assert_int_equal(stage->letter_count, 1);
    assert_int_equal(stage->letters[0]->letter.reason, REASON_WRONG_KEY);
    stage_bury(stage, NULL);
    assert_int_equal(stage->stored, 1);
}

/* ---- what is done already ---- */

static void a_record_up_to_the_last_that_is_done_is_done_already(void **state)
{
    const struct thread thread = talk_thread(5);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_say(stage, 5, "c-1");
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->reports[REPORT_ALREADY_POSTED], 2);
    assert_int_equal(stage->stored, 6);
    talk_say(stage, 6, "c-1");
    assert_int_equal(stage->ask_count, 1);
}

/* ---- in doubt ---- */

static void the_first_record_of_a_conversation_after_a_takeover_is_looked_for(void **state)
{
    const struct thread thread = talk_thread(3);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT "/thread?");
    talk_answer_posts(
        stage, 0, &(struct talk_post){ .id = POST, .root = ROOT, .message = "m-4", .part = 1 }, 1);
    assert_int_equal(stage->ask_count, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
    assert_int_equal(stage->outcome, OUTCOME_ALREADY_POSTED);
    talk_say(stage, 5, "c-1"); /* this owner knows the rest */
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
}

static void a_message_that_was_found_while_its_channel_is_closed_is_done_when_it_opens(void **state)
{
    const struct thread thread = talk_thread(3);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_tell(stage, "c-2", &thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_say(stage, 5, "c-2");
    talk_answer_nothing(stage, 1);
    stage_refuse(stage, 1, 403, NO_PERMISSION);
    talk_answer_posts(
        stage, 0, &(struct talk_post){ .id = POST, .root = ROOT, .message = "m-4", .part = 1 }, 1);
    stage_wait(stage, STAGE_ROUTE_MS * 3);
    stage_accept(stage, 0); /* c-2's */
    stage_acknowledge(stage);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 6);
}

static void of_a_message_that_was_begun_only_the_rest_is_posted(void **state)
{
    const struct thread thread = talk_thread(3);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_say_long(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_posts(
        stage, 0, &(struct talk_post){ .id = POST, .root = ROOT, .message = "m-4", .part = 1 }, 1);
    assert_says(stage, 0, "(2/2)");
    stage_accept_as(stage, 0, OTHER);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void what_no_earlier_owner_can_have_read_is_not_in_doubt(void **state)
{
    const struct thread thread = talk_thread(3);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_end(stage, 4, "c-2");
    dispatch_committed(stage->dispatch, stage->partition, 8, &stage->now);
    talk_say(stage, 4 + STAGE_WINDOW, "c-1");
    assert_on_wire(stage, 1, ASK_POST, "/posts?");
}

static void only_what_our_bot_wrote_tells_that_a_message_is_there(void **state)
{
    const struct thread thread = talk_thread(3);
    const struct talk_post forged = {
        .id = POST, .root = ROOT, .message = "m-4", .part = 1, .user = SOMEBODY
    };
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_posts(stage, 0, &forged, 1);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
}

static void a_thread_of_several_pages_is_read_until_what_is_too_old(void **state)
{
    const struct thread thread = talk_thread(3);
    struct talk_post post = { .id = OTHER, .root = ROOT, .created_at = thread.updated_at };
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_page(stage, 0, &post, 1);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT "/thread?");
    assert_non_null(strstr(stage->asks[0]->path, "fromPost=" OTHER));
    post.created_at = thread.updated_at - 3600 * 1000;
    post.id = THIRD;
    talk_answer_page(stage, 0, &post, 1);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
}

/* ---- an outcome that is not known ---- */

static void a_reply_whose_outcome_is_unknown_is_looked_for_before_it_is_repeated(void **state)
{
    struct stage *stage = *state;

    begin(stage);
    talk_say(stage, 1, "c-1");
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT "/thread?");
    talk_answer_nothing(stage, 0);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    stage_wait(stage, STAGE_RETRY_MS * 9);
    talk_answer_posts(
        stage, 0, &(struct talk_post){ .id = POST, .root = ROOT, .message = "m-1", .part = 1 }, 1);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 2);
}

static void a_root_whose_outcome_is_unknown_is_looked_for_before_it_is_repeated(void **state)
{
    struct stage *stage = *state;

    begin(stage);
    dispatch_committed(stage->dispatch, stage->partition, 1, &stage->now);
    talk_start(stage, STAGE_WINDOW, "c-2");
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR "/posts?");
    talk_answer_posts(stage, 0, &(struct talk_post){ .id = NEW_ROOT, .conversation = "c-2" }, 1);
    assert_string_equal(talk_written(stage, "c-2").root, NEW_ROOT);
    stage_acknowledge(stage);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, STAGE_WINDOW + 1);
}

static void what_was_not_sent_is_sent_again_without_a_look(void **state)
{
    struct stage *stage = *state;

    begin(stage);
    talk_say(stage, 1, "c-1");
    stage_fail(stage, 0, ANSWER_NOT_SENT);
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    stage_answer(stage, 0, ANSWER_HTTP, 429, "limit exceeded\n");
    stage_wait(stage, 2000);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
}

#define STAGED(test)   cmocka_unit_test_setup_teardown(test, talk_open, talk_close)
#define RESTORED(test) cmocka_unit_test_setup_teardown(test, talk_open_restored, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RESTORED(a_start_makes_a_root_and_is_done_when_that_is_recorded),
        RESTORED(a_message_is_a_reply_to_its_root),
        RESTORED(the_next_of_a_conversation_waits_until_the_record_is_acknowledged),
        RESTORED(a_long_message_is_posted_part_by_part),
        RESTORED(a_reply_that_is_given_back_with_another_root_is_not_believed),
        RESTORED(a_post_that_is_refused_for_good_is_a_dead_letter_and_the_next_goes_on),
        RESTORED(a_conversation_under_another_key_is_buried),
        STAGED(a_record_up_to_the_last_that_is_done_is_done_already),
        STAGED(the_first_record_of_a_conversation_after_a_takeover_is_looked_for),
        STAGED(a_message_that_was_found_while_its_channel_is_closed_is_done_when_it_opens),
        STAGED(of_a_message_that_was_begun_only_the_rest_is_posted),
        STAGED(what_no_earlier_owner_can_have_read_is_not_in_doubt),
        STAGED(only_what_our_bot_wrote_tells_that_a_message_is_there),
        STAGED(a_thread_of_several_pages_is_read_until_what_is_too_old),
        RESTORED(a_reply_whose_outcome_is_unknown_is_looked_for_before_it_is_repeated),
        RESTORED(a_root_whose_outcome_is_unknown_is_looked_for_before_it_is_repeated),
        RESTORED(what_was_not_sent_is_sent_again_without_a_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
