#include "common/metrics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

/* `labels` is ready to be written between braces; empty: without them. */
struct series {
    char *labels;
    double value;    /* of a histogram: the sum */
    double *buckets; /* bound_count + 1, each without those below it; NULL: no histogram */
};

struct metric {
    struct metric_spec spec;
    bool is_dynamic; /* its series come and go */
    struct series *series;
    size_t series_count;
};

struct metrics {
    size_t count;
    struct metric metrics[];
};

static void add_label(struct text *text, const char *name, const char *value)
{
    if (text->length > 0)
        text_add_char(text, ',');
    text_add_string(text, name);
    text_add_string(text, "=\"");
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            text_add_char(text, '\\');
        text_add_string(text, *value == '\n' ? "\\n" : (const char[]){ *value, '\0' });
    }
    text_add_char(text, '"');
}

static char *labels_of(const struct metric_spec *spec, const char *const values[])
{
    enum { MAX_LABELS_BYTES = 4096 };
    struct text text = text_of(MAX_LABELS_BYTES);

    for (size_t i = 0; i < METRIC_MAX_LABELS && spec->labels[i].name; i++)
        add_label(&text, spec->labels[i].name, values[i]);
    return text_take(&text);
}

static size_t values_of(const struct metric_label *label)
{
    return label->name ? label->count : 1;
}

static const char *value_of(const struct metric_label *label, size_t index)
{
    return label->name ? label->values[index] : NULL;
}

/* Makes all series of a metric whose label values are known. */
static void make_series(struct metric *metric)
{
    const struct metric_spec *spec = &metric->spec;
    const struct metric_label *a = &spec->labels[0];
    const struct metric_label *b = &spec->labels[1];

    metric->is_dynamic = a->name && !a->values;
    if (metric->is_dynamic)
        return;
    metric->series_count = values_of(a) * values_of(b);
    metric->series = mem_new_array(metric->series_count, sizeof(*metric->series));
    for (size_t i = 0; i < metric->series_count; i++) {
        const char *values[] = { value_of(a, i / values_of(b)), value_of(b, i % values_of(b)) };
        metric->series[i].labels = labels_of(spec, values);
        if (spec->type == METRIC_HISTOGRAM)
            metric->series[i].buckets = mem_new_array(spec->bound_count + 1, sizeof(double));
    }
}

/* What the writing below relies on. */
static void check_spec(const struct metric_spec *spec)
{
    size_t length = strlen(spec->name);
    bool is_total = length > 6 && strcmp(spec->name + length - 6, "_total") == 0;

    must(is_total == (spec->type == METRIC_COUNTER));
    must(spec->type != METRIC_HISTOGRAM || !spec->labels[0].name);
    must(!strpbrk(spec->help, "\\\"\n"));
}

struct metrics *metrics_new(const struct metric_spec *specs, size_t count)
{
    struct metrics *metrics = mem_new(sizeof(*metrics) + count * sizeof(metrics->metrics[0]));

    metrics->count = count;
    for (size_t i = 0; i < count; i++) {
        check_spec(&specs[i]);
        metrics->metrics[i].spec = specs[i];
        make_series(&metrics->metrics[i]);
    }
    return metrics;
}

static void free_series(struct metric *metric)
{
    for (size_t i = 0; i < metric->series_count; i++) {
        free(metric->series[i].labels);
        free(metric->series[i].buckets);
    }
    free(metric->series);
    metric->series = NULL;
    metric->series_count = 0;
}

void metrics_free(struct metrics *metrics)
{
    if (!metrics)
        return;
    for (size_t i = 0; i < metrics->count; i++)
        free_series(&metrics->metrics[i]);
    free(metrics);
}

static struct series *series_at(const struct metrics *metrics, size_t metric, size_t a, size_t b)
{
    must(metric < metrics->count);
    const struct metric *found = &metrics->metrics[metric];
    size_t bs = values_of(&found->spec.labels[1]);

    must(b < bs && a * bs + b < found->series_count);
    return &found->series[a * bs + b];
}

void metrics_count(struct metrics *metrics, size_t metric, size_t a, size_t b)
{
    series_at(metrics, metric, a, b)->value += 1;
}

void metrics_set(struct metrics *metrics, size_t metric, double value)
{
    series_at(metrics, metric, 0, 0)->value = value;
}

void metrics_add(struct metrics *metrics, size_t metric, double amount)
{
    series_at(metrics, metric, 0, 0)->value += amount;
}

