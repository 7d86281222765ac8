/*
 * A partition of conversations that leaves: what is finished, what is withdrawn, and that nothing
 * of what is withdrawn is answered any more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/talk_stage.h"

/* Restores c-1 and c-2, done up to 3 by earlier owners. */
static void restore(struct stage *stage)
{
    struct thread thread = talk_thread(3);

    talk_tell(stage, "c-1", &thread);
    talk_tell(stage, "c-2", &thread);
    talk_restore(stage);
}

/* A record of c-1 at offset 4 that nobody has posted, and whose request is on the wire. */
static void post(struct stage *stage, void (*say)(struct stage *, int64_t, const char *))
{
    restore(stage);
    say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nothing(stage, 0);
}

static void look(struct stage *stage)
{
    restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
}

static void send(struct stage *stage)
{
    post(stage, talk_say);
}

static void send_second_part(struct stage *stage)
{
    post(stage, talk_say_long);
    stage_accept(stage, 0);
}

static void pause_before_second_part(struct stage *stage)
{
    send_second_part(stage);
    stage_answer(stage, 0, ANSWER_HTTP, 429, "limit exceeded\n");
}

static void check(struct stage *stage)
{
    send(stage);
    stage_refuse(stage, 0, 400, "model.post.is_valid.props.app_error");
}

static void bury(struct stage *stage)
{
    check(stage);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
}

static void fetch(struct stage *stage)
{
    post(stage, talk_say_with_files);
}

static void rest(struct stage *stage)
{
    send(stage);
    stage_refuse(stage, 0, 503, "busy");
}

static void hold(struct stage *stage)
{
    send(stage);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
}

static void record(struct stage *stage)
{
    send(stage);
    stage_accept(stage, 0);
}

static void note(struct stage *stage)
{
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nothing(stage, 0);
    talk_answer_channel(stage, 0, MIRROR, "");
    stage_accept_as(stage, 0, ROOT);
}

/* ---- at once ---- */

static void what_is_not_begun_is_withdrawn_at_once(void **state, void (*bring)(struct stage *),
                                                   bool lost)
{
    struct stage *stage = *state;

    bring(stage);
    stage_leave(stage, lost);
    stage_end(stage);
    stage_wait(stage, 300000);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->stored, -1);
}

static void a_fetch_is_cancelled(void **state)
{
    what_is_not_begun_is_withdrawn_at_once(state, fetch, false);
}

static void a_fetch_of_a_lost_partition_is_cancelled(void **state)
{
    what_is_not_begun_is_withdrawn_at_once(state, fetch, true);
}

static void who_rests_is_withdrawn(void **state)
{
    what_is_not_begun_is_withdrawn_at_once(state, rest, false);
}

static void who_rests_in_a_lost_partition_is_withdrawn(void **state)
{
    what_is_not_begun_is_withdrawn_at_once(state, rest, true);
}

static void who_is_held_is_withdrawn(void **state)
{
    what_is_not_begun_is_withdrawn_at_once(state, hold, false);
}

static void who_is_held_in_a_lost_partition_is_withdrawn(void **state)
{
    what_is_not_begun_is_withdrawn_at_once(state, hold, true);
}

static void a_lost_partition_sends_no_second_part_that_waits_for_its_turn(void **state)
{
    what_is_not_begun_is_withdrawn_at_once(state, pause_before_second_part, true);
}

/* ---- in time ---- */

static void a_message_on_the_wire_is_finished_and_recorded(void **state)
{
    struct stage *stage = *state;

    send(stage);
    talk_say(stage, 5, "c-1");
    stage_leave(stage, false);
    stage_accept(stage, 0);
    assert_false(dispatch_is_idle(stage->partition));
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
    stage_end(stage);
}

static void of_a_lost_partition_too_but_nothing_is_stored(void **state)
{
    struct stage *stage = *state;

    send(stage);
    talk_say(stage, 5, "c-1");
    stage_leave(stage, true);
    stage_accept(stage, 0);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 4);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, -1);
    stage_end(stage);
}

