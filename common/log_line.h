/*
 * log_line: one event → one line of the log, as JSON or as key=value.
 *
 * Pure.  A line is printable ASCII whatever the values hold: everything else is written as \uXXXX,
 * bytes that are not UTF-8 as \ufffd.  Values are cut at LOG_MAX_VALUE bytes of output and end in
 * "..." then.
 */
#ifndef COMMON_LOG_LINE_H
#define COMMON_LOG_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "common/log.h"
#include "common/units.h"

enum {
    LOG_MAX_VALUE = 512,
    LOG_MAX_EXTRAS = 8,
    LOG_MAX_LINE = 12 * 1024, /* no line is longer, line feed included */
};

/* A moment in words; the words of its second are kept for the next line of that second. */
struct log_stamp {
    int64_t second;
    char words[25]; /* 2026-11-23T09:15:00.123Z; empty: not set yet */
};

void log_stamp_set(struct log_stamp *stamp, wall_ms now);

struct log_entry {
    enum log_level level;
    const char *event;
    const struct log_fields *fields; /* NULL: none */
    uint64_t repeated;               /* lines like this one that were left out before it */
};

/* Writes a line (with its line feed, without a NUL) and gives its length. */
size_t log_line_write(char to[static LOG_MAX_LINE], enum log_format format,
                      const struct log_stamp *stamp, const struct log_entry *entry);

#endif
