#include "worker/core/event.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/event_inner.h"
#include "worker/core/media_type.h"

static_assert(EVENT_MAX_SOURCE + 1 + 4 * EVENT_MAX_ID <= EVENT_MAX_NAME_BYTES,
              "the longest name of an event fits, whatever its characters");

/* What may stand in front of the JSON: 0x00 and a schema's id, and a byte order mark. */
enum { CONFLUENT_PREFIX = 5 };
static const char byte_order_mark[] = "\xef\xbb\xbf";

typedef int data_reader(const json_t *data, struct event *ret, struct event_problem *reterr);

/* The types that are read. */
static const struct type {
    const char *name;
    enum event_kind kind;
    data_reader *read;
} types[] = {
    { "nl.ireserve.notification.v1", EVENT_NOTIFICATION, event_read_notification },
    { "nl.ireserve.conversation.started.v1", EVENT_CONVERSATION_STARTED, event_read_conversation },
    { "nl.ireserve.conversation.message.v1", EVENT_MESSAGE, event_read_conversation },
    { "nl.ireserve.conversation.message-edited.v1", EVENT_MESSAGE_EDITED, event_read_conversation },
    { "nl.ireserve.conversation.message-deleted.v1", EVENT_MESSAGE_DELETED,
      event_read_conversation },
    { "nl.ireserve.conversation.closed.v1", EVENT_CONVERSATION_CLOSED, event_read_conversation },
};

static const struct type *find_type(const char *name)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

static int refuse_base64(const struct place *place, const struct member *member,
                         const json_t *value, void *ret)
{
    (void)value;
    (void)ret;

    return event_refuse(place, place->reason, member->name,
                        "is not read: put the event's JSON in data");
}

static int read_content_type(const struct place *place, const struct member *member,
                             const json_t *value, void *ret)
{
    (void)ret;

    if (!json_is_string(value) ||
        !media_type_is_json(media_type_of(json_string_value(value), json_string_length(value))))
        return event_refuse(place, place->reason, member->name, "must be a media type of JSON");
    return 0;
}

static const struct member carriers[] = {
    { "data_base64", refuse_base64, 0, 0, 0 },
    { "datacontenttype", read_content_type, 0, 0, 0 },
    { "data", member_object, 0, 0, MEMBER_REQUIRED },
    { .name = NULL },
};

static int read_payload(const struct type *type, const json_t *root, struct event *ret,
                        struct event_problem *reterr)
{
    const struct place place = { REASON_BAD_DATA, "", NULL, reterr };
    const json_t *data = NULL;

    if (members_read(&place, carriers, root, &data) != 0)
        return -1;
    ret->kind = type->kind;
    return type->read(data, ret, reterr);
}

/* Gives the JSON of the record's value. */
static int parse_value(const struct record *record, json_t **ret, struct event_problem *reterr)
{
    const struct place place = { REASON_NOT_JSON, "", NULL, reterr };
    const char *bytes = record->value;
    size_t length = record->value_length;

    if (!bytes)
        return event_refuse(&place, REASON_TOMBSTONE, "", "is a tombstone and not an event");
    if (length > EVENT_MAX_VALUE_BYTES)
        return event_refuse(&place, REASON_TOO_LARGE, "", "is larger than 1 MiB");
    if (length >= CONFLUENT_PREFIX && bytes[0] == '\0') {
        bytes += CONFLUENT_PREFIX;
        length -= CONFLUENT_PREFIX;
    }
    if (length >= strlen(byte_order_mark) &&
        memcmp(bytes, byte_order_mark, strlen(byte_order_mark)) == 0) {
        bytes += strlen(byte_order_mark);
        length -= strlen(byte_order_mark);
    }
    if (length == 0)
        return event_refuse(&place, REASON_EMPTY_VALUE, "", "is empty");
    return event_parse(bytes, length, ret, reterr);
}

/* Both modes read into an event whose memory is there and still empty. */