static void a_record_that_is_being_written_is_waited_for(void **state)
{
    struct stage *stage = *state;

    record(stage);
    stage_leave(stage, false);
    assert_false(dispatch_is_idle(stage->partition));
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
    stage_end(stage);
}

static void a_message_of_which_a_part_is_posted_is_finished(void **state)
{
    struct stage *stage = *state;

    post(stage, talk_say_long);
    stage_leave(stage, false);
    stage_accept(stage, 0);
    assert_says(stage, 0, "(2/2)");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
    stage_end(stage);
}

static void its_second_part_is_waited_for_when_the_server_wants_a_pause(void **state)
{
    struct stage *stage = *state;

    pause_before_second_part(stage);
    stage_leave(stage, false);
    assert_false(dispatch_is_idle(stage->partition));
    stage_wait(stage, 2000);
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
    stage_end(stage);
}

static void a_lost_partition_posts_no_second_part(void **state)
{
    struct stage *stage = *state;

    post(stage, talk_say_long);
    stage_leave(stage, true);
    stage_accept(stage, 0);
    stage_end(stage);
}

static void a_lost_partition_does_not_wait_for_a_pause(void **state)
{
    struct stage *stage = *state;

    send_second_part(stage);
    stage_leave(stage, true);
    stage_answer(stage, 0, ANSWER_HTTP, 429, "limit exceeded\n");
    stage_end(stage);
}

static void who_only_looked_begins_nothing_any_more(void **state)
{
    struct stage *stage = *state;

    look(stage);
    stage_leave(stage, false);
    talk_answer_nothing(stage, 0);
    stage_end(stage);
    assert_int_equal(stage->stored, -1);
}

static void who_only_looked_and_found_all_is_done(void **state)
{
    struct stage *stage = *state;

    look(stage);
    stage_leave(stage, false);
    talk_answer_posts(
        stage, 0, &(struct talk_post){ .id = POST, .root = ROOT, .message = "m-4", .part = 1 }, 1);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
    stage_end(stage);
}

static void a_root_that_was_made_is_noted_and_its_message_left_to_the_next(void **state)
{
    struct stage *stage = *state;

    note(stage);
    stage_leave(stage, false);
    assert_string_equal(talk_written(stage, "c-1").root, ROOT);
    stage_acknowledge(stage);
    stage_end(stage);
}

static void a_root_on_the_wire_is_noted_also_when_the_partition_is_lost(void **state)
{
    struct stage *stage = *state;

    talk_restore(stage);
    talk_start(stage, 0, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nowhere(stage, 0);
    stage_leave(stage, true);
    stage_accept_as(stage, 0, ROOT);
    assert_string_equal(talk_written(stage, "c-1").root, ROOT);
    stage_acknowledge(stage);
    stage_acknowledge(stage);
    stage_end(stage);
}

static void a_refusal_that_is_being_checked_is_buried_in_the_end(void **state)
{
    struct stage *stage = *state;

    check(stage);
    stage_leave(stage, false);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    stage_bury(stage, NULL);
    assert_int_equal(stage->stored, 5);
    stage_end(stage);
}

/* ---- gaps ---- */

static void a_gap_below_what_is_done_is_closed(void **state)
{
    struct stage *stage = *state;

    rest(stage);
    talk_say(stage, 5, "c-2");
    talk_answer_nothing(stage, 0);
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    stage_leave(stage, false);
    assert_false(dispatch_is_idle(stage->partition));
    stage_wait(stage, STAGE_RETRY_MS * 3);
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 6);
    stage_end(stage);
}

