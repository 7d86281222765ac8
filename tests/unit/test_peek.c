/*
 * Members are found in one pass, strings are compared as what they mean, and a text that was cut is
 * noticed wherever the cut is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/peek.h"

static struct peek value_of(const char *json)
{
    return peek_at(json, strlen(json));
}

static struct peek member_of(const char *json, const char *name)
{
    struct peek value;
    const struct peek_wanted wanted[] = { { name, &value } };

    assert_true(peek_members(value_of(json), wanted, 1));
    return value;
}

static void members_are_found_between_all_kinds_of_others(void **state)
{
    static const char json[] =
        " { \"a\" : 1, \"s\":\"x,}\\\"]\", \"n\":{\"a\":[{},[]],\"wanted\":0}, \"t\":true,"
        "\"wanted\" : \"yes\" ,\"e\":[] } \n";

    (void)state;
    assert_true(peek_equals(member_of(json, "wanted"), "yes"));
    assert_true(peek_equals(member_of(json, "s"), "x,}\"]"));
    assert_true(peek_is_empty(member_of(json, "e")));
    assert_null(member_of(json, "absent").at);
    assert_null(member_of("{}", "absent").at);
    assert_true(peek_equals(member_of("{\"a\":\"1\",\"a\":\"2\"}", "a"), "2"));
    assert_true(peek_equals(member_of("{\"\\u0061\":\"1\",\"\\u0062\":\"2\"}", "a"), "1"));
}

static void what_is_no_object_has_no_members(void **state)
{
    static const char *const others[] = { "",    " ",      "[]",       "\"x\"",     "1",   "null",
                                          "{",   "{]}",    "{\"a\"}",  "{\"a\":}",  "{a}", "{}x",
                                          "{,}", "{1:2}",  "{\"a\":1", "{\"a\":1,", "}",   "{} {}",
                                          "\"",  "{\"a\"", "{\"a",     "<html>" };

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        struct peek value = { "not touched", 1 };
        const struct peek_wanted wanted[] = { { "a", &value } };
        assert_false(peek_members(value_of(others[i]), wanted, 1));
        assert_null(value.at);
    }
}

static void a_cut_is_noticed_wherever_it_is(void **state)
{
    static const char json[] = "{\"id\":\"x\",\"n\":{\"l\":[1,\"\\\\\"]},\"t\":false}";
    struct peek value;
    const struct peek_wanted wanted[] = { { "id", &value } };

    (void)state;
    for (size_t length = 0; length < strlen(json); length++)
        assert_false(peek_members(peek_at(json, length), wanted, 1));
    assert_true(peek_members(peek_at(json, strlen(json)), wanted, 1));
}

static void strings_are_compared_as_what_they_mean(void **state)
{
    (void)state;
    assert_true(peek_equals(value_of("\"caf\xc3\xa9\""), "caf\xc3\xa9"));
    assert_true(peek_equals(value_of("\"caf\\u00E9 \\u20ac\""), "caf\xc3\xa9 \xe2\x82\xac"));
    assert_true(peek_equals(value_of("\"\\ud83d\\ude00\""), "\xf0\x9f\x98\x80"));
    assert_true(peek_equals(value_of("\"\\u003ca\\u0026b\\u003e\""), "<a&b>"));
    assert_true(peek_equals(value_of("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "\"\\/\b\f\n\r\t"));
    assert_true(peek_equals(value_of("\"\""), ""));
    assert_false(peek_equals(value_of("\"a\""), "ab"));
    assert_false(peek_equals(value_of("\"ab\""), "a"));
    assert_false(peek_equals(value_of("\"\\u0061b\""), "a"));
    assert_false(peek_equals(value_of("\"a\\u0000\""), "a"));
    assert_false(peek_equals(value_of("\"\\u00\""), ""));
    assert_false(peek_equals(value_of("\"\\x\""), "x"));
    assert_false(peek_equals(value_of("5"), "5"));
    assert_false(peek_equals((struct peek){ NULL, 0 }, ""));
}

static void strings_are_read_when_they_fit(void **state)
{
    char room[4];

    (void)state;
    assert_true(peek_string(value_of("\"abc\""), room, sizeof(room)));
    assert_string_equal(room, "abc");
    assert_false(peek_string(value_of("\"abcd\""), room, sizeof(room)));
    assert_true(peek_string(value_of("\"\\u20ac\""), room, sizeof(room)));
    assert_false(peek_string(value_of("\"\\ud83d\\ude00\""), room, sizeof(room)));
    assert_false(peek_string(value_of("\"a\\u0000\""), room, sizeof(room)));
    assert_false(peek_string(value_of("null"), room, sizeof(room)));
}

static void integers_are_read_and_nothing_else(void **state)
{
    static const char *const others[] = { "1.5", "1e3", "-", "\"1\"", "null", "1234567890123456789",
                                          "+1" };
    int64_t number;

    (void)state;
    assert_true(peek_integer(value_of("0"), &number));
    assert_int_equal(number, 0);
    assert_true(peek_integer(value_of("1795432397310"), &number));
    assert_int_equal(number, 1795432397310);
    assert_true(peek_integer(value_of("-7"), &number));
    assert_int_equal(number, -7);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        assert_false(peek_integer(value_of(others[i]), &number));
    assert_false(peek_integer((struct peek){ NULL, 0 }, &number));
}

static void empty_is_what_holds_nothing(void **state)
{
    static const char *const empty[] = { "\"\"", "[]", "[ ]", "{}", "{\n}", "null" };
    static const char *const full[] = { "\" \"", "[0]", "{\"a\":0}", "0", "false", "true" };

    (void)state;
    for (size_t i = 0; i < sizeof(empty) / sizeof(*empty); i++)
        assert_true(peek_is_empty(value_of(empty[i])));
    for (size_t i = 0; i < sizeof(full) / sizeof(*full); i++)
        assert_false(peek_is_empty(value_of(full[i])));
    assert_true(peek_is_empty((struct peek){ NULL, 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_between_all_kinds_of_others),
        cmocka_unit_test(what_is_no_object_has_no_members),
        cmocka_unit_test(a_cut_is_noticed_wherever_it_is),
        cmocka_unit_test(strings_are_compared_as_what_they_mean),
        cmocka_unit_test(strings_are_read_when_they_fit),
        cmocka_unit_test(integers_are_read_and_nothing_else),
        cmocka_unit_test(empty_is_what_holds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
