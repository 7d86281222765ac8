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
#include <stdint.h>

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
    EVENT_MAX_CONVERSATION = 190, /* conversation_id, message_id */
    EVENT_MAX_PERSON = 200,       /* a name */
    EVENT_MAX_EMAIL = 320,
    EVENT_MAX_PAGE_TITLE = 500,
    EVENT_MAX_FILE_NAME = 255,
    EVENT_MAX_MIME_TYPE = 127,
};

enum { EVENT_MAX_ATTACHMENTS = 50 };

enum event_kind {
    EVENT_NOTIFICATION,         /* nl.ireserve.notification.v1 */
    EVENT_CONVERSATION_STARTED, /* nl.ireserve.conversation.started.v1 */
    EVENT_MESSAGE,              /* nl.ireserve.conversation.message.v1 */
    EVENT_MESSAGE_EDITED,       /* nl.ireserve.conversation.message-edited.v1 */
    EVENT_MESSAGE_DELETED,      /* nl.ireserve.conversation.message-deleted.v1 */
    EVENT_CONVERSATION_CLOSED,  /* nl.ireserve.conversation.closed.v1 */
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

enum sender_role { SENDER_VISITOR, SENDER_AGENT, SENDER_SYSTEM };

/* A file that belongs to a message.  It can be wrong in any way without costing the message. */
struct attachment {
    const char *url;  /* absolute, http or https, as struct notification's; NULL: none, or not */
    const char *name; /* NULL: none */
    const char *mime_type; /* NULL: none */
    int64_t size;          /* in bytes; -1: not said */
};

/*
 * `data` of the types nl.ireserve.conversation.*.  What a type does not have, and optional members
 * that are absent or empty, are NULL.
 */
struct conversation {
    const char *id;               /* conversation_id: never NULL nor empty */
    const char *visitor_name;     /* of started */
    const char *visitor_email;    /* likewise */
    const char *page_url;         /* likewise; as struct notification's url */
    const char *page_title;       /* likewise */
    const char *message_id;       /* of message and its edit and deletion: never NULL nor empty */
    enum sender_role sender_role; /* of message and its edit */
    const char *sender_name;      /* likewise */
    const char *text;             /* likewise; NULL: it is empty */
    const struct attachment *attachments; /* of message */
    size_t attachment_count;
    wall_ms at; /* started_at, sent_at, edited_at, deleted_at or closed_at; -1: not said */
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
    struct conversation conversation;
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

/*
 * Whether the record of an event that was read has the key that keeps its order: what happens in a
 * conversation has the conversation's id, byte for byte, and a notification any key or none.  -1:
 * *reterr is set.
 */
int event_check_key(const struct event *event, const struct record *record,
                    struct event_problem *reterr) ATTR_MUST_USE;

/* Frees what event_read() gave; an event that is all zero is fine. */
void event_free(struct event *event);
static inline void event_free_auto(struct event *event)
{
    event_free(event);
}

#endif
