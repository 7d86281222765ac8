#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"

static void assert_reads(const char *bytes, size_t length, uint32_t expected)
{
    uint32_t point = 0;

    assert_int_equal(utf8_read(bytes, strlen(bytes), &point), length);
    assert_int_equal(point, expected);
}

static void assert_refuses(const char *bytes)
{
    uint32_t point;

    assert_int_equal(utf8_read(bytes, strlen(bytes), &point), 0);
}

static void the_ends_of_each_length_are_read(void **state)
{
    (void)state;
    uint32_t point = 1;

    assert_int_equal(utf8_read("\0", 1, &point), 1);
    assert_int_equal(point, 0);
    assert_reads("a\xff", 1, 'a');
    assert_reads("\x7f", 1, 0x7f);
    assert_reads("\xc2\x80", 2, 0x80);
    assert_reads("\xdf\xbf", 2, 0x7ff);
    assert_reads("\xe0\xa0\x80", 3, 0x800);
    assert_reads("\xed\x9f\xbf", 3, 0xd7ff);
    assert_reads("\xee\x80\x80", 3, 0xe000);
    assert_reads("\xef\xbf\xbf", 3, 0xffff);
    assert_reads("\xf0\x90\x80\x80", 4, 0x10000);
    assert_reads("\xf4\x8f\xbf\xbf", 4, 0x10ffff);
}

static void what_is_not_utf8_is_refused(void **state)
{
    (void)state;

    assert_refuses("\x80");             /* no leading byte */
    assert_refuses("\xbf");             /* likewise */
    assert_refuses("\xc0\x80");         /* overlong */
    assert_refuses("\xc1\xbf");         /* overlong */
    assert_refuses("\xe0\x9f\xbf");     /* overlong */
    assert_refuses("\xf0\x8f\xbf\xbf"); /* overlong */
    assert_refuses("\xed\xa0\x80");     /* a surrogate */
    assert_refuses("\xed\xbf\xbf");     /* a surrogate */
    assert_refuses("\xf4\x90\x80\x80"); /* above the last */
    assert_refuses("\xf8\x88\x80\x80\x80");
    assert_refuses("\xff");
    assert_refuses("\xc3");         /* cut */
    assert_refuses("\xe2\x82");     /* cut */
    assert_refuses("\xf0\x9f\x98"); /* cut */
    assert_refuses("\xe2\x82z");    /* broken off */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ends_of_each_length_are_read),
        cmocka_unit_test(what_is_not_utf8_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
