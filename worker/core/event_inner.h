/*
 * event_inner: what the files event*.c share, and nobody else includes.
 *
 * A JSON object is read by a table of its members: name, reader, where the value goes.
 */
#ifndef WORKER_CORE_EVENT_INNER_H
#define WORKER_CORE_EVENT_INNER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/attrs.h"
#include "worker/core/event.h"

/* Where in the record the reader is, for problems. */
struct place {
    enum reason reason;  /* of what is wrong here, unless it is too large */
    const char *prefix;  /* of member names here: "", "ce_", "data." or the name of a list */
    const size_t *index; /* in the list; NULL: not in a list */
    struct event_problem *problem;
};

struct member;

/* Reads a value, never null, into what *ret is by the member's table.  -1: the problem is set, and
 * *ret is as it was. */
typedef int member_reader(const struct place *place, const struct member *member,
                          const json_t *value, void *ret);

enum {
    MEMBER_REQUIRED = 1,
    MEMBER_FILLED = 2,   /* a string must not be empty */
    MEMBER_FORGIVEN = 4, /* a wrong value is as good as absent */
};

struct member {
    const char *name;
    member_reader *read;
    size_t offset; /* in the struct that the table fills */
    size_t most;   /* characters of a string, elements of a list */
    unsigned flags;
};

/*
 * Readers.  *ret is a const char *, but a wall_ms for times and a const json_t * for lists and
 * objects.  An empty string leaves *ret as it was.
 */
member_reader member_text; /* any string */
member_reader member_name; /* text without control characters */
member_reader member_url;  /* a name as struct notification's url, or empty */
member_reader member_time; /* RFC 3339, in 1970 or later */
member_reader member_list;
member_reader member_object;

/* The index of the one of `names` that the value is; -1: it is none of them. */
int member_choice(const json_t *value, const char *const *names, size_t count) ATTR_MUST_USE;

/* Reads the members of `object` into the struct at `target`.  The table ends with a NULL name. */
int members_read(const struct place *place, const struct member *members, const json_t *object,
                 void *target) ATTR_MUST_USE;

/* Sets the problem with a member and is -1. */
int event_refuse(const struct place *place, enum reason reason, const char *name,
                 const char *format, ...) ATTR_PRINTF(4, 5);

/* Gives the object or list that is written in `bytes`, for json_decref(). */
int event_parse(const char *bytes, size_t length, json_t **ret,
                struct event_problem *reterr) ATTR_MUST_USE;

/* What the names of attributes begin with when they are headers. */
#define EVENT_HEADER_PREFIX "ce_"

/* Whether a header is an attribute. */
bool event_is_attribute(const struct record_header *header);

/* Makes members of `root` of the headers that are attributes and are read; the last of a name
 * counts. */
int event_adopt_attributes(const struct record *record, json_t *root,
                           struct event_problem *reterr) ATTR_MUST_USE;

/* Reads the attributes in `root`, whose names have the prefix in problems.  Trace context that is
 * only in headers is added to `root`. */
int event_read_envelope(const struct record *record, const char *prefix, json_t *root,
                        struct event *ret, struct event_problem *reterr) ATTR_MUST_USE;

/* What an event's strings live in. */
struct event_memory {
    json_t *root;
    struct event_field *fields;
    struct attachment *attachments;
};

/* Reads `data` of nl.ireserve.notification.v1. */
int event_read_notification(const json_t *data, struct event *ret,
                            struct event_problem *reterr) ATTR_MUST_USE;

/* Reads `data` of the type nl.ireserve.conversation.* that the event's kind says. */
int event_read_conversation(const json_t *data, struct event *ret,
                            struct event_problem *reterr) ATTR_MUST_USE;

#endif
