/*
 * decode_case: one record through the decoder.
 *
 *     decode_case FOLDER        compares with what is expected; 1: it differs
 *     decode_case --print FILE… prints what is in values without headers, a line each
 *
 * A folder holds input.json or input.bin (a value as it is in Kafka; neither: a tombstone),
 * headers.json (an object of strings; absent: none), key.json (a string; absent: none) and
 * expected.json, in the form that is printed.  Values that are printed have no key to be checked.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "common/text.h"
#include "worker/core/event.h"

enum { MAX_HEADERS = 32, MAX_FILE_BYTES = 4 * 1024 * 1024 };

/* Gives the bytes of a file, exactly as many as there are, so that reading beyond them is noticed;
 * NULL: there is no such file. */
static char *read_file(const char *folder, const char *name, size_t *ret)
{
    char path[1024];
    struct text content = text_of(MAX_FILE_BYTES);
    char block[16 * 1024];
    size_t length;

    (void)snprintf(path, sizeof(path), "%s%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    while ((length = fread(block, 1, sizeof(block), file)) > 0)
        text_add(&content, block, length);
    must(!ferror(file) && !content.overflowed);
    (void)fclose(file);
    char *bytes = mem_copy(text_string(&content), content.length);
    *ret = content.length;
    text_free(&content);
    return bytes;
}

static json_t *read_json(const char *folder, const char *name)
{
    char path[1024];
    json_error_t error;

    (void)snprintf(path, sizeof(path), "%s%s", folder, name);
    json_t *json =
        json_load_file(path, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!json && json_error_code(&error) != json_error_cannot_open_file) {
        fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
        exit(2);
    }
    return json;
}

/* Borrows the headers from `json` until it is freed. */
static size_t take_headers(json_t *json, struct record_header *ret)
{
    const char *name;
    json_t *value;
    size_t count = 0;

    json_object_foreach (json, name, value) {
        must(count < MAX_HEADERS);
        ret[count++] =
            (struct record_header){ name, json_string_value(value), json_string_length(value) };
    }
    return count;
}

static void set_string(json_t *object, const char *name, const char *string)
{
    if (string)
        must(json_object_set_new(object, name, json_string(string)) == 0);
}

static void set_time(json_t *object, const char *name, wall_ms at)
{
    if (at != -1)
        must(json_object_set_new(object, name, json_integer(at)) == 0);
}

static json_t *notification_json(const struct notification *notification)
{
    static const char *const severities[] = {
        [SEVERITY_INFO] = "info",
        [SEVERITY_IMPORTANT] = "important",
        [SEVERITY_URGENT] = "urgent",
    };
    json_t *json = json_object();
    json_t *fields = json_array();

    for (size_t i = 0; i < notification->field_count; i++) {
        const struct event_field *field = &notification->fields[i];
        must(json_array_append_new(fields,
                                   json_pack("{s:s, s:s, s:b}", "title", field->title, "value",
                                             field->value, "short", field->is_short)) == 0);
    }
    set_string(json, "type", notification->type);
    set_string(json, "text", notification->text);
    set_string(json, "title", notification->title);
    set_string(json, "label", notification->label);
    set_string(json, "url", notification->url);
    set_string(json, "severity", severities[notification->severity]);
    set_time(json, "occurred_at", notification->occurred_at);
    must(json_object_set_new(json, "fields", fields) == 0);
    return json;
}

static json_t *attachments_json(const struct conversation *conversation)
{
    json_t *list = json_array();

    for (size_t i = 0; i < conversation->attachment_count; i++) {
        const struct attachment *attachment = &conversation->attachments[i];
        json_t *json = json_object();
        set_string(json, "url", attachment->url);
        set_string(json, "name", attachment->name);
        set_string(json, "mime_type", attachment->mime_type);
        if (attachment->size != -1)
            must(json_object_set_new(json, "size", json_integer(attachment->size)) == 0);
        must(json_array_append_new(list, json) == 0);
    }
    return list;
}

static json_t *conversation_json(const struct conversation *conversation, enum event_kind kind)
{
    static const char *const roles[] = {
        [SENDER_VISITOR] = "visitor",
        [SENDER_AGENT] = "agent",
        [SENDER_SYSTEM] = "system",
    };
    json_t *json = json_object();

    set_string(json, "id", conversation->id);
    set_string(json, "visitor_name", conversation->visitor_name);
    set_string(json, "visitor_email", conversation->visitor_email);
    set_string(json, "page_url", conversation->page_url);
    set_string(json, "page_title", conversation->page_title);
    set_string(json, "message_id", conversation->message_id);
    if (kind == EVENT_MESSAGE || kind == EVENT_MESSAGE_EDITED)
        set_string(json, "sender_role", roles[conversation->sender_role]);
    set_string(json, "sender_name", conversation->sender_name);
    set_string(json, "text", conversation->text);
    set_time(json, "at", conversation->at);
    must(json_object_set_new(json, "attachments", attachments_json(conversation)) == 0);
    return json;
}

/* Sets `data`, under the name of the struct that it is in. */
static void set_data(json_t *json, const struct event *event)
{
    if (event->kind == EVENT_NOTIFICATION)
        must(json_object_set_new(json, "notification", notification_json(&event->notification)) ==
             0);
    else
        must(json_object_set_new(json, "conversation",
                                 conversation_json(&event->conversation, event->kind)) == 0);
}

static json_t *event_json(const struct event *event, const char *answer)
{
    json_t *json = json_pack("{s:s}", "answer", answer);

    set_string(json, "source", event->source);
    set_string(json, "id", event->id);
    set_string(json, "type", event->type);
    set_string(json, "licence", event->licence);
    set_string(json, "subject", event->subject);
    set_string(json, "traceparent", event->traceparent);
    set_string(json, "tracestate", event->tracestate);
    set_time(json, "time", event->time);
    return json;
}

static json_t *problem_json(const struct event_problem *problem, const char *answer)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "answer", answer, "reason",
                     reason_code(problem->reason), "field", problem->field, "words",
                     problem->words);
}

