/*
 * Limits are read from headers as real servers and proxies spell them: doubled, in any case, as
 * seconds or as a date, and never as nonsense.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/answer.h"

static struct answer read_all(const char *const *lines)
{
    struct answer_limits limits = answer_limits_none();
    struct answer answer = { .kind = ANSWER_HTTP };

    for (; *lines; lines++)
        answer_limits_read(&limits, *lines, strlen(*lines));
    answer_take_limits(&answer, &limits);
    return answer;
}

static void a_limited_answer_says_how_long_to_wait(void **state)
{
    static const char *const lines[] = { "HTTP/1.1 429 Too Many Requests\r\n",
                                         "Content-Type: text/plain; charset=utf-8\r\n",
                                         "Retry-After: 1\r\n",
                                         "X-Ratelimit-Limit: 6\r\n",
                                         "X-Ratelimit-Remaining: 0\r\n",
                                         "X-Ratelimit-Reset: 3\r\n",
                                         "Date: Mon, 23 Nov 2026 11:25:43 GMT\r\n",
                                         "\r\n",
                                         NULL };
    struct answer answer = read_all(lines);

    (void)state;
    assert_int_equal(answer.retry_after_s, 1);
    assert_int_equal(answer.rate_limit, 6);
    assert_int_equal(answer.rate_limit_remaining, 0);
    assert_int_equal(answer.rate_limit_reset_s, 3);
}

static void of_doubled_headers_the_most_restrictive_counts(void **state)
{
    static const char *const lines[] = { "X-Ratelimit-Limit: 100\r\n",
                                         "X-Ratelimit-Limit: 11\r\n",
                                         "X-Ratelimit-Remaining: 9\r\n",
                                         "x-ratelimit-remaining:4\r\n",
                                         "X-RateLimit-Remaining: 5\r\n",
                                         "X-Ratelimit-Reset: 1\r\n",
                                         "X-Ratelimit-Reset:  7 \r\n",
                                         "X-Ratelimit-Reset: 2\r\n",
                                         "Retry-After: 8\r\n",
                                         "Retry-After: 2\r\n",
                                         NULL };
    struct answer answer = read_all(lines);

    (void)state;
    assert_int_equal(answer.rate_limit, 11);
    assert_int_equal(answer.rate_limit_remaining, 4);
    assert_int_equal(answer.rate_limit_reset_s, 7);
    assert_int_equal(answer.retry_after_s, 8);
}

static void a_date_is_relative_to_the_clock_of_the_server(void **state)
{
    static const char *const later[] = { "Retry-After: Mon, 23 Nov 2026 11:27:43 GMT\r\n",
                                         "Date: Mon, 23 Nov 2026 11:25:43 GMT\r\n", NULL };
    static const char *const past[] = { "Date: Mon, 23 Nov 2026 11:25:43 GMT\r\n",
                                        "Retry-After: Mon, 23 Nov 2020 11:27:43 GMT\r\n", NULL };
    static const char *const alone[] = { "Retry-After: Mon, 23 Nov 2026 11:27:43 GMT\r\n", NULL };

    (void)state;
    assert_int_equal(read_all(later).retry_after_s, 120);
    assert_int_equal(read_all(past).retry_after_s, 0);
    assert_int_equal(read_all(alone).retry_after_s, -1);
}

static void nonsense_was_not_said_and_too_much_is_cut(void **state)
{
    static const char *const nonsense[] = { "Retry-After: -5\r\n",
                                            "Retry-After: soon\r\n",
                                            "Retry-After:\r\n",
                                            "Retry-After: 5 6\r\n",
                                            "Retry-After",
                                            "X-Ratelimit-Remaining: 0x1\r\n",
                                            "X-Ratelimit-Reset-Not: 5\r\n",
                                            "",
                                            NULL };
    static const char *const huge[] = { "Retry-After: 99999999999999999999999999999999\r\n", NULL };
    struct answer answer = read_all(nonsense);

    (void)state;
    assert_int_equal(answer.retry_after_s, -1);
    assert_int_equal(answer.rate_limit_remaining, -1);
    assert_int_equal(answer.rate_limit_reset_s, -1);
    assert_int_equal(read_all(huge).retry_after_s, 1000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limited_answer_says_how_long_to_wait),
        cmocka_unit_test(of_doubled_headers_the_most_restrictive_counts),
        cmocka_unit_test(a_date_is_relative_to_the_clock_of_the_server),
        cmocka_unit_test(nonsense_was_not_said_and_too_much_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
