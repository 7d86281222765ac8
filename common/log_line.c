#include "common/log_line.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/must.h"
#include "common/utf8.h"

enum {
    MAX_STRINGS = 12,
    MAX_NAME = 32,
    LONGEST_ESCAPE = 12, /* two surrogates */
    LONGEST_NUMBER = 20,
};

static_assert((MAX_STRINGS + LOG_MAX_EXTRAS) * (LOG_MAX_VALUE + MAX_NAME + 8) +
                      8 * (MAX_NAME + LONGEST_NUMBER) <
                  LOG_MAX_LINE,
              "a line has room for every value at its longest");

/* Where the next byte goes. */
struct line {
    char *at;
    bool is_json;
};

void log_stamp_set(struct log_stamp *stamp, wall_ms now)
{
    time_t second = (time_t)(now / 1000);
    unsigned ms = (unsigned)(now % 1000);
    struct tm parts;

    if (second != stamp->second || !*stamp->words) {
        stamp->second = second;
        must(gmtime_r(&second, &parts));
        must(strftime(stamp->words, sizeof(stamp->words), "%Y-%m-%dT%H:%M:%S.000Z", &parts) > 0);
    }
    stamp->words[20] = (char)('0' + ms / 100);
    stamp->words[21] = (char)('0' + ms / 10 % 10);
    stamp->words[22] = (char)('0' + ms % 10);
}

static void add(struct line *line, const char *bytes, size_t length)
{
    memcpy(line->at, bytes, length);
    line->at += length;
}

static void add_char(struct line *line, char c)
{
    *line->at++ = c;
}

static bool is_plain(char c)
{
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* Whether a value of the text format needs no quotes. */
static bool is_bare(const char *value)
{
    const char *c = value;

    while (is_plain(*c) && *c != ' ' && *c != '=')
        c++;
    return c > value && *c == '\0';
}

static void add_unit(struct line *line, uint32_t unit)
{
    static const char digits[] = "0123456789abcdef";

    add(line, "\\u", 2);
    for (int shift = 12; shift >= 0; shift -= 4)
        add_char(line, digits[unit >> shift & 15]);
}

/* Writes what stands for the character at the beginning of `bytes` and says how long that is. */
static size_t add_escaped(struct line *line, const char *bytes)
{
    uint32_t point = UTF8_REPLACEMENT;
    size_t length = utf8_read(bytes, strnlen(bytes, 4), &point);

    if (point == '"' || point == '\\') {
        add_char(line, '\\');
        add_char(line, (char)point);
    } else if (point == '\n') {
        add(line, "\\n", 2);
    } else if (point < 0x10000) {
        add_unit(line, point);
    } else {
        add_unit(line, 0xd800 + ((point - 0x10000) >> 10));
        add_unit(line, 0xdc00 + ((point - 0x10000) & 0x3ff));
    }
    return length ? length : 1;
}

static void add_quoted(struct line *line, const char *value)
{
    const char *limit = line->at + LOG_MAX_VALUE - LONGEST_ESCAPE;

    add_char(line, '"');
    while (*value && line->at < limit) {
        if (is_plain(*value))
            add_char(line, *value++);
        else
            value += add_escaped(line, value);
    }
    if (*value)
        add(line, "...", 3);
    add_char(line, '"');
}

static void add_name(struct line *line, const char *name)
{
    size_t length = strnlen(name, MAX_NAME);

    add(line, line->is_json ? ",\"" : " ", line->is_json ? 2 : 1);
    add(line, name, length);
    add(line, line->is_json ? "\":" : "=", line->is_json ? 2 : 1);
}

static void add_string(struct line *line, const char *name, const char *value)
{
    if (!value)
        return;
    add_name(line, name);
    if (!line->is_json && strnlen(value, LOG_MAX_VALUE) < LOG_MAX_VALUE && is_bare(value))
        add(line, value, strlen(value));
    else
        add_quoted(line, value);
}

static void add_number(struct line *line, const char *name, int64_t number)
{
    char digits[LONGEST_NUMBER];
    char *first = digits + sizeof(digits);
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    add_name(line, name);
    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0)
        *--first = '-';
    add(line, first, (size_t)(digits + sizeof(digits) - first));
}

static void add_number_if(struct line *line, const char *name, int64_t number, bool is_known)
{
    if (is_known)
        add_number(line, name, number);
}

static void add_extra(struct line *line, const struct log_extra *extra)
{
    for (int i = 0; extra && extra->name && i < LOG_MAX_EXTRAS; i++, extra++) {
        if (extra->text)
            add_string(line, extra->name, extra->text);
        else
            add_number(line, extra->name, extra->number);
    }
}

static void add_fields(struct line *line, const struct log_fields *fields)
{
    add_string(line, "licence", fields->licence);
    add_string(line, "type", fields->type);
    add_string(line, "key", fields->key);
    add_string(line, "topic", fields->topic);
    add_number_if(line, "partition", fields->partition, fields->topic && fields->partition >= 0);
    add_number_if(line, "offset", fields->offset, fields->topic && fields->offset >= 0);
    add_string(line, "channel", fields->channel);
    add_string(line, "post", fields->post);
    add_number_if(line, "part", fields->part, fields->part > 0);
    add_number_if(line, "attempt", fields->attempt, fields->attempt > 0);
    add_string(line, "verdict", fields->verdict);
    add_number_if(line, "http", fields->http, fields->http > 0);
    add_number_if(line, "took_ms", fields->took_ms,
                  fields->took_ms > 0 || (fields->took_ms == 0 && fields->attempt > 0));
    add_string(line, "why", fields->why);
    add_extra(line, fields->extra);
}

size_t log_line_write(char to[static LOG_MAX_LINE], enum log_format format,
                      const struct log_stamp *stamp, const struct log_entry *entry)
{
    struct line line = { .at = to, .is_json = format == LOG_JSON };

    if (line.is_json)
        add(&line, "{\"time\":\"", 9);
    else
        add(&line, "time=", 5);
    add(&line, stamp->words, sizeof(stamp->words) - 1);
    if (line.is_json)
        add_char(&line, '"');
    add_string(&line, "level", log_level_names[entry->level]);
    add_string(&line, "event", entry->event);
    if (entry->fields)
        add_fields(&line, entry->fields);
    if (entry->repeated > 0)
        add_number(&line, "repeated", (int64_t)entry->repeated);
    if (line.is_json)
        add_char(&line, '}');
    add_char(&line, '\n');
    return (size_t)(line.at - to);
}
