#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/metrics.h"

enum { REQUESTS, WAITING, LAG, SECONDS, METRICS };
enum { GET, HEAD };

static const char *const methods[] = { "GET", "HEAD" };
static const char *const codes[] = { "200", "4\"0\\4\n" };
static const double bounds[] = { 0.5, 1, 10 };

static const struct metric_spec table[METRICS] = {
    [REQUESTS] = { .name = "app_requests_total",
                   .help = "Requests.",
                   .type = METRIC_COUNTER,
                   .labels = { { "method", methods, 2 }, { "code", codes, 2 } } },
    [WAITING] = { .name = "app_waiting", .help = "Waiting.", .type = METRIC_GAUGE },
    [LAG] = { .name = "app_lag",
              .help = "Lag.",
              .type = METRIC_GAUGE,
              .labels = { { "topic", NULL, 0 }, { "partition", NULL, 0 } } },
    [SECONDS] = { .name = "app_seconds",
                  .help = "Time.",
                  .type = METRIC_HISTOGRAM,
                  .bounds = bounds,
                  .bound_count = 3 },
};

static void assert_written(const struct metrics *metrics, enum metrics_format format,
                           const char *expected)
{
    AUTO(text_free) struct text text = text_of(10000);

    metrics_write(metrics, format, &text);
    assert_string_equal(text_string(&text), expected);
}

static void all_series_exist_from_the_start(void **state)
{
    (void)state;
    AUTO(metrics_free) struct metrics *metrics = metrics_new(table, METRICS);

    assert_written(metrics, METRICS_PROMETHEUS,
                   "# HELP app_requests_total Requests.\n"
                   "# TYPE app_requests_total counter\n"
                   "app_requests_total{method=\"GET\",code=\"200\"} 0\n"
                   "app_requests_total{method=\"GET\",code=\"4\\\"0\\\\4\\n\"} 0\n"
                   "app_requests_total{method=\"HEAD\",code=\"200\"} 0\n"
                   "app_requests_total{method=\"HEAD\",code=\"4\\\"0\\\\4\\n\"} 0\n"
                   "# HELP app_waiting Waiting.\n"
                   "# TYPE app_waiting gauge\n"
                   "app_waiting 0\n"
                   "# HELP app_lag Lag.\n"
                   "# TYPE app_lag gauge\n"
                   "# HELP app_seconds Time.\n"
                   "# TYPE app_seconds histogram\n"
                   "app_seconds_bucket{le=\"0.5\"} 0\n"
                   "app_seconds_bucket{le=\"1.0\"} 0\n"
                   "app_seconds_bucket{le=\"10.0\"} 0\n"
                   "app_seconds_bucket{le=\"+Inf\"} 0\n"
                   "app_seconds_sum 0\n"
                   "app_seconds_count 0\n");
}

static void openmetrics_names_families_and_ends_with_eof(void **state)
{
    (void)state;
    AUTO(metrics_free) struct metrics *metrics = metrics_new(table, LAG);

    metrics_count(metrics, REQUESTS, HEAD, 0);
    metrics_set(metrics, WAITING, 2.5);
    assert_written(metrics, METRICS_OPENMETRICS,
                   "# HELP app_requests Requests.\n"
                   "# TYPE app_requests counter\n"
                   "app_requests_total{method=\"GET\",code=\"200\"} 0\n"
                   "app_requests_total{method=\"GET\",code=\"4\\\"0\\\\4\\n\"} 0\n"
                   "app_requests_total{method=\"HEAD\",code=\"200\"} 1\n"
                   "app_requests_total{method=\"HEAD\",code=\"4\\\"0\\\\4\\n\"} 0\n"
                   "# HELP app_waiting Waiting.\n"
                   "# TYPE app_waiting gauge\n"
                   "app_waiting 2.5\n"
                   "# EOF\n");
}

static void each_series_counts_for_itself(void **state)
{
    (void)state;
    AUTO(metrics_free) struct metrics *metrics = metrics_new(table, METRICS);

    metrics_count(metrics, REQUESTS, GET, 1);
    metrics_count(metrics, REQUESTS, GET, 1);
    metrics_count(metrics, REQUESTS, HEAD, 0);
    metrics_add(metrics, WAITING, 5);
    metrics_add(metrics, WAITING, -2);
    assert_true(metrics_value(metrics, REQUESTS, GET, 0) == 0);
    assert_true(metrics_value(metrics, REQUESTS, GET, 1) == 2);
    assert_true(metrics_value(metrics, REQUESTS, HEAD, 0) == 1);
    assert_true(metrics_value(metrics, WAITING, 0, 0) == 3);
}

