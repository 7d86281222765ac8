/*
 * How far apart a server's requests are that says how many it takes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/pace.h"

/* An accepted post, by a server that has so much left; 0 of `bucket`: it does not say it. */
static struct answer answer_of(int64_t bucket, int64_t left, int64_t reset_s)
{
    return (struct answer){ .kind = ANSWER_HTTP,
                            .status = 201,
                            .body = "",
                            .retry_after_s = -1,
                            .rate_limit = bucket,
                            .rate_limit_remaining = left,
                            .rate_limit_reset_s = reset_s,
                            .took_ms = 5,
                            .why = "" };
}

static void what_is_left_is_spread(void **state)
{
    static const struct {
        int64_t bucket; /* 0: not said */
        int64_t left;
        int64_t reset_s;
        size_t others; /* on the wire */
        mono_ms gap;
    } cases[] = {
        { 100, 99, 1, 0, 0 },
        { 100, 56, 5, 0, 0 },
        { 100, 55, 5, 0, 5000 / 45 },
        { 100, 56, 5, 5, 5000 / 41 },
        { 100, 30, 7, 0, 7000 / 20 },
        { 100, 11, 9, 0, 4 * 9000 / 89 },
        { 100, 0, 10, 0, 400 },
        { 100, 30, 7, 60, 400 },
        { 0, 80, 2, 0, 0 },
        { 0, 30, 7, 0, 350 },
        { 5, 4, 1, 0, 0 },
        { 5, 3, 1, 0, 500 },
        { 5, 1, 2, 0, 2000 },
        { 5, 0, 3, 0, 4 * 3000 / 5 },
        { 100, -1, 10, 0, 0 },
        { 100, 0, -1, 0, 0 },
        { 1, 0, 1, 0, 1000 },
        { 1000000000, 0, 1000000000, 64, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct answer answer = answer_of(cases[i].bucket, cases[i].left, cases[i].reset_s);
        struct pace pace;
        pace_open(&pace, 16);
        pace_hear_limits(&pace, &answer, cases[i].others, 1000);
        assert_int_equal(pace_gap(&pace, 1000), cases[i].gap);
    }
}

static void a_bucket_that_is_full_again_is_free(void **state)
{
    const struct answer answer = answer_of(100, 30, 7);
    struct pace pace;

    (void)state;
    pace_open(&pace, 16);
    pace_hear_limits(&pace, &answer, 0, 1000);
    assert_int_equal(pace_gap(&pace, 7999), 350);
    assert_int_equal(pace_gap(&pace, 8000), 0);
}

/* Mattermost's own counting: a bucket into which so many requests flow a second. */
static void a_limited_server_never_has_to_refuse(void **state)
{
    static const struct {
        int64_t bucket;
        int64_t a_second;
    } cases[] = { { 100, 10 }, { 5, 2 }, { 20, 1 }, { 1000, 100 } };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct pace pace;
        int64_t bucket = cases[i].bucket * 1000; /* thousandths */
        int64_t lowest = bucket;
        mono_ms next = 0;
        int sent = 0;
        pace_open(&pace, 16);
        for (mono_ms now = 1; now <= 120 * 1000; now++) {
            bucket += cases[i].a_second;
            bucket = bucket < cases[i].bucket * 1000 ? bucket : cases[i].bucket * 1000;
            if (now < next)
                continue;
            bucket -= 1000;
            assert_true(bucket >= 0);
            lowest = bucket < lowest ? bucket : lowest;
            int64_t missing = cases[i].bucket * 1000 - bucket;
            int64_t a_second = cases[i].a_second * 1000;
            const struct answer answer =
                answer_of(cases[i].bucket, bucket / 1000, (missing + a_second - 1) / a_second);
            pace_hear_limits(&pace, &answer, 0, now);
            next = now + pace_gap(&pace, now);
            sent++;
        }
        assert_in_range(lowest, cases[i].bucket * 1000 / 4, cases[i].bucket * 600 + 1000);
        assert_in_range(sent, 120 * cases[i].a_second * 7 / 10,
                        120 * cases[i].a_second + cases[i].bucket);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_is_spread),
        cmocka_unit_test(a_bucket_that_is_full_again_is_free),
        cmocka_unit_test(a_limited_server_never_has_to_refuse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
