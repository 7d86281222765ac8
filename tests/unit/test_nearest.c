#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/nearest.h"

static const char *const names[] = { "window", "in_flight", "in_flight_per_server", "drain_ms" };

static const char *find(const char *slip)
{
    return nearest_name(slip, names, 4);
}

static void a_slip_finds_its_name(void **state)
{
    (void)state;
    assert_string_equal(find("windw"), "window");
    assert_string_equal(find("inflight"), "in_flight");
    assert_string_equal(find("drain_sm"), "drain_ms");
    assert_string_equal(find("in_flight_per_servers"), "in_flight_per_server");
}

static void something_else_finds_nothing(void **state)
{
    (void)state;
    char endless[200];

    memset(endless, 'x', sizeof(endless) - 1);
    endless[sizeof(endless) - 1] = '\0';
    assert_null(find("colour"));
    assert_null(find(""));
    assert_null(find(endless));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_finds_its_name),
        cmocka_unit_test(something_else_finds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
