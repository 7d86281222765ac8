/*
 * guard: which characters of a text would be markup, a mention or a link, and what stops that.
 *
 * One function per character that can be dangerous; core/defuse goes through a text with them.  The
 * web client, the phones' and the server each have a reader of their own: a guard stops all three.
 */
#ifndef WORKER_CORE_GUARD_H
#define WORKER_CORE_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "worker/core/defuse.h"

/* Clean text (core/clean) on its way to a place. */
struct scan {
    const char *bytes;
    size_t length;
    enum defuse_place place;
};

enum guard {
    GUARD_NONE,
    GUARD_BEFORE,    /* an invisible space before it */
    GUARD_AFTER,     /* an invisible space behind it */
    GUARD_ESCAPE,    /* a backslash before it */
    GUARD_REFERENCE, /* a character reference instead of it: &lt; or &#36; */
    GUARD_PERCENT,   /* %40 instead of it, which is the same in a web address */
};

/* What the character at `at` needs. */
enum guard guard_of(const struct scan *scan, size_t at);

/*
 * Whether a line that begins at `at` would be a heading, a list, a quote, a table and so on: it
 * needs an invisible space before it.
 */
bool guard_opens_block(const struct scan *scan, size_t at);

#endif
