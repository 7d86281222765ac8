/*
 * metrics_format: the two formats in which metrics are read, and which one a client wants.
 */
#ifndef COMMON_METRICS_FORMAT_H
#define COMMON_METRICS_FORMAT_H

enum metrics_format {
    METRICS_PROMETHEUS,  /* text 0.0.4 */
    METRICS_OPENMETRICS, /* 1.0.0 */
};

/*
 * What a client that sent this Accept header (NULL: none) wants: OpenMetrics when it names it and
 * likes it no less than the other.
 */
enum metrics_format metrics_format_of(const char *accept);

/* The Content-Type of a format. */
const char *metrics_content_type(enum metrics_format format);

#endif
