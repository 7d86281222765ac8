#include "common/metrics_format.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A part of the header: from `at` up to the next separator. */
struct part {
    const char *at;
    size_t length;
};

/* Takes the next part off `*rest`, spaces around it left out; false: there is none. */
static bool next_part(const char **rest, const char *separators, struct part *ret)
{
    if (!**rest)
        return false;
    const char *end = *rest + strcspn(*rest, separators);
    const char *at = *rest + strspn(*rest, " \t");

    *rest = *end && *end != ',' ? end + 1 : end;
    while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *ret = (struct part){ at, end > at ? (size_t)(end - at) : 0 };
    return true;
}

static bool is(const struct part *part, const char *word)
{
    return part->length == strlen(word) && strncasecmp(part->at, word, part->length) == 0;
}

/* One media range of the header: which of the two it admits, and how well it is liked. */
struct range {
    bool openmetrics;
    bool text;
    double quality;
};

static void read_parameter(const struct part *part, struct range *range)
{
    if (part->length > 2 && strncasecmp(part->at, "q=", 2) == 0)
        range->quality = strtod(part->at + 2, NULL);
    else if (part->length > 8 && strncasecmp(part->at, "version=", 8) == 0 &&
             !is(part, "version=1.0.0"))
        range->openmetrics = false;
}

/* Reads the range at `*rest` and moves on to the next. */
static struct range read_range(const char **rest)
{
    struct range range = { .quality = 1 };
    struct part part;

    if (next_part(rest, ";,", &part)) {
        range.openmetrics = is(&part, "application/openmetrics-text");
        range.text = is(&part, "text/plain") || is(&part, "text/*") || is(&part, "*/*");
    }
    while (**rest && **rest != ',' && next_part(rest, ";,", &part))
        read_parameter(&part, &range);
    if (**rest == ',')
        (*rest)++;
    return range;
}

enum metrics_format metrics_format_of(const char *accept)
{
    double openmetrics = 0;
    double text = 0;

    while (accept && *accept) {
        struct range range = read_range(&accept);
        if (range.openmetrics && range.quality > openmetrics)
            openmetrics = range.quality;
        if (range.text && range.quality > text)
            text = range.quality;
    }
    return openmetrics > 0 && openmetrics >= text ? METRICS_OPENMETRICS : METRICS_PROMETHEUS;
}

const char *metrics_content_type(enum metrics_format format)
{
    return format == METRICS_OPENMETRICS
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}
