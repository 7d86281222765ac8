#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/errands.h"

static void
an_edit_changes_its_posts_adds_what_is_missing_and_takes_away_what_is_too_much(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE_EDITED, &thread, false);
    struct findings findings = { .count = 0 };

    assert_next(errand, READ_THREAD);
    found(&findings, POST, 1, "\"urn:x|e-0\"");
    errand_took_page(errand, &findings, true);
    assert_next(errand, PATCH);
    errand_rendered(errand, 2);
    errand_changed(errand);
    assert_next(errand, POST_REPLY);
    errand_posted_reply(errand, OTHER);
    assert_next(errand, RECORD);
    errand_free(errand);

    errand = errand_of(EVENT_MESSAGE_EDITED, &thread, false);
    found(&findings, OTHER, 2, "\"urn:x|e-0\"");
    findings.list[1].has_files = true;
    found(&findings, ROOT, 3, "\"urn:x|e-0\"");
    errand_took_page(errand, &findings, true);
    errand_rendered(errand, 1);
    errand_changed(errand);
    assert_next(errand, EMPTY); /* its files stay */
    errand_changed(errand);
    assert_next(errand, DELETE);
    assert_string_equal(errand_at(errand)->id, ROOT);
    errand_changed(errand);
    assert_next(errand, RECORD);
    errand_free(errand);
}

static void an_edit_of_a_message_that_is_not_there_is_posted(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE_EDITED, &thread, false);

    errand_took_page(errand, &nothing, true);
    assert_next(errand, POST_REPLY);
    errand_free(errand);
}

static void an_edit_that_the_server_does_not_allow_is_posted(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE_EDITED, &thread, false);
    struct findings findings = { .count = 0 };

    found(&findings, POST, 1, "\"urn:x|e-0\"");
    errand_took_page(errand, &findings, true);
    errand_rendered(errand, 1);
    errand_cannot_change(errand);
    assert_next(errand, READ_THREAD); /* it may have been changed all the same */
    errand_took_page(errand, &findings, true);
    assert_next(errand, POST_REPLY);
    errand_free(errand);
}

static void a_deletion_takes_all_parts_away(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE_DELETED, &thread, false);
    struct findings findings = { .oldest_at = 9 };

    found(&findings, OTHER, 2, "\"urn:x|e-0\"");
    memcpy(findings.oldest, OTHER, 27);
    errand_took_page(errand, &findings, false);
    assert_next(errand, READ_THREAD); /* an older page may have more of it */
    assert_string_equal(errand->page_from, OTHER);
    findings.count = 0;
    found(&findings, POST, 1, "\"urn:x|e-0\"");
    errand_took_page(errand, &findings, true);
    assert_next(errand, DELETE);
    assert_string_equal(errand_at(errand)->id, POST);
    errand_changed(errand);
    errand_changed(errand);
    assert_next(errand, RECORD);
    assert_null(errand_why(errand));
    errand_free(errand);
}

static void what_finds_nothing_to_change_is_done_with_that(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_MESSAGE_DELETED, &thread, false);

    errand_took_page(errand, &nothing, true);
    assert_next(errand, RECORD);
    assert_non_null(errand_why(errand));
    errand_free(errand);

    errand = errand_of(EVENT_CONVERSATION_CLOSED, NULL, false);
    errand_took_roots(errand, &nothing);
    errand_took_team(errand, "");
    assert_next(errand, RECORD);
    assert_non_null(errand_why(errand));
    errand_free(errand);
}

static void a_closing_shows_on_the_root_until_a_message_comes(void **state)
{
    (void)state;
    struct thread thread = living();
    struct errand *errand = errand_of(EVENT_CONVERSATION_CLOSED, &thread, false);

    assert_int_equal(errand_next(errand, &stranger), ERRAND_ASK_WHO);
    assert_next(errand, MARK);
    errand_marked(errand);
    assert_next(errand, RECORD);
    thread = errand_thread(errand);
    assert_true(thread.is_closed);
    errand_free(errand);

    errand = errand_of(EVENT_MESSAGE, &thread, false);
    errand_rendered(errand, 1);
    errand_posted_reply(errand, POST);
    assert_next(errand, UNMARK);
    errand_marked(errand);
    assert_next(errand, RECORD);
    assert_false(errand_thread(errand).is_closed);
    errand_free(errand);
}

static void attachments_come_before_the_message_and_only_once(void **state)
{
    (void)state;
    struct thread thread = living();
    const struct attachment attachments[2] = { { .url = "https://x.example/a" }, { .size = -1 } };
    struct event event = event_of(EVENT_MESSAGE);

    event.conversation.attachments = attachments;
    event.conversation.attachment_count = 2;
    struct errand *errand = errand_new(&event, &thread, 7, false);
    assert_next(errand, FETCH);
    errand_fetched(errand, POST, FETCH_NONE);
    assert_next(errand, FETCH);
    errand_fetched(errand, "", FETCH_NO_ADDRESS);
    assert_next(errand, POST_REPLY);
    assert_string_equal(errand->files[0].file_id, POST);
    assert_int_equal(errand->files[1].problem, FETCH_NO_ADDRESS);
    errand_rendered(errand, 1);
    assert_next(errand, POST_REPLY);
    errand_free(errand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            an_edit_changes_its_posts_adds_what_is_missing_and_takes_away_what_is_too_much),
        cmocka_unit_test(an_edit_of_a_message_that_is_not_there_is_posted),
        cmocka_unit_test(an_edit_that_the_server_does_not_allow_is_posted),
        cmocka_unit_test(a_deletion_takes_all_parts_away),
        cmocka_unit_test(what_finds_nothing_to_change_is_done_with_that),
        cmocka_unit_test(a_closing_shows_on_the_root_until_a_message_comes),
        cmocka_unit_test(attachments_come_before_the_message_and_only_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
