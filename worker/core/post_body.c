#include "worker/core/post_body.h"

#include <string.h>

#include "common/digest.h"
#include "worker/core/split.h"

enum {
    MAX_NUMBER_RUNES = 16,       /* of " (2/3)", and the line feeds below it */
    MAX_HAPPENED_RUNES = 40,     /* of " (van 23 september 2026 09:15 UTC)" */
    MAX_OTHER_BYTES = 24 * 1024, /* of a body besides its message */
    LEAST_PIECE_COST = 64,
};

void post_body_begin(struct post_body *body, const struct event *event,
                     const struct render_target *target)
{
    const struct text empty = text_of(POST_BODY_MAX_BYTES);

    *body = (struct post_body){
        .event = event,
        .target = target,
        .place = DEFUSE_TEXT,
        .head = empty,
        .text = empty,
        .apart = empty,
        .name = empty,
        .scratch = empty,
    };
    render_event_name(event, &body->name);
}

void post_body_free(struct post_body *body)
{
    text_free(&body->head);
    text_free(&body->text);
    text_free(&body->apart);
    text_free(&body->name);
    text_free(&body->scratch);
}

size_t post_body_runes(const char *bytes, size_t length)
{
    size_t runes = 0;

    for (size_t i = 0; i < length; i++)
        runes += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return runes;
}

size_t post_body_props_runes(const char *bytes, size_t length)
{
    enum { MORE = 5 }; /* < is written as \u003c */
    size_t runes = post_body_runes(bytes, length);

    for (size_t i = 0; i < length; i++)
        runes += bytes[i] == '<' || bytes[i] == '>' || bytes[i] == '&' ? MORE : 0;
    return runes;
}

bool post_body_add_words(const char *words, struct text *ret)
{
    size_t before = ret->length;

    if (words)
        defuse(words, strlen(words), DEFUSE_LINE, ret);
    return ret->length > before;
}

void post_body_add_defused(const char *words, size_t budget, enum defuse_place place,
                           struct text *ret)
{
    size_t from = ret->length;
    size_t length = strlen(words);
    size_t shown = split_first(words, length, budget);

    defuse(words, shown, place, ret);
    if (shown < length)
        text_add_string(ret, "…");
    text_quote(ret, from);
}

size_t post_body_room(const struct post_body *body)
{
    const struct render_limits *limits = &body->target->limits;
    size_t head = post_body_runes(text_string(&body->head), body->head.length) + MAX_NUMBER_RUNES +
                  MAX_HAPPENED_RUNES;

    if (limits->max_body_bytes < MAX_OTHER_BYTES)
        return 0;
    size_t runes = (limits->max_body_bytes - MAX_OTHER_BYTES) / DEFUSE_BYTES_PER_RUNE;
    if (runes > limits->max_runes)
        runes = limits->max_runes;
    return runes > head ? runes - head : 0;
}

/* What the text of one message may cost; 0: too little to begin with. */
static size_t piece_budget(const struct post_body *body)
{
    size_t room = post_body_room(body);
    size_t least = LEAST_PIECE_COST + (body->place == DEFUSE_TRUSTED ? FENCE_ROOM : 0);

    return room >= least ? room - least + LEAST_PIECE_COST : 0;
}

/* The first piece of the text from `begin` on. */
static struct post_piece first_piece(const struct post_body *body, size_t begin,
                                     const struct fence *fence, size_t budget)
{
    struct post_piece piece = { .begin = begin, .fence = *fence };
    const char *bytes = text_string(&body->text) + begin;
    size_t length = body->text.length - begin;

    if (body->place == DEFUSE_TRUSTED)
        piece.end = begin + split_first_trusted(bytes, length, budget, fence);
    else
        piece.end = begin + split_first(bytes, length, budget);
    return piece;
}

