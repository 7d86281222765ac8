/*
 * What the state topic tells of a partition's threads: restored, proven, expired.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/talk_stage.h"

static struct thread thread_of(int64_t last_offset, int64_t epoch)
{
    struct thread thread = talk_thread(last_offset);

    thread.epoch = epoch;
    return thread;
}

/* ---- restored and proven ---- */

static void nothing_is_wanted_before_the_threads_are_restored_and_the_log_fits(void **state)
{
    struct stage *stage = *state;

    assert_false(dispatch_is_restored(stage->partition));
    assert_false(dispatch_wants(stage->dispatch, stage->partition));
    assert_false(dispatch_awaits_end(stage->partition));
    dispatch_restored(stage->dispatch, stage->partition, TALK_EPOCH);
    assert_true(dispatch_is_restored(stage->partition));
    assert_false(dispatch_wants(stage->dispatch, stage->partition));
    assert_true(dispatch_awaits_end(stage->partition));
    dispatch_saw_end(stage->dispatch, stage->partition, 0);
    assert_true(dispatch_wants(stage->dispatch, stage->partition));
    assert_false(dispatch_awaits_end(stage->partition));
}

static void a_log_that_ends_below_what_was_done_of_it_is_refused(void **state)
{
    const struct thread thread = thread_of(5, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    dispatch_restored(stage->dispatch, stage->partition, TALK_EPOCH);
    dispatch_saw_end(stage->dispatch, stage->partition, 5);
    assert_non_null(dispatch_refusal(stage->partition));
    assert_int_equal(stage->reports[REPORT_PARTITION_REFUSED], 1);
    assert_false(dispatch_wants(stage->dispatch, stage->partition));
    assert_false(dispatch_awaits_end(stage->partition));
    stage_leave(stage, false);
    stage_end(stage);
}

static void a_log_that_ends_right_behind_what_was_done_of_it_is_fine(void **state)
{
    const struct thread thread = thread_of(5, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    dispatch_restored(stage->dispatch, stage->partition, TALK_EPOCH);
    dispatch_saw_end(stage->dispatch, stage->partition, 6);
    assert_null(dispatch_refusal(stage->partition));
}

static void what_was_forgotten_says_nothing_of_the_log_any_more(void **state)
{
    const struct thread thread = thread_of(5, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_tell(stage, "c-1", NULL);
    dispatch_restored(stage->dispatch, stage->partition, TALK_EPOCH);
    dispatch_saw_end(stage->dispatch, stage->partition, 0);
    assert_null(dispatch_refusal(stage->partition));
}

static void a_record_that_is_younger_than_what_says_it_is_done_is_refused(void **state)
{
    const struct thread thread = thread_of(5, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    stage->made_at = thread.updated_at + 4 * 60 * 1000; /* clocks may differ */
    talk_say(stage, 3, "c-1");
    assert_int_equal(stage->stored, 4);
    stage->made_at = thread.updated_at + 6 * 60 * 1000;
    talk_say(stage, 4, "c-1");
    assert_int_equal(stage->reports[REPORT_PARTITION_REFUSED], 1);
    assert_non_null(dispatch_refusal(stage->partition));
    assert_false(dispatch_wants(stage->dispatch, stage->partition));
    assert_int_equal(stage->stored, 4);
    assert_int_equal(stage->ask_count, 0);
}

static void a_root_without_a_channel_is_none(void **state)
{
    struct thread thread = thread_of(3, 1);
    struct stage *stage = *state;

    thread.channel[0] = '\0';
    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_say(stage, 3, "c-1");
    assert_int_equal(stage->stored, 4);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR "/posts?");
}

static void what_is_not_told_as_it_should_be_is_written_again_when_all_is_restored(void **state)
{
    const struct thread thread = thread_of(5, 2);
    const struct thread late = thread_of(3, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_tell(stage, "c-1", &late);
    assert_int_equal(stage->write_count, 0);
    talk_restore(stage);
    assert_int_equal(stage->write_count, 1);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 5);
    assert_int_equal(talk_written(stage, "c-1").epoch, TALK_EPOCH);
}

static void what_was_written_again_is_in_doubt_all_the_same(void **state)
{
    const struct thread thread = thread_of(5, 2);
    const struct thread late = thread_of(3, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_tell(stage, "c-1", &late);
    talk_restore(stage);
    talk_say(stage, 6, "c-1");
    talk_answer_bot(stage, 0);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT "/thread?");
}

/* An earlier owner may have buried the first, too, and begun the next. */
static void behind_a_dead_letter_in_a_thread_that_was_found_the_next_is_in_doubt(void **state)
{
    struct stage *stage = *state;

    talk_restore(stage);
    talk_say(stage, 1, "c-1");
    talk_say(stage, 2, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_posts(stage, 0, &(struct talk_post){ .id = ROOT, .conversation = "c-1" }, 1);
    stage_acknowledge(stage); /* the root that was found */
    talk_answer_page(stage, 0, NULL, 0);
    stage_refuse(stage, 0, 400, "model.post.is_valid.props.app_error");
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    stage_bury(stage, NULL);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT "/thread?");
    talk_answer_page(stage, 0, NULL, 0);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
}

/* ---- expired ---- */

static void a_thread_that_nobody_wrote_in_for_long_is_forgotten(void **state)
{
    const struct thread thread = thread_of(3, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    dispatch_committed(stage->dispatch, stage->partition, 4, &stage->now);
    stage_wait(stage, STAGE_KEEP_MS);
    assert_int_equal(dispatch_count_threads(stage->partition), 1);
    stage_wait(stage, 5000);
    assert_int_equal(dispatch_count_threads(stage->partition), 0);
    assert_int_equal(stage->write_count, 1);
    assert_string_equal(stage->writes[0].key, "thread/in/zeezicht/c-1");
    assert_null(stage->writes[0].value);
    talk_say(stage, 4, "c-1"); /* it is looked for */
    talk_answer_bot(stage, 0);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR "/posts?");
}

static void a_thread_whose_records_may_be_read_again_is_not_forgotten(void **state)
{
    const struct thread thread = thread_of(3, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    stage_wait(stage, STAGE_KEEP_MS + 5000);
    assert_int_equal(dispatch_count_threads(stage->partition), 1);
    dispatch_committed(stage->dispatch, stage->partition, 3, &stage->now);
    stage_wait(stage, 5000);
    assert_int_equal(dispatch_count_threads(stage->partition), 1);
    dispatch_committed(stage->dispatch, stage->partition, 4, &stage->now);
    stage_wait(stage, 5000);
    stage_wait(stage, 5000);
    assert_int_equal(dispatch_count_threads(stage->partition), 0);
}

static void a_thread_that_is_being_written_to_is_not_forgotten(void **state)
{
    const struct thread thread = thread_of(3, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    talk_tell(stage, "c-2", &thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    dispatch_committed(stage->dispatch, stage->partition, 4, &stage->now);
    for (int i = 0; i < 5; i++)
        stage_wait(stage, STAGE_KEEP_MS);
    assert_int_equal(dispatch_count_threads(stage->partition), 1);
    talk_answer_nothing(stage, 0);
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 4);
    stage_wait(stage, STAGE_KEEP_MS - 1000);
    assert_int_equal(dispatch_count_threads(stage->partition), 1);
}

static void nothing_is_forgotten_before_the_log_is_proven(void **state)
{
    const struct thread thread = thread_of(3, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &thread);
    dispatch_restored(stage->dispatch, stage->partition, TALK_EPOCH);
    stage_wait(stage, STAGE_KEEP_MS * 2);
    assert_int_equal(stage->write_count, 0);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, talk_open, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(nothing_is_wanted_before_the_threads_are_restored_and_the_log_fits),
        STAGED(a_log_that_ends_below_what_was_done_of_it_is_refused),
        STAGED(a_log_that_ends_right_behind_what_was_done_of_it_is_fine),
        STAGED(what_was_forgotten_says_nothing_of_the_log_any_more),
        STAGED(a_record_that_is_younger_than_what_says_it_is_done_is_refused),
        STAGED(a_root_without_a_channel_is_none),
        STAGED(what_is_not_told_as_it_should_be_is_written_again_when_all_is_restored),
        STAGED(what_was_written_again_is_in_doubt_all_the_same),
        STAGED(behind_a_dead_letter_in_a_thread_that_was_found_the_next_is_in_doubt),
        STAGED(a_thread_that_nobody_wrote_in_for_long_is_forgotten),
        STAGED(a_thread_whose_records_may_be_read_again_is_not_forgotten),
        STAGED(a_thread_that_is_being_written_to_is_not_forgotten),
        STAGED(nothing_is_forgotten_before_the_log_is_proven),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
