#include "tests/fuzz/event_claims.h"

#include <string.h>
#include <strings.h>

#include "common/must.h"
#include "common/utf8.h"
#include "worker/core/event.h"

static void check_string(const char *string, size_t most_bytes)
{
    size_t length = string ? strlen(string) : 0;
    uint32_t point;

    must(length <= most_bytes);
    for (size_t at = 0; at < length;) {
        size_t size = utf8_read(string + at, length - at, &point);
        must(size > 0);
        at += size;
    }
}

static void check_notification(const struct notification *notification)
{
    check_string(notification->type, (size_t)4 * EVENT_MAX_TYPE);
    check_string(notification->text, (size_t)4 * EVENT_MAX_TEXT);
    check_string(notification->title, (size_t)4 * EVENT_MAX_TITLE);
    check_string(notification->label, (size_t)4 * EVENT_MAX_LABEL);
    check_string(notification->url, (size_t)4 * EVENT_MAX_URL);
    must(*notification->type && *notification->text);
    must(notification->severity <= SEVERITY_URGENT);
    must(notification->field_count <= EVENT_MAX_FIELDS);
    for (size_t i = 0; i < notification->field_count; i++) {
        must(*notification->fields[i].title && notification->fields[i].value);
        check_string(notification->fields[i].title, (size_t)4 * EVENT_MAX_FIELD_TITLE);
        check_string(notification->fields[i].value, (size_t)4 * EVENT_MAX_FIELD_VALUE);
    }
}

static void check_attachment(const struct attachment *attachment)
{
    check_string(attachment->url, (size_t)4 * EVENT_MAX_URL);
    check_string(attachment->name, (size_t)4 * EVENT_MAX_FILE_NAME);
    check_string(attachment->mime_type, (size_t)4 * EVENT_MAX_MIME_TYPE);
    must(!attachment->url || strncasecmp(attachment->url, "http", 4) == 0);
    must(attachment->size >= -1);
}

static void check_conversation(const struct conversation *conversation, enum event_kind kind)
{
    check_string(conversation->id, (size_t)4 * EVENT_MAX_CONVERSATION);
    check_string(conversation->visitor_name, (size_t)4 * EVENT_MAX_PERSON);
    check_string(conversation->visitor_email, (size_t)4 * EVENT_MAX_EMAIL);
    check_string(conversation->page_url, (size_t)4 * EVENT_MAX_URL);
    check_string(conversation->page_title, (size_t)4 * EVENT_MAX_PAGE_TITLE);
    check_string(conversation->message_id, (size_t)4 * EVENT_MAX_CONVERSATION);
    check_string(conversation->sender_name, (size_t)4 * EVENT_MAX_PERSON);
    check_string(conversation->text, (size_t)4 * EVENT_MAX_TEXT);
    must(*conversation->id && conversation->sender_role <= SENDER_SYSTEM);
    must(!conversation->message_id ==
         (kind == EVENT_CONVERSATION_STARTED || kind == EVENT_CONVERSATION_CLOSED));
    must(!conversation->message_id || *conversation->message_id);
    must(conversation->attachment_count <= EVENT_MAX_ATTACHMENTS && conversation->at >= -1);
    for (size_t i = 0; i < conversation->attachment_count; i++)
        check_attachment(&conversation->attachments[i]);
}

static void check_envelope(const struct event *event)
{
    must(*event->source && *event->id && *event->type);
    must(strlen(event->source) + 1 + strlen(event->id) <= EVENT_MAX_NAME_BYTES);
    check_string(event->source, EVENT_MAX_SOURCE);
    check_string(event->id, (size_t)4 * EVENT_MAX_ID);
    check_string(event->type, (size_t)4 * EVENT_MAX_TYPE);
    check_string(event->licence, (size_t)4 * EVENT_MAX_LICENCE);
    check_string(event->subject, (size_t)4 * EVENT_MAX_SUBJECT);
    check_string(event->traceparent, 55);
    check_string(event->tracestate, 512);
    must(event->time >= -1);
}

/* Words and fields are ours: plain ASCII, whatever the record holds. */
static void check_problem(const struct event_problem *problem)
{
    must(*problem->words && (int)problem->reason < REASON_COUNT);
    for (const char *c = problem->words; *c; c++)
        must(*c >= ' ' && *c <= '~');
    for (const char *c = problem->field; *c; c++)
        must(*c > ' ' && *c <= '~');
}

/* The only key of a conversation's records is its id. */
static void check_key(const struct event *event)
{
    const char *id = event->conversation.id;
    const struct record keyless = { .key = NULL };
    const struct record keyed = { .key = id, .key_length = strlen(id) };
    struct event_problem problem;

    must(event_check_key(event, &keyless, &problem) != 0);
    check_problem(&problem);
    must(event_check_key(event, &keyed, &problem) == 0);
}

static void check_data(const struct event *event)
{
    if (event->kind == EVENT_NOTIFICATION) {
        check_notification(&event->notification);
        return;
    }
    check_conversation(&event->conversation, event->kind);
    check_key(event);
}

void event_claims_check(const struct record *record)
{
    AUTO(event_free) struct event event = { 0 };
    struct event_problem problem;

    switch (event_read(record, &event, &problem)) {
    case EVENT_READ:
        check_envelope(&event);
        check_data(&event);
        return;
    case EVENT_OF_UNKNOWN_TYPE:
        check_envelope(&event);
        return;
    case EVENT_UNREADABLE:
        must(!event.memory);
        check_problem(&problem);
        return;
    }
}
