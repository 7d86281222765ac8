/*
 * Records whose channel or server is closed: they wait in the state topic, and nobody for them.
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

enum { EPOCH = 100 };

static int open_restored(void **state)
{
    struct stage *stage = park_open(100);

    stage_restore(stage);
    *state = stage;
    return 0;
}

static int open_small(void **state)
{
    struct stage *stage = park_open(1);

    stage_restore(stage);
    *state = stage;
    return 0;
}

/* ---- a closed channel ---- */

static void a_closed_channel_holds_up_nothing(void **state)
{
    struct stage *stage = *state;

    park_read_booking(stage, 0, "a");
    park_close_channel(stage);
    park_read_booking(stage, 1, "b");
    park_read_payment(stage, 2, "c");
    stage_accept(stage, 0);
    assert_int_equal(stage->stored, 3);
    assert_int_equal(park_count(stage), 2);
    assert_true(park_stands(stage, "parked/in/0/0") && park_stands(stage, "parked/in/0/1"));
    assert_int_equal(stage->reports[REPORT_PARKED], 2);
    assert_int_equal(dispatch_count(stage->dispatch).waiting, 0);
}

static void what_is_not_acknowledged_is_not_passed(void **state)
{
    struct stage *stage = *state;

    stage->acknowledges = false;
    park_read_booking(stage, 0, "a");
    park_close_channel(stage);
    stage_tick(stage);
    assert_int_equal(stage->stored, -1);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 1);
}

static void a_key_stays_in_order(void **state)
{
    struct stage *stage = *state;

    park_read_booking(stage, 0, "a");
    park_read_booking(stage, 1, "a");
    park_close_channel(stage);
    park_read_payment(stage, 2, "a"); /* its channel is open, but not its turn */
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->stored, 3);
    assert_int_equal(park_count(stage), 3);
    stage_wait(stage, 300000);
    for (int64_t offset = 0; offset < 3; offset++) {
        assert_int_equal(stage->ask_count, 1);
        assert_int_equal(park_offset_on_wire(stage, 0), offset);
        stage_accept(stage, 0);
    }
    assert_int_equal(park_count(stage), 0);
    assert_true(park_is_gone(stage, "parked/in/0/0") && park_is_gone(stage, "parked/in/0/2"));
    assert_int_equal(stage->reports[REPORT_RESUMED], 1);
}

static void a_tombstone_comes_behind_what_was_done(void **state)
{
    struct stage *stage = *state;
    size_t done = 0;
    size_t gone = 0;

    park_read_booking(stage, 0, "a");
    park_close_channel(stage);
    stage_wait(stage, 300000);
    stage_accept(stage, 0);
    for (size_t i = 0; i < stage->write_count; i++) {
        if (strncmp(stage->writes[i].key, "done/", 5) == 0)
            done = i;
        if (strncmp(stage->writes[i].key, "parked/", 7) == 0)
            gone = i;
    }
    assert_true(done > 0 && gone > done);
}

static void a_try_that_fails_is_noted(void **state)
{
    struct stage *stage = *state;
    struct parked_note note;

    park_read_booking(stage, 0, "a");
    park_close_channel(stage);
    stage_wait(stage, 300000);
    park_close_channel(stage);
    const struct stage_write *write = park_written(stage, "tried/in/0/0");
    assert_true(parked_note_read(write->value, strlen(write->value), &note));
    assert_int_equal(note.attempts, 2);
    assert_int_equal(note.epoch, EPOCH);
    assert_true(note.not_before > stage->now.wall);
    assert_int_equal(note.first_attempt_at, stage->now.wall - 300000);
    stage_wait(stage, 300000);
    stage_accept(stage, 0);
    assert_true(park_is_gone(stage, "tried/in/0/0") && park_is_gone(stage, "parked/in/0/0"));
}

static void somebody_who_says_that_it_is_open_is_believed(void **state)
{
    struct stage *stage = *state;

    park_read_booking(stage, 0, "a");
    park_close_channel(stage);
    dispatch_try_routes(stage->dispatch, &stage->now);
    stage_tick(stage);
    assert_int_equal(park_offset_on_wire(stage, 0), 0);
    stage_accept(stage, 0);
    assert_int_equal(park_count(stage), 0);
}

