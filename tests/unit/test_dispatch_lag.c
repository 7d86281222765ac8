/* Edits and deletions that come so soon that a server's replica does not show their message yet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/talk_stage.h"

enum { LONGEST_LAG_MS = 10 * 1000 };

#define SAID "qqqqqqqqqqqqqqqqqqqqqqqqqq"

static const struct talk_post said = { .id = SAID, .root = ROOT, .message = "m-4", .part = 1 };

/* Has a message of c-1 just posted. */
static int open_stage(void **state)
{
    const struct thread thread = talk_thread(3);

    (void)talk_open(state);
    struct stage *stage = *state;
    talk_tell(stage, "c-1", &thread);
    talk_restore(stage);
    talk_say(stage, 4, "c-1");
    talk_introduce(stage, 0);
    if (stage->asks[0]->method == ASK_GET)
        talk_answer_nothing(stage, 0);
    stage_accept_as(stage, 0, SAID);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 5);
    return 0;
}

static void an_edit_waits_for_the_message_to_show(void **state)
{
    struct stage *stage = *state;

    talk_edit(stage, 5, "c-1", "m-4");
    talk_introduce(stage, 0);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT "/thread?");
    talk_answer_nothing(stage, 0);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, LONGEST_LAG_MS);
    assert_on_wire(stage, 0, ASK_GET, "/posts/" ROOT "/thread?");
    talk_answer_posts(stage, 0, &said, 1);
    assert_on_wire(stage, 0, ASK_PUT, "/posts/" SAID "/patch");
}

static void so_does_a_deletion(void **state)
{
    struct stage *stage = *state;

    talk_delete(stage, 5, "c-1", "m-4");
    talk_introduce(stage, 0);
    talk_answer_nothing(stage, 0);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, LONGEST_LAG_MS);
    talk_answer_posts(stage, 0, &said, 1);
    assert_on_wire(stage, 0, ASK_DELETE, "/posts/" SAID);
}

/* A person may have deleted the newest post. */
static void what_does_not_show_for_so_long_is_not_there(void **state)
{
    struct stage *stage = *state;

    talk_edit(stage, 5, "c-1", "m-4");
    talk_introduce(stage, 0);
    talk_answer_nothing(stage, 0);
    stage_wait(stage, LONGEST_LAG_MS);
    talk_answer_nothing(stage, 0);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
}

static void nothing_waits_where_the_newest_post_shows(void **state)
{
    struct stage *stage = *state;

    talk_edit(stage, 5, "c-1", "m-2");
    talk_introduce(stage, 0);
    talk_answer_posts(stage, 0, &said, 1);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
}

static void nothing_waits_where_nothing_was_posted_lately(void **state)
{
    struct stage *stage = *state;

    stage_wait(stage, LONGEST_LAG_MS);
    talk_edit(stage, 5, "c-1", "m-4");
    talk_introduce(stage, 0);
    talk_answer_nothing(stage, 0);
    assert_on_wire(stage, 0, ASK_POST, "/posts?");
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(an_edit_waits_for_the_message_to_show),
        STAGED(so_does_a_deletion),
        STAGED(what_does_not_show_for_so_long_is_not_there),
        STAGED(nothing_waits_where_the_newest_post_shows),
        STAGED(nothing_waits_where_nothing_was_posted_lately),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
