/*
 * metrics: numbers about the program, from one table, in the formats that Prometheus reads.
 *
 * A table of `struct metric_spec` is all there is to know: an enum beside it numbers its rows, and
 * those numbers are the `metric` arguments here; a label's value is its index in the row's list.
 * Every series exists, as 0, from the start.  Counting is an addition at an index.
 */
#ifndef COMMON_METRICS_H
#define COMMON_METRICS_H

#include <stddef.h>

#include "common/attrs.h"
#include "common/metrics_format.h"
#include "common/text.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

enum { METRIC_MAX_LABELS = 2 };

/* A label and all values that it can have; NULL values: they come and go (metrics_add_series). */
struct metric_label {
    const char *name; /* NULL: there is no such label */
    const char *const *values;
    size_t count;
};

struct metric_spec {
    const char *name; /* whole; a counter's ends in _total */
    const char *help; /* a sentence without quotes, backslashes and line feeds */
    enum metric_type type;
    struct metric_label labels[METRIC_MAX_LABELS];
    const double *bounds; /* of a histogram: rising, without +Inf */
    size_t bound_count;
};

struct metrics;

/* Gives the metrics of a table; of it, names, help and bounds are borrowed until the end. */
struct metrics *metrics_new(const struct metric_spec *specs, size_t count) ATTR_MUST_USE;

/* NULL is fine. */
void metrics_free(struct metrics *metrics);
DEFINE_AUTO(struct metrics *, metrics_free)

/* Adds 1 to the series with the a-th and b-th value of its labels (0 where there is none). */
void metrics_count(struct metrics *metrics, size_t metric, size_t a, size_t b);

/* Sets a metric without labels: a gauge, or a counter that is counted elsewhere. */
void metrics_set(struct metrics *metrics, size_t metric, double value);

/* Adds to a metric without labels. */
void metrics_add(struct metrics *metrics, size_t metric, double amount);

/* Puts a value into a histogram. */
void metrics_observe(struct metrics *metrics, size_t metric, double value);

/* Forgets all series of a metric whose label values come and go. */
void metrics_clear_series(struct metrics *metrics, size_t metric);

/* Adds a series to such a metric, with a value for each of its labels. */
void metrics_add_series(struct metrics *metrics, size_t metric,
                        const char *const values[static METRIC_MAX_LABELS], double value);

/* The value of a series; of a histogram, how many values it was given. */
double metrics_value(const struct metrics *metrics, size_t metric, size_t a, size_t b);

/* Adds all metrics to `ret`. */
void metrics_write(const struct metrics *metrics, enum metrics_format format, struct text *ret);

#endif
