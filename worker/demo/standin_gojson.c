#include "worker/demo/standin_gojson.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"

enum {
    MAX_TEXT = 64 * 1024 * 1024,
    ESCAPE_LENGTH = 6, /* of a backslash, a u and four digits */
};

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* The number in a \uXXXX escape at the beginning of the bytes; -1: there is none. */
static long escaped_number(const char *bytes, size_t length)
{
    char digits[5] = { 0 };

    if (length < ESCAPE_LENGTH || bytes[0] != '\\' || bytes[1] != 'u')
        return -1;
    memcpy(digits, bytes + 2, 4);
    if (strspn(digits, "0123456789abcdefABCDEF") != 4)
        return -1;
    return strtol(digits, NULL, 16);
}

static bool is_high(long number)
{
    return number >= 0xd800 && number <= 0xdbff;
}

static bool is_low(long number)
{
    return number >= 0xdc00 && number <= 0xdfff;
}

/* Copies what a backslash begins, in a form that jansson takes, and says how long it was. */
static size_t clean_escape(struct text *text, const char *bytes, size_t length)
{
    long number = escaped_number(bytes, length);

    if (number < 0) {
        size_t taken = length < 2 ? length : 2;
        text_add(text, bytes, taken);
        return taken;
    }
    if (is_high(number) && is_low(escaped_number(bytes + ESCAPE_LENGTH, length - ESCAPE_LENGTH))) {
        text_add(text, bytes, 2 * (size_t)ESCAPE_LENGTH);
        return 2 * (size_t)ESCAPE_LENGTH;
    }
    if (is_high(number) || is_low(number))
        text_add_string(text, replacement);
    else if (number == 0)
        text_add_string(text, GOJSON_NUL);
    else
        text_add(text, bytes, ESCAPE_LENGTH);
    return ESCAPE_LENGTH;
}

/* How many bytes at the beginning need no attention. */
static size_t plain_length(const char *bytes, size_t length)
{
    size_t i = 0;

    while (i < length && bytes[i] != '\\' && !((unsigned char)bytes[i] & 0x80))
        i++;
    return i;
}

static void clean(struct text *text, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t plain = plain_length(bytes + i, length - i);
        uint32_t rune;

        text_add(text, bytes + i, plain);
        i += plain;
        if (i == length)
            return;
        if (bytes[i] == '\\') {
            i += clean_escape(text, bytes + i, length - i);
            continue;
        }
        size_t size = utf8_read(bytes + i, length - i, &rune);
        if (size)
            text_add(text, bytes + i, size);
        else
            text_add_string(text, replacement);
        i += size ? size : 1;
    }
}

json_t *gojson_read(const char *bytes, size_t length)
{
    AUTO(text_free) struct text cleaned = text_of(MAX_TEXT);

    clean(&cleaned, bytes, length);
    return json_loadb(text_string(&cleaned), cleaned.length,
                      JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_DECODE_INT_AS_REAL, NULL);
}

/* Adds one character that is not itself in a Go string; how many bytes it took. */
static size_t write_special(struct text *text, const char *at)
{
    unsigned char c = (unsigned char)*at;
    static const char short_names[] = "\b\f\n\r\t\"\\";
    static const char short_letters[] = "bfnrt\"\\";
    const char *known = strchr(short_names, c);

    if (strncmp(at, GOJSON_NUL, 3) == 0 || strncmp(at, "\xe2\x80\xa8", 3) == 0 ||
        strncmp(at, "\xe2\x80\xa9", 3) == 0) {
        text_add_string(text, c == 0xef ? "\\u0000" : at[2] == '\xa8' ? "\\u2028" : "\\u2029");
        return 3;
    }
    if (known) {
        text_add_char(text, '\\');
        text_add_char(text, short_letters[known - short_names]);
    } else if (c < ' ' || strchr("<>&", c)) {
        text_printf(text, "\\u%04x", c);
    } else {
        text_add_char(text, (char)c);
    }
    return 1;
}

