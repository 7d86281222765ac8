#include "worker/core/card.h"

#include <string.h>

#include "common/must.h"
#include "worker/core/defuse.h"
#include "worker/core/link.h"
#include "worker/core/post_body.h"
#include "worker/core/split.h"

enum {
    MAX_FIELD_RUNES = 1000,  /* of one */
    MAX_FIELDS_RUNES = 2400, /* of all */
    MAX_TITLE_COST = 100,
    MAX_FALLBACK_COST = 300,
    SCRATCH_BYTES = 64 * 1024,
};

/* Names that themes know, and a calm blue. */
static const char *const colours[] = {
    [SEVERITY_INFO] = "#2389d7",
    [SEVERITY_IMPORTANT] = "warning",
    [SEVERITY_URGENT] = "danger",
};

/* How many runes of the props a field takes at most. */
static size_t runes_of(const struct event_field *field)
{
    enum { FRAME = 48 }; /* {"title":"","value":"","short":false}, and what the server adds */

    /* A guard may be two runes in JSON where it costs one. */
    return FRAME + 2 * split_cost(field->title, strlen(field->title)) +
           2 * split_cost(field->value, strlen(field->value));
}

struct card_fields card_choose(const struct notification *notification)
{
    struct card_fields fields = { .count = 0 };
    size_t room = MAX_FIELDS_RUNES;

    must(notification->field_count <= EVENT_MAX_FIELDS);
    for (size_t i = 0; i < notification->field_count; i++) {
        size_t runes = runes_of(&notification->fields[i]);
        if (runes > MAX_FIELD_RUNES || runes > room)
            continue;
        fields.are_on_card[i] = true;
        fields.count++;
        room -= runes;
    }
    return fields;
}

/* What is shown where attachments are not, and below the message in notifications on phones. */
static void add_fallback(const struct notification *notification, const struct card_fields *fields,
                         const char *title, struct text *ret)
{
    AUTO(text_free) struct text words = text_of(SCRATCH_BYTES);

    for (size_t i = 0; i < notification->field_count; i++) {
        if (!fields->are_on_card[i])
            continue;
        if (words.length > 0)
            text_add_string(&words, ", ");
        text_add_string(&words, notification->fields[i].title);
        text_add_string(&words, ": ");
        text_add_string(&words, notification->fields[i].value);
    }
    post_body_add_defused(words.length > 0 ? text_string(&words) : title, MAX_FALLBACK_COST,
                          DEFUSE_PLAIN, ret);
}

static void add_field(const struct event_field *field, struct text *ret)
{
    text_add_string(ret, "{\"title\":");
    post_body_add_defused(field->title, SCRATCH_BYTES, DEFUSE_PLAIN, ret);
    text_add_string(ret, ",\"value\":");
    post_body_add_defused(field->value, SCRATCH_BYTES, DEFUSE_TEXT, ret);
    text_add_string(ret, field->is_short ? ",\"short\":true}" : ",\"short\":false}");
}

static void add_fields(const struct notification *notification, const struct card_fields *fields,
                       struct text *ret)
{
    const char *between = ",\"fields\":[";

    for (size_t i = 0; i < notification->field_count; i++) {
        if (!fields->are_on_card[i])
            continue;
        text_add_string(ret, between);
        add_field(&notification->fields[i], ret);
        between = ",";
    }
    text_add_char(ret, ']');
}

/* With a link a title is plain text to clients, without one it is Markdown. */
static void add_title(const char *title, const struct text *url, struct text *ret)
{
    bool is_link = url->length > 0;

    text_add_string(ret, ",\"title\":");
    post_body_add_defused(title, MAX_TITLE_COST, is_link ? DEFUSE_PLAIN : DEFUSE_LINE, ret);
    if (!is_link)
        return;
    text_add_string(ret, ",\"title_link\":");
    text_add_json(ret, text_string(url), url->length);
}

bool card_add(const struct notification *notification, const struct card_fields *fields,
              const char *name, struct text *ret)
{
    AUTO(text_free) struct text url = text_of(SCRATCH_BYTES);
    const char *title = notification->label ? notification->label : name;
    bool is_link = notification->url && link_add(notification->url, &url);

    if (!is_link && fields->count == 0 && notification->severity == SEVERITY_INFO)
        return false;

    text_add_string(ret, "{\"fallback\":");
    add_fallback(notification, fields, title, ret);
    text_add_string(ret, ",\"color\":\"");
    text_add_string(ret, colours[notification->severity]);
    text_add_char(ret, '"');
    if (is_link || fields->count == 0)
        add_title(title, &url, ret);
    if (fields->count > 0)
        add_fields(notification, fields, ret);
    text_add_char(ret, '}');
    return true;
}
