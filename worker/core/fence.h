/*
 * fence: where in a text with Markdown there is a block of code.
 *
 * Knows the fences that all readers agree on: at the beginning of a line, of 3 to 20 signs, with no
 * more behind them than a word or two.  What only some readers might take for a fence is called
 * doubtful, and core/defuse breaks it.  Pure.
 */
#ifndef WORKER_CORE_FENCE_H
#define WORKER_CORE_FENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

/* The block of code that is open; all zero: none is. */
struct fence {
    char sign;        /* ` or ~; NUL: none is open */
    size_t length;    /* of the signs */
    const char *info; /* what stands behind them; borrowed from the text */
    size_t info_length;
};

enum {
    FENCE_MAX_SIGNS = 20,
    FENCE_MAX_INFO = 40,
    FENCE_ROOM = 2 * (FENCE_MAX_SIGNS + 1) + FENCE_MAX_INFO, /* to open one again and to close it */
};

/* What is open after a line (without its line feed) when `before` was open before it. */
struct fence fence_after_line(const struct fence *before, const char *line, size_t length);

/* What is open at the end of a text when `before` was open at its beginning. */
struct fence fence_after(const struct fence *before, const char *bytes, size_t length);

/*
 * Whether a line could be taken for one that opens or closes a block, although it does not do so
 * here.  *ret is then the place of the signs.
 */
bool fence_is_doubtful(const struct fence *before, const char *line, size_t length, size_t *ret);

/* Adds the line that opens such a block, and the signs that close it. */
void fence_add_opening(const struct fence *fence, struct text *ret);
void fence_add_closing(const struct fence *fence, struct text *ret);

#endif
