#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/errands.h"

static void post_root(struct errand *errand)
{
    assert_next(errand, POST_ROOT);
    errand_posted_root(errand, ROOT, CHANNEL);
    assert_next(errand, NOTE);
    assert_int_equal(errand_thread(errand).last_offset, errand->done_before);
    errand_noted(errand);
}

static void who_starts_a_conversation_makes_its_root(void **state)
{
    (void)state;
    struct errand *errand = errand_of(EVENT_CONVERSATION_STARTED, NULL, false);

    assert_int_equal(errand_root_reason(errand), ROOT_STARTED);
    post_root(errand);
    assert_next(errand, RECORD);
    assert_int_equal(errand_thread(errand).last_offset, 7);
    assert_null(errand_why(errand));
    errand_free(errand);
}

static void a_start_that_is_in_doubt_is_looked_for_everywhere(void **state)
{
    (void)state;
    struct errand *errand = errand_of(EVENT_CONVERSATION_STARTED, NULL, true);
    struct findings findings = { .count = 0 };

    assert_int_equal(errand_next(errand, &stranger), ERRAND_ASK_WHO);
    assert_next(errand, READ_RECENT);
    found(&findings, ROOT, 1, "\"urn:x|e-1\"");
    errand_took_roots(errand, &findings);
    assert_next(errand, NOTE);
    errand_noted(errand);
    assert_next(errand, RECORD);
    assert_string_equal(errand_thread(errand).root, ROOT);
    errand_free(errand);

    errand = errand_of(EVENT_CONVERSATION_STARTED, NULL, true);
    errand_took_roots(errand, &nothing);
    assert_next(errand, READ_CHANNEL);
    errand_took_team(errand, "tttttttttttttttttttttttttt");
    assert_next(errand, SEARCH);
    errand_took_roots(errand, &nothing);
    assert_next(errand, POST_ROOT);
    errand_free(errand);
}

static void a_root_that_our_own_attempt_may_have_made_is_looked_for_everywhere(void **state)
{
    (void)state;
    struct errand *errand = errand_of(EVENT_CONVERSATION_STARTED, NULL, false);
    struct findings findings = { .count = 0 };

    assert_next(errand, POST_ROOT);
    for (int i = 0; i < 2; i++) {
        errand_doubt_new_root(errand);
        assert_next(errand, READ_RECENT);
        errand_took_roots(errand, &nothing);
        assert_true(errand_is_in_doubt(errand));
        assert_next(errand, READ_CHANNEL);
        errand_took_team(errand, TEAM);
        assert_next(errand, SEARCH);
        assert_true(errand_is_in_doubt(errand));
        if (i == 1)
            found(&findings, ROOT, 1, "\"urn:x|e-1\"");
        errand_took_roots(errand, &findings);
        assert_false(errand_is_in_doubt(errand));
        assert_int_equal(errand_next(errand, &known), i == 1 ? ERRAND_NOTE : ERRAND_POST_ROOT);
    }
    errand_free(errand);
}

static void a_second_start_changes_nothing(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_CONVERSATION_STARTED, &thread, false);

    assert_next(errand, RECORD);
    assert_non_null(errand_why(errand));
    errand_free(errand);
}

static void a_message_is_a_reply_part_by_part(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE, &thread, false);

    assert_next(errand, POST_REPLY);
    errand_rendered(errand, 2);
    assert_false(errand_is_begun(errand));
    errand_posted_reply(errand, POST);
    assert_true(errand_is_begun(errand));
    assert_next(errand, POST_REPLY);
    errand_posted_reply(errand, OTHER);
    assert_next(errand, RECORD);
    assert_int_equal(errand_thread(errand).replies, 2);
    assert_string_equal(errand_thread(errand).last_post, OTHER);
    errand_free(errand);
}

static void a_message_without_a_thread_looks_everywhere_before_it_makes_one(void **state)
{
    (void)state;
    struct errand *errand = errand_of(EVENT_MESSAGE, NULL, false);

    assert_next(errand, READ_RECENT);
    errand_took_roots(errand, &nothing);
    assert_next(errand, READ_CHANNEL);
    errand_took_team(errand, TEAM);
    assert_next(errand, SEARCH);
    errand_took_roots(errand, &nothing);
    assert_int_equal(errand_root_reason(errand), ROOT_UNSEEN_START);
    post_root(errand);
    assert_next(errand, POST_REPLY);
    errand_free(errand);
}

static void a_channel_without_a_team_cannot_be_searched(void **state)
{
    (void)state;
    struct errand *errand = errand_of(EVENT_MESSAGE, NULL, false);

    errand_took_roots(errand, &nothing);
    errand_took_team(errand, "");
    assert_next(errand, POST_ROOT);
    errand_free(errand);
}

