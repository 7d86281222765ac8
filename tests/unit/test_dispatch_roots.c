/*
 * Roots that are gone, doubted, elsewhere or full, and threads that move.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/talk_stage.h"

/*
 * Restores c-1, and has a message of it done by this owner: from then on it is not in doubt, and
 * the bot is known.  The next offset is 5.
 */
static void open_thread(struct stage *stage, const struct thread *thread)
{
    talk_tell(stage, "c-1", thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nothing(stage, 0);
    stage_accept(stage, 0);
    stage_acknowledge(stage);
}

static int open_stage(void **state)
{
    const struct thread thread = talk_thread(3);

    (void)talk_open(state);
    open_thread(*state, &thread);
    return 0;
}

/* As a server of which nothing of the conversation is to be had. */
static void find_nothing(struct stage *stage)
{
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR "/posts?");
    talk_answer_nothing(stage, 0);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    assert_on_wire(stage, 0, ASK_POST, "/teams/" TEAM "/posts/search");
    assert_says(stage, 0, "c1");
    talk_answer_nothing(stage, 0);
}

/* The root of the reply that is on the wire is gone. */
static void lose_root(struct stage *stage)
{
    stage_refuse(stage, 0, 400, ROOT_REFUSED);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT);
    stage_refuse(stage, 0, 404, NO_POST);
}

/* ---- gone ---- */

static void a_root_that_is_gone_is_looked_for_and_then_made_again(void **state)
{
    struct stage *stage = *state;

    talk_say(stage, 5, "c-1");
    lose_root(stage);
    find_nothing(stage);
    assert_not_says(stage, 0, "root_id");
    stage_accept_as(stage, 0, NEW_ROOT);
    assert_string_equal(talk_written(stage, "c-1").root, NEW_ROOT);
    assert_int_equal(talk_written(stage, "c-1").last_offset, 4);
    stage_acknowledge(stage);
    assert_says(stage, 0, "\"root_id\":\"" NEW_ROOT "\"");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->reports[REPORT_NEW_ROOT], 1);
    assert_int_equal(stage->stored, 6);
}

static void only_one_root_is_made_however_many_wait(void **state)
{
    struct stage *stage = *state;

    for (int64_t offset = 5; offset < 8; offset++)
        talk_say(stage, offset, "c-1");
    lose_root(stage);
    find_nothing(stage);
    stage_accept_as(stage, 0, NEW_ROOT);
    stage_acknowledge(stage);
    for (int64_t offset = 5; offset < 8; offset++) {
        assert_int_equal(stage->ask_count, 1);
        assert_says(stage, 0, "\"root_id\":\"" NEW_ROOT "\"");
        stage_accept(stage, 0);
        stage_acknowledge(stage);
    }
    assert_int_equal(stage->reports[REPORT_NEW_ROOT], 1);
    assert_int_equal(stage->stored, 8);
}

static void a_root_that_is_found_is_gone_on_with(void **state)
{
    struct stage *stage = *state;

    talk_say(stage, 5, "c-1");
    lose_root(stage);
    talk_answer_posts(stage, 0, &(struct talk_post){ .id = NEW_ROOT }, 1);
    assert_string_equal(talk_written(stage, "c-1").root, NEW_ROOT);
    stage_acknowledge(stage);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" NEW_ROOT "/thread?");
    talk_answer_nothing(stage, 0);
    assert_says(stage, 0, "\"root_id\":\"" NEW_ROOT "\"");
    assert_not_says(stage, 0, ROOT);
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->reports[REPORT_NEW_ROOT], 0);
    assert_int_equal(stage->stored, 6);
}

static void only_a_root_that_our_bot_wrote_is_one(void **state)
{
    const struct talk_post others[] = {
        { .id = POST, .user = SOMEBODY },       { .id = OTHER, .is_deleted = true },
        { .id = THIRD, .root = NEW_ROOT },      { .id = FILE_ID, .conversation = "c-2" },
        { .id = NEW_ROOT, .licence = "named" },
    };
    struct stage *stage = *state;

    talk_say(stage, 5, "c-1");
    lose_root(stage);
    talk_answer_posts(stage, 0, others, 5);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    talk_answer_posts(stage, 0, others, 5);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_not_says(stage, 0, "root_id");
}

static void a_channel_without_a_team_is_not_searched(void **state)
{
    struct stage *stage = *state;

    talk_say(stage, 5, "c-1");
    lose_root(stage);
    talk_answer_nothing(stage, 0);
    talk_answer_channel(stage, 0, MIRROR, "");
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
}

static void a_server_that_lets_nobody_search_is_not_searched(void **state)
{
    struct stage *stage = *state;

    talk_say(stage, 5, "c-1");
    lose_root(stage);
    talk_answer_nothing(stage, 0);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    stage_refuse(stage, 0, 403, NO_PERMISSION); /* as without its database */
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR);
    stage_refuse(stage, 0, 500, "app.channel.get.find.app_error");
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_on_wire(stage, 0, ASK_POST, "/teams/" TEAM "/posts/search");
    stage_refuse(stage, 0, 501, "store.sql_post.search.disabled");
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_not_says(stage, 0, "root_id");
}

static void a_thread_that_is_gone_when_it_is_read_is_gone(void **state)
{
    struct stage *stage = *state;

    talk_edit(stage, 5, "c-1", "m-4");
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT "/thread?");
    stage_refuse(stage, 0, 404, NO_POST);
    find_nothing(stage);
    stage_accept_as(stage, 0, NEW_ROOT);
    stage_acknowledge(stage);
    assert_says(stage, 0, "\"root_id\":\"" NEW_ROOT "\"");
}