int post_body_cut(struct post_body *body)
{
    const char *bytes = text_string(&body->text);
    size_t budget = piece_budget(body);
    struct fence fence = { 0 };
    size_t at = 0;

    if (budget == 0)
        return -1;
    do {
        if (body->count == RENDER_MAX_PARTS)
            return -1;
        struct post_piece piece = first_piece(body, at, &fence, budget);
        if (body->place == DEFUSE_TRUSTED)
            fence = fence_after(&fence, bytes + at, piece.end - at);
        at = piece.end;
        body->pieces[body->count++] = piece;
    } while (at < body->text.length);
    return 0;
}

void post_body_add_head(const struct post_body *body, size_t index, size_t count, struct text *ret)
{
    text_add(ret, text_string(&body->head), body->head.length);
    if (count > 1)
        text_printf(ret, " (%zu/%zu)", index + 1, count);
    post_body_add_happened(body, ret);
}

void post_body_add_happened(const struct post_body *body, struct text *ret)
{
    if (body->target->happened && *body->target->happened)
        text_printf(ret, " (%s)", body->target->happened);
}

bool post_body_add_piece(struct post_body *body, size_t index, struct text *ret)
{
    const struct post_piece *piece = &body->pieces[index];
    const char *bytes = text_string(&body->text) + piece->begin;
    size_t length = piece->end - piece->begin;
    size_t before = ret->length;

    /* Right below the head, trusted text could make a heading of it. */
    text_add_string(ret, body->place == DEFUSE_TRUSTED ? "\n\n" : "\n");
    size_t begin = ret->length;
    if (piece->fence.sign) {
        text_clear(&body->scratch);
        fence_add_opening(&piece->fence, &body->scratch);
        text_add(&body->scratch, bytes, length);
        bytes = text_string(&body->scratch);
        length = body->scratch.length;
    }
    defuse(bytes, length, body->place, ret);
    if (ret->length > begin)
        return true;
    text_truncate(ret, before);
    return false;
}

static void add_conversation(const struct conversation *conversation, const char *message_id,
                             struct text *ret)
{
    text_add_string(ret, ",\"conversation\":");
    text_add_json_string(ret, conversation->id);
    if (!message_id)
        return;
    text_add_string(ret, ",\"message\":");
    text_add_json_string(ret, message_id);
}

void post_body_add_trace(struct post_body *body, size_t part, const char *message_id,
                         struct text *ret)
{
    const struct record *record = body->target->record;
    struct text *place = &body->scratch;

    text_add_string(ret, "{\"event\":");
    text_add_json(ret, text_string(&body->name), body->name.length);
    text_clear(place);
    text_add_string(place, record->topic);
    text_add_char(place, '/');
    text_add_int(place, record->partition);
    text_add_char(place, '/');
    text_add_int(place, record->offset);
    text_add_string(ret, ",\"record\":");
    text_add_json(ret, text_string(place), place->length);
    text_add_string(ret, ",\"part\":");
    text_add_int(ret, (int64_t)part);
    text_add_string(ret, ",\"licence\":");
    text_add_json_string(ret, body->target->licence);
    if (body->event->kind != EVENT_NOTIFICATION)
        add_conversation(&body->event->conversation, message_id, ret);
    text_add_char(ret, '}');
}

void post_body_add_pending_id(struct post_body *body, size_t part, struct text *ret)
{
    enum { KEY_BYTES = 32 };
    struct text *name = &body->scratch;
    char id[DIGEST_ID_SIZE];

    text_clear(name);
    text_add(name, body->target->post_key, KEY_BYTES);
    text_add_string(name, body->target->channel_id);
    text_add_char(name, '|');
    text_add_int(name, (int64_t)part);
    text_add_char(name, '|');
    if (body->apart.length > 0) {
        text_add(name, text_string(&body->apart), body->apart.length);
        text_add_char(name, '|');
    }
    text_add(name, text_string(&body->name), body->name.length);
    struct digest digest = digest_of(text_string(name), name->length);
    digest_id(&digest, id);
    text_add_json_string(ret, id);
}