void metrics_observe(struct metrics *metrics, size_t metric, double value)
{
    struct series *series = series_at(metrics, metric, 0, 0);
    const struct metric_spec *spec = &metrics->metrics[metric].spec;
    size_t bucket = 0;

    must(spec->type == METRIC_HISTOGRAM);
    while (bucket < spec->bound_count && value > spec->bounds[bucket])
        bucket++;
    series->buckets[bucket] += 1;
    series->value += value;
}

void metrics_clear_series(struct metrics *metrics, size_t metric)
{
    must(metric < metrics->count && metrics->metrics[metric].is_dynamic);
    free_series(&metrics->metrics[metric]);
}

void metrics_add_series(struct metrics *metrics, size_t metric,
                        const char *const values[static METRIC_MAX_LABELS], double value)
{
    must(metric < metrics->count && metrics->metrics[metric].is_dynamic);
    struct metric *found = &metrics->metrics[metric];
    size_t size = (found->series_count + 1) * sizeof(*found->series);

    found->series = mem_resize(found->series, size);
    found->series[found->series_count++] =
        (struct series){ .labels = labels_of(&found->spec, values), .value = value };
}

double metrics_value(const struct metrics *metrics, size_t metric, size_t a, size_t b)
{
    const struct series *series = series_at(metrics, metric, a, b);
    double count = 0;

    if (!series->buckets)
        return series->value;
    for (size_t i = 0; i <= metrics->metrics[metric].spec.bound_count; i++)
        count += series->buckets[i];
    return count;
}

/* Whole numbers of any size that is exact, and fractions without the noise of their last bits. */
static void add_number(struct text *text, double number)
{
    enum { DIGITS = 15 };

    if (number == floor(number) && fabs(number) < 1e15)
        text_add_int(text, (int64_t)number);
    else
        text_printf(text, "%.*g", DIGITS, number);
}

static void write_sample(struct text *text, const char *name, const char *suffix,
                         const struct series *series, double value)
{
    text_add_string(text, name);
    text_add_string(text, suffix);
    if (*series->labels) {
        text_add_char(text, '{');
        text_add_string(text, series->labels);
        text_add_char(text, '}');
    }
    text_add_char(text, ' ');
    add_number(text, value);
    text_add_char(text, '\n');
}

/* A bound is written as OpenMetrics wants it (1.0), so that it is the same series in both. */
static void write_bucket(struct text *text, const struct metric_spec *spec, size_t bucket,
                         double count)
{
    text_printf(text, "%s_bucket{le=\"", spec->name);
    if (bucket == spec->bound_count) {
        text_add_string(text, "+Inf");
    } else {
        add_number(text, spec->bounds[bucket]);
        if (spec->bounds[bucket] == floor(spec->bounds[bucket]))
            text_add_string(text, ".0");
    }
    text_add_string(text, "\"} ");
    add_number(text, count);
    text_add_char(text, '\n');
}

static void write_histogram(struct text *text, const struct metric *metric)
{
    const struct series *series = &metric->series[0];
    double count = 0;

    for (size_t i = 0; i <= metric->spec.bound_count; i++) {
        count += series->buckets[i];
        write_bucket(text, &metric->spec, i, count);
    }
    write_sample(text, metric->spec.name, "_sum", series, series->value);
    write_sample(text, metric->spec.name, "_count", series, count);
}

static void write_metric(struct text *text, const struct metric *metric, enum metrics_format format)
{
    static const char *const types[] = {
        [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram"
    };
    const struct metric_spec *spec = &metric->spec;
    int family = (int)strlen(spec->name);

    if (format == METRICS_OPENMETRICS && spec->type == METRIC_COUNTER)
        family -= (int)strlen("_total");
    text_printf(text, "# HELP %.*s %s\n# TYPE %.*s %s\n", family, spec->name, spec->help, family,
                spec->name, types[spec->type]);
    if (spec->type == METRIC_HISTOGRAM) {
        write_histogram(text, metric);
        return;
    }
    for (size_t i = 0; i < metric->series_count; i++)
        write_sample(text, spec->name, "", &metric->series[i], metric->series[i].value);
}

void metrics_write(const struct metrics *metrics, enum metrics_format format, struct text *ret)
{
    for (size_t i = 0; i < metrics->count; i++)
        write_metric(ret, &metrics->metrics[i], format);
    if (format == METRICS_OPENMETRICS)
        text_add_string(ret, "# EOF\n");
}
