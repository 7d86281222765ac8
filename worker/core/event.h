/*
 * event: a Kafka record → the CloudEvent in it, or a problem that names the field.
 *
 * Reads CloudEvents 1.0 in both Kafka modes.  A content-type of application/cloudevents+json is
 * structured mode; any other is binary mode when there are `ce_*` headers, and structured mode when
 * there are none (producers forget the content-type).  Batches are refused.  In front of the JSON
 * one Confluent prefix (0x00 and 4 bytes of schema id) and one UTF-8 byte order mark are skipped.
 *
 * What has no say is ignored, whatever it is: unknown attributes, headers and members of `data`.  A
 * null is as good as absent.  The limits hold before anything is allocated; those of strings are in
 * characters (code points), so that the JSON Schemas in schemas/ say exactly the same.  Pure.
 */
#ifndef WORKER_CORE_EVENT_H
#define WORKER_CORE_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/attrs.h"
#include "common/units.h"
#include "worker/core/reason.h"
#include "worker/core/record.h"

enum {
    EVENT_MAX_VALUE_BYTES = 1024 * 1024,
    EVENT_MAX_NESTING = 32,
    EVENT_MAX_VALUES =
        20000, /* members and elements in a record: each costs memory 77 times its size */
    EVENT_MAX_FIELDS = 50,
    EVENT_MAX_NAME_BYTES = 1024, /* of "<source>|<id>" */
};

/* The longest strings, in characters. */
enum {
    EVENT_MAX_SOURCE = 256, /* all of them ASCII: it is a URI */
    EVENT_MAX_ID = 190,
    EVENT_MAX_TYPE = 256,
    EVENT_MAX_LICENCE = 128,
    EVENT_MAX_SUBJECT = 256,
    EVENT_MAX_TEXT = 500000,
    EVENT_MAX_TITLE = 1000,
    EVENT_MAX_LABEL = 100,
    EVENT_MAX_URL = 2048,
    EVENT_MAX_FIELD_TITLE = 200,
    EVENT_MAX_FIELD_VALUE = 4000,
};

enum event_kind {
    EVENT_NOTIFICATION, /* nl.ireserve.notification.v1 */
};

enum event_severity { SEVERITY_INFO, SEVERITY_IMPORTANT, SEVERITY_URGENT };

struct event_field {
    const char *title;
    const char *value;
    bool is_short;
};

/*
 * `data` of nl.ireserve.notification.v1.  Optional members that are absent or empty are NULL; type
 * and text are never empty, nor is the title of a field.
 */
struct notification {
    const char *type; /* i-Reserve's name, such as booking_created */
    const char *text;
    const char *title;
    const char *label;
    const char *url; /* absolute, http or https, without blanks, quotes, <, > and backslashes */
    enum event_severity severity;
    const struct event_field *fields;
    size_t field_count;
    wall_ms occurred_at; /* -1: not said */
};

/*
 * All strings are valid UTF-8 without NUL and live until event_free(); those of the envelope have
 * no control characters.  Moments are in 1970 or later.
 */
struct event {
    enum event_kind kind;
    const char *source;
    const char *id;
    const char *type;
    const char *licence;     /* NULL: not said */
    const char *subject;     /* NULL: not said */
    const char *traceparent; /* NULL: not said, or not what W3C Trace Context says */
    const char *tracestate;  /* NULL: as above */
    wall_ms time;            /* -1: not said */
    struct notification notification;
    void *memory; /* what the strings live in */
};

/* Why a record cannot be read.  Field names are those of the JSON, or of headers in binary mode. */
struct event_problem {
    enum reason reason;
    char field[64];  /* such as data.fields[3].title; empty when it is about the whole value */
    char words[160]; /* for a person; never quotes the value */
};

enum event_reading {
    EVENT_READ,
    EVENT_OF_UNKNOWN_TYPE, /* only ret->type, source, id, licence and memory are set */
    EVENT_UNREADABLE,      /* only *reterr is set */
};

/*
 * Reads the event of a record.  *ret wants event_free() unless the answer is EVENT_UNREADABLE.  The
 * data of an unknown type is not looked at.
 */
enum event_reading event_read(const struct record *record, struct event *ret,
                              struct event_problem *reterr) ATTR_MUST_USE;

/* Frees what event_read() gave; an event that is all zero is fine. */
void event_free(struct event *event);
static inline void event_free_auto(struct event *event)
{
    event_free(event);
}

#endif
