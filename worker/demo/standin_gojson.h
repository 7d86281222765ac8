/*
 * standin_gojson: JSON as the recorded server reads and writes it.
 *
 * It is written in Go, whose decoder forgives what jansson does not (bytes that are not UTF-8, lone
 * surrogates, U+0000, what follows the first value) and turns every number into a double, and
 * whose encoder sorts keys and escapes <, > and &.
 */
#ifndef WORKER_DEMO_STANDIN_GOJSON_H
#define WORKER_DEMO_STANDIN_GOJSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/attrs.h"
#include "common/text.h"

/*
 * Stands for U+0000 in what gojson_read() gives, since jansson takes none in a key.  A
 * noncharacter, which no client sends.
 */
#define GOJSON_NUL "\xef\xb7\x90"

/* Gives the first value in the bytes, or NULL when they do not begin with one. */
json_t *gojson_read(const char *bytes, size_t length) ATTR_MUST_USE;

/* The same value for jansson's iterators, which take no const; it is not to be changed. */
static inline json_t *gojson_iterable(const json_t *value)
{
    const union {
        const json_t *fixed;
        json_t *loose;
    } same = { .fixed = value };

    return same.loose;
}

/* Adds a value. */
void gojson_write(struct text *text, const json_t *value);

/* Adds a string: quotes around, escapes inside. */
void gojson_write_string(struct text *text, const char *string);

/* Adds `"name":` and a string, with a comma in front unless an object was just opened. */
void gojson_write_member(struct text *text, const char *name, const char *string);

#endif
