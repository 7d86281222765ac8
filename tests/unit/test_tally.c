#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/demo/tally.h"

static void produce(struct tally *tally, const char *keys)
{
    for (; *keys; keys++) {
        const struct sample sample = { .kind = SAMPLE_NOTIFICATION, .key = { *keys } };
        tally_produced(tally, &sample);
    }
}

/* Of the conversation c; a message is the next one, an edit or a deletion is of the `message`-th.
 */
static void happen(struct tally *tally, enum sample_kind kind, size_t message)
{
    const struct sample sample = { .kind = kind, .key = "c", .message = message };

    tally_produced(tally, &sample);
}

static void notify(struct tally *tally, size_t event)
{
    tally_accepted(tally, &(struct tally_post){ .id = "p", .root = "", .event = event });
}

static void post_root(struct tally *tally, const char *id, size_t event)
{
    tally_accepted(tally, &(struct tally_post){ .id = id, .root = "", .event = event });
}

static void post_reply(struct tally *tally, const char *root, size_t event)
{
    tally_accepted(tally, &(struct tally_post){ .id = "r", .root = root, .event = event });
}

static void edit_reply(struct tally *tally, const char *root, size_t event)
{
    tally_changed(tally, &(struct tally_post){ .id = "r", .root = root, .event = event });
}

static void delete_reply(struct tally *tally, const char *root, size_t event)
{
    tally_changed(tally, &(struct tally_post){ .id = "r",
                                               .root = root,
                                               .event = event,
                                               .is_deleted = true,
                                               .is_deleted_by_bot = true });
}

static void lock_root(struct tally *tally, const char *id, size_t event)
{
    tally_changed(tally,
                  &(struct tally_post){ .id = id, .root = "", .event = event, .is_locked = true });
}

/* Somebody deletes a root of the event 0 and the one reply below it. */
static void delete_thread(struct tally *tally, const char *root, size_t event_of_reply)
{
    tally_changed(tally, &(struct tally_post){ .id = root, .root = "", .is_deleted = true });
    tally_changed(tally,
                  &(struct tally_post){
                      .id = "r", .root = root, .event = event_of_reply, .is_deleted = true });
}

/* ---- notifications ---- */

static void each_event_once_and_in_order_is_well(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    produce(&tally, "aba");
    notify(&tally, 1);
    notify(&tally, 0);
    assert_false(tally_is_fine(&tally));
    notify(&tally, 2);
    assert_int_equal(tally.posted, 3);
    assert_true(tally_is_fine(&tally));
    tally_free(&tally);
}

static void a_second_post_of_an_event_is_twice(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    produce(&tally, "a");
    notify(&tally, 0);
    notify(&tally, 0);
    assert_int_equal(tally.posted, 1);
    assert_int_equal(tally.twice, 1);
    assert_false(tally_is_fine(&tally));
    tally_free(&tally);
}

static void an_older_event_of_the_same_key_comes_out_of_order(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    produce(&tally, "aab");
    notify(&tally, 1);
    notify(&tally, 2);
    notify(&tally, 0);
    assert_int_equal(tally.disorder, 1);
    assert_int_equal(tally.posted, 3);
    assert_false(tally_is_fine(&tally));
    tally_free(&tally);
}

static void posts_of_others_do_not_count(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    notify(&tally, 0);
    lock_root(&tally, "R", 0);
    assert_int_equal(tally.posted, 0);
    assert_false(tally_is_fine(&tally));
    tally_free(&tally);
}

/* ---- conversations ---- */

static void each_event_of_a_conversation_is_to_be_seen(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    happen(&tally, SAMPLE_STARTED, 0);
    happen(&tally, SAMPLE_MESSAGE, 0);
    happen(&tally, SAMPLE_EDITED, 0);
    happen(&tally, SAMPLE_MESSAGE, 1);
    happen(&tally, SAMPLE_DELETED, 1);
    happen(&tally, SAMPLE_CLOSED, 0);
    post_root(&tally, "R", 0);
    assert_int_equal(tally.posted, 1);
    post_reply(&tally, "R", 1);
    edit_reply(&tally, "R", 2);
    assert_int_equal(tally.posted, 3);
    post_reply(&tally, "R", 3);
    delete_reply(&tally, "R", 3);
    assert_int_equal(tally.posted, 5);
    lock_root(&tally, "R", 0);
    assert_true(tally_is_fine(&tally));
    assert_string_equal(tally_root(&tally, "c"), "R");
    tally_free(&tally);
}

