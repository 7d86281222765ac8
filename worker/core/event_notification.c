/*
 * The data of nl.ireserve.notification.v1.
 */
#include "common/mem.h"
#include "worker/core/event_inner.h"

/* What the table fills: the notification, and the list of its fields. */
struct target {
    struct notification notification;
    const json_t *fields;
};

static int read_severity(const struct place *place, const struct member *member,
                         const json_t *value, void *ret)
{
    static const char *const names[] = {
        [SEVERITY_INFO] = "info",
        [SEVERITY_IMPORTANT] = "important",
        [SEVERITY_URGENT] = "urgent",
    };

    int choice = member_choice(value, names, sizeof(names) / sizeof(*names));

    if (choice < 0)
        return event_refuse(place, place->reason, member->name,
                            "must be info, important or urgent");
    *(enum event_severity *)ret = (enum event_severity)choice;
    return 0;
}

static int read_flag(const struct place *place, const struct member *member, const json_t *value,
                     void *ret)
{
    if (!json_is_boolean(value))
        return event_refuse(place, place->reason, member->name, "must be true or false");
    *(bool *)ret = json_is_true(value);
    return 0;
}

#define TEXT(member) offsetof(struct target, notification.member)
static const struct member members[] = {
    { "type", member_name, TEXT(type), EVENT_MAX_TYPE, MEMBER_REQUIRED | MEMBER_FILLED },
    { "text", member_text, TEXT(text), EVENT_MAX_TEXT, MEMBER_REQUIRED | MEMBER_FILLED },
    { "title", member_text, TEXT(title), EVENT_MAX_TITLE, 0 },
    { "label", member_text, TEXT(label), EVENT_MAX_LABEL, 0 },
    { "url", member_url, TEXT(url), EVENT_MAX_URL, 0 },
    { "severity", read_severity, TEXT(severity), 0, 0 },
    { "fields", member_list, offsetof(struct target, fields), EVENT_MAX_FIELDS, 0 },
    { "occurred_at", member_time, TEXT(occurred_at), 0, 0 },
    { .name = NULL },
};

#define FIELD(member) offsetof(struct event_field, member)
static const struct member field_members[] = {
    { "title", member_text, FIELD(title), EVENT_MAX_FIELD_TITLE, MEMBER_REQUIRED | MEMBER_FILLED },
    { "value", member_text, FIELD(value), EVENT_MAX_FIELD_VALUE, MEMBER_REQUIRED },
    { "short", read_flag, FIELD(is_short), 0, 0 },
    { .name = NULL },
};

static int read_fields(const json_t *list, struct event_field *fields, struct event_problem *reterr)
{
    size_t i = 0;
    const struct place place = {
        .reason = REASON_BAD_DATA, .prefix = "data.fields", .index = &i, .problem = reterr
    };

    for (; i < json_array_size(list); i++) {
        const json_t *field = json_array_get(list, i);
        if (!json_is_object(field))
            return event_refuse(&place, place.reason, "", "must be an object");
        fields[i].value = "";
        if (members_read(&place, field_members, field, &fields[i]) != 0)
            return -1;
    }
    return 0;
}

int event_read_notification(const json_t *data, struct event *ret, struct event_problem *reterr)
{
    const struct place place = { .reason = REASON_BAD_DATA, .prefix = "data.", .problem = reterr };
    struct target target = { .notification = { .severity = SEVERITY_INFO, .occurred_at = -1 } };
    struct event_memory *memory = ret->memory;

    if (members_read(&place, members, data, &target) != 0)
        return -1;
    if (json_array_size(target.fields) > 0) {
        target.notification.field_count = json_array_size(target.fields);
        memory->fields = mem_new_array(target.notification.field_count, sizeof(*memory->fields));
        target.notification.fields = memory->fields;
    }
    ret->notification = target.notification;
    return read_fields(target.fields, memory->fields, reterr);
}
