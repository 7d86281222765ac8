#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "common/rfc3339.h"

static void assert_reads(const char *string, wall_ms expected)
{
    wall_ms found = -2;

    assert_true(rfc3339_read(string, &found));
    assert_int_equal(found, expected);
}

static void a_moment_is_milliseconds_since_1970(void **state)
{
    (void)state;

    assert_reads("1970-01-01T00:00:00Z", 0);
    assert_reads("2026-11-23T09:15:00Z", INT64_C(1795425300000));
    assert_reads("2026-11-23t09:15:00z", INT64_C(1795425300000));
    assert_reads("9999-12-31T23:59:59.999Z", INT64_C(253402300799999));
    assert_reads("0000-01-01T00:00:00Z", INT64_C(-62167219200000));
    assert_reads("1969-12-31T23:59:59Z", -1000);
}

static void every_day_of_centuries_is_where_the_library_has_it(void **state)
{
    (void)state;

    for (time_t day = -800; day < 200000; day++) {
        time_t seconds = day * 86400;
        struct tm broken;
        char string[32];
        assert_non_null(gmtime_r(&seconds, &broken));
        assert_true(strftime(string, sizeof(string), "%Y-%m-%dT%H:%M:%SZ", &broken) > 0);
        assert_reads(string, seconds * 1000);
    }
}

static void fractions_are_cut_to_milliseconds(void **state)
{
    (void)state;

    assert_reads("1970-01-01T00:00:00.5Z", 500);
    assert_reads("1970-01-01T00:00:00.123456789Z", 123);
    assert_reads("1970-01-01T00:00:00.00099999999999999999999999999999999Z", 0);
}

static void an_offset_is_taken_off(void **state)
{
    (void)state;

    assert_reads("2026-11-23T10:15:00+01:00", INT64_C(1795425300000));
    assert_reads("2026-11-22T23:45:00-09:30", INT64_C(1795425300000));
    assert_reads("2026-11-23T09:15:00-00:00", INT64_C(1795425300000));
}

static void a_leap_second_is_the_beginning_of_the_next_minute(void **state)
{
    (void)state;

    assert_reads("2016-12-31T23:59:60Z", INT64_C(1483228800000));
}

static void leap_days_are_where_gregory_put_them(void **state)
{
    (void)state;
    wall_ms ignored;

    assert_true(rfc3339_read("2024-02-29T00:00:00Z", &ignored));
    assert_true(rfc3339_read("2000-02-29T00:00:00Z", &ignored));
    assert_false(rfc3339_read("2026-02-29T00:00:00Z", &ignored));
    assert_false(rfc3339_read("2100-02-29T00:00:00Z", &ignored));
}

static void what_is_no_moment_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "2026",
        "2026-11-23",
        "2026-11-23T",
        "2026-11-23T09",
        "2026-11-23T09:15",
        "2026-11-23T09:15:00",
        "2026-11-23T09:15Z",
        "2026-11-23 09:15:00Z",
        "2026-11-23T09:15:00ZZ",
        "2026-11-23T09:15:00Z ",
        " 2026-11-23T09:15:00Z",
        "2026-11-23T09:15:00,5Z",
        "2026-11-23T09:15:00.Z",
        "2026-11-23T09:15:00+0100",
        "2026-11-23T09:15:00+01",
        "2026-11-23T09:15:00+24:00",
        "2026-11-23T09:15:00+01:60",
        "2026-13-23T09:15:00Z",
        "2026-00-23T09:15:00Z",
        "2026-11-31T09:15:00Z",
        "2026-11-00T09:15:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T09:60:00Z",
        "2026-11-23T09:15:61Z",
        "-026-11-23T09:15:00Z",
        "+026-11-23T09:15:00Z",
        "02026-11-23T09:15:00Z",
        "2026-1-23T09:15:00Z",
        "2026-11-23T09:15:0xZ",
        "1795425300",
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        wall_ms untouched = 42;
        assert_false(rfc3339_read(wrong[i], &untouched));
        assert_int_equal(untouched, 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moment_is_milliseconds_since_1970),
        cmocka_unit_test(every_day_of_centuries_is_where_the_library_has_it),
        cmocka_unit_test(fractions_are_cut_to_milliseconds),
        cmocka_unit_test(an_offset_is_taken_off),
        cmocka_unit_test(a_leap_second_is_the_beginning_of_the_next_minute),
        cmocka_unit_test(leap_days_are_where_gregory_put_them),
        cmocka_unit_test(what_is_no_moment_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
