/* Edits and deletions of messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/talk_stage.h"

#define CANNOT_PATCH "api.post.patch_post.can_not_update_post_in_deleted.error"
#define TOO_OLD      "api.post.update_post.permissions_time_limit.app_error"

/* Restores c-1 and c-2, done up to 3 by earlier owners. */
static int open_stage(void **state)
{
    struct thread thread = talk_thread(3);

    (void)talk_open(state);
    thread.updated_at = 1; /* long ago: no replica lags behind that */
    talk_tell(*state, "c-1", &thread);
    talk_tell(*state, "c-2", &thread);
    talk_restore(*state);
    return 0;
}

/* ---- edits ---- */

/* Message m-2 in two posts, as an earlier owner made them. */
static const struct talk_post two_parts[] = {
    { .id = POST, .root = ROOT, .message = "m-2", .part = 1 },
    { .id = OTHER, .root = ROOT, .message = "m-2", .part = 2, .has_files = true },
};

/* Has an event about m-2 read, and the thread shown. */
static void change(struct stage *stage,
                   void (*what)(struct stage *, int64_t, const char *, const char *),
                   const struct talk_post *posts, size_t count)
{
    what(stage, 4, "c-1", "m-2");
    talk_answer_bot(stage, 0);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT "/thread?");
    talk_answer_posts(stage, 0, posts, count);
}

static void an_edit_patches_its_post(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_edit, two_parts, 1);
    assert_on_wire(stage, 0, ASK_PUT, "/posts/" POST "/patch");
    assert_says(stage, 0, "Anders");
    assert_says(stage, 0, "\"message\":\"m-2\"");
    talk_answer_ok(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
    assert_int_equal(stage->outcome, OUTCOME_POSTED);
}

