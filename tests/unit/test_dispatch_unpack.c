/*
 * Records that an owner has parked, and another delivers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/park_stage.h"
#include "worker/core/parked_record.h"

enum { EPOCH = 100, END = 1000, BEFORE = 50, START = 20 };

/* The state topic tells of two owners. */
static int open_new(void **state)
{
    *state = park_open(100);
    stage_tell_state(*state, "epoch/in/0", "v1", BEFORE - 10);
    stage_tell_state(*state, "epoch/in/0", "v1", BEFORE);
    return 0;
}

/* ---- the state topic of a new owner ---- */

/* A booking of key "a" that was parked under an epoch, and is told at `at`. */
static void tell_parked(struct stage *stage, int64_t offset, const struct parked_note *note,
                        int64_t at)
{
    AUTO(text_free) struct text event = text_of(1000);
    AUTO(text_free) struct text value = text_of(4000);
    char key[64];

    park_write_event(offset, "zeezicht", "booking", &event);
    const struct record record = { .topic = "in",
                                   .timestamp = stage->made_at,
                                   .key = "a",
                                   .key_length = 1,
                                   .value = text_string(&event),
                                   .value_length = event.length };
    parked_value_write(&record, note, &value);
    (void)snprintf(key, sizeof(key), "parked/in/0/%d", (int)offset);
    stage_tell_state(stage, key, text_string(&value), at);
}

static void tell_usual(struct stage *stage, int64_t offset)
{
    tell_parked(stage, offset, &(struct parked_note){ .epoch = BEFORE }, BEFORE + 1);
}

/* The owner before leaves with nothing in doubt. */
static void tell_farewell(struct stage *stage)
{
    stage_tell_state(stage, "left/in/0", "v1 e=50", BEFORE + 2);
}

/* What a channel's try has left, that is to be repeated in a minute. */
static struct parked_note closed_note(const struct stage *stage)
{
    return (struct parked_note){ .epoch = BEFORE,
                                 .attempts = 7,
                                 .not_before = stage->now.wall + 60000,
                                 .channel = "cccccccccccccccccccccccccc" };
}

static void restore(struct stage *stage)
{
    dispatch_restored(stage->dispatch, stage->partition, EPOCH);
    dispatch_reads_from(stage->partition, START);
    dispatch_saw_end(stage->dispatch, stage->partition, END);
    stage_tick(stage);
}

/* ---- what the next owner makes of it ---- */

static void the_next_owner_delivers_it_without_reading_it(void **state)
{
    struct stage *stage = *state;

    tell_usual(stage, 4);
    tell_usual(stage, 3);
    tell_farewell(stage);
    restore(stage);
    assert_int_equal(park_count(stage), 2);
    park_read_booking(stage, START, "a");
    for (int i = 0; i < 3; i++) {
        static const int64_t order[] = { 3, 4, START };
        assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
        assert_int_equal(park_offset_on_wire(stage, 0), order[i]);
        stage_accept(stage, 0);
    }
    assert_true(park_is_gone(stage, "parked/in/0/3") && park_is_gone(stage, "parked/in/0/4"));
    assert_int_equal(stage->stored, START + 1);
}

static void what_is_read_again_is_not_taken_from_the_state(void **state)
{
    struct stage *stage = *state;

    tell_usual(stage, START);
    tell_farewell(stage);
    restore(stage);
    assert_int_equal(park_count(stage), 0);
    park_read_booking(stage, START, "a");
    assert_int_equal(stage->ask_count, 1);
    stage_accept(stage, 0);
    assert_true(park_is_gone(stage, "parked/in/0/20"));
}

static void who_left_without_a_word_may_have_begun_it(void **state)
{
    struct stage *stage = *state;

    tell_usual(stage, 3);
    tell_usual(stage, 4);
    restore(stage);
    assert_string_equal(stage->asks[0]->path, "/users/me");
    stage_show_nothing(stage);
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
    stage_accept(stage, 0);
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST); /* only the first can be in doubt */
    stage_accept(stage, 0);
    assert_int_equal(stage->reports[REPORT_LOOKED_UP], 1);
}