static enum event_reading read_structured(const struct record *record, struct event *ret,
                                          struct event_problem *reterr)
{
    struct event_memory *memory = ret->memory;
    const struct place place = { REASON_BAD_ENVELOPE, "", NULL, reterr };

    if (parse_value(record, &memory->root, reterr) != 0)
        return EVENT_UNREADABLE;
    if (!json_is_object(memory->root)) {
        (void)event_refuse(&place, place.reason, "", "must be one event, and is a list");
        return EVENT_UNREADABLE;
    }
    if (event_read_envelope(record, "", memory->root, ret, reterr) != 0)
        return EVENT_UNREADABLE;
    const struct type *type = find_type(ret->type);
    if (!type)
        return EVENT_OF_UNKNOWN_TYPE;
    return read_payload(type, memory->root, ret, reterr) == 0 ? EVENT_READ : EVENT_UNREADABLE;
}

/* In binary mode the value is what `data` is in structured mode. */
static int adopt_data(const struct record *record, json_t *root, struct event_problem *reterr)
{
    const struct place place = { REASON_BAD_DATA, "", NULL, reterr };
    const struct record_header *header = record_find_header(record, "content-type");
    json_t *data = NULL;

    if (header && header->value &&
        !media_type_is_json(media_type_of(header->value, header->length)))
        return event_refuse(&place, place.reason, "content-type", "must be a media type of JSON");
    if (parse_value(record, &data, reterr) != 0)
        return -1;
    must(json_object_set_new(root, "data", data) == 0);
    return 0;
}

static enum event_reading read_binary(const struct record *record, struct event *ret,
                                      struct event_problem *reterr)
{
    struct event_memory *memory = ret->memory;

    memory->root = json_object();
    must(memory->root);
    if (event_adopt_attributes(record, memory->root, reterr) != 0 ||
        event_read_envelope(record, EVENT_HEADER_PREFIX, memory->root, ret, reterr) != 0)
        return EVENT_UNREADABLE;
    const struct type *type = find_type(ret->type);
    if (!type)
        return EVENT_OF_UNKNOWN_TYPE;
    if (adopt_data(record, memory->root, reterr) != 0 ||
        read_payload(type, memory->root, ret, reterr) != 0)
        return EVENT_UNREADABLE;
    return EVENT_READ;
}

static enum event_reading refuse_content_type(const char *words, struct event_problem *reterr)
{
    const struct place place = { REASON_BAD_ENVELOPE, "", NULL, reterr };

    (void)event_refuse(&place, place.reason, "content-type", "%s", words);
    return EVENT_UNREADABLE;
}

static enum event_reading read_record(const struct record *record, struct event *ret,
                                      struct event_problem *reterr)
{
    const struct record_header *header = record_find_header(record, "content-type");

    if (header && header->value) {
        struct media_type type = media_type_of(header->value, header->length);
        if (media_type_begins(type, "application/cloudevents-batch"))
            return refuse_content_type("is that of a batch: a record holds one event", reterr);
        if (media_type_begins(type, "application/cloudevents"))
            return media_type_is_json(type)
                       ? read_structured(record, ret, reterr)
                       : refuse_content_type("must be application/cloudevents+json", reterr);
    }
    for (size_t i = 0; i < record->header_count; i++)
        if (event_is_attribute(&record->headers[i]))
            return read_binary(record, ret, reterr);
    return read_structured(record, ret, reterr);
}

enum event_reading event_read(const struct record *record, struct event *ret,
                              struct event_problem *reterr)
{
    *ret = (struct event){ .time = -1, .memory = mem_new(sizeof(struct event_memory)) };
    enum event_reading answer = read_record(record, ret, reterr);
    if (answer == EVENT_UNREADABLE)
        event_free(ret);
    return answer;
}

void event_free(struct event *event)
{
    struct event_memory *memory = event->memory;

    if (!memory)
        return;
    json_decref(memory->root);
    free(memory->fields);
    free(memory->attachments);
    free(memory);
    *event = (struct event){ 0 };
}
