#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/core/backoff.h"

static const struct backoff backoff = { .first = 1000, .max = 60000 };

static void the_first_rest_is_the_shortest(void **state)
{
    (void)state;
    struct random random = random_of(1);

    assert_int_equal(backoff_next(&backoff, 0, &random), 1000);
}

static void rests_stay_between_their_bounds(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct random random = random_of(seed);
        mono_ms rest = 0;
        for (int i = 0; i < 50; i++) {
            mono_ms next = backoff_next(&backoff, rest, &random);
            assert_in_range(next, 1000, 60000);
            assert_true(next <= (rest * 3 < 1000 ? 1000 : rest * 3));
            rest = next;
        }
    }
}

static void rests_of_two_that_failed_together_drift_apart(void **state)
{
    (void)state;
    struct random a = random_of(1);
    struct random b = random_of(2);
    mono_ms rest_a = 0;
    mono_ms rest_b = 0;

    for (int i = 0; i < 4; i++) {
        rest_a = backoff_next(&backoff, rest_a, &a);
        rest_b = backoff_next(&backoff, rest_b, &b);
    }
    assert_int_not_equal(rest_a, rest_b);
}

static void a_maximum_next_to_the_first_is_kept(void **state)
{
    (void)state;
    const struct backoff narrow = { .first = 5, .max = 5 };
    struct random random = random_of(3);

    assert_int_equal(backoff_next(&narrow, 5, &random), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_rest_is_the_shortest),
        cmocka_unit_test(rests_stay_between_their_bounds),
        cmocka_unit_test(rests_of_two_that_failed_together_drift_apart),
        cmocka_unit_test(a_maximum_next_to_the_first_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