/* ---- there after all ---- */

static void a_root_that_is_there_is_tried_again_after_a_rest(void **state)
{
    struct stage *stage = *state;

    talk_say(stage, 5, "c-1");
    stage_refuse(stage, 0, 400, ROOT_REFUSED);
    talk_answer_post(stage, 0, &(struct talk_post){ .id = ROOT }, MIRROR);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->reports[REPORT_RETRYING], 1);
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_says(stage, 0, "\"root_id\":\"" ROOT "\"");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->reports[REPORT_NEW_ROOT], 0);
    assert_int_equal(stage->stored, 6);
}

static void a_root_that_cannot_be_read_just_now_is_asked_for_again(void **state)
{
    struct stage *stage = *state;

    talk_say(stage, 5, "c-1");
    stage_refuse(stage, 0, 400, ROOT_REFUSED);
    stage_refuse(stage, 0, 500, NO_POST);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT);
    stage_answer(stage, 0, ANSWER_HTTP, 404, "<html>not by this proxy</html>");
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    stage_wait(stage, 60000);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR);
    talk_answer_channel(stage, 0, MIRROR, TEAM);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->letter_count, 0);
    stage_wait(stage, 60000);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT);
}

static void a_root_in_another_channel_is_followed_there(void **state)
{
    struct stage *stage = *state;

    talk_say(stage, 5, "c-1");
    stage_refuse(stage, 0, 400, OTHER_CHANNEL);
    talk_answer_post(stage, 0, &(struct talk_post){ .id = ROOT }, ELSEWHERE);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_says(stage, 0, "\"channel_id\":\"" ELSEWHERE "\"");
    stage_accept(stage, 0);
    assert_string_equal(talk_written(stage, "c-1").channel, ELSEWHERE);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 6);
}

/* ---- full ---- */

static void a_long_thread_goes_on_in_a_new_one_that_links_back(void **state)
{
    struct stage *stage = *state;

    talk_say(stage, 5, "c-1");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    talk_say(stage, 6, "c-1");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    talk_say(stage, 7, "c-1");
    assert_not_says(stage, 0, "root_id");
    assert_says(stage, 0, "_redirect/pl/" ROOT);
    stage_accept_as(stage, 0, NEW_ROOT);
    stage_acknowledge(stage);
    assert_says(stage, 0, "\"root_id\":\"" NEW_ROOT "\"");
    stage_accept(stage, 0);
    stage_acknowledge(stage);
    assert_int_equal(talk_written(stage, "c-1").replies, 1);
    assert_int_equal(stage->stored, 8);
}

static void a_new_root_of_a_long_thread_is_looked_for_when_it_is_in_doubt(void **state)
{
    struct thread thread = talk_thread(3);
    struct stage *stage = talk_reopen(state, talk_open);

    thread.replies = STAGE_MAX_REPLIES;
    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_answer_bot(stage, 0);
    talk_answer_nothing(stage, 0); /* the message is not in the thread */
    assert_on_wire(stage, 0, ASK_GET, "/channels/" MIRROR "/posts?");
    const struct talk_post roots[] = { { .id = ROOT },
                                       { .id = NEW_ROOT, .created_at = 2000000000 } };
    talk_answer_posts(stage, 0, roots, 2);
    assert_string_equal(talk_written(stage, "c-1").root, NEW_ROOT);
    stage_acknowledge(stage);
    talk_answer_nothing(stage, 0);
    assert_says(stage, 0, "\"root_id\":\"" NEW_ROOT "\"");
    assert_int_equal(stage->reports[REPORT_NEW_ROOT], 0);
}

static void a_new_root_of_a_long_thread_whose_outcome_is_unknown_is_looked_for(void **state)
{
    struct stage *stage = *state;

    for (int64_t offset = 5; offset < 7; offset++) {
        talk_say(stage, offset, "c-1");
        stage_accept(stage, 0);
        stage_acknowledge(stage);
    }
    talk_say(stage, 7, "c-1");
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    stage_wait(stage, STAGE_RETRY_MS * 3);
    talk_answer_posts(stage, 0, &(struct talk_post){ .id = ROOT }, 1);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
    assert_says(stage, 0, "_redirect/pl/" ROOT);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_root_that_is_gone_is_looked_for_and_then_made_again),
        STAGED(only_one_root_is_made_however_many_wait),
        STAGED(a_root_that_is_found_is_gone_on_with),
        STAGED(only_a_root_that_our_bot_wrote_is_one),
        STAGED(a_channel_without_a_team_is_not_searched),
        STAGED(a_server_that_lets_nobody_search_is_not_searched),
        STAGED(a_thread_that_is_gone_when_it_is_read_is_gone),
        STAGED(a_root_that_is_there_is_tried_again_after_a_rest),
        STAGED(a_root_that_cannot_be_read_just_now_is_asked_for_again),
        STAGED(a_root_in_another_channel_is_followed_there),
        STAGED(a_long_thread_goes_on_in_a_new_one_that_links_back),
        STAGED(a_new_root_of_a_long_thread_is_looked_for_when_it_is_in_doubt),
        STAGED(a_new_root_of_a_long_thread_whose_outcome_is_unknown_is_looked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