/* Gives what the decoder makes of a record. */
static json_t *decode(const struct record *record, bool checks_key)
{
    AUTO(event_free) struct event event = { 0 };
    struct event_problem problem;
    json_t *json;

    switch (event_read(record, &event, &problem)) {
    case EVENT_READ:
        if (checks_key && event_check_key(&event, record, &problem) != 0)
            return problem_json(&problem, "misplaced");
        json = event_json(&event, "read");
        set_data(json, &event);
        return json;
    case EVENT_OF_UNKNOWN_TYPE:
        return event_json(&event, "unknown type");
    case EVENT_UNREADABLE:
        return problem_json(&problem, "unreadable");
    }
    return NULL;
}

static void print(const char *words, const json_t *json, size_t flags)
{
    char *string = json_dumps(json, flags | JSON_SORT_KEYS);

    printf("%s%s\n", words, string);
    free(string);
}

static void print_file(const char *path)
{
    struct record record = { .topic = "ireserve.notifications" };
    char *file = read_file("", path, &record.value_length);

    must(file);
    record.value = file;
    json_t *found = decode(&record, false);
    print("", found, JSON_COMPACT);
    json_decref(found);
    free(file);
}

static int compare(const char *folder)
{
    struct record_header headers[MAX_HEADERS];
    struct record record = { .topic = "ireserve.notifications", .headers = headers };
    char *text = read_file(folder, "/input.json", &record.value_length);
    char *value = text ? text : read_file(folder, "/input.bin", &record.value_length);
    json_t *header_object = read_json(folder, "/headers.json");
    json_t *key = read_json(folder, "/key.json");
    json_t *expected = read_json(folder, "/expected.json");

    record.value = value;
    record.key = json_string_value(key);
    record.key_length = json_string_length(key);
    record.header_count = take_headers(header_object, headers);
    json_t *found = decode(&record, true);
    int differs = !expected || !json_equal(found, expected);
    if (differs) {
        print("expected ", expected, JSON_INDENT(2));
        print("found ", found, JSON_INDENT(2));
    }
    json_decref(found);
    json_decref(expected);
    json_decref(key);
    json_decref(header_object);
    free(value);
    return differs;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "--print") == 0) {
        for (int i = 2; i < argc; i++)
            print_file(argv[i]);
        return 0;
    }
    must(argc == 2);
    return compare(argv[1]);
}