static void series_come_and_go(void **state)
{
    (void)state;
    AUTO(metrics_free) struct metrics *metrics = metrics_new(&table[LAG], 1);

    metrics_add_series(metrics, 0, (const char *const[]){ "t", "0" }, 7);
    metrics_add_series(metrics, 0, (const char *const[]){ "t", "1" }, 0);
    assert_written(metrics, METRICS_PROMETHEUS,
                   "# HELP app_lag Lag.\n# TYPE app_lag gauge\n"
                   "app_lag{topic=\"t\",partition=\"0\"} 7\n"
                   "app_lag{topic=\"t\",partition=\"1\"} 0\n");
    metrics_clear_series(metrics, 0);
    metrics_add_series(metrics, 0, (const char *const[]){ "t", "2" }, 1);
    assert_written(metrics, METRICS_PROMETHEUS,
                   "# HELP app_lag Lag.\n# TYPE app_lag gauge\n"
                   "app_lag{topic=\"t\",partition=\"2\"} 1\n");
}

static void buckets_hold_what_is_at_or_below_their_bound(void **state)
{
    (void)state;
    AUTO(metrics_free) struct metrics *metrics = metrics_new(&table[SECONDS], 1);

    metrics_observe(metrics, 0, 0.1);
    metrics_observe(metrics, 0, 0.5);
    metrics_observe(metrics, 0, 0.7);
    metrics_observe(metrics, 0, 100);
    assert_true(metrics_value(metrics, 0, 0, 0) == 4);
    assert_written(metrics, METRICS_PROMETHEUS,
                   "# HELP app_seconds Time.\n# TYPE app_seconds histogram\n"
                   "app_seconds_bucket{le=\"0.5\"} 2\n"
                   "app_seconds_bucket{le=\"1.0\"} 3\n"
                   "app_seconds_bucket{le=\"10.0\"} 3\n"
                   "app_seconds_bucket{le=\"+Inf\"} 4\n"
                   "app_seconds_sum 101.3\n"
                   "app_seconds_count 4\n");
}

static void large_numbers_are_written_whole(void **state)
{
    (void)state;
    AUTO(metrics_free) struct metrics *metrics = metrics_new(&table[WAITING], 1);

    metrics_set(metrics, 0, 1795425300.123);
    assert_written(metrics, METRICS_PROMETHEUS,
                   "# HELP app_waiting Waiting.\n# TYPE app_waiting gauge\n"
                   "app_waiting 1795425300.123\n");
    metrics_set(metrics, 0, 123456789012345);
    assert_written(metrics, METRICS_PROMETHEUS,
                   "# HELP app_waiting Waiting.\n# TYPE app_waiting gauge\n"
                   "app_waiting 123456789012345\n");
}

static void openmetrics_goes_to_those_who_ask_for_it(void **state)
{
    (void)state;
    static const char *const openmetrics[] = {
        "application/openmetrics-text",
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
        "text/plain;q=0.5, Application/OpenMetrics-Text ; version=1.0.0",
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
        "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,"
        "*/*;q=0.2",
    };
    static const char *const plain[] = {
        NULL,
        "",
        "*/*",
        ",,;;,",
        ";q=1,",
        "text/plain",
        "application/openmetrics-text;version=0.0.1,text/plain;q=0.5",
        "application/openmetrics-text;q=0",
        "application/openmetrics-text;q=0.3,text/plain;q=0.4",
        "application/openmetrics-text-not",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    };

    for (size_t i = 0; i < sizeof(openmetrics) / sizeof(*openmetrics); i++)
        assert_int_equal(metrics_format_of(openmetrics[i]), METRICS_OPENMETRICS);
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
        assert_int_equal(metrics_format_of(plain[i]), METRICS_PROMETHEUS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_series_exist_from_the_start),
        cmocka_unit_test(openmetrics_names_families_and_ends_with_eof),
        cmocka_unit_test(each_series_counts_for_itself),
        cmocka_unit_test(series_come_and_go),
        cmocka_unit_test(buckets_hold_what_is_at_or_below_their_bound),
        cmocka_unit_test(large_numbers_are_written_whole),
        cmocka_unit_test(openmetrics_goes_to_those_who_ask_for_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
