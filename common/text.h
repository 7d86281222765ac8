/*
 * text: bytes that grow, up to a maximum that has to be named.
 *
 * Adding beyond the maximum adds nothing more and is remembered, so that a writer checks once, at
 * the end.  What is in it is always followed by a NUL that does not count.
 */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"

struct text {
    char *bytes; /* NULL until something is added: use text_string() */
    size_t length;
    size_t capacity;
    size_t maximum;
    bool overflowed;
};

/* An empty text of at most `maximum` bytes; takes no memory yet. */
struct text text_of(size_t maximum);

/* Frees what the text holds; it is empty afterwards and can be used again. */
void text_free(struct text *text);
static inline void text_free_auto(struct text *text)
{
    text_free(text);
}

/* Empties the text but keeps its memory; forgets an overflow. */
void text_clear(struct text *text);

/* Cuts the text to its first `length` bytes (no more than it has). */
void text_truncate(struct text *text, size_t length);

/* Makes room for `length` more bytes at once: a hint to who knows how much will be added. */
void text_reserve(struct text *text, size_t length);

void text_add(struct text *text, const void *bytes, size_t length);
void text_add_string(struct text *text, const char *string);
void text_add_char(struct text *text, char c);
void text_add_int(struct text *text, int64_t number);
void text_printf(struct text *text, const char *format, ...) ATTR_PRINTF(2, 3);

/* Adds a JSON string: quotes around, escapes inside.  `bytes` is valid UTF-8 without NUL. */
void text_add_json(struct text *text, const char *bytes, size_t length);
void text_add_json_string(struct text *text, const char *string);

/* Makes a JSON string of what stands from `from` on; it is valid UTF-8 without NUL. */
void text_quote(struct text *text, size_t from);

/* The content with a NUL behind it; borrowed until the text changes.  Never NULL. */
const char *text_string(const struct text *text);

/* Gives the content as a string; the text is empty afterwards. */
char *text_take(struct text *text) ATTR_MUST_USE;

#endif
