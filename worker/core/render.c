#include "worker/core/render.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "common/digest.h"
#include "common/must.h"
#include "worker/core/card.h"
#include "worker/core/defuse.h"
#include "worker/core/split.h"

enum {
    SCRATCH_BYTES = 4 * 1024 * 1024,
    MAX_NUMBER_RUNES = 16,       /* of " (2/3)", and a line feed */
    MAX_OTHER_BYTES = 24 * 1024, /* of a body besides its message */
    LEAST_PIECE_COST = 64,
};

/* Pieces of a text, each for a post of its own. */
struct pieces {
    const char *text;
    size_t ends[RENDER_MAX_PARTS];
    size_t count;
};

/* An event on its way into bodies. */
struct draft {
    const struct event *event;
    const struct render_target *target;
    struct text name;     /* props.ireserve.event */
    struct text headline; /* Markdown */
    struct text title;    /* plain, what the headline begins with */
    struct text body;     /* plain, what stands below the headline */
    struct text scratch;
    struct card_fields fields;
    struct pieces pieces;
};

static void draft_free(struct draft *draft)
{
    text_free(&draft->name);
    text_free(&draft->headline);
    text_free(&draft->title);
    text_free(&draft->body);
    text_free(&draft->scratch);
}

void render_event_name(const struct event *event, struct text *ret)
{
    text_add_string(ret, event->source);
    text_add_char(ret, '|');
    text_add_string(ret, event->id);
}

/* False: there is nothing to see of the words. */
static bool add_words(const char *words, struct text *ret)
{
    size_t before = ret->length;

    if (words)
        defuse(words, strlen(words), DEFUSE_LINE, ret);
    return ret->length > before;
}

/* booking_created → Booking created.  A type is never empty. */
static void add_name_of_type(const char *type, struct text *ret)
{
    text_add_char(ret, (char)toupper((unsigned char)*type));
    while (*++type)
        text_add(ret, *type == '_' ? " " : type, 1);
}

static void write_headline(struct draft *draft)
{
    const struct notification *notification = &draft->event->notification;
    struct text *headline = &draft->headline;

    text_add_string(headline, "**");
    if (add_words(notification->title, headline)) {
        text_add_string(&draft->title, notification->title);
    } else {
        add_name_of_type(notification->type, &draft->title);
        (void)add_words(text_string(&draft->title), headline);
    }
    text_add_string(headline, "**");

    size_t before = headline->length;
    text_add_string(headline, " · ");
    if (!add_words(notification->label, headline))
        text_truncate(headline, before);
}

/* The text, and below it the fields that are too long for the card. */
static void write_body(struct draft *draft)
{
    const struct notification *notification = &draft->event->notification;
    const char *between = "\n\n";

    text_add_string(&draft->body, notification->text);
    for (size_t i = 0; i < notification->field_count; i++) {
        const struct event_field *field = &notification->fields[i];
        if (draft->fields.are_on_card[i])
            continue;
        text_add_string(&draft->body, between);
        text_add_string(&draft->body, field->title);
        text_add_string(&draft->body, ": ");
        text_add_string(&draft->body, field->value);
        between = "\n";
    }
}

static size_t count_runes(const struct text *text)
{
    size_t runes = 0;

    for (size_t i = 0; i < text->length; i++)
        runes += ((unsigned char)text->bytes[i] & 0xC0) != 0x80;
    return runes;
}

/* What the text of one message may cost; 0: too little to begin with. */
static size_t piece_budget(const struct draft *draft)
{
    const struct render_limits *limits = &draft->target->limits;
    size_t around = count_runes(&draft->headline) + MAX_NUMBER_RUNES;

    if (limits->max_body_bytes < MAX_OTHER_BYTES)
        return 0;
    size_t runes = (limits->max_body_bytes - MAX_OTHER_BYTES) / DEFUSE_BYTES_PER_RUNE;
    if (runes > limits->max_runes)
        runes = limits->max_runes;
    return runes >= around + LEAST_PIECE_COST ? runes - around : 0;
}

static int cut_body(struct draft *draft)
{
    struct pieces *pieces = &draft->pieces;
    size_t budget = piece_budget(draft);
    size_t at = 0;

    if (budget == 0)
        return -1;
    pieces->text = text_string(&draft->body);
    do {
        if (pieces->count == RENDER_MAX_PARTS)
            return -1;
        at += split_first(pieces->text + at, draft->body.length - at, budget);
        pieces->ends[pieces->count++] = at;
    } while (at < draft->body.length);
    return 0;
}

