#include "worker/demo/standin_draft.h"

#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "common/text.h"
#include "worker/demo/standin_gojson.h"

enum { MAX_PROPS = 64 * 1024 * 1024 };

enum kind { STRING, OBJECT, STRINGS, NUMBER, FLAG };

struct field {
    const char *name;
    enum kind kind;
    size_t offset;
};

#define FIELD(name, kind)                         \
    {                                             \
#name, kind, offsetof(struct draft, name) \
    }

static const struct field fields[] = {
    FIELD(channel_id, STRING),      FIELD(message, STRING),
    FIELD(root_id, STRING),         FIELD(props, OBJECT),
    FIELD(pending_post_id, STRING), FIELD(metadata, OBJECT),
    FIELD(file_ids, STRINGS),       FIELD(id, STRING),
    FIELD(parent_id, STRING),       FIELD(type, STRING),
    FIELD(edit_at, NUMBER),         FIELD(delete_at, NUMBER),
    FIELD(is_pinned, FLAG),         FIELD(has_reactions, FLAG),
};

enum { FIELD_COUNT = sizeof(fields) / sizeof(fields[0]) };

static bool is_of_strings(const json_t *value)
{
    if (!json_is_array(value))
        return false;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!json_is_string(json_array_get(value, i)))
            return false;
    return true;
}

static bool fits(enum kind kind, const json_t *value)
{
    switch (kind) {
    case STRING:
        return json_is_string(value);
    case OBJECT:
        return json_is_object(value);
    case STRINGS:
        return is_of_strings(value);
    case NUMBER:
        return json_is_number(value);
    case FLAG:
        break;
    }
    return json_is_boolean(value);
}

/* Keeps a member under its field; false: it has another type than the field. */
static bool keep(struct draft *draft, const char *name, const json_t *value)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *field = &fields[i];
        void *place = (char *)draft + field->offset;

        if (strcasecmp(field->name, name) != 0)
            continue;
        if (!fits(field->kind, value))
            return json_is_null(value);
        if (field->kind == STRING)
            *(const char **)place = json_string_value(value);
        else
            *(const json_t **)place = value;
        return true;
    }
    return true;
}

static int keep_all(struct draft *draft, enum standin_version version)
{
    bool strict = version != STANDIN_5_37;
    const char *name;
    json_t *value;

    if (json_is_null(draft->json))
        return strict ? 0 : -1;
    if (!json_is_object(draft->json))
        return strict ? -1 : 0;
    json_object_foreach (draft->json, name, value) {
        /* the older server drops what does not fit, and posts the rest */
        if (!keep(draft, name, value) && strict)
            return -1;
    }
    return 0;
}

int draft_read(const char *bytes, size_t length, enum standin_version version, struct draft *ret)
{
    *ret = (struct draft){ .id = "",
                           .channel_id = "",
                           .root_id = "",
                           .parent_id = "",
                           .message = "",
                           .type = "",
                           .pending_post_id = "" };
    ret->json = gojson_read(bytes, length);
    if (!ret->json)
        return -1;
    if (keep_all(ret, version) == 0)
        return 0;
    draft_free(ret);
    return -1;
}

void draft_free(struct draft *draft)
{
    json_decref(draft->json);
    draft->json = NULL;
}

const json_t *draft_priority(const struct draft *draft)
{
    const json_t *priority = json_object_get(draft->metadata, "priority");

    return json_is_object(priority) ? priority : NULL;
}

bool draft_has_nul(const json_t *value)
{
    const char *string = json_string_value(value);
    const char *name;
    json_t *member;

    if (string)
        return strstr(string, GOJSON_NUL) != NULL;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (draft_has_nul(json_array_get(value, i)))
            return true;
    json_object_foreach (gojson_iterable(value), name, member) {
        if (strstr(name, GOJSON_NUL) || draft_has_nul(member))
            return true;
    }
    return false;
}

