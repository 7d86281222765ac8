#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/errand.h"

#define BOT     "bbbbbbbbbbbbbbbbbbbbbbbbbb"
#define CHANNEL "cccccccccccccccccccccccccc"
#define ROOT    "rrrrrrrrrrrrrrrrrrrrrrrrrr"
#define POST    "pppppppppppppppppppppppppp"
#define OTHER   "oooooooooooooooooooooooooo"
#define TEAM    "tttttttttttttttttttttttttt"

static const struct errand_facts known = { .bot_id = BOT, .max_replies = 3 };
static const struct errand_facts stranger = { .bot_id = "", .max_replies = 3 };

static struct event event_of(enum event_kind kind)
{
    return (struct event){ .kind = kind,
                           .source = "urn:x",
                           .id = "e-1",
                           .conversation = { .id = "c-1", .message_id = "m-1", .at = -1 } };
}

static struct errand *errand_of(enum event_kind kind, const struct thread *thread, bool doubtful)
{
    const struct event event = event_of(kind);

    return errand_new(&event, thread, 7, doubtful);
}

static struct thread living(void)
{
    return (struct thread){
        .root = ROOT, .channel = CHANNEL, .last_offset = 3, .updated_at = 1000000000, .epoch = 1
    };
}

#define assert_next(errand, step) assert_int_equal(errand_next(errand, &known), ERRAND_##step)

/* A page or a list with nothing of ours in it. */
static const struct findings nothing;

/* A post of the message, as it stands in an answer. */
static void found(struct findings *findings, const char *id, unsigned part, const char *event)
{
    struct finding *finding = &findings->list[findings->count++];

    *finding = (struct finding){ .root = ROOT, .channel = CHANNEL, .user = BOT, .part = part };
    memcpy(finding->id, id, 27);
    finding->event = (struct peek){ event, strlen(event) };
    findings->seen++;
}

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

static void a_start_that_is_in_doubt_is_looked_for_among_the_newest_posts(void **state)
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
    assert_next(errand, POST_ROOT);
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
    errand_took_root(errand, &root);
    assert_next(errand, POST_REPLY);
    assert_string_equal(errand->thread.channel, OTHER); /* somebody moved it */
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
    assert_next(errand, END);
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
        cmocka_unit_test(a_start_that_is_in_doubt_is_looked_for_among_the_newest_posts),
        cmocka_unit_test(a_second_start_changes_nothing),
        cmocka_unit_test(a_message_is_a_reply_part_by_part),
        cmocka_unit_test(a_message_without_a_thread_looks_everywhere_before_it_makes_one),
        cmocka_unit_test(a_channel_without_a_team_cannot_be_searched),
        cmocka_unit_test(a_root_that_is_gone_is_replaced_once_and_all_said_again),
        cmocka_unit_test(a_root_that_a_crashed_owner_made_is_found_and_not_made_again),
        cmocka_unit_test(a_root_that_is_fine_after_all_is_kept),
        cmocka_unit_test(a_message_in_doubt_goes_on_behind_the_parts_that_are_there),
        cmocka_unit_test(a_long_thread_goes_on_in_a_new_one),
        cmocka_unit_test(
            an_edit_changes_its_posts_adds_what_is_missing_and_takes_away_what_is_too_much),
        cmocka_unit_test(an_edit_of_a_message_that_is_not_there_is_posted),
        cmocka_unit_test(an_edit_that_the_server_does_not_allow_is_posted),
        cmocka_unit_test(a_deletion_takes_all_parts_away),
        cmocka_unit_test(what_finds_nothing_to_change_is_done_with_that),
        cmocka_unit_test(a_closing_shows_on_the_root_until_a_message_comes),
        cmocka_unit_test(attachments_come_before_the_message_and_only_once),
        cmocka_unit_test(a_thread_that_moves_begins_anew_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