static void a_doubt_that_nobody_looked_into_is_handed_on(void **state)
{
    struct stage *stage = *state;
    const struct parked_note note = closed_note(stage);

    tell_parked(stage, 3, &note, BEFORE + 1);
    restore(stage);
    assert_int_equal(park_count(stage), 1);
    stage_leave(stage, false);
    stage_end(stage);
    assert_null(park_written(stage, "left/in/0"));
}

static void who_leaves_it_behind_says_that_nothing_is_in_doubt(void **state)
{
    struct stage *stage = *state;

    tell_farewell(stage);
    restore(stage);
    park_read_booking(stage, START, "a");
    park_close_channel(stage);
    stage_tick(stage);
    assert_int_equal(park_count(stage), 1);
    stage_leave(stage, false);
    stage_end(stage);
    assert_true(park_stands(stage, "parked/in/0/20") && park_stands(stage, "left/in/0"));
}

static void a_channel_is_tried_when_the_owner_before_would_have(void **state)
{
    struct stage *stage = *state;
    const struct parked_note note = closed_note(stage);
    AUTO(text_free) struct text value = text_of(200);

    parked_note_write(&note, &value);
    tell_usual(stage, 3);
    stage_tell_state(stage, "tried/in/0/3", text_string(&value), BEFORE + 1);
    stage_tell_state(stage, "tried/in/0/2", text_string(&value),
                     BEFORE + 1); /* of one that is done */
    tell_farewell(stage);
    restore(stage);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, 59999);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, 1);
    assert_int_equal(((struct delivery *)stage->asks[0]->owner)->attempts, 8);
    stage_accept(stage, 0);
    assert_true(park_is_gone(stage, "tried/in/0/2") && park_is_gone(stage, "tried/in/0/3"));
}

static void what_was_written_late_is_looked_for_first(void **state)
{
    struct stage *stage = *state;

    tell_parked(stage, 3, &(struct parked_note){ .epoch = BEFORE - 10 }, BEFORE + 1);
    tell_farewell(stage);
    restore(stage);
    assert_string_equal(stage->asks[0]->path, "/users/me");
    stage_show_nothing(stage);
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
    stage_accept(stage, 0);
    assert_true(park_is_gone(stage, "parked/in/0/3"));
    stage_leave(stage, false);
    stage_end(stage);
    assert_null(park_written(stage, "left/in/0"));
}

static void a_late_write_is_taken_out_when_its_record_is_done(void **state)
{
    struct stage *stage = *state;
    const struct parked_note late = { .epoch = BEFORE };

    tell_farewell(stage);
    restore(stage);
    park_read_booking(stage, START, "a");
    tell_parked(stage, 4, &late, EPOCH + 1);
    assert_true(park_is_gone(stage, "parked/in/0/4")); /* a commit has passed it */
    tell_parked(stage, START, &late, EPOCH + 2);
    tell_parked(stage, START + 1, &late, EPOCH + 3);
    tell_parked(stage, START + 2, &(struct parked_note){ .epoch = EPOCH }, EPOCH + 4); /* our own */
    assert_null(park_written(stage, "parked/in/0/20"));
    stage_accept(stage, 0);
    assert_true(park_is_gone(stage, "parked/in/0/20"));
    park_read_booking(stage, START + 1, "a");
    assert_null(park_written(stage, "parked/in/0/21"));
    stage_accept(stage, 0);
    assert_true(park_is_gone(stage, "parked/in/0/21"));
    tell_parked(stage, START + 1, &late, EPOCH + 5);
    assert_null(park_written(stage, "parked/in/0/22"));
}