void gojson_write_string(struct text *text, const char *string)
{
    static const char special[] = "\x01\x02\x03\x04\x05\x06\x07\b\t\n\x0b\f\r\x0e\x0f\x10\x11\x12"
                                  "\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\"\\<>&"
                                  "\xe2\xef";

    text_add_char(text, '"');
    while (*string) {
        size_t plain = strcspn(string, special);
        text_add(text, string, plain);
        string += plain;
        if (*string)
            string += write_special(text, string);
    }
    text_add_char(text, '"');
}

void gojson_write_member(struct text *text, const char *name, const char *string)
{
    if (text->length && text->bytes[text->length - 1] != '{')
        text_add_char(text, ',');
    text_add_char(text, '"');
    text_add_string(text, name);
    text_add_string(text, "\":");
    gojson_write_string(text, string);
}

/* The fewest digits, in the form d.ddde±dd, that read back as the same number. */
static void shortest_digits(double number, size_t size, char *ret)
{
    enum { MAX_DIGITS = 17 };

    for (int precision = 1; precision <= MAX_DIGITS; precision++) {
        (void)snprintf(ret, size, "%.*e", precision - 1, number);
        if (strtod(ret, NULL) == number)
            return;
    }
}

/* Adds the shortest digits that read back as the same number, laid out as Go does. */
static void write_number(struct text *text, double number)
{
    enum { MAX_LENGTH = 40 };
    char digits[MAX_LENGTH];
    double size = fabs(number);

    shortest_digits(number, sizeof(digits), digits);
    char *e = strchr(digits, 'e');
    long exponent = strtol(e + 1, NULL, 10);
    *e = '\0';
    if (size != 0 && (size < 1e-6 || size >= 1e21)) {
        text_printf(text, exponent < 0 ? "%se-%ld" : "%se+%ld", digits, labs(exponent));
        return;
    }
    const char *point = strchr(digits, '.');
    long decimals = point ? (long)strlen(point + 1) : 0;
    if (decimals > exponent) {
        text_printf(text, "%.*f", (int)(decimals - exponent), number);
        return;
    }
    for (const char *digit = digits; *digit; digit++)
        if (*digit != '.')
            text_add_char(text, *digit);
    for (long i = decimals; i < exponent; i++)
        text_add_char(text, '0');
}

static int by_key(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void write_object(struct text *text, const json_t *object)
{
    size_t count = json_object_size(object);
    AUTO(free) const char **keys = mem_new_array(count, sizeof(*keys));
    const char *key;
    json_t *value;
    size_t used = 0;

    /* jansson iterates over what it takes as not const, but does not change it */
    json_object_foreach (gojson_iterable(object), key, value)
        keys[used++] = key;
    qsort(keys, used, sizeof(*keys), by_key);
    text_add_char(text, '{');
    for (size_t i = 0; i < used; i++) {
        if (i)
            text_add_char(text, ',');
        gojson_write_string(text, keys[i]);
        text_add_char(text, ':');
        gojson_write(text, json_object_get(object, keys[i]));
    }
    text_add_char(text, '}');
}

static void write_array(struct text *text, const json_t *array)
{
    text_add_char(text, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i)
            text_add_char(text, ',');
        gojson_write(text, json_array_get(array, i));
    }
    text_add_char(text, ']');
}

void gojson_write(struct text *text, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(text, value);
        return;
    case JSON_ARRAY:
        write_array(text, value);
        return;
    case JSON_STRING:
        gojson_write_string(text, json_string_value(value));
        return;
    case JSON_INTEGER:
    case JSON_REAL:
        write_number(text, json_number_value(value));
        return;
    case JSON_TRUE:
        text_add_string(text, "true");
        return;
    case JSON_FALSE:
        text_add_string(text, "false");
        return;
    case JSON_NULL:
        break;
    }
    text_add_string(text, "null");
}