static void when_there_is_no_room_its_partition_waits(void **state)
{
    struct stage *stage = *state;

    park_read_booking(stage, 0, "a");
    park_close_channel(stage);
    park_read_booking(stage, 1, "b");
    park_read_booking(stage, 2, "c");
    assert_int_equal(park_count(stage), 1);
    assert_int_equal(stage->stored, 1);
    assert_int_equal(stage->reports[REPORT_PARKING_FULL], 1);
    stage_wait(stage, 300000);
    stage_accept(stage, 0);
    while (stage->ask_count > 0)
        stage_accept(stage, 0);
    assert_int_equal(stage->stored, 3);
}

static void what_is_too_large_waits_and_says_so_once(void **state)
{
    struct stage *stage = *state;
    AUTO(text_free) struct text value = text_of(1 << 20);

    park_write_event(0, "zeezicht", "booking", &value);
    text_truncate(&value, value.length - 1);
    text_add_string(&value, ",\"unknown\":\"");
    for (int i = 0; i < 100000; i++)
        text_add_string(&value, "aaaaaaaaaa");
    text_add_string(&value, "\"}");
    stage_read(stage, 0, "a", text_string(&value));
    park_close_channel(stage);
    stage_wait(stage, 200);
    stage_wait(stage, 200);
    assert_int_equal(stage->reports[REPORT_PARKING_FULL], 1);
    assert_non_null(strstr(stage->why, "too large"));
    assert_int_equal(park_count(stage), 0);
    park_read_booking(stage, 1, "b"); /* others are parked all the same */
    assert_int_equal(park_count(stage), 1);
    stage_leave(stage, true);
}

static void a_dead_letter_that_is_refused_is_not_set_aside(void **state)
{
    struct stage *stage = *state;

    stage_read(stage, 0, "a", "{ no JSON");
    stage_bury(stage, "no such topic");
    for (int64_t offset = 1; offset < STAGE_WINDOW; offset++) {
        park_read_booking(stage, offset, "b");
        stage_accept(stage, 0);
    }
    stage_wait(stage, 200);
    assert_int_equal(park_count(stage), 0);
    assert_int_equal(stage->stored, 0);
    stage_leave(stage, true);
}

/* ---- a server that is away ---- */

static void a_server_that_does_not_answer_holds_up_nothing_for_long(void **state)
{
    struct stage *stage = *state;

    park_read_event(stage, 0, "a", "elsewhere", "booking");
    park_read_event(stage, 1, "a", "elsewhere", "booking");
    for (int64_t offset = 2; offset < STAGE_WINDOW; offset++) {
        park_read_booking(stage, offset, "b");
        stage_accept(stage, 1);
    }
    assert_int_equal(stage->stored, 0);
    stage_wait(stage, 1001);
    stage_wait(stage, 100);
    assert_int_equal(park_count(stage), 2);
    assert_int_equal(stage->stored, STAGE_WINDOW);
    stage_accept(stage, 0);
    stage_accept(stage, 0);
    assert_int_equal(park_count(stage), 0);
    assert_true(park_is_gone(stage, "parked/in/0/1"));
}

static void who_waits_without_need_is_not_parked(void **state)
{
    struct stage *stage = *state;

    park_read_event(stage, 0, "a", "elsewhere", "booking");
    park_read_booking(stage, 1, "b"); /* the window has room */
    stage_wait(stage, 2000);
    assert_int_equal(park_count(stage), 0);
    stage_leave(stage, true);
    while (stage->ask_count > 0)
        stage_fail(stage, 0, ANSWER_UNKNOWN);
}

#define STAGED(test, open) cmocka_unit_test_setup_teardown(test, open, park_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_closed_channel_holds_up_nothing, open_restored),
        STAGED(what_is_not_acknowledged_is_not_passed, open_restored),
        STAGED(a_key_stays_in_order, open_restored),
        STAGED(a_tombstone_comes_behind_what_was_done, open_restored),
        STAGED(a_try_that_fails_is_noted, open_restored),
        STAGED(somebody_who_says_that_it_is_open_is_believed, open_restored),
        STAGED(when_there_is_no_room_its_partition_waits, open_small),
        STAGED(what_is_too_large_waits_and_says_so_once, open_restored),
        STAGED(a_dead_letter_that_is_refused_is_not_set_aside, open_restored),
        STAGED(a_server_that_does_not_answer_holds_up_nothing_for_long, open_restored),
        STAGED(who_waits_without_need_is_not_parked, open_restored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
