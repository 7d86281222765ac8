#include "common/log.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log_line.h"
#include "common/map.h"
#include "common/mem.h"
#include "common/must.h"
#include "common/outlet.h"

enum {
    ROOM = 256 * 1024, /* what a slow reader may be behind before lines are dropped */
    LAST_WAIT_MS = 200,
    MAX_CAPS = 512,
};

const char *const log_level_names[] = {
    [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"
};
const char *const log_format_names[] = {
    [LOG_AUTO] = "auto", [LOG_JSON] = "json", [LOG_TEXT] = "text"
};

/* A kind of line that is not to be repeated too often. */
struct cap {
    wall_ms written_at;
    wall_ms interval;
    uint64_t left_out;
};

/*
 * The one log.  What waits is bytes[begin..end): whole lines, but for the first, of which a part
 * may be out already.  NULL bytes: not open.
 */
static struct {
    struct outlet outlet;
    enum log_level level;
    enum log_format format;
    wall_ms (*clock)(void);
    wall_ms now; /* 0: not asked in this turn */
    struct log_stamp stamp;
    char *bytes;
    size_t begin;
    size_t end;
    uint64_t dropped;
    uint64_t dropped_told; /* as far as a line of the log has said so */
    struct map caps;
} the_log;

void log_open(const struct log_options *options)
{
    must(!the_log.bytes);
    the_log.outlet = outlet_open(options->fd);
    the_log.level = options->level;
    the_log.format = options->format;
    if (the_log.format == LOG_AUTO)
        the_log.format = isatty(options->fd) ? LOG_TEXT : LOG_JSON;
    the_log.clock = options->clock ? options->clock : clock_wall;
    the_log.bytes = mem_resize(NULL, ROOM); /* untouched, so that it takes what is used */
}

void log_close(void)
{
    struct map_entry entry;

    if (!the_log.bytes)
        return;
    log_flush();
    if (the_log.begin < the_log.end) {
        outlet_wait(&the_log.outlet, LAST_WAIT_MS);
        log_flush();
    }
    outlet_close(&the_log.outlet);
    free(the_log.bytes);
    for (size_t at = 0; map_next(&the_log.caps, &at, &entry);)
        free(entry.value);
    map_free(&the_log.caps);
    memset(&the_log, 0, sizeof(the_log));
}

void log_set_level(enum log_level level)
{
    the_log.level = level;
}

bool log_is_on(enum log_level level)
{
    return the_log.bytes && level >= the_log.level;
}

uint64_t log_dropped(void)
{
    return the_log.dropped;
}

static void refresh_stamp(void)
{
    if (the_log.now != 0)
        return;
    the_log.now = the_log.clock();
    log_stamp_set(&the_log.stamp, the_log.now);
}

static void add_line(const struct log_entry *entry)
{
    refresh_stamp();
    the_log.end +=
        log_line_write(the_log.bytes + the_log.end, the_log.format, &the_log.stamp, entry);
}

/*
 * Drops what waits.  A line of which a part is out already is ended by a line feed of its own,
 * which is no line to be counted when it is dropped in its turn.
 */
static void drop_all(void)
{
    bool is_torn = the_log.bytes[the_log.begin] == '\n' ||
                   (the_log.begin > 0 && the_log.bytes[the_log.begin - 1] != '\n');

    for (size_t i = the_log.begin + 1; i < the_log.end; i++)
        the_log.dropped += the_log.bytes[i] == '\n';
    the_log.begin = 0;
    the_log.end = 0;
    if (is_torn)
        the_log.bytes[the_log.end++] = '\n';
}

/* Once the reader takes lines again, it is told how many it missed. */
static void tell_dropped(void)
{
    const struct log_extra extra[] = {
        { .name = "dropped", .number = (int64_t)(the_log.dropped - the_log.dropped_told) }, { 0 }
    };
    const struct log_entry entry = { .level = LOG_WARN,
                                     .event = "log_lines_dropped",
                                     .fields = &(struct log_fields){ .extra = extra } };

    if (the_log.dropped == the_log.dropped_told)
        return;
    the_log.dropped_told = the_log.dropped;
    add_line(&entry);
}

static void write_out(void)
{
    if (the_log.begin == the_log.end)
        return;
    ssize_t written =
        outlet_write(&the_log.outlet, the_log.bytes + the_log.begin, the_log.end - the_log.begin);
    if (written < 0) {
        drop_all();
        return;
    }
    the_log.begin += (size_t)written;
    if (the_log.begin == the_log.end) {
        the_log.begin = 0;
        the_log.end = 0;
        tell_dropped();
    }
}

void log_flush(void)
{
    the_log.now = 0;
    write_out();
}

/* Whether there is room for one line more. */
static bool make_room(void)
{
    if (ROOM - the_log.end >= LOG_MAX_LINE)
        return true;
    write_out();
    if (the_log.begin > 1) { /* the byte before tells whether the first line is torn */
        memmove(the_log.bytes, the_log.bytes + the_log.begin - 1, the_log.end - the_log.begin + 1);
        the_log.end -= the_log.begin - 1;
        the_log.begin = 1;
    }
    return ROOM - the_log.end >= LOG_MAX_LINE;
}

static void write_entry(const struct log_entry *entry)
{
    if (make_room())
        add_line(entry);
    else
        the_log.dropped++;
}

void log_line(enum log_level level, const char *event, const struct log_fields *fields)
{
    if (log_is_on(level))
        write_entry(&(struct log_entry){ .level = level, .event = event, .fields = fields });
}

/* A clock that was set back ends the interval, rather than to silence the log for long. */
static bool is_over(const struct cap *cap)
{
    return the_log.now < cap->written_at || the_log.now - cap->written_at >= cap->interval;
}

/* Forgets the caps whose interval is over; what they left out is said now. */
static void forget_caps(void)
{
    struct map_entry entry;

    for (size_t at = 0; map_next(&the_log.caps, &at, &entry);) {
        struct cap *cap = entry.value;
        if (!is_over(cap))
            continue;
        if (cap->left_out > 0)
            write_entry(&(struct log_entry){ .level = LOG_INFO,
                                             .event = "lines_left_out",
                                             .fields = &(struct log_fields){ .why = entry.key },
                                             .repeated = cap->left_out });
        free(map_take(&the_log.caps, entry.key, entry.length));
    }
}

/* The cap of that name; when there are too many names, the rest share the one without. */
static struct cap *cap_of(const char *name)
{
    struct cap *cap = map_find(&the_log.caps, name, strlen(name));

    if (cap)
        return cap;
    if (the_log.caps.count >= MAX_CAPS)
        forget_caps();
    if (the_log.caps.count >= MAX_CAPS && *name)
        return cap_of("");
    cap = mem_new(sizeof(*cap));
    map_put(&the_log.caps, name, strlen(name), cap);
    return cap;
}

void log_line_capped(enum log_level level, const char *event, const struct log_fields *fields,
                     const char *cap, wall_ms interval)
{
    if (!log_is_on(level))
        return;
    refresh_stamp();
    struct cap *found = cap_of(cap);
    if (!is_over(found)) {
        found->left_out++;
        return;
    }
    write_entry(&(struct log_entry){
        .level = level, .event = event, .fields = fields, .repeated = found->left_out });
    *found = (struct cap){ .written_at = the_log.now, .interval = interval };
}