static void a_gap_whose_route_is_closed_meanwhile_is_left(void **state)
{
    struct stage *stage = *state;

    look(stage);
    talk_say(stage, 5, "c-2");
    talk_say(stage, 6, "c-3");
    talk_answer_nothing(stage, 1);
    stage_accept(stage, 2); /* 5 is done … */
    stage_acknowledge(stage);
    talk_answer_nothing(stage, 1); /* … and 6 finds out … */
    talk_answer_channel(stage, 1, MIRROR, "");
    stage_refuse(stage, 1, 403, NO_PERMISSION);
    stage_leave(stage, false);
    talk_answer_nothing(stage, 0); /* … what 4 meets when it has looked. */
    stage_end(stage);
    stage_wait(stage, 300000);
    assert_int_equal(stage->ask_count, 0);
}

static void a_second_part_that_meets_a_closed_route_is_left(void **state)
{
    struct stage *stage = *state;

    send_second_part(stage);
    talk_say(stage, 5, "c-2");
    talk_answer_nothing(stage, 1);
    stage_answer(stage, 0, ANSWER_HTTP, 429, "limit exceeded\n");
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    stage_leave(stage, false);
    stage_wait(stage, 2000);
    stage_end(stage);
}

static void what_is_no_gap_any_more_is_not_begun(void **state)
{
    struct stage *stage = *state;

    send(stage);
    talk_say(stage, 5, "c-1");
    talk_say_long(stage, 6, "c-2");
    talk_answer_nothing(stage, 1);
    stage_accept(stage, 1);
    stage_leave(stage, false);
    stage_refuse(stage, 1, 403, NO_PERMISSION); /* 6 cannot be finished */
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
    stage_end(stage);
}

/* ---- by force ---- */

static void whatever_is_under_way_can_be_forgotten(void **state)
{
    static void (*const states[])(struct stage *) = {
        look, send, pause_before_second_part, check, bury, fetch, rest, hold, record, note,
    };

    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
        struct stage *stage = talk_reopen(state, talk_open);
        states[i](stage);
        stage_leave(stage, i % 2 == 0);
        dispatch_forget(stage->dispatch, stage->partition, &stage->now);
        assert_int_equal(stage->ask_count, 0);
        assert_int_equal(stage->fetch_count, 0);
        assert_int_equal(stage->letter_count, 0);
        assert_int_equal(stage_count_waited(stage), 0);
        stage_wait(stage, 300000);
        assert_int_equal(stage->ask_count, 0);
    }
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, talk_open, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_fetch_is_cancelled),
        STAGED(a_fetch_of_a_lost_partition_is_cancelled),
        STAGED(who_rests_is_withdrawn),
        STAGED(who_rests_in_a_lost_partition_is_withdrawn),
        STAGED(who_is_held_is_withdrawn),
        STAGED(who_is_held_in_a_lost_partition_is_withdrawn),
        STAGED(a_lost_partition_sends_no_second_part_that_waits_for_its_turn),
        STAGED(a_message_on_the_wire_is_finished_and_recorded),
        STAGED(of_a_lost_partition_too_but_nothing_is_stored),
        STAGED(a_record_that_is_being_written_is_waited_for),
        STAGED(a_message_of_which_a_part_is_posted_is_finished),
        STAGED(its_second_part_is_waited_for_when_the_server_wants_a_pause),
        STAGED(a_lost_partition_posts_no_second_part),
        STAGED(a_lost_partition_does_not_wait_for_a_pause),
        STAGED(who_only_looked_begins_nothing_any_more),
        STAGED(who_only_looked_and_found_all_is_done),
        STAGED(a_root_that_was_made_is_noted_and_its_message_left_to_the_next),
        STAGED(a_root_on_the_wire_is_noted_also_when_the_partition_is_lost),
        STAGED(a_refusal_that_is_being_checked_is_buried_in_the_end),
        STAGED(a_gap_below_what_is_done_is_closed),
        STAGED(a_gap_whose_route_is_closed_meanwhile_is_left),
        STAGED(a_second_part_that_meets_a_closed_route_is_left),
        STAGED(what_is_no_gap_any_more_is_not_begun),
        STAGED(whatever_is_under_way_can_be_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
