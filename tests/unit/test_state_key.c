#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/state_key.h"

static const struct thread_name conversation = { "hotel", "c-10293" };

static enum state_key_kind read_key(const char *key, struct state_key *ret)
{
    return state_key_read(key, strlen(key), ret);
}

static void a_key_names_topic_licence_and_conversation(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(STATE_KEY_MAX);
    struct state_key key;

    state_key_write_thread("ireserve.conversations", &conversation, &text);
    assert_string_equal(text_string(&text), "thread/ireserve.conversations/hotel/c-10293");
    assert_int_equal(read_key(text_string(&text), &key), STATE_KEY_THREAD);
    assert_string_equal(key.topic, "ireserve.conversations");
    assert_string_equal(key.licence, "hotel");
    assert_string_equal(key.conversation, "c-10293");
}

static void names_may_hold_what_separates_them(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(STATE_KEY_MAX);
    const struct thread_name name = { "a/b%", "%2F/é" };
    struct state_key key;

    state_key_write_thread("in", &name, &text);
    assert_string_equal(text_string(&text), "thread/in/a%2Fb%25/%252F%2Fé");
    assert_int_equal(read_key(text_string(&text), &key), STATE_KEY_THREAD);
    assert_string_equal(key.licence, name.licence);
    assert_string_equal(key.conversation, name.conversation);
}

static void the_longest_names_make_a_key(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(STATE_KEY_MAX);
    char topic[250] = { 0 };
    char licence[THREADS_MAX_LICENCE + 1] = { 0 };
    char id[THREADS_MAX_CONVERSATION + 1] = { 0 };
    const struct thread_name name = { licence, id };
    struct state_key key;

    memset(topic, 't', sizeof(topic) - 1);
    memset(licence, '/', sizeof(licence) - 1);
    memset(id, '%', sizeof(id) - 1);
    state_key_write_thread(topic, &name, &text);
    assert_false(text.overflowed);
    assert_int_equal(read_key(text_string(&text), &key), STATE_KEY_THREAD);
    assert_string_equal(key.topic, topic);
    assert_string_equal(key.licence, licence);
    assert_string_equal(key.conversation, id);

    text_add_char(&text, 'x');
    assert_int_equal(read_key(text_string(&text), &key), STATE_KEY_OTHER);
}

static void a_marker_names_topic_and_partition(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(STATE_KEY_MAX);
    struct state_key key;

    state_key_write_epoch("in", INT32_MAX, &text);
    assert_string_equal(text_string(&text), "epoch/in/2147483647");
    assert_int_equal(read_key(text_string(&text), &key), STATE_KEY_EPOCH);
    assert_string_equal(key.topic, "in");
    assert_int_equal(key.partition, INT32_MAX);
    assert_int_equal(read_key("epoch/in/0", &key), STATE_KEY_EPOCH);
    assert_int_equal(key.partition, 0);
}

static void a_record_that_waits_has_its_place_as_its_name(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(STATE_KEY_MAX);
    struct state_key key;

    state_key_write_parked("in", 3, INT64_MAX, &text);
    assert_string_equal(text_string(&text), "parked/in/3/9223372036854775807");
    assert_int_equal(read_key(text_string(&text), &key), STATE_KEY_PARKED);
    assert_string_equal(key.topic, "in");
    assert_int_equal(key.partition, 3);
    assert_int_equal(key.offset, INT64_MAX);

    text_clear(&text);
    state_key_write_tried("in", 0, 42, &text);
    assert_string_equal(text_string(&text), "tried/in/0/42");
    assert_int_equal(read_key(text_string(&text), &key), STATE_KEY_TRIED);
    assert_int_equal(key.offset, 42);
}

static void other_keys_are_nobodys(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",
        "thread",
        "thread/",
        "thread/in",
        "thread/in/hotel",
        "thread/in/hotel/",
        "thread/in//c-10293",
        "thread//hotel/c-10293",
        "thread/in/hotel/c-10293/",
        "thread/in/hotel/c/10293",
        "thread/in/hotel/c%2f10293",
        "thread/in/hotel/c%",
        "thread/in/hotel/c%2",
        "thread/in/hotel/c%41",
        "thread/i%25n/hotel/c",
        "threads/in/hotel/c",
        "cursor/hotel/c",
        "epoch/in",
        "epoch/in/",
        "epoch/in/x",
        "epoch/in/-1",
        "epoch/in/-0",
        "epoch/in/+1",
        "epoch/in/01",
        "epoch/in/2147483648",
        "epoch/in/99999999999999999999",
        "epoch//0",
        "epoch/in/0/",
        "parked/in/0",
        "parked/in/0/",
        "parked/in/0/-1",
        "parked/in/0/1/",
        "parked/in/2147483648/1",
        "parked/in/0/9223372036854775808",
    };
    struct state_key key;

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        assert_int_equal(read_key(others[i], &key), STATE_KEY_OTHER);
    assert_int_equal(state_key_read("thread/in/ho\0tel/c", 18, &key), STATE_KEY_OTHER);
    assert_int_equal(state_key_read("thread/i\0/hotel/c", 17, &key), STATE_KEY_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_names_topic_licence_and_conversation),
        cmocka_unit_test(names_may_hold_what_separates_them),
        cmocka_unit_test(the_longest_names_make_a_key),
        cmocka_unit_test(a_marker_names_topic_and_partition),
        cmocka_unit_test(a_record_that_waits_has_its_place_as_its_name),
        cmocka_unit_test(other_keys_are_nobodys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
