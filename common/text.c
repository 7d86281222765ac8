#include "common/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

enum { FIRST_BYTES = 256 };

struct text text_of(size_t maximum)
{
    return (struct text){ .maximum = maximum };
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = text_of(text->maximum);
}

void text_clear(struct text *text)
{
    text->overflowed = false;
    text_truncate(text, 0);
}

void text_truncate(struct text *text, size_t length)
{
    must(length <= text->length);
    text->length = length;
    if (text->bytes)
        text->bytes[length] = '\0';
}

/* Makes room for `length` more bytes and a NUL; false when that would pass the maximum. */
static bool reserve(struct text *text, size_t length)
{
    if (text->overflowed || length > text->maximum - text->length) {
        text->overflowed = true;
        return false;
    }
    size_t needed = text->length + length + 1;
    if (needed <= text->capacity)
        return true;

    size_t capacity = text->capacity ? text->capacity : FIRST_BYTES;
    while (capacity < needed)
        capacity *= 2;
    text->bytes = mem_resize(text->bytes, capacity);
    text->capacity = capacity;
    return true;
}

void text_reserve(struct text *text, size_t length)
{
    (void)reserve(text, length < text->maximum - text->length ? length : 0);
}

void text_add(struct text *text, const void *bytes, size_t length)
{
    if (!reserve(text, length))
        return;
    if (length)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add_string(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_add_char(struct text *text, char c)
{
    text_add(text, &c, 1);
}

void text_add_int(struct text *text, int64_t number)
{
    char digits[21];
    char *first = digits + sizeof(digits);
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0)
        *--first = '-';
    text_add(text, first, (size_t)(digits + sizeof(digits) - first));
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list arguments;
    char *string = NULL;

    va_start(arguments, format);
    int length = vasprintf(&string, format, arguments);
    va_end(arguments);
    must(length >= 0);
    text_add(text, string, (size_t)length);
    free(string);
}

/* What stands for a byte inside a JSON string; NULL when it may stand for itself. */
static const char *json_escape(unsigned char byte, char room[static 7])
{
    static const char *const short_forms[] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n",  ['\f'] = "\\f",
        ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\",
    };

    if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f)
        return NULL;
    if (byte < sizeof(short_forms) / sizeof(*short_forms) && short_forms[byte])
        return short_forms[byte];
    snprintf(room, 7, "\\u%04x", (unsigned)byte);
    return room;
}

void text_quote(struct text *text, size_t from)
{
    char room[7];
    size_t extra = 2;

    must(from <= text->length);
    for (size_t i = from; i < text->length; i++) {
        const char *escape = json_escape((unsigned char)text->bytes[i], room);
        extra += escape ? strlen(escape) - 1 : 0;
    }
    if (!reserve(text, extra)) {
        text_truncate(text, from);
        return;
    }
    char *to = text->bytes + text->length + extra; /* the end of what is not written yet */
    *to = '\0';
    *--to = '"';
    for (size_t i = text->length; i-- > from;) {
        const char *escape = json_escape((unsigned char)text->bytes[i], room);
        if (escape) {
            to -= strlen(escape);
            memcpy(to, escape, strlen(escape));
        } else {
            *--to = text->bytes[i];
        }
    }
    text->bytes[from] = '"';
    text->length += extra;
}

void text_add_json(struct text *text, const char *bytes, size_t length)
{
    size_t from = text->length;

    text_add(text, bytes, length);
    text_quote(text, from);
}

void text_add_json_string(struct text *text, const char *string)
{
    text_add_json(text, string, strlen(string));
}

const char *text_string(const struct text *text)
{
    return text->bytes ? text->bytes : "";
}

char *text_take(struct text *text)
{
    char *string = text->bytes ? text->bytes : mem_string("");

    *text = text_of(text->maximum);
    return string;
}
