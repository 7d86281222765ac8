#include "common/rfc3339.h"

#include <stddef.h>
#include <string.h>

/* A number of so many digits, its range, and the characters of which one has to follow it. */
struct part {
    int digits;
    int least;
    int most;
    const char *behind; /* NULL: none has to */
};

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, PARTS };

static const struct part parts[PARTS] = {
    [YEAR] = { 4, 0, 9999, "-" }, [MONTH] = { 2, 1, 12, "-" },  [DAY] = { 2, 1, 31, "Tt" },
    [HOUR] = { 2, 0, 23, ":" },   [MINUTE] = { 2, 0, 59, ":" }, [SECOND] = { 2, 0, 60, NULL },
};

static const struct part offset_parts[] = { { 2, 0, 23, ":" }, { 2, 0, 59, NULL } };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads `count` numbers and moves *at behind them. */
static bool read_parts(const char **at, const struct part *part, size_t count, int *ret)
{
    for (; count > 0; count--, part++, ret++) {
        *ret = 0;
        for (int i = 0; i < part->digits; i++) {
            if (!is_digit(**at))
                return false;
            *ret = *ret * 10 + (*(*at)++ - '0');
        }
        if (*ret < part->least || *ret > part->most)
            return false;
        if (part->behind && (**at == '\0' || !strchr(part->behind, *(*at)++)))
            return false;
    }
    return true;
}

/* Reads `.` and digits, if they are there, as milliseconds. */
static bool read_fraction(const char **at, int *ret)
{
    int weight = 100;

    *ret = 0;
    if (**at != '.')
        return true;
    (*at)++;
    if (!is_digit(**at))
        return false;
    for (; is_digit(**at); (*at)++) {
        *ret += (**at - '0') * weight;
        weight /= 10;
    }
    return true;
}

/* Reads Z or ±hh:mm, as the minutes by which the clock on the wall is ahead of UTC. */
static bool read_offset(const char **at, int *ret)
{
    int hour_minute[2];
    char sign = **at;

    *ret = 0;
    if (sign == '\0')
        return false;
    (*at)++;
    if (sign == 'Z' || sign == 'z')
        return true;
    if ((sign != '+' && sign != '-') || !read_parts(at, offset_parts, 2, hour_minute))
        return false;
    *ret = (hour_minute[0] * 60 + hour_minute[1]) * (sign == '-' ? -1 : 1);
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

/* Days from 1970-01-01, by years that begin in March, so that a leap day is a year's last. */
static int64_t days_since_1970(int year, int month, int day)
{
    int64_t march_year = year - (month <= 2) + 400; /* never negative */
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400 + day_of_year -
           (719468 + 146097);
}

bool rfc3339_read(const char *string, wall_ms *ret)
{
    int part[PARTS];
    int milliseconds;
    int offset;

    if (!read_parts(&string, parts, PARTS, part) || !read_fraction(&string, &milliseconds) ||
        !read_offset(&string, &offset) || *string != '\0' ||
        part[DAY] > days_in_month(part[YEAR], part[MONTH]))
        return false;

    int64_t minutes = days_since_1970(part[YEAR], part[MONTH], part[DAY]) * 1440 + part[HOUR] * 60 +
                      part[MINUTE] - offset;
    *ret = (minutes * 60 + part[SECOND]) * 1000 + milliseconds;
    return true;
}
