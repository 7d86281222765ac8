#include "worker/core/answer.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { MOST = 1000000000 };

struct answer_limits answer_limits_none(void)
{
    return (struct answer_limits){
        .retry_after_s = -1, .retry_at = -1, .limit = -1, .remaining = -1, .reset_s = -1
    };
}

/* Reads the digits of a value, which is a NUL-terminated string; -1: it is no number. */
static int64_t read_number(const char *value)
{
    int64_t number = 0;
    const char *at = value;

    for (; *at >= '0' && *at <= '9'; at++)
        number = number < MOST ? number * 10 + (*at - '0') : MOST;
    if (at == value || *at != '\0')
        return -1;
    return number < MOST ? number : MOST;
}

/* Reads an HTTP date; -1: it is none. */
static int64_t read_date(const char *value)
{
    struct tm parts = { 0 };
    const char *after = strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    int64_t seconds = after && *after == '\0' ? timegm(&parts) : -1;

    return seconds >= 0 ? seconds : -1;
}

static int64_t lowest(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int64_t highest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void read_retry_after(struct answer_limits *limits, const char *value)
{
    limits->retry_after_s = highest(limits->retry_after_s, read_number(value));
    limits->retry_at = highest(limits->retry_at, read_date(value));
}

static void read_own_date(struct answer_limits *limits, const char *value)
{
    size_t length = strlen(value);

    if (length < sizeof(limits->date))
        memcpy(limits->date, value, length + 1);
}

static void read_limit(struct answer_limits *limits, const char *value)
{
    limits->limit = lowest(limits->limit, read_number(value));
}

static void read_remaining(struct answer_limits *limits, const char *value)
{
    limits->remaining = lowest(limits->remaining, read_number(value));
}

static void read_reset(struct answer_limits *limits, const char *value)
{
    limits->reset_s = highest(limits->reset_s, read_number(value));
}

static const struct {
    const char *name;
    void (*read)(struct answer_limits *limits, const char *value);
} headers[] = {
    { "Retry-After", read_retry_after }, { "Date", read_own_date },
    { "X-RateLimit-Limit", read_limit }, { "X-RateLimit-Remaining", read_remaining },
    { "X-RateLimit-Reset", read_reset },
};

/* Copies a header's value without the white space around it; false: it is too long to matter. */
static bool copy_value(const char *line, size_t length, char ret[static 64])
{
    while (length && (*line == ' ' || *line == '\t')) {
        line++;
        length--;
    }
    while (length && (unsigned char)line[length - 1] <= ' ')
        length--;
    if (length >= 64)
        return false;
    memcpy(ret, line, length);
    ret[length] = '\0';
    return true;
}

void answer_limits_read(struct answer_limits *limits, const char *line, size_t length)
{
    char value[64];

    for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
        size_t colon = strlen(headers[i].name);
        if (length <= colon || line[colon] != ':' || strncasecmp(line, headers[i].name, colon) != 0)
            continue;
        if (copy_value(line + colon + 1, length - colon - 1, value))
            headers[i].read(limits, value);
        return;
    }
}

void answer_take_limits(struct answer *answer, const struct answer_limits *limits)
{
    answer->retry_after_s = limits->retry_after_s;
    answer->rate_limit = limits->limit;
    answer->rate_limit_remaining = limits->remaining;
    answer->rate_limit_reset_s = limits->reset_s;
    if (limits->retry_at < 0)
        return;
    int64_t date = read_date(limits->date);
    if (date < 0)
        return;
    int64_t wait = limits->retry_at > date ? limits->retry_at - date : 0;
    answer->retry_after_s = highest(limits->retry_after_s, lowest(wait, MOST));
}
