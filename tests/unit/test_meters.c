#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "worker/app/meters.h"
#include "worker/core/reason.h"
#include "worker/core/report.h"

static const char *const topics[] = { "ireserve.notifications", "ireserve.conversations" };
static const struct meters_options options = { "1.2.3", topics, 2 };

/* The file that the build names: all metrics of a worker that did nothing yet. */
static char *read_golden(void)
{
    FILE *file = fopen(METERS_GOLDEN, "re");
    struct text text = text_of(100000);
    char line[1024];

    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        text_add_string(&text, line);
    fclose(file);
    return text_take(&text);
}

/* A difference means that dashboards and alerts of other people break: add, do not change. */
static void names_and_labels_are_those_that_were_promised(void **state)
{
    (void)state;
    AUTO(metrics_free) struct metrics *metrics = meters_new(&options);
    AUTO(text_free) struct text text = text_of(100000);
    AUTO(free) char *golden = read_golden();

    metrics_write(metrics, METRICS_PROMETHEUS, &text);
    assert_string_equal(text_string(&text), golden);
}

static void the_labels_are_those_of_the_core(void **state)
{
    (void)state;
    AUTO(metrics_free) struct metrics *metrics = meters_new(&options);
    AUTO(text_free) struct text text = text_of(100000);

    metrics_count(metrics, METER_RECORDS, 1, OUTCOME_UNMAPPED);
    metrics_count(metrics, METER_POST_ATTEMPTS, VERDICT_RATE_LIMITED, 0);
    metrics_count(metrics, METER_DEAD_LETTERS, REASON_NOT_JSON, 0);
    metrics_count(metrics, METER_COMMITS, COMMIT_FAILED, 0);
    metrics_write(metrics, METRICS_PROMETHEUS, &text);
    assert_non_null(strstr(text_string(&text), "\nireserve_mattermost_records_total{topic=\""
                                               "ireserve.conversations\",outcome=\"unmapped\"} "
                                               "1\n"));
    assert_non_null(
        strstr(text_string(&text),
               "\nireserve_mattermost_post_attempts_total{verdict=\"rate_limited\"} 1\n"));
    assert_non_null(strstr(text_string(&text),
                           "\nireserve_mattermost_dead_letters_total{reason=\"not_json\"} 1\n"));
    assert_non_null(
        strstr(text_string(&text), "\nireserve_mattermost_commits_total{outcome=\"failed\"} 1\n"));
}

static void a_refresh_tells_about_the_process(void **state)
{
    (void)state;
    AUTO(metrics_free) struct metrics *metrics = meters_new(&options);

    meters_refresh(metrics);
    assert_true(metrics_value(metrics, METER_PROCESS_RESIDENT_BYTES, 0, 0) > 0);
    assert_true(metrics_value(metrics, METER_PROCESS_START_TIME, 0, 0) > 0);
    assert_true(metrics_value(metrics, METER_LOG_LINES_DROPPED, 0, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_labels_are_those_that_were_promised),
        cmocka_unit_test(the_labels_are_those_of_the_core),
        cmocka_unit_test(a_refresh_tells_about_the_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