static void a_root_that_is_gone_is_replaced_once_and_all_said_again(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE, &thread, false);

    errand_rendered(errand, 2);
    errand_posted_reply(errand, POST);
    errand_doubt_root(errand);
    assert_next(errand, READ_ROOT);
    errand_took_root(errand, NULL);
    assert_next(errand, READ_RECENT);
    errand_took_roots(errand, &nothing);
    errand_took_team(errand, "");
    assert_int_equal(errand_root_reason(errand), ROOT_LOST);
    post_root(errand);
    errand_rendered(errand, 2);
    errand_posted_reply(errand, POST);
    assert_next(errand, POST_REPLY);
    errand_posted_reply(errand, POST);
    assert_int_equal(errand_thread(errand).replies, 2);
    errand_free(errand);
}

static void a_root_that_a_crashed_owner_made_is_found_and_not_made_again(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE, &thread, false);
    struct findings findings = { .count = 0 };

    errand_doubt_root(errand);
    errand_took_root(errand, NULL);
    found(&findings, OTHER, 1, "\"urn:x|e-0\"");
    errand_took_roots(errand, &findings);
    assert_next(errand, NOTE);
    assert_string_equal(errand_thread(errand).root, OTHER);
    errand_noted(errand);
    assert_next(errand, READ_THREAD); /* the message may be there, too */
    errand_free(errand);
}

static void a_root_that_is_fine_after_all_is_kept(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE, &thread, false);
    struct finding root = { .id = ROOT, .channel = OTHER };

    errand_doubt_root(errand);
    assert_true(errand_took_root(errand, &root));
    assert_next(errand, POST_REPLY);
    assert_string_equal(errand->thread.channel, OTHER); /* somebody moved it */
    errand_doubt_root(errand);
    assert_false(errand_took_root(errand, &root)); /* and now it is there */
    assert_next(errand, POST_REPLY);
    errand_free(errand);
}

static void a_message_in_doubt_goes_on_behind_the_parts_that_are_there(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE, &thread, true);
    struct findings findings = { .oldest_at = 5 };

    assert_next(errand, READ_THREAD);
    found(&findings, POST, 1, "\"urn:x|e-1\"");
    errand_took_page(errand, &findings, false); /* older than what is of interest */
    assert_next(errand, POST_REPLY);
    errand_rendered(errand, 2);
    assert_int_equal(errand->next_part, 1);
    errand_posted_reply(errand, OTHER);
    assert_next(errand, RECORD);
    errand_free(errand);
}

static void of_a_message_in_doubt_only_the_part_that_is_missing_is_posted(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE, &thread, true);
    struct findings findings = { .count = 0 };

    found(&findings, POST, 2, "\"urn:x|e-1\""); /* somebody has deleted the first */
    errand_took_page(errand, &findings, true);
    errand_rendered(errand, 2);
    assert_next(errand, POST_REPLY);
    assert_int_equal(errand->next_part, 0);
    errand_posted_reply(errand, OTHER);
    assert_next(errand, RECORD);
    errand_free(errand);
}

static void a_long_thread_goes_on_in_a_new_one(void **state)
{
    (void)state;
    struct thread thread = living();
    thread.replies = 3;
    struct errand *errand = errand_of(EVENT_MESSAGE, &thread, false);

    assert_int_equal(errand_root_reason(errand), ROOT_FULL);
    assert_next(errand, POST_ROOT);
    errand_posted_root(errand, OTHER, CHANNEL);
    assert_next(errand, NOTE);
    errand_noted(errand);
    assert_next(errand, POST_REPLY);
    assert_int_equal(errand_thread(errand).replies, 0);
    errand_free(errand);
}

static void a_thread_that_moves_begins_anew_elsewhere(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE, &thread, false);

    errand_move(errand);
    assert_next(errand, READ_RECENT);
    assert_int_equal(errand_root_reason(errand), ROOT_LOST);
    errand_free(errand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_starts_a_conversation_makes_its_root),
        cmocka_unit_test(a_start_that_is_in_doubt_is_looked_for_everywhere),
        cmocka_unit_test(a_root_that_our_own_attempt_may_have_made_is_looked_for_everywhere),
        cmocka_unit_test(a_second_start_changes_nothing),
        cmocka_unit_test(a_message_is_a_reply_part_by_part),
        cmocka_unit_test(a_message_without_a_thread_looks_everywhere_before_it_makes_one),
        cmocka_unit_test(a_channel_without_a_team_cannot_be_searched),
        cmocka_unit_test(a_root_that_is_gone_is_replaced_once_and_all_said_again),
        cmocka_unit_test(a_root_that_a_crashed_owner_made_is_found_and_not_made_again),
        cmocka_unit_test(a_root_that_is_fine_after_all_is_kept),
        cmocka_unit_test(a_message_in_doubt_goes_on_behind_the_parts_that_are_there),
        cmocka_unit_test(of_a_message_in_doubt_only_the_part_that_is_missing_is_posted),
        cmocka_unit_test(a_long_thread_goes_on_in_a_new_one),
        cmocka_unit_test(a_thread_that_moves_begins_anew_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