size_t draft_runes(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* A member of an attachment, in the order in which the server writes them. */
struct part {
    const char *name;
    bool is_string;
};

static const struct part attachment_parts[] = {
    { "fallback", true },    { "color", true },       { "pretext", true },
    { "author_name", true }, { "author_link", true }, { "author_icon", true },
    { "title", true },       { "title_link", true },  { "text", true },
    { "fields", false },     { "image_url", true },   { "thumb_url", true },
    { "footer", true },      { "footer_icon", true }, { "ts", false },
};

enum { PART_COUNT = sizeof(attachment_parts) / sizeof(attachment_parts[0]) };

static void write_field(struct text *text, const json_t *field)
{
    const json_t *value = json_object_get(field, "value");
    const json_t *is_short = json_object_get(field, "short");
    const char *title = json_string_value(json_object_get(field, "title"));
    const char *word = json_string_value(is_short);

    text_add_char(text, '{');
    gojson_write_member(text, "title", title ? title : "");
    text_add_string(text, ",\"value\":");
    gojson_write(text, value ? value : json_null());
    text_add_string(text, json_is_true(is_short) || (word && strcmp(word, "true") == 0)
                              ? ",\"short\":true}"
                              : ",\"short\":false}");
}

static void write_other_part(struct text *text, const json_t *value)
{
    if (!json_is_array(value)) {
        gojson_write(text, value ? value : json_null());
        return;
    }
    text_add_char(text, '[');
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (i)
            text_add_char(text, ',');
        write_field(text, json_array_get(value, i));
    }
    text_add_char(text, ']');
}

/* Buttons, without what only the server is to know of them. */
static void write_actions(struct text *text, const json_t *actions)
{
    json_t *shown = json_deep_copy(actions);

    for (size_t i = 0; i < json_array_size(shown); i++)
        json_object_del(json_array_get(shown, i), "integration");
    text_add_string(text, ",\"actions\":");
    gojson_write(text, shown);
    json_decref(shown);
}

static void write_attachment(struct text *text, const json_t *attachment)
{
    const json_t *actions = json_object_get(attachment, "actions");

    text_add_string(text, "{\"id\":0");
    for (size_t i = 0; i < PART_COUNT; i++) {
        const struct part *part = &attachment_parts[i];
        const json_t *value = json_object_get(attachment, part->name);

        if (part->is_string) {
            gojson_write_member(text, part->name, value ? json_string_value(value) : "");
            continue;
        }
        text_printf(text, ",\"%s\":", part->name);
        write_other_part(text, value);
    }
    if (actions)
        write_actions(text, actions);
    text_add_char(text, '}');
}

/* Whether the server can read an attachment; what it cannot read makes all of them null. */
static bool is_attachment(const json_t *value)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        const json_t *part = json_object_get(value, attachment_parts[i].name);
        if (part && attachment_parts[i].is_string && !json_is_string(part))
            return false;
    }
    return true;
}

static void write_attachments(struct text *text, const json_t *list)
{
    bool first = true;
    bool readable = json_is_array(list);

    for (size_t i = 0; readable && i < json_array_size(list); i++)
        readable = is_attachment(json_array_get(list, i));
    if (!readable) {
        text_add_string(text, "null");
        return;
    }
    text_add_char(text, '[');
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *attachment = json_array_get(list, i);

        if (json_is_null(attachment))
            continue;
        if (!first)
            text_add_char(text, ',');
        first = false;
        write_attachment(text, attachment);
    }
    text_add_char(text, ']');
}

/* A copy of the props with the server's own members taken out or put in. */
static json_t *own_props(const json_t *props, bool from_bot, enum standin_version version)
{
    json_t *copy = props ? json_copy(gojson_iterable(props)) : json_object();

    json_object_del(copy, "add_channel_member");
    json_object_del(copy, "channel_mentions");
    if (version != STANDIN_5_37)
        json_object_del(copy, "force_notification");
    if (from_bot)
        json_object_set_new(copy, "from_bot", json_string("true"));
    return copy;
}

char *draft_props(const json_t *props, bool from_bot, enum standin_version version)
{
    json_t *own = own_props(props, from_bot, version);
    const json_t *attachments = json_object_get(own, "attachments");
    AUTO(text_free) struct text all = text_of(MAX_PROPS);

    if (!attachments) {
        gojson_write(&all, own);
        json_decref(own);
        return text_take(&all);
    }
    /* attachments have an order of their own: written apart, in front of what sorts after them */
    AUTO(text_free) struct text rest = text_of(MAX_PROPS);
    text_add_string(&all, "{\"attachments\":");
    write_attachments(&all, attachments);
    json_object_del(own, "attachments");
    gojson_write(&rest, own);
    json_decref(own);
    if (rest.length > 2)
        text_add_char(&all, ',');
    text_add_string(&all, text_string(&rest) + 1);
    return text_take(&all);
}