static void a_message_that_makes_its_root_is_posted_with_its_reply(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    happen(&tally, SAMPLE_MESSAGE, 0);
    assert_null(tally_root(&tally, "c"));
    post_root(&tally, "R", 0);
    assert_int_equal(tally.posted, 0);
    post_reply(&tally, "R", 0);
    assert_true(tally_is_fine(&tally));
    tally_free(&tally);
}

static void a_second_post_of_a_message_in_its_thread_is_twice(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    happen(&tally, SAMPLE_MESSAGE, 0);
    happen(&tally, SAMPLE_EDITED, 0);
    post_root(&tally, "R", 0);
    post_reply(&tally, "R", 0);
    post_reply(&tally, "R", 1); /* it had to be changed instead */
    assert_int_equal(tally.twice, 1);
    tally_free(&tally);
}

static void an_older_message_comes_out_of_order(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    happen(&tally, SAMPLE_STARTED, 0);
    happen(&tally, SAMPLE_MESSAGE, 0);
    happen(&tally, SAMPLE_MESSAGE, 1);
    post_root(&tally, "R", 0);
    post_reply(&tally, "R", 2);
    post_reply(&tally, "R", 1);
    assert_int_equal(tally.disorder, 1);
    tally_free(&tally);
}

static void a_root_beside_another_one_is_too_many(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    happen(&tally, SAMPLE_STARTED, 0);
    post_root(&tally, "R", 0);
    post_root(&tally, "S", 0);
    assert_int_equal(tally.extra_roots, 1);
    assert_false(tally_is_fine(&tally));
    tally_free(&tally);
}

static void a_thread_that_somebody_deleted_goes_on_in_another_one(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    happen(&tally, SAMPLE_STARTED, 0);
    happen(&tally, SAMPLE_MESSAGE, 0);
    post_root(&tally, "R", 0);
    post_reply(&tally, "R", 1);
    delete_thread(&tally, "R", 1);
    assert_null(tally_root(&tally, "c"));
    happen(&tally, SAMPLE_EDITED, 0);
    post_root(&tally, "S", 2);
    post_reply(&tally, "S", 2);
    assert_true(tally_is_fine(&tally));
    assert_string_equal(tally_root(&tally, "c"), "S");
    tally_free(&tally);
}

static void what_a_deleted_thread_cannot_show_any_more_is_not_lost(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    happen(&tally, SAMPLE_STARTED, 0);
    happen(&tally, SAMPLE_MESSAGE, 0);
    post_root(&tally, "R", 0);
    post_reply(&tally, "R", 1);
    happen(&tally, SAMPLE_DELETED, 0);
    assert_false(tally_is_fine(&tally));
    delete_thread(&tally, "R", 1);
    assert_true(tally_is_fine(&tally));
    happen(&tally, SAMPLE_CLOSED, 0);
    assert_true(tally_is_fine(&tally));
    tally_free(&tally);
}

static void changes_that_are_not_to_be_seen_are_lost(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    happen(&tally, SAMPLE_STARTED, 0);
    happen(&tally, SAMPLE_MESSAGE, 0);
    happen(&tally, SAMPLE_EDITED, 0);
    happen(&tally, SAMPLE_DELETED, 0);
    happen(&tally, SAMPLE_CLOSED, 0);
    post_root(&tally, "R", 0);
    post_reply(&tally, "R", 1);
    assert_int_equal(tally.produced - tally.posted, 3);
    tally_free(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_once_and_in_order_is_well),
        cmocka_unit_test(a_second_post_of_an_event_is_twice),
        cmocka_unit_test(an_older_event_of_the_same_key_comes_out_of_order),
        cmocka_unit_test(posts_of_others_do_not_count),
        cmocka_unit_test(each_event_of_a_conversation_is_to_be_seen),
        cmocka_unit_test(a_message_that_makes_its_root_is_posted_with_its_reply),
        cmocka_unit_test(a_second_post_of_a_message_in_its_thread_is_twice),
        cmocka_unit_test(an_older_message_comes_out_of_order),
        cmocka_unit_test(a_root_beside_another_one_is_too_many),
        cmocka_unit_test(a_thread_that_somebody_deleted_goes_on_in_another_one),
        cmocka_unit_test(what_a_deleted_thread_cannot_show_any_more_is_not_lost),
        cmocka_unit_test(changes_that_are_not_to_be_seen_are_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
