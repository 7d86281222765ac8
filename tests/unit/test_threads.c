#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/threads.h"

#define ROOT    "yd95d4wqs7r77qeprbjfc1qecy"
#define CHANNEL "9999999999999999999999999h"
#define POST    "ybndrfg8ejkmcpqxot1uwisza3"
#define POST_2  "45h769yyyyyyyyyyyyyyyyyyy9"

static const struct thread_name conversation = { "hotel", "c-10293" };

static const struct thread full = {
    .root = ROOT,
    .channel = CHANNEL,
    .last_post = POST,
    .is_closed = true,
    .replies = UINT32_MAX,
    .last_offset = INT64_MAX,
    .updated_at = INT64_C(1764000000123),
    .epoch = INT64_C(77),
};

static void assert_same(const struct thread *a, const struct thread *b)
{
    assert_string_equal(a->root, b->root);
    assert_string_equal(a->channel, b->channel);
    assert_string_equal(a->last_post, b->last_post);
    assert_int_equal(a->is_closed, b->is_closed);
    assert_int_equal(a->replies, b->replies);
    assert_true(a->last_offset == b->last_offset);
    assert_true(a->updated_at == b->updated_at);
    assert_true(a->epoch == b->epoch);
}

static void assert_holds(const struct threads *threads, const struct thread_name *name,
                         const struct thread *thread)
{
    struct thread found;

    assert_true(threads_find(threads, name, &found));
    assert_same(&found, thread);
}

/* Keeps conversation `i` of one licence, updated at `i`. */
static void put_numbered(struct threads *threads, size_t i)
{
    char id[41];
    const struct thread_name name = { "hotel", id };
    const struct thread thread = { .root = ROOT, .updated_at = (wall_ms)i };

    snprintf(id, sizeof(id), "%0*zu", 20 + (int)(i % 21), i);
    threads_put(threads, &name, &thread);
}

static void an_empty_memory_finds_nothing(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    struct thread found;
    struct thread_name name;
    size_t position = 0;

    assert_false(threads_find(threads, &conversation, &found));
    threads_remove(threads, &conversation);
    assert_int_equal(threads_count(threads), 0);
    assert_int_equal(threads_highest_offset(threads), -1);
    assert_false(threads_next_older(threads, INT64_MAX, 10, &position, &name));
    assert_int_equal(position, 0);
}

static void what_is_kept_is_found_as_it_was(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();

    threads_put(threads, &conversation, &full);
    assert_holds(threads, &conversation, &full);
    assert_int_equal(threads_count(threads), 1);
}

static void a_thread_may_have_no_ids(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    const struct thread bare = { .last_offset = 3 };

    threads_put(threads, &conversation, &bare);
    assert_holds(threads, &conversation, &bare);
}

static void a_later_entry_takes_the_place_of_an_earlier(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    struct thread other = { .root = POST, .channel = ROOT, .last_post = POST_2, .replies = 1 };

    threads_put(threads, &conversation, &full);
    threads_put(threads, &conversation, &other);
    assert_holds(threads, &conversation, &other);
    other.channel[0] = '\0';
    threads_put(threads, &conversation, &other);
    assert_holds(threads, &conversation, &other);
    assert_int_equal(threads_count(threads), 1);
}

static void every_character_of_an_id_is_kept(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    struct thread thread = full;

    for (size_t i = 0; i < 26; i++) {
        for (size_t j = 0; j < 36; j++) {
            memcpy(thread.root, POST, sizeof(thread.root));
            memcpy(thread.last_post, ROOT, sizeof(thread.last_post));
            thread.root[i] = alphabet[j];
            thread.last_post[i] = alphabet[35 - j];
            threads_put(threads, &conversation, &thread);
            assert_holds(threads, &conversation, &thread);
        }
    }
}

static void licence_and_conversation_are_both_of_the_name(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    static const struct thread_name names[] = {
        { "a", "b" }, { "ab", "" }, { "", "ab" }, { "b", "a" }, { "a", "bb" }, { "", "" },
    };
    enum { COUNT = sizeof(names) / sizeof(*names) };
    struct thread thread = full;

    for (int i = 0; i < COUNT; i++) {
        thread.replies = (uint32_t)i;
        threads_put(threads, &names[i], &thread);
    }
    assert_int_equal(threads_count(threads), COUNT);
    for (int i = 0; i < COUNT; i++) {
        thread.replies = (uint32_t)i;
        assert_holds(threads, &names[i], &thread);
    }
}

static void the_longest_names_are_kept(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    char licence[THREADS_MAX_LICENCE + 1] = { 0 };
    char id[THREADS_MAX_CONVERSATION + 1] = { 0 };
    const struct thread_name name = { licence, id };

    memset(licence, 'l', THREADS_MAX_LICENCE);
    memset(id, 'c', THREADS_MAX_CONVERSATION);
    threads_put(threads, &name, &full);
    assert_holds(threads, &name, &full);
    threads_remove(threads, &name);
    assert_int_equal(threads_count(threads), 0);
}

