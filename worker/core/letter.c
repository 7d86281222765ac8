#include "worker/core/letter.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/must.h"

/* Where the next value goes. */
struct writer {
    struct letter_headers *headers;
    size_t used;
};

static void add(struct writer *writer, const char *name, const char *format, ...) ATTR_PRINTF(3, 4);

static void add(struct writer *writer, const char *name, const char *format, ...)
{
    struct letter_headers *headers = writer->headers;
    char *value = headers->room + writer->used;
    size_t room = sizeof(headers->room) - writer->used;
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(value, room, format, arguments);
    va_end(arguments);
    must(length >= 0 && (size_t)length < room && headers->count < LETTER_HEADERS);
    headers->list[headers->count++] =
        (struct record_header){ .name = name, .value = value, .length = (size_t)length };
    writer->used += (size_t)length + 1;
}

void letter_write_time(wall_ms at, char ret[static 25])
{
    time_t seconds = at / 1000;
    struct tm broken;
    char day[20];

    must(at >= 0 && gmtime_r(&seconds, &broken));
    must(strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &broken) == 19);
    (void)snprintf(ret, 25, "%s.%03dZ", day, (int)(at % 1000));
}

struct record letter_cut_record(const struct record *record, enum letter_cut cut)
{
    struct record left = *record;

    if (cut >= LETTER_WITHOUT_VALUE)
        left.value = NULL;
    if (cut >= LETTER_WITHOUT_HEADERS)
        left.header_count = 0;
    if (cut >= LETTER_WITHOUT_KEY)
        left.key = NULL;
    left.value_length = left.value ? left.value_length : 0;
    left.key_length = left.key ? left.key_length : 0;
    return left;
}

void letter_write_headers(const struct letter *letter, const struct record *record,
                          enum letter_cut cut, struct letter_headers *ret)
{
    static const char *const left_out[LETTER_CUT_COUNT] = {
        [LETTER_WITHOUT_VALUE] = "value",
        [LETTER_WITHOUT_HEADERS] = "value, headers",
        [LETTER_WITHOUT_KEY] = "value, headers, key",
    };
    struct writer writer = { .headers = ret };
    const char *code = reason_code(letter->reason);

    ret->count = 0;
    add(&writer, "__connect.errors.topic", "%.249s", record->topic);
    add(&writer, "__connect.errors.partition", "%" PRId32, record->partition);
    add(&writer, "__connect.errors.offset", "%" PRId64, record->offset);
    add(&writer, "__connect.errors.stage", "%s", letter->stage);
    add(&writer, "__connect.errors.exception.class.name", "ireserve.%s", code);
    add(&writer, "__connect.errors.exception.message", "%s", letter->words);
    add(&writer, "ireserve.reason", "%s", code);
    add(&writer, "ireserve.scope", "%s", letter->scope);
    add(&writer, "ireserve.http-status", "%d", letter->http_status);
    add(&writer, "ireserve.attempts", "%u", letter->attempts);
    if (letter->first_attempt_at > 0) {
        char at[25];
        letter_write_time(letter->first_attempt_at, at);
        add(&writer, "ireserve.first-attempt-at", "%s", at);
    }
    if (left_out[cut])
        add(&writer, "ireserve.left-out", "%s", left_out[cut]);
}