static void add_message(struct draft *draft, size_t index, struct text *ret)
{
    const struct pieces *pieces = &draft->pieces;
    struct text *message = &draft->scratch;
    size_t begin = index ? pieces->ends[index - 1] : 0;

    text_clear(message);
    text_add(message, draft->headline.bytes, draft->headline.length);
    if (pieces->count > 1)
        text_printf(message, " (%zu/%zu)", index + 1, pieces->count);
    size_t headline = message->length;
    text_add_char(message, '\n');
    defuse(pieces->text + begin, pieces->ends[index] - begin, DEFUSE_TEXT, message);
    if (message->length == headline + 1)
        text_truncate(message, headline); /* there is nothing to see of the text */
    text_add_json(ret, text_string(message), message->length);
}

static void add_props(struct draft *draft, size_t index, struct text *ret)
{
    const struct record *record = draft->target->record;
    struct text *place = &draft->scratch;

    text_add_string(ret, "{\"ireserve\":{\"event\":");
    text_add_json(ret, text_string(&draft->name), draft->name.length);
    text_clear(place);
    text_add_string(place, record->topic);
    text_add_char(place, '/');
    text_add_int(place, record->partition);
    text_add_char(place, '/');
    text_add_int(place, record->offset);
    text_add_string(ret, ",\"record\":");
    text_add_json(ret, text_string(place), place->length);
    text_add_string(ret, ",\"part\":");
    text_add_int(ret, (int64_t)index + 1);
    text_add_string(ret, ",\"licence\":");
    text_add_json_string(ret, draft->target->licence);
    text_add_string(ret, "},\"unsafe_links\":\"true\"");
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

/* The same for each attempt, different for each post, and not to be guessed by others. */
static void add_pending_id(struct draft *draft, size_t index, struct text *ret)
{
    enum { KEY_BYTES = 32 };
    struct text *name = &draft->scratch;
    char id[DIGEST_ID_SIZE];

    text_clear(name);
    text_add(name, draft->target->post_key, KEY_BYTES);
    text_add_string(name, draft->target->channel_id);
    text_add_char(name, '|');
    text_add_int(name, (int64_t)index + 1);
    text_add_char(name, '|');
    text_add(name, text_string(&draft->name), draft->name.length);
    struct digest digest = digest_of(text_string(name), name->length);
    digest_id(&digest, id);
    text_add_json_string(ret, id);
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
    *ret = text_of(draft->target->limits.max_body_bytes);
    text_add_string(ret, "{\"channel_id\":");
    text_add_json_string(ret, draft->target->channel_id);
    text_add_string(ret, ",\"message\":");
    add_message(draft, index, ret);
    text_add_string(ret, ",\"props\":");
    add_props(draft, index, ret);
    text_add_string(ret, ",\"pending_post_id\":");
    add_pending_id(draft, index, ret);
    if (index == 0 && draft->target->limits.priority)
        add_priority(draft->event->notification.severity, ret);
    text_add_char(ret, '}');
    return ret->overflowed || draft->scratch.overflowed ? -1 : 0;
}

static int write_parts(struct draft *draft, struct rendering *ret)
{
    write_headline(draft);
    write_body(draft);
    render_event_name(draft->event, &draft->name);
    if (cut_body(draft) != 0)
        return -1;
    for (size_t i = 0; i < draft->pieces.count; i++) {
        ret->count = i + 1;
        if (write_part(draft, i, &ret->parts[i]) != 0)
            return -1;
    }
    return 0;
}

int render_event(const struct event *event, const struct render_target *target,
                 struct rendering *ret)
{
    const struct text empty = text_of(SCRATCH_BYTES);
    struct draft draft = {
        .event = event,
        .target = target,
        .name = empty,
        .headline = empty,
        .title = empty,
        .body = empty,
        .scratch = empty,
        .fields = card_choose(&event->notification),
    };

    must(event->kind == EVENT_NOTIFICATION);
    ret->count = 0;
    int result = write_parts(&draft, ret);
    draft_free(&draft);
    return result;
}

void rendering_free(struct rendering *rendering)
{
    for (size_t i = 0; i < rendering->count; i++)
        text_free(&rendering->parts[i]);
    rendering->count = 0;
}
