/*
 * The envelope of an event: its context attributes, in JSON or made into JSON.
 */
#include <string.h>
#include <strings.h>

#include "worker/core/event_inner.h"

enum { PREFIX_LENGTH = sizeof(EVENT_HEADER_PREFIX) - 1 };

static int read_version(const struct place *place, const struct member *member, const json_t *value,
                        void *ret)
{
    (void)ret;

    if (!json_is_string(value) || strcmp(json_string_value(value), "1.0") != 0)
        return event_refuse(place, place->reason, member->name,
                            "must be 1.0, the only version that is read");
    return 0;
}

/* A URI-reference, as far as it matters here: ASCII without blanks. */
static int read_source(const struct place *place, const struct member *member, const json_t *value,
                       void *ret)
{
    if (member_name(place, member, value, ret) != 0)
        return -1;
    for (const char *c = json_string_value(value); *c; c++)
        if (*c <= ' ' || *c > '~')
            return event_refuse(place, place->reason, member->name,
                                "is not a URI: it holds a character that is not ASCII, or a blank");
    return 0;
}

/* Whether `string` has the shape: x is a hexadecimal digit in lower case, all else is itself. */
static bool has_shape(const char *string, const char *shape)
{
    for (; *shape; shape++, string++)
        if (*shape == 'x' ? *string == '\0' || !strchr("0123456789abcdef", *string)
                          : *string != *shape)
            return false;
    return *string == '\0';
}

/* Trace context goes into the headers of requests.  A wrong one is no reason to lose an event. */
static int read_traceparent(const struct place *place, const struct member *member,
                            const json_t *value, void *ret)
{
    const char *string = json_string_value(value);

    (void)place;
    (void)member;
    if (string && has_shape(string, "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx"))
        *(const char **)ret = string;
    return 0;
}

static int read_tracestate(const struct place *place, const struct member *member,
                           const json_t *value, void *ret)
{
    const char *string = json_string_value(value);

    (void)place;
    if (!string || *string == '\0' || json_string_length(value) > member->most)
        return 0;
    for (const char *c = string; *c; c++)
        if (*c < ' ' || *c > '~')
            return 0;
    *(const char **)ret = string;
    return 0;
}

#define EVENT(member) offsetof(struct event, member)
static const struct member attributes[] = {
    { "specversion", read_version, 0, 0, MEMBER_REQUIRED },
    { "id", member_name, EVENT(id), EVENT_MAX_ID, MEMBER_REQUIRED | MEMBER_FILLED },
    { "source", read_source, EVENT(source), EVENT_MAX_SOURCE, MEMBER_REQUIRED | MEMBER_FILLED },
    { "type", member_name, EVENT(type), EVENT_MAX_TYPE, MEMBER_REQUIRED | MEMBER_FILLED },
    { "licence", member_name, EVENT(licence), EVENT_MAX_LICENCE, MEMBER_FILLED },
    { "subject", member_name, EVENT(subject), EVENT_MAX_SUBJECT, MEMBER_FILLED },
    { "time", member_time, EVENT(time), 0, 0 },
    { "traceparent", read_traceparent, EVENT(traceparent), 0, 0 },
    { "tracestate", read_tracestate, EVENT(tracestate), 512, 0 },
    { .name = NULL },
};

/* Takes a header as an attribute; -1: its value is not UTF-8, or holds a NUL. */
static int adopt(json_t *root, const char *name, const struct record_header *header)
{
    if (!header->value || memchr(header->value, '\0', header->length))
        return -1;
    return json_object_set_new(root, name, json_stringn(header->value, header->length));
}

/* The trace may also be told by Kafka headers alone. */
static void adopt_trace(json_t *root, const struct record *record)
{
    const struct record_header *parent = record_find_header(record, "traceparent");
    const struct record_header *state = record_find_header(record, "tracestate");

    if (!parent || json_object_get(root, "traceparent"))
        return;
    (void)adopt(root, "traceparent", parent);
    if (state)
        (void)adopt(root, "tracestate", state);
}

int event_read_envelope(const struct record *record, const char *prefix, json_t *root,
                        struct event *ret, struct event_problem *reterr)
{
    const struct place place = { REASON_BAD_ENVELOPE, prefix, NULL, reterr };

    adopt_trace(root, record);
    return members_read(&place, attributes, root, ret);
}

bool event_is_attribute(const struct record_header *header)
{
    return strncasecmp(header->name, EVENT_HEADER_PREFIX, PREFIX_LENGTH) == 0;
}

static const struct member *find_attribute(const char *name)
{
    for (const struct member *member = attributes; member->name; member++)
        if (strcasecmp(member->name, name) == 0)
            return member;
    return NULL;
}

int event_adopt_attributes(const struct record *record, json_t *root, struct event_problem *reterr)
{
    const struct place place = { REASON_BAD_ENVELOPE, EVENT_HEADER_PREFIX, NULL, reterr };

    for (size_t i = 0; i < record->header_count; i++) {
        const struct record_header *header = &record->headers[i];
        if (!header->value || !event_is_attribute(header))
            continue;
        const struct member *member = find_attribute(header->name + PREFIX_LENGTH);
        if (!member)
            continue;
        if (adopt(root, member->name, header) != 0)
            return event_refuse(&place, place.reason, member->name,
                                "is not UTF-8, or holds a NUL byte");
    }
    return 0;
}