static void a_part_that_an_edit_does_not_need_keeps_its_files_only(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_edit, two_parts, 2);
    talk_answer_ok(stage, 0);
    assert_on_wire(stage, 0, ASK_PUT, "/posts/" OTHER "/patch");
    assert_not_says(stage, 0, "Anders");
    talk_answer_ok(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void a_part_without_files_that_an_edit_does_not_need_is_deleted(void **state)
{
    const struct talk_post posts[] = { { .id = POST, .root = ROOT, .message = "m-2", .part = 1 },
                                       { .id = OTHER, .root = ROOT, .message = "m-2", .part = 2 } };
    struct stage *stage = *state;

    change(stage, talk_edit, posts, 2);
    talk_answer_ok(stage, 0);
    assert_on_wire(stage, 0, ASK_DELETE, "/posts/" OTHER);
    talk_answer_ok(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void an_edit_of_what_is_not_there_is_posted(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_edit, NULL, 0);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_says(stage, 0, "\"root_id\":\"" ROOT "\"");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void an_edit_of_a_post_that_is_too_old_is_posted(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_edit, two_parts, 1);
    stage_refuse(stage, 0, 400, TOO_OLD);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    talk_answer_posts(stage, 0, two_parts, 1);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_says(stage, 0, "Anders");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void an_edit_that_was_made_and_cut_off_is_not_posted_as_well(void **state)
{
    const struct talk_post patched = {
        .id = POST, .root = ROOT, .message = "m-2", .part = 1, .event = "urn:x|e-4"
    };
    struct stage *stage = *state;

    change(stage, talk_edit, two_parts, 1);
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    stage_wait(stage, STAGE_RETRY_MS * 3);
    stage_refuse(stage, 0, 400, TOO_OLD); /* by now */
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    talk_answer_posts(stage, 0, &patched, 1);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void an_edit_that_was_posted_by_half_is_finished(void **state)
{
    const struct talk_post posts[] = {
        { .id = POST, .root = ROOT, .message = "m-2", .part = 1, .created_at = 1 },
        { .id = OTHER, .root = ROOT, .message = "m-2", .part = 2, .created_at = 2 },
        { .id = THIRD, .root = ROOT, .message = "m-2", .part = 1, .event = "urn:x|e-4" },
    };
    struct stage *stage = *state;

    talk_edit_long(stage, 4, "c-1", "m-2");
    talk_answer_bot(stage, 0);
    talk_answer_posts(stage, 0, posts, 3);
    assert_on_wire(stage, 0, ASK_PUT, "/posts/" THIRD "/patch");
    talk_answer_ok(stage, 0);
    assert_on_wire(stage, 0, ASK_PUT, "/posts/" OTHER "/patch");
    stage_refuse(stage, 0, 400, TOO_OLD);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    talk_answer_posts(stage, 0, posts, 3);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_says(stage, 0, "(2/2)");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void an_edit_in_an_archived_channel_waits_until_it_is_open_again(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_edit, two_parts, 1);
    stage_refuse(stage, 0, 400, CANNOT_PATCH);
    talk_answer_archived(stage, 0, MIRROR);
    assert_int_equal(stage->reports[REPORT_HELD], 1);
    stage_wait(stage, STAGE_ROUTE_MS * 3);
    assert_on_wire(stage, 0, ASK_PUT, "/posts/" POST "/patch");
    talk_answer_ok(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

/* ---- deletions ---- */

static void a_deletion_deletes_all_parts(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_delete, two_parts, 2);
    assert_on_wire(stage, 0, ASK_DELETE, "/posts/" POST);
    talk_answer_ok(stage, 0);
    assert_on_wire(stage, 0, ASK_DELETE, "/posts/" OTHER);
    talk_answer_ok(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void a_deletion_deletes_what_an_edit_had_to_post_anew_too(void **state)
{
    const struct talk_post posts[] = {
        { .id = POST, .root = ROOT, .message = "m-2", .part = 1, .created_at = 1 },
        { .id = THIRD, .root = ROOT, .message = "m-2", .part = 1, .created_at = 3 },
    };
    struct stage *stage = *state;

    change(stage, talk_delete, posts, 2);
    talk_answer_ok(stage, 0);
    assert_int_equal(stage->ask_count, 1);
    talk_answer_ok(stage, 0);
    assert_int_equal(stage->ask_count, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void a_deletion_of_what_is_not_there_is_done(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_delete, NULL, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
    assert_int_equal(stage->outcome, OUTCOME_ALREADY_POSTED);
}

/* ---- posts that are gone ---- */

static void a_post_that_somebody_deleted_is_passed(void **state)
{
    static const int statuses[] = { 404, 403 }; /* of servers of today, and of old */

    for (size_t i = 0; i < 2; i++) {
        struct stage *stage = talk_reopen(state, open_stage);
        change(stage, talk_delete, two_parts, 2);
        stage_refuse(stage, 0, statuses[i], NO_POST);
        assert_on_wire(stage, 0, ASK_GET, "/posts/" POST);
        stage_refuse(stage, 0, 404, NO_POST);
        assert_on_wire(stage, 0, ASK_DELETE, "/posts/" OTHER);
        talk_answer_ok(stage, 0);
        stage_acknowledge(stage);
        assert_int_equal(stage->stored, 5);
    }
}

static void an_edit_of_a_post_that_somebody_deleted_is_done(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_edit, two_parts, 1);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" POST);
    stage_refuse(stage, 0, 404, NO_POST);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void a_change_that_is_refused_of_a_post_that_is_there_is_tried_again(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_delete, two_parts, 1);
    stage_refuse(stage, 0, 403, NO_PERMISSION); /* as without its database */
    talk_answer_post(stage, 0, &two_parts[0], MIRROR);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage_count_waited(stage), 0);
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_on_wire(stage, 0, ASK_DELETE, "/posts/" POST);
    talk_answer_ok(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
}

static void an_edit_that_is_refused_again_and_again_is_posted(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_edit, two_parts, 1);
    for (int i = 0; i < 5; i++) {
        assert_on_wire(stage, 0, ASK_PUT, "/posts/" POST "/patch");
        stage_refuse(stage, 0, 403, NO_PERMISSION);
        talk_answer_post(stage, 0, &two_parts[0], MIRROR);
        talk_answer_channel(stage, 0, MIRROR, TEAM);
        stage_wait(stage, 60000);
    }
    talk_answer_posts(stage, 0, two_parts, 1);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_says(stage, 0, "Anders");
}

static void an_edit_in_a_channel_that_was_archived_for_a_moment_is_tried_again(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_edit, two_parts, 1);
    stage_refuse(stage, 0, 400, CANNOT_PATCH);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    stage_wait(stage, STAGE_ROUTE_MS * 2);
    assert_on_wire(stage, 0, ASK_PUT, "/posts/" POST "/patch");
}

static void a_deletion_that_is_refused_again_and_again_is_a_dead_letter(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_delete, two_parts, 1);
    talk_say(stage, 5, "c-1");
    for (int i = 0; i < 5; i++) {
        assert_int_equal(stage->letter_count, 0);
        assert_on_wire(stage, 0, ASK_DELETE, "/posts/" POST);
        stage_refuse(stage, 0, 403, NO_PERMISSION);
        talk_answer_post(stage, 0, &two_parts[0], MIRROR);
        talk_answer_channel(stage, 0, MIRROR, TEAM);
        stage_wait(stage, 60000);
    }
    stage_bury(stage, NULL);
    assert_int_equal(stage->stored, 5);
}

static void a_change_in_a_channel_that_the_bot_had_to_leave_waits(void **state)
{
    struct stage *stage = *state;

    change(stage, talk_delete, two_parts, 1);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    stage_refuse(stage, 0, 403, NO_PERMISSION); /* of the post */
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR);
    stage_refuse(stage, 0, 403, NO_PERMISSION); /* of the channel */
    assert_int_equal(stage->reports[REPORT_HELD], 1);
    stage_wait(stage, STAGE_ROUTE_MS * 3);
    assert_on_wire(stage, 0, ASK_DELETE, "/posts/" POST);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(an_edit_patches_its_post),
        STAGED(a_part_that_an_edit_does_not_need_keeps_its_files_only),
        STAGED(a_part_without_files_that_an_edit_does_not_need_is_deleted),
        STAGED(an_edit_of_what_is_not_there_is_posted),
        STAGED(an_edit_of_a_post_that_is_too_old_is_posted),
        STAGED(an_edit_that_was_made_and_cut_off_is_not_posted_as_well),
        STAGED(an_edit_that_was_posted_by_half_is_finished),
        STAGED(an_edit_in_an_archived_channel_waits_until_it_is_open_again),
        STAGED(a_deletion_deletes_all_parts),
        STAGED(a_deletion_deletes_what_an_edit_had_to_post_anew_too),
        STAGED(a_deletion_of_what_is_not_there_is_done),
        STAGED(a_post_that_somebody_deleted_is_passed),
        STAGED(an_edit_of_a_post_that_somebody_deleted_is_done),
        STAGED(a_change_that_is_refused_of_a_post_that_is_there_is_tried_again),
        STAGED(an_edit_that_is_refused_again_and_again_is_posted),
        STAGED(an_edit_in_a_channel_that_was_archived_for_a_moment_is_tried_again),
        STAGED(a_deletion_that_is_refused_again_and_again_is_a_dead_letter),
        STAGED(a_change_in_a_channel_that_the_bot_had_to_leave_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
