#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"

static void an_empty_text_is_an_empty_string(void **state)
{
    (void)state;
    struct text text = text_of(10);

    assert_string_equal(text_string(&text), "");
    char *taken = text_take(&text);
    assert_string_equal(taken, "");
    free(taken);
}

static void what_passes_the_maximum_is_left_out_and_remembered(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(5);

    text_add_string(&text, "12345");
    assert_false(text.overflowed);
    text_add_char(&text, '6');
    assert_true(text.overflowed);
    assert_string_equal(text_string(&text), "12345");

    text_clear(&text);
    assert_false(text.overflowed);
    text_add_string(&text, "ab");
    assert_string_equal(text_string(&text), "ab");
}

static void after_an_overflow_nothing_shorter_slips_in(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(4);

    text_add_string(&text, "12345");
    text_add_string(&text, "1");
    assert_string_equal(text_string(&text), "");
    assert_true(text.overflowed);
}

static void numbers_reach_both_ends_of_their_range(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(100);

    text_add_int(&text, 0);
    text_add_char(&text, ' ');
    text_add_int(&text, INT64_MIN);
    text_add_char(&text, ' ');
    text_add_int(&text, INT64_MAX);
    assert_string_equal(text_string(&text), "0 -9223372036854775808 9223372036854775807");
}

static void json_strings_are_escaped(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(100);

    text_add_json_string(&text, "a\"b\\c\n\x01\x7f\xc3\xa9");
    assert_string_equal(text_string(&text), "\"a\\\"b\\\\c\\n\\u0001\\u007f\xc3\xa9\"");
}

static void what_stands_there_is_quoted_in_its_place(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(16);

    text_add_string(&text, "[");
    text_quote(&text, 1);
    assert_string_equal(text_string(&text), "[\"\"");
    text_add_string(&text, ",\na\"");
    text_quote(&text, 4);
    assert_string_equal(text_string(&text), "[\"\",\"\\na\\\"\"");
    assert_int_equal(text.length, 11);
    assert_false(text.overflowed);
}

static void a_string_that_does_not_fit_leaves_nothing_of_itself(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(5);

    text_add_string(&text, "[");
    text_add_json_string(&text, "abc");
    assert_true(text.overflowed);
    assert_string_equal(text_string(&text), "[");
}

static void a_taken_text_starts_again_with_the_same_maximum(void **state)
{
    (void)state;
    struct text text = text_of(3);

    text_printf(&text, "%d", 123);
    char *taken = text_take(&text);
    assert_string_equal(taken, "123");
    free(taken);
    text_add_string(&text, "1234");
    assert_true(text.overflowed);
    text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_text_is_an_empty_string),
        cmocka_unit_test(what_passes_the_maximum_is_left_out_and_remembered),
        cmocka_unit_test(after_an_overflow_nothing_shorter_slips_in),
        cmocka_unit_test(numbers_reach_both_ends_of_their_range),
        cmocka_unit_test(json_strings_are_escaped),
        cmocka_unit_test(what_stands_there_is_quoted_in_its_place),
        cmocka_unit_test(a_string_that_does_not_fit_leaves_nothing_of_itself),
        cmocka_unit_test(a_taken_text_starts_again_with_the_same_maximum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
