#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/thread_record.h"

#define ROOT    "yd95d4wqs7r77qeprbjfc1qecy"
#define CHANNEL "9999999999999999999999999h"
#define POST    "ybndrfg8ejkmcpqxot1uwisza3"

static const struct thread_name conversation = { "hotel", "c-10293" };

static enum state_key read_key(const char *key, struct thread_key *ret)
{
    return thread_key_read(key, strlen(key), ret);
}

static bool read_value(const char *value, struct thread *ret)
{
    return thread_value_read(value, strlen(value), ret);
}

static void a_key_names_topic_licence_and_conversation(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(THREAD_KEY_MAX);
    struct thread_key key;

    thread_key_write("ireserve.conversations", &conversation, &text);
    assert_string_equal(text_string(&text), "thread/ireserve.conversations/hotel/c-10293");
    assert_int_equal(read_key(text_string(&text), &key), STATE_KEY_THREAD);
    assert_string_equal(key.topic, "ireserve.conversations");
    assert_string_equal(key.licence, "hotel");
    assert_string_equal(key.conversation, "c-10293");
}

static void names_may_hold_what_separates_them(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(THREAD_KEY_MAX);
    const struct thread_name name = { "a/b%", "%2F/é" };
    struct thread_key key;

    thread_key_write("in", &name, &text);
    assert_string_equal(text_string(&text), "thread/in/a%2Fb%25/%252F%2Fé");
    assert_int_equal(read_key(text_string(&text), &key), STATE_KEY_THREAD);
    assert_string_equal(key.licence, name.licence);
    assert_string_equal(key.conversation, name.conversation);
}

static void the_longest_names_make_a_key(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(THREAD_KEY_MAX);
    char topic[250] = { 0 };
    char licence[THREADS_MAX_LICENCE + 1] = { 0 };
    char id[THREADS_MAX_CONVERSATION + 1] = { 0 };
    const struct thread_name name = { licence, id };
    struct thread_key key;

    memset(topic, 't', sizeof(topic) - 1);
    memset(licence, '/', sizeof(licence) - 1);
    memset(id, '%', sizeof(id) - 1);
    thread_key_write(topic, &name, &text);
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
    AUTO(text_free) struct text text = text_of(THREAD_KEY_MAX);
    struct thread_key key;

    thread_key_write_epoch("in", INT32_MAX, &text);
    assert_string_equal(text_string(&text), "epoch/in/2147483647");
    assert_int_equal(read_key(text_string(&text), &key), STATE_KEY_EPOCH);
    assert_string_equal(key.topic, "in");
    assert_int_equal(key.partition, INT32_MAX);
    assert_int_equal(read_key("epoch/in/0", &key), STATE_KEY_EPOCH);
    assert_int_equal(key.partition, 0);
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
    };
    struct thread_key key;

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        assert_int_equal(read_key(others[i], &key), STATE_KEY_OTHER);
    assert_int_equal(thread_key_read("thread/in/ho\0tel/c", 18, &key), STATE_KEY_OTHER);
    assert_int_equal(thread_key_read("thread/i\0/hotel/c", 17, &key), STATE_KEY_OTHER);
}

static void a_value_is_a_line_that_a_person_can_read(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(1000);
    const struct thread thread = { ROOT, CHANNEL, POST, true, 12, 345, 1764000000123, 67 };
    struct thread back;

    thread_value_write(&thread, &text);
    assert_string_equal(text_string(&text), "v1 r=" ROOT " c=" CHANNEL " p=" POST
                                            " o=345 t=1764000000123 e=67 n=12 x=1");
    assert_true(read_value(text_string(&text), &back));
    text_clear(&text);
    thread_value_write(&back, &text);
    assert_string_equal(text_string(&text), "v1 r=" ROOT " c=" CHANNEL " p=" POST
                                            " o=345 t=1764000000123 e=67 n=12 x=1");
}

static void what_is_empty_or_0_is_left_out(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(1000);
    const struct thread nothing = { 0 };
    struct thread back;

    thread_value_write(&nothing, &text);
    assert_string_equal(text_string(&text), "v1");
    assert_true(read_value("v1", &back));
    assert_string_equal(back.root, "");
    assert_string_equal(back.channel, "");
    assert_string_equal(back.last_post, "");
    assert_false(back.is_closed);
    assert_int_equal(back.replies, 0);
    assert_int_equal(back.last_offset, 0);
}

static void members_come_in_any_order_and_unknown_ones_are_ignored(void **state)
{
    (void)state;
    struct thread thread;

    assert_true(read_value("v1 x=1 zz=9 q=? what  o=5 n=4294967295 r=" ROOT " ", &thread));
    assert_true(thread.is_closed);
    assert_int_equal(thread.last_offset, 5);
    assert_int_equal(thread.replies, UINT32_MAX);
    assert_string_equal(thread.root, ROOT);
}

static void numbers_reach_to_their_ends(void **state)
{
    (void)state;
    struct thread thread;

    assert_true(read_value("v1 o=9223372036854775807 t=-9223372036854775808 e=-1", &thread));
    assert_true(thread.last_offset == INT64_MAX && thread.updated_at == INT64_MIN);
    assert_int_equal(thread.epoch, -1);
}

static void foreign_values_are_refused(void **state)
{
    (void)state;
    static const char *const foreign[] = {
        "",
        "v",
        "v2",
        "v10",
        "v1\n",
        "V1 o=1",
        " v1",
        "{}",
        "v1 r=yd95d4wqs7r77qeprbjfc1qec",
        "v1 r=yd95d4wqs7r77qeprbjfc1qecyy",
        "v1 r=yd95d4wqs7r77qeprbjfc1qe-y",
        "v1 r=YD95D4WQS7R77QEPRBJFC1QECY",
        "v1 c=0000000000000000000000000_",
        "v1 p=../../../../../etc/passwd",
        "v1 o=",
        "v1 o=-",
        "v1 o=-0",
        "v1 o=00",
        "v1 o=1x",
        "v1 o=+1",
        "v1 o=0x10",
        "v1 o=9223372036854775808",
        "v1 t=-9223372036854775809",
        "v1 n=4294967296",
        "v1 n=-1",
        "v1 x=2",
        "v1 x=1\n",
    };
    struct thread thread;

    for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
        assert_false(read_value(foreign[i], &thread));
    assert_false(thread_value_read("v1\0", 3, &thread));
    assert_false(thread_value_read("v1 r=yd95d4wqs7r77qe\0rbjfc1qecy", 31, &thread));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_names_topic_licence_and_conversation),
        cmocka_unit_test(names_may_hold_what_separates_them),
        cmocka_unit_test(the_longest_names_make_a_key),
        cmocka_unit_test(a_marker_names_topic_and_partition),
        cmocka_unit_test(other_keys_are_nobodys),
        cmocka_unit_test(a_value_is_a_line_that_a_person_can_read),
        cmocka_unit_test(what_is_empty_or_0_is_left_out),
        cmocka_unit_test(members_come_in_any_order_and_unknown_ones_are_ignored),
        cmocka_unit_test(numbers_reach_to_their_ends),
        cmocka_unit_test(foreign_values_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
