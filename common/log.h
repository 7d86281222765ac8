/*
 * log: one line per event, with fixed keys, to stdout; it never waits for its reader.
 *
 * Lines gather in memory and leave with log_flush(), once a turn of the loop.  When the reader is
 * behind and the memory is full, lines are dropped and counted.  One log per process; before
 * log_open() nothing is written.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "common/units.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_LEVELS };
enum log_format { LOG_AUTO, LOG_JSON, LOG_TEXT, LOG_FORMATS };

/* As settings spell them: debug, info, warn, error; auto, json, text. */
extern const char *const log_level_names[];
extern const char *const log_format_names[];

struct log_options {
    int fd; /* stays the caller's, open until log_close() */
    enum log_level level;
    enum log_format format;
    wall_ms (*clock)(void); /* NULL: the real one; read once a turn, for its first line */
};

/* Something that only this event has. */
struct log_extra {
    const char *name;
    const char *text; /* NULL: the number is meant */
    int64_t number;
};

/*
 * What is known about an event; what is not is left out.  Strings end at the first NUL and are used
 * during the call only.
 */
struct log_fields {
    const char *licence;
    const char *type;
    const char *key;
    const char *topic;
    int64_t partition; /* written when there is a topic and it is not negative */
    int64_t offset;    /* likewise */
    const char *channel;
    const char *post;
    int64_t part;    /* from 1 */
    int64_t attempt; /* from 1 */
    const char *verdict;
    int64_t http;    /* 0: no answer */
    int64_t took_ms; /* -1: nothing was timed; 0 is written when there is an attempt */
    const char *why;
    const struct log_extra *extra; /* NULL, or up to 8, ended by one without a name */
};

void log_open(const struct log_options *options);

/* Waits a fifth of a second at most for a slow reader; what is left then is lost. */
void log_close(void);

/* Lines below this level are left out from now on. */
void log_set_level(enum log_level level);

/* Whether a line of that level would be written: to spare the work of preparing it. */
bool log_is_on(enum log_level level);

/* Writes a line; `fields` may be NULL. */
void log_line(enum log_level level, const char *event, const struct log_fields *fields);

/*
 * Writes a line unless one with the same `cap` was written less than `interval` ago.  Those that
 * are left out are counted, and the next one that is not says so: repeated=N.
 */
void log_line_capped(enum log_level level, const char *event, const struct log_fields *fields,
                     const char *cap, wall_ms interval);

/* Hands on what has gathered; at the end of each turn of the loop. */
void log_flush(void);

/* Lines that were dropped since log_open(). */
uint64_t log_dropped(void);

#endif