static void a_late_write_takes_nothing_from_what_is_parked_here(void **state)
{
    struct stage *stage = *state;

    tell_farewell(stage);
    restore(stage);
    park_read_booking(stage, START, "a");
    park_close_channel(stage);
    stage_tick(stage);
    tell_parked(stage, START, &(struct parked_note){ .epoch = BEFORE }, EPOCH + 1);
    stage_tell_state(stage, "parked/in/0/20", NULL, EPOCH + 2);
    assert_true(park_stands(stage, "parked/in/0/20"));
    assert_int_equal(park_count(stage), 1);
    stage_wait(stage, 300000);
    stage_accept(stage, 0);
    assert_true(park_is_gone(stage, "parked/in/0/20"));
}

static void what_an_earlier_owner_has_done_by_then_is_left_out(void **state)
{
    struct stage *stage = *state;

    tell_usual(stage, 3);
    tell_farewell(stage);
    dispatch_restored(stage->dispatch, stage->partition, EPOCH);
    stage_tell_state(stage, "parked/in/0/3", NULL, EPOCH + 1);
    dispatch_reads_from(stage->partition, START);
    dispatch_saw_end(stage->dispatch, stage->partition, END);
    stage_tick(stage);
    assert_int_equal(park_count(stage), 0);
    assert_int_equal(stage->ask_count, 0);
}

static void another_channel_is_not_closed_for_that(void **state)
{
    struct stage *stage = *state;
    const struct parked_note note = { .epoch = BEFORE,
                                      .not_before = stage->now.wall + 60000,
                                      .channel = "some/other" };

    tell_parked(stage, 3, &note, BEFORE + 1);
    tell_farewell(stage);
    restore(stage);
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
    stage_accept(stage, 0);
}

static void a_channel_that_is_open_again_is_not_closed_by_the_next(void **state)
{
    struct stage *stage = *state;
    const struct parked_note note = closed_note(stage);

    tell_parked(stage, 3, &note, BEFORE + 1);
    tell_parked(stage, 4, &note, BEFORE + 1);
    tell_farewell(stage);
    restore(stage);
    dispatch_try_routes(stage->dispatch, &stage->now);
    stage_tick(stage);
    stage_accept(stage, 0);
    assert_int_equal(park_offset_on_wire(stage, 0), 4);
    stage_accept(stage, 0);
    assert_int_equal(park_count(stage), 0);
}

static void what_cannot_be_read_stops_the_partition(void **state)
{
    struct stage *stage = *state;

    stage_tell_state(stage, "parked/in/0/2", "v2 of another time, and done", BEFORE + 1);
    stage_tell_state(stage, "parked/in/0/2", NULL, BEFORE + 1);
    stage_tell_state(stage, "parked/in/0/3", "v2 of another time", BEFORE + 1);
    restore(stage);
    assert_non_null(strstr(dispatch_refusal(stage->partition), "cannot be read by this version"));
    assert_false(dispatch_wants(stage->dispatch, stage->partition));
}

#define STAGED(test, open) cmocka_unit_test_setup_teardown(test, open, park_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(the_next_owner_delivers_it_without_reading_it, open_new),
        STAGED(what_is_read_again_is_not_taken_from_the_state, open_new),
        STAGED(who_left_without_a_word_may_have_begun_it, open_new),
        STAGED(a_doubt_that_nobody_looked_into_is_handed_on, open_new),
        STAGED(who_leaves_it_behind_says_that_nothing_is_in_doubt, open_new),
        STAGED(a_channel_is_tried_when_the_owner_before_would_have, open_new),
        STAGED(what_was_written_late_is_looked_for_first, open_new),
        STAGED(a_late_write_is_taken_out_when_its_record_is_done, open_new),
        STAGED(a_late_write_takes_nothing_from_what_is_parked_here, open_new),
        STAGED(what_an_earlier_owner_has_done_by_then_is_left_out, open_new),
        STAGED(another_channel_is_not_closed_for_that, open_new),
        STAGED(a_channel_that_is_open_again_is_not_closed_by_the_next, open_new),
        STAGED(what_cannot_be_read_stops_the_partition, open_new),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
