/*
 * input: the bytes of a fuzz target as pieces, with a separator (0x1F) between them.
 */
#ifndef TESTS_FUZZ_INPUT_H
#define TESTS_FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"

enum { INPUT_SEPARATOR = 0x1F };

struct input {
    const char *at; /* NULL: all pieces were taken */
    const char *end;
};

/* A piece of an input, borrowed from it; NULL: there are no more. */
struct input_piece {
    const char *bytes;
    size_t length;
};

struct input input_of(const uint8_t *data, size_t size);

/* The next piece; an input has at least one, which may be empty. */
struct input_piece input_take(struct input *input) ATTR_MUST_USE;

/* Gives a copy of exactly the next piece, with a NUL behind it; NULL: there are no more. */
char *input_take_string(struct input *input) ATTR_MUST_USE;

/* The same without what is no UTF-8 and without NULs: what an event's strings are made of. */
char *input_take_words(struct input *input) ATTR_MUST_USE;

/* The first byte of the next piece; 0 when it is empty, or there is none. */
uint8_t input_take_choice(struct input *input) ATTR_MUST_USE;

#endif
