/*
 * A worker that may lose its partitions soon begins nothing in Mattermost that would outlast them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/talk_stage.h"

enum { TIMEOUT_MS = 3000, LEAST_ROOM_MS = 1000, LOOK_AGAIN_MS = 100 };

static const struct channel_mapping mappings[] = { { "booking", MIRROR } };
static const struct integration list[] = { { .licence = "zeezicht",
                                             .active = true,
                                             .server_url = "http://chat.example",
                                             .mappings = mappings,
                                             .mapping_count = 1 } };
static const struct integrations integrations = { list, 1 };

static int open_notifications(void **state)
{
    struct stage *stage = stage_new(&integrations, &(struct assigned_partition){ .topic = "in" });

    stage_ease(stage);
    *state = stage;
    return 0;
}

static void read_booking(struct stage *stage, int64_t offset, const char *key)
{
    stage_read(stage, offset, key,
               "{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"urn:x\","
               "\"type\":\"nl.ireserve.notification.v1\",\"licence\":\"zeezicht\","
               "\"data\":{\"type\":\"booking\",\"text\":\"Boeking\"}}");
}

/* Restores c-1 and c-2, done up to 3 by earlier owners. */
static int open_talk(void **state)
{
    const struct thread thread = talk_thread(3);

    (void)talk_open(state);
    talk_tell(*state, "c-1", &thread);
    talk_tell(*state, "c-2", &thread);
    talk_restore(*state);
    return 0;
}

static void an_attempt_is_cut_to_the_room_that_is_left(void **state)
{
    struct stage *stage = *state;

    stage->room = TIMEOUT_MS + 1;
    read_booking(stage, 4, "a");
    stage->room = LEAST_ROOM_MS;
    read_booking(stage, 5, "b");
    assert_int_equal(stage->ask_count, 2);
    assert_int_equal(stage->asks[0]->timeout, TIMEOUT_MS);
    assert_int_equal(stage->asks[1]->timeout, LEAST_ROOM_MS);
}

static void without_room_a_post_waits_in_its_place(void **state)
{
    struct stage *stage = *state;

    stage->room = LEAST_ROOM_MS - 1;
    read_booking(stage, 4, "a");
    read_booking(stage, 5, "b");
    stage_wait(stage, TIMEOUT_MS);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(dispatch_count(stage->dispatch).in_flight, 0);
    assert_int_equal(dispatch_tick(stage->dispatch, &stage->now), stage->now.mono + LOOK_AGAIN_MS);

    stage->room = MONO_NEVER;
    stage_wait(stage, LOOK_AGAIN_MS);
    assert_int_equal(stage->ask_count, 2);
    const struct delivery *first = stage->asks[0]->owner;
    assert_int_equal(first->record->offset, 4);
    assert_int_equal(first->attempts, 1);
    assert_true(dispatch_tick(stage->dispatch, &stage->now) > stage->now.mono + LOOK_AGAIN_MS);
}

static void without_room_the_server_is_still_read(void **state)
{
    struct stage *stage = *state;

    stage->room = 0;
    talk_say(stage, 4, "c-3");
    assert_on_wire(stage, 0, ASK_GET, "/users/me");
    talk_answer_bot(stage, 0);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR "/posts");
    talk_answer_nothing(stage, 0);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    assert_on_wire(stage, 0, ASK_POST, "/teams/" TEAM "/posts/search");
    talk_answer_nothing(stage, 0);
    assert_int_equal(stage->ask_count, 0);
    stage->room = MONO_NEVER;
    stage_wait(stage, LOOK_AGAIN_MS);
    assert_on_wire(stage, 0, ASK_POST, "/posts");
}

static void without_room_nothing_is_marked_or_unmarked(void **state)
{
    struct stage *stage = *state;

    talk_end(stage, 4, "c-1");
    stage->room = 0;
    talk_answer_bot(stage, 0);
    assert_int_equal(stage->ask_count, 0);
    stage->room = MONO_NEVER;
    stage_wait(stage, LOOK_AGAIN_MS);
    talk_answer_ok(stage, 0);
    stage_acknowledge(stage);

    talk_say(stage, 5, "c-1");
    stage->room = 0;
    stage_accept(stage, 0);
    assert_int_equal(stage->ask_count, 0);
    stage->room = MONO_NEVER;
    stage_wait(stage, LOOK_AGAIN_MS);
    assert_on_wire(stage, 0, ASK_DELETE, "/users/");
}

static void without_room_nothing_is_changed_or_deleted(void **state)
{
    struct stage *stage = *state;
    const struct talk_post own = { .id = "ffffffffffffffffffffffffff",
                                   .root = ROOT,
                                   .message = "m-3" };

    stage->room = 0;
    talk_edit(stage, 4, "c-1", "m-3");
    talk_delete(stage, 5, "c-2", "m-3");
    talk_answer_bot(stage, 0);
    for (int i = 0; i < 8 && stage->ask_count > 0; i++) {
        assert_int_equal(stage->asks[0]->method, ASK_GET);
        talk_answer_posts(stage, 0, &own, 1);
    }
    assert_int_equal(stage->ask_count, 0);
    stage->room = MONO_NEVER;
    stage_wait(stage, LOOK_AGAIN_MS);
    assert_on_wire(stage, 0, ASK_PUT, "/posts/");
}

static void what_waits_for_room_is_dropped_when_its_partition_is_lost(void **state)
{
    struct stage *stage = *state;

    stage->room = 0;
    read_booking(stage, 4, "a");
    read_booking(stage, 5, "b");
    stage_leave(stage, true);
    stage_end(stage);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(dispatch_tick(stage->dispatch, &stage->now), MONO_NEVER);
}

#define NOTIFYING(test) cmocka_unit_test_setup_teardown(test, open_notifications, talk_close)
#define TALKING(test)   cmocka_unit_test_setup_teardown(test, open_talk, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NOTIFYING(an_attempt_is_cut_to_the_room_that_is_left),
        NOTIFYING(without_room_a_post_waits_in_its_place),
        TALKING(without_room_the_server_is_still_read),
        TALKING(without_room_nothing_is_marked_or_unmarked),
        TALKING(without_room_nothing_is_changed_or_deleted),
        NOTIFYING(what_waits_for_room_is_dropped_when_its_partition_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
