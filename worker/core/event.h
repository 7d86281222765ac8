/*
 * event: a Kafka record → the CloudEvent in it, or a fault that names the field.
 *
 * Reads CloudEvents 1.0 in structured mode (`content-type: application/cloudevents+json…`, also
 * when the header is missing and the value is a JSON object with `specversion`) and in binary mode
 * (`ce_*` headers), with or without the Confluent prefix (0x00 and 4 bytes of schema id).
 * Sizes are checked before anything is allocated.  Pure.
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
    EVENT_MAX_FIELDS = 50,
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

/* `data` of nl.ireserve.notification.v1; optional members that are absent are NULL (text never). */
struct notification {
    const char *type; /* i-Reserve's name, such as booking_created */
    const char *text;
    const char *title;
    const char *label;
    const char *url;
    enum event_severity severity;
    const struct event_field *fields;
    size_t field_count;
    wall_ms occurred_at; /* -1: not said */
};

/* All strings are valid UTF-8 without NUL and live until event_free(). */
struct event {
    enum event_kind kind;
    const char *source;
    const char *id;
    const char *type;
    const char *licence;     /* NULL: not said */
    const char *subject;     /* NULL: not said */
    const char *traceparent; /* NULL: not said */
    const char *tracestate;  /* NULL: not said */
    wall_ms time;            /* -1: not said */
    struct notification notification;
    void *memory; /* what the strings live in */
};

/* Why a record cannot be read. */
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

/* Reads the event of a record.  *ret wants event_free() unless the answer is EVENT_UNREADABLE. */
enum event_reading event_read(const struct record *record, struct event *ret,
                              struct event_problem *reterr) ATTR_MUST_USE;

/* Frees what event_read() gave; an event that is all zero is fine. */
void event_free(struct event *event);
static inline void event_free_auto(struct event *event)
{
    event_free(event);
}

#endif