static void what_was_removed_is_not_found(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    const struct thread_name other = { "hotel", "c-10294" };
    struct thread found;

    threads_put(threads, &conversation, &full);
    threads_put(threads, &other, &full);
    threads_remove(threads, &conversation);
    assert_false(threads_find(threads, &conversation, &found));
    assert_holds(threads, &other, &full);
    assert_int_equal(threads_count(threads), 1);
}

static void the_highest_offset_is_that_of_what_is_there(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    const struct thread_name other = { "hotel", "c-10294" };
    const struct thread high = { .last_offset = 9 };
    const struct thread low = { .last_offset = 4 };

    threads_put(threads, &conversation, &high);
    threads_put(threads, &other, &low);
    assert_int_equal(threads_highest_offset(threads), 9);
    threads_remove(threads, &conversation);
    assert_int_equal(threads_highest_offset(threads), 4);
}

static void old_entries_are_found_step_by_step_and_may_be_taken_out(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    struct thread_name name;
    size_t position = 0;
    size_t found = 0;
    size_t steps = 0;

    for (size_t i = 0; i < 1000; i++)
        put_numbered(threads, i);
    do {
        steps++;
        if (threads_next_older(threads, 600, 10, &position, &name)) {
            threads_remove(threads, &name);
            found++;
        }
    } while (position);
    assert_int_equal(found, 600);
    assert_int_equal(threads_count(threads), 400);
    assert_true(steps > 600);
    assert_false(threads_next_older(threads, 600, 1000, &position, &name));
    assert_int_equal(position, 0);
}

static void a_look_goes_no_further_than_it_may(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    struct thread_name name;
    size_t position = 0;

    for (size_t i = 0; i < 25; i++)
        put_numbered(threads, i);
    assert_false(threads_next_older(threads, 0, 10, &position, &name));
    assert_int_not_equal(position, 0);
    assert_false(threads_next_older(threads, 0, 10, &position, &name));
    assert_int_not_equal(position, 0);
    assert_false(threads_next_older(threads, 0, 10, &position, &name));
    assert_int_equal(position, 0);
}

/* From some thousands on: an empty memory has a few kilobytes of its own. */
static void a_thread_takes_no_more_than_it_may_at_any_moment(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    char id[41];
    const struct thread_name name = { "hotel-of-20-letters.", id };

    for (int i = 0; i < 50000; i++) {
        snprintf(id, sizeof(id), "%040d", i);
        threads_put(threads, &name, &full);
        if (i >= 5000 && i % 100 == 0)
            assert_true(threads_bytes(threads) <= threads_count(threads) * THREADS_MAX_BYTES);
    }
}

static void what_goes_gives_its_memory_back(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    struct thread_name name;
    size_t position = 0;

    put_numbered(threads, 0);
    size_t least = threads_bytes(threads);
    for (size_t i = 1; i < 20000; i++)
        put_numbered(threads, i);
    assert_true(threads_bytes(threads) > 20000 * 100);
    while (threads_next_older(threads, INT64_MAX, 1, &position, &name))
        threads_remove(threads, &name);
    assert_int_equal(threads_count(threads), 0);
    assert_true(threads_bytes(threads) < least + 20000);
}

static void licences_and_channels_that_go_give_their_memory_back(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();
    char licence[21];
    const struct thread_name name = { licence, "c-10293" };
    size_t bytes = 0;

    for (int i = 0; i < 10000; i++) {
        snprintf(licence, sizeof(licence), "%020d", i);
        threads_put(threads, &name, &full);
        threads_remove(threads, &name);
        if (i == 0)
            bytes = threads_bytes(threads);
    }
    assert_int_equal(threads_bytes(threads), bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_memory_finds_nothing),
        cmocka_unit_test(what_is_kept_is_found_as_it_was),
        cmocka_unit_test(a_thread_may_have_no_ids),
        cmocka_unit_test(a_later_entry_takes_the_place_of_an_earlier),
        cmocka_unit_test(every_character_of_an_id_is_kept),
        cmocka_unit_test(licence_and_conversation_are_both_of_the_name),
        cmocka_unit_test(the_longest_names_are_kept),
        cmocka_unit_test(what_was_removed_is_not_found),
        cmocka_unit_test(the_highest_offset_is_that_of_what_is_there),
        cmocka_unit_test(old_entries_are_found_step_by_step_and_may_be_taken_out),
        cmocka_unit_test(a_look_goes_no_further_than_it_may),
        cmocka_unit_test(a_thread_takes_no_more_than_it_may_at_any_moment),
        cmocka_unit_test(what_goes_gives_its_memory_back),
        cmocka_unit_test(licences_and_channels_that_go_give_their_memory_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
