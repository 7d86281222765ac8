/*
 * What others write to the state topic while a partition is worked on.
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

/* Has c-1's record at an offset posted and recorded by this owner; it was in doubt. */
static void post_one(struct stage *stage, int64_t offset)
{
    talk_say(stage, offset, "c-1");
    talk_introduce(stage, 0);
    talk_answer_nothing(stage, 0);
    stage_accept(stage, 0);
    stage_acknowledge(stage);
}

/* ---- tailed ---- */

static void a_late_write_of_an_earlier_owner_is_taken_and_written_again(void **state)
{
    const struct thread before = thread_of(3, 1);
    const struct thread late = thread_of(5, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &before);
    talk_restore(stage);
    talk_tell(stage, "c-1", &late);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 5);
    assert_int_equal(talk_written(stage, "c-1").epoch, TALK_EPOCH);
    talk_say(stage, 5, "c-1");
    assert_int_equal(stage->reports[REPORT_ALREADY_POSTED], 1);
    talk_say(stage, 6, "c-1"); /* who wrote late may have begun this one, too */
    talk_answer_bot(stage, 0);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT "/thread?");
}

static void a_late_write_that_tells_less_is_replaced(void **state)
{
    const struct thread before = thread_of(3, 1);
    const struct thread late = thread_of(2, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &before);
    talk_restore(stage);
    post_one(stage, 4);
    size_t count = stage->write_count;
    talk_tell(stage, "c-1", &late);
    assert_int_equal(stage->write_count, count + 1);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 4);
    talk_tell(stage, "c-1", NULL);
    assert_int_equal(stage->write_count, count + 2);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 4);
    talk_say(stage, 5, "c-1"); /* nobody but this owner can have begun it */
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
}

static void what_this_owner_wrote_is_no_news(void **state)
{
    const struct thread before = thread_of(3, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &before);
    talk_restore(stage);
    post_one(stage, 4);
    size_t count = stage->write_count;
    const struct thread own = talk_written(stage, "c-1");
    talk_tell(stage, "c-1", &own);
    assert_int_equal(stage->write_count, count);
}

static void a_late_write_while_a_record_is_on_its_way_lowers_nothing(void **state)
{
    const struct thread before = thread_of(3, 1);
    const struct thread late = thread_of(7, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &before);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_say(stage, 5, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nothing(stage, 0);
    stage_accept(stage, 0);
    talk_tell(stage, "c-1", &late);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 7);
    stage_acknowledge(stage);
    assert_int_equal(stage->reports[REPORT_ALREADY_POSTED], 1); /* 5, which is told to be done */
    assert_int_equal(stage->stored, 6);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 7);
}

static void a_record_on_its_way_is_written_again_over_what_hides_it(void **state)
{
    const struct thread before = thread_of(3, 1);
    const struct thread late = thread_of(2, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &before);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nothing(stage, 0);
    stage_accept(stage, 0);
    talk_tell(stage, "c-1", &late);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 4);
    assert_int_equal(talk_written(stage, "c-1").replies, 1);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void so_it_is_over_what_only_says_what_is_known(void **state)
{
    const struct thread before = thread_of(3, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &before);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nothing(stage, 0);
    stage_accept(stage, 0);
    size_t count = stage->write_count;
    talk_tell(stage, "c-1", &before);
    assert_int_equal(stage->write_count, count + 1);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 4);
}

static void a_record_that_turns_out_to_be_done_is_not_done_again(void **state)
{
    const struct thread before = thread_of(3, 1);
    const struct thread late = thread_of(4, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &before);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_tell(stage, "c-1", &late);
    talk_answer_nothing(stage, 0); /* it was not there yet */
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->reports[REPORT_ALREADY_POSTED], 1);
    assert_int_equal(stage->stored, 5);
}

static void who_rests_or_is_held_learns_that_it_is_done(void **state)
{
    const struct thread before = thread_of(3, 1);
    const struct thread late = thread_of(6, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &before);
    talk_tell(stage, "c-2", &before);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_say(stage, 5, "c-2");
    stage_refuse(stage, 0, 503, "busy");
    talk_answer_nothing(stage, 0);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    talk_tell(stage, "c-1", &late);
    talk_tell(stage, "c-2", &late);
    stage_wait(stage, 300000);
    assert_int_equal(stage->reports[REPORT_ALREADY_POSTED], 2);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->stored, 6);
}

/* ---- superseded ---- */

static void a_later_owner_ends_the_work(void **state)
{
    struct stage *stage = *state;

    talk_restore(stage);
    talk_tell_marker(stage, TALK_EPOCH);
    talk_tell_marker(stage, TALK_EPOCH - 1);
    talk_start(stage, 0, "c-1");
    assert_int_equal(stage->ask_count, 1);
    talk_tell_marker(stage, TALK_EPOCH + 1);
    assert_int_equal(stage->reports[REPORT_SUPERSEDED], 1);
    assert_false(dispatch_wants(stage->dispatch, stage->partition));
    talk_answer_bot(stage, 0);
    stage_end(stage);
}

static void a_later_owner_ends_the_work_of_who_leaves_too(void **state)
{
    const struct thread before = thread_of(3, 1);
    struct stage *stage = *state;

    talk_tell(stage, "c-1", &before);
    talk_tell(stage, "c-2", &before);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_say(stage, 5, "c-2");
    talk_answer_nothing(stage, 1);
    stage_accept(stage, 1);
    stage_acknowledge(stage);
    stage_refuse(stage, 0, 503, "busy");
    stage_leave(stage, false); /* 4 is a gap, and would be closed */
    assert_false(dispatch_is_idle(stage->partition));
    talk_tell_marker(stage, TALK_EPOCH + 1);
    stage_end(stage);
}

static void another_partitions_marker_is_none_of_ours(void **state)
{
    static const char *const keys[] = { "epoch/in/1", "epoch/other/0", "epoch/in/x", "epoch/in" };
    struct stage *stage = *state;

    talk_restore(stage);
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        const struct state_read read = { .key = keys[i],
                                         .key_length = strlen(keys[i]),
                                         .offset = TALK_EPOCH + 1 };
        dispatch_read_state(stage->dispatch, stage->partition, &read, &stage->now);
    }
    assert_true(dispatch_wants(stage->dispatch, stage->partition));
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, talk_open, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_late_write_of_an_earlier_owner_is_taken_and_written_again),
        STAGED(a_late_write_that_tells_less_is_replaced),
        STAGED(what_this_owner_wrote_is_no_news),
        STAGED(a_late_write_while_a_record_is_on_its_way_lowers_nothing),
        STAGED(a_record_on_its_way_is_written_again_over_what_hides_it),
        STAGED(so_it_is_over_what_only_says_what_is_known),
        STAGED(a_record_that_turns_out_to_be_done_is_not_done_again),
        STAGED(who_rests_or_is_held_learns_that_it_is_done),
        STAGED(a_later_owner_ends_the_work),
        STAGED(a_later_owner_ends_the_work_of_who_leaves_too),
        STAGED(another_partitions_marker_is_none_of_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
