/*
 * When a server counts as away, and when it is tried again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/breaker.h"

/* Has it hear a story: F failed, p passed, - no sign.  Gives how many were heard when it opened. */
static size_t hear(struct breaker *breaker, const char *story)
{
    struct random random = random_of(7);

    for (size_t i = 0; story[i]; i++) {
        enum breaker_sign sign = story[i] == 'F'   ? BREAKER_FAIL
                                 : story[i] == 'p' ? BREAKER_PASS
                                                   : BREAKER_NO_SIGN;
        if (breaker_hear(breaker, sign, 1000, &random) == BREAKER_OPENED)
            return i + 1;
    }
    return 0;
}

static void it_opens_by_failures_in_a_row_or_by_many_of_the_last(void **state)
{
    static const struct {
        const char *story;
        size_t opens_at; /* 0: never */
    } cases[] = {
        { "FFFFF", 5 },
        { "FFFFpFFFF", 0 },
        { "FFFF--------F", 13 },
        { "--------------------", 0 },
        { "ppppppppppppppppppppFFFFF", 25 },
        { "FpFpFpFpFpFpFpFpFpFpFpFpFpFp", 0 }, /* half of them */
        { "FFpFpFpFpFpFpFpFpFpF", 20 },
        { "FFpFFpFFpFFpFFpFFp", 0 }, /* too few to tell */
        { "pppppppFFpFFpFFpFFpFFpFFpFFpFF", 23 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct breaker breaker = { 0 };
        assert_int_equal(hear(&breaker, cases[i].story), cases[i].opens_at);
        assert_int_equal(breaker.state, cases[i].opens_at ? BREAKER_OPEN : BREAKER_CLOSED);
    }
}

static void it_rests_twice_as_long_each_time(void **state)
{
    static const mono_ms rests[] = { 5000, 10000, 20000, 40000, 60000, 60000 };

    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct random random = random_of(seed);
        struct breaker breaker = { 0 };
        mono_ms now = 1000;
        (void)hear(&breaker, "FFFFF");
        for (size_t i = 0; i < sizeof(rests) / sizeof(*rests); i++) {
            assert_in_range(breaker.until - now, rests[i] * 3 / 4, rests[i]);
            now = breaker.until;
            breaker_probe(&breaker);
            assert_int_equal(breaker_hear_probe(&breaker, true, now, &random), BREAKER_SAME);
        }
    }
}

static void a_probe_that_passes_closes_it_and_all_is_forgotten(void **state)
{
    struct random random = random_of(1);
    struct breaker breaker = { 0 };

    (void)state;
    (void)hear(&breaker, "FFFFF");
    breaker_probe(&breaker);
    assert_int_equal(breaker_hear_probe(&breaker, false, 9000, &random), BREAKER_REOPENED);
    assert_int_equal(hear(&breaker, "FFFF"), 0);
    assert_int_equal(hear(&breaker, "F"), 1);
    assert_in_range(breaker.until - 1000, BREAKER_FIRST_MS * 3 / 4, BREAKER_FIRST_MS);
}

static void while_it_is_open_only_the_probe_counts(void **state)
{
    struct random random = random_of(1);
    struct breaker breaker = { 0 };

    (void)state;
    (void)hear(&breaker, "FFFFF");
    mono_ms until = breaker.until;
    assert_int_equal(hear(&breaker, "pppppFFFFF"), 0);
    assert_int_equal(breaker.until, until);
    breaker_probe(&breaker);
    assert_int_equal(breaker_hear(&breaker, BREAKER_PASS, 9000, &random), BREAKER_SAME);
    assert_int_equal(breaker.state, BREAKER_PROBING);
}

static void a_probe_that_nobody_waits_for_is_no_failure(void **state)
{
    struct breaker breaker = { 0 };

    (void)state;
    (void)hear(&breaker, "FFFFF");
    mono_ms until = breaker.until;
    breaker_probe(&breaker);
    breaker_forget_probe(&breaker);
    assert_int_equal(breaker.state, BREAKER_OPEN);
    assert_int_equal(breaker.until, until);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_opens_by_failures_in_a_row_or_by_many_of_the_last),
        cmocka_unit_test(it_rests_twice_as_long_each_time),
        cmocka_unit_test(a_probe_that_passes_closes_it_and_all_is_forgotten),
        cmocka_unit_test(while_it_is_open_only_the_probe_counts),
        cmocka_unit_test(a_probe_that_nobody_waits_for_is_no_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
