#include "worker/core/defuse.h"

#include <stdbool.h>
#include <string.h>

#include "worker/core/clean.h"
#include "worker/core/fence.h"
#include "worker/core/guard.h"

#define INVISIBLE_SPACE "\xE2\x80\x8B"

static void add_guarded(char byte, enum guard guard, struct text *ret)
{
    switch (guard) {
    case GUARD_NONE:
        text_add_char(ret, byte);
        return;
    case GUARD_BEFORE:
        text_add_string(ret, INVISIBLE_SPACE);
        text_add_char(ret, byte);
        return;
    case GUARD_AFTER:
        text_add_char(ret, byte);
        text_add_string(ret, INVISIBLE_SPACE);
        return;
    case GUARD_ESCAPE:
        text_add_char(ret, '\\');
        text_add_char(ret, byte);
        return;
    case GUARD_REFERENCE:
        text_add_string(ret, byte == '<' ? "&lt;" : "&#36;");
        return;
    case GUARD_PERCENT:
        text_add_string(ret, "%40");
        return;
    }
}

/* Adds what stands from `at` to `end`, which has no line feed. */
static void add_guarded_run(const struct scan *scan, size_t at, size_t end, struct text *ret)
{
    size_t kept = at; /* where the run begins that is copied as it is */

    for (; at < end; at++) {
        enum guard guard = guard_of(scan, at);
        if (guard == GUARD_NONE)
            continue;
        text_add(ret, scan->bytes + kept, at - kept);
        add_guarded(scan->bytes[at], guard, ret);
        kept = at + 1;
    }
    text_add(ret, scan->bytes + kept, end - kept);
}

/* Likewise, and there are no spaces around it. */
static void add_line(const struct scan *scan, size_t at, size_t end, struct text *ret)
{
    if (scan->place != DEFUSE_PLAIN && guard_opens_block(scan, at))
        text_add_string(ret, INVISIBLE_SPACE);
    add_guarded_run(scan, at, end, ret);
}

static void add_line_end(const struct scan *scan, bool is_paragraph, struct text *ret)
{
    if (scan->place != DEFUSE_TEXT)
        text_add_char(ret, ' ');
    else
        text_add_string(ret, is_paragraph ? "\n\n" : "\n");
}

static void add_lines(const struct scan *scan, struct text *ret)
{
    size_t empty = 0; /* lines, since the last one that is not */
    bool is_first = true;

    for (size_t at = 0, next; at < scan->length; at = next) {
        const char *line_feed = memchr(scan->bytes + at, '\n', scan->length - at);
        size_t end = line_feed ? (size_t)(line_feed - scan->bytes) : scan->length;
        next = end + 1;
        while (at < end && scan->bytes[at] == ' ')
            at++;
        while (end > at && scan->bytes[end - 1] == ' ')
            end--;
        if (at == end) {
            empty++;
            continue;
        }
        if (!is_first)
            add_line_end(scan, empty > 0, ret);
        add_line(scan, at, end, ret);
        is_first = false;
        empty = 0;
    }
}

/* Adds a line of trusted text; what is in a block of code stays as it is. */
static void add_trusted_line(const struct scan *scan, size_t at, size_t end, struct fence *fence,
                             struct text *ret)
{
    const struct fence before = *fence;
    size_t signs = 0;

    *fence = fence_after_line(&before, scan->bytes + at, end - at);
    if (fence_is_doubtful(&before, scan->bytes + at, end - at, &signs)) {
        text_add(ret, scan->bytes + at, signs);
        text_add_string(ret, INVISIBLE_SPACE);
        at += signs;
    }
    if (before.sign || fence->sign)
        text_add(ret, scan->bytes + at, end - at);
    else
        add_guarded_run(scan, at, end, ret);
}

/* Where the first line begins that is not empty. */
static size_t skip_empty_lines(const struct scan *scan)
{
    size_t begin = 0;

    for (size_t at = 0; at < scan->length && strchr(" \n", scan->bytes[at]); at++) {
        if (scan->bytes[at] == '\n')
            begin = at + 1;
    }
    return begin;
}

static void add_trusted_lines(const struct scan *scan, struct text *ret)
{
    struct fence fence = { 0 };
    size_t last = scan->length;
    size_t at = skip_empty_lines(scan);

    while (last > at && strchr(" \n", scan->bytes[last - 1]))
        last--;
    while (at < last) {
        const char *line_feed = memchr(scan->bytes + at, '\n', last - at);
        size_t end = line_feed ? (size_t)(line_feed - scan->bytes) : last;
        add_trusted_line(scan, at, end, &fence, ret);
        if (line_feed)
            text_add_char(ret, '\n');
        at = end + 1;
    }
    if (fence.sign) {
        text_add_char(ret, '\n');
        fence_add_closing(&fence, ret);
    }
}

void defuse(const char *bytes, size_t length, enum defuse_place place, struct text *ret)
{
    AUTO(text_free) struct text scratch = text_of(length);
    struct scan scan = { .bytes = bytes, .length = length, .place = place };

    if (!clean(bytes, length, &scratch)) {
        scan.bytes = text_string(&scratch);
        scan.length = scratch.length;
    }
    if (place == DEFUSE_TRUSTED)
        add_trusted_lines(&scan, ret);
    else
        add_lines(&scan, ret);
}
