#include "worker/core/render.h"

#include <ctype.h>

#include "common/must.h"
#include "worker/core/card.h"
#include "worker/core/post_body.h"

/* An event on its way into bodies. */
struct draft {
    const struct event *event;
    struct text title; /* plain, what the head begins with */
    struct card_fields fields;
    struct post_body body;
};

void render_event_name(const struct event *event, struct text *ret)
{
    text_add_string(ret, event->source);
    text_add_char(ret, '|');
    text_add_string(ret, event->id);
}

/* booking_created → Booking created.  A type is never empty. */
static void add_name_of_type(const char *type, struct text *ret)
{
    text_add_char(ret, (char)toupper((unsigned char)*type));
    while (*++type)
        text_add(ret, *type == '_' ? " " : type, 1);
}

static void write_head(struct draft *draft)
{
    const struct notification *notification = &draft->event->notification;
    struct text *head = &draft->body.head;

    text_add_string(head, "**");
    if (post_body_add_words(notification->title, head)) {
        text_add_string(&draft->title, notification->title);
    } else {
        add_name_of_type(notification->type, &draft->title);
        (void)post_body_add_words(text_string(&draft->title), head);
    }
    text_add_string(head, "**");

    size_t before = head->length;
    text_add_string(head, " · ");
    if (!post_body_add_words(notification->label, head))
        text_truncate(head, before);
}

/* The text, and below it the fields that are too long for the card. */
static void write_text(struct draft *draft)
{
    const struct notification *notification = &draft->event->notification;
    const char *between = "\n\n";

    text_add_string(&draft->body.text, notification->text);
    for (size_t i = 0; i < notification->field_count; i++) {
        const struct event_field *field = &notification->fields[i];
        if (draft->fields.are_on_card[i])
            continue;
        text_add_string(&draft->body.text, between);
        text_add_string(&draft->body.text, field->title);
        text_add_string(&draft->body.text, ": ");
        text_add_string(&draft->body.text, field->value);
        between = "\n";
    }
}

static void add_message(struct draft *draft, size_t index, struct text *ret)
{
    size_t from = ret->length;

    post_body_add_head(&draft->body, index, draft->body.count, ret);
    (void)post_body_add_piece(&draft->body, index, ret);
    text_quote(ret, from);
}

static void add_props(struct draft *draft, size_t index, struct text *ret)
{
    text_add_string(ret, "{\"ireserve\":");
    post_body_add_trace(&draft->body, index + 1, NULL, ret);
    text_add_string(ret, ",\"unsafe_links\":\"true\"");
    if (index == 0) {
        size_t before = ret->length;
        text_add_string(ret, ",\"attachments\":[");
        if (card_add(&draft->event->notification, &draft->fields, text_string(&draft->title), ret))
            text_add_char(ret, ']');
        else
            text_truncate(ret, before);
    }
    text_add_char(ret, '}');
}

static void add_priority(enum event_severity severity, struct text *ret)
{
    if (severity == SEVERITY_INFO)
        return; /* an empty priority would be refused for ever */
    text_add_string(ret, ",\"metadata\":{\"priority\":{\"priority\":");
    text_add_json_string(ret, severity == SEVERITY_URGENT ? "urgent" : "important");
    text_add_string(ret, "}}");
}

static int write_part(struct draft *draft, size_t index, struct text *ret)
{
    enum { FRAME_BYTES = 1024 };
    const struct render_target *target = draft->body.target;

    *ret = text_of(target->limits.max_body_bytes);
    text_reserve(ret, FRAME_BYTES + draft->body.text.length);
    text_add_string(ret, "{\"channel_id\":");
    text_add_json_string(ret, target->channel_id);
    text_add_string(ret, ",\"message\":");
    add_message(draft, index, ret);
    text_add_string(ret, ",\"props\":");
    add_props(draft, index, ret);
    text_add_string(ret, ",\"pending_post_id\":");
    post_body_add_pending_id(&draft->body, index + 1, ret);
    if (index == 0 && target->limits.priority)
        add_priority(draft->event->notification.severity, ret);
    text_add_char(ret, '}');
    return ret->overflowed || draft->body.scratch.overflowed ? -1 : 0;
}

static int write_parts(struct draft *draft, struct rendering *ret)
{
    write_head(draft);
    write_text(draft);
    if (post_body_cut(&draft->body) != 0)
        return -1;
    for (size_t i = 0; i < draft->body.count; i++) {
        ret->count = i + 1;
        if (write_part(draft, i, &ret->parts[i]) != 0)
            return -1;
    }
    return 0;
}

int render_event(const struct event *event, const struct render_target *target,
                 struct rendering *ret)
{
    struct draft draft = {
        .event = event,
        .title = text_of(POST_BODY_MAX_BYTES),
        .fields = card_choose(&event->notification),
    };

    must(event->kind == EVENT_NOTIFICATION);
    ret->count = 0;
    post_body_begin(&draft.body, event, target);
    int result = write_parts(&draft, ret);
    post_body_free(&draft.body);
    text_free(&draft.title);
    return result;
}

void rendering_free(struct rendering *rendering)
{
    for (size_t i = 0; i < rendering->count; i++)
        text_free(&rendering->parts[i]);
    rendering->count = 0;
}
