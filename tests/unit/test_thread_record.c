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

static bool read_value(const char *value, struct thread *ret)
{
    return thread_value_read(value, strlen(value), ret);
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
        cmocka_unit_test(a_value_is_a_line_that_a_person_can_read),
        cmocka_unit_test(what_is_empty_or_0_is_left_out),
        cmocka_unit_test(members_come_in_any_order_and_unknown_ones_are_ignored),
        cmocka_unit_test(numbers_reach_to_their_ends),
        cmocka_unit_test(foreign_values_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
