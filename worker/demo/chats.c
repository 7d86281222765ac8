#include "worker/demo/chats.h"

#include <stdio.h>

enum { FIRST_NUMBER = 10293, KEY_SIZE = sizeof(((struct sample *)0)->key) };

/* What an event of a chat is made of. */
struct saying {
    const struct chats *chats;
    const struct chat *chat;
    const struct chat_line *line; /* NULL: it is the start */
};

static const struct {
    const char *type;
    enum sample_kind kind;
    const char *role; /* of the sender; NULL: there is none */
} acts[] = {
    [CHAT_GUEST] = { "nl.ireserve.conversation.message.v1", SAMPLE_MESSAGE, "visitor" },
    [CHAT_AGENT] = { "nl.ireserve.conversation.message.v1", SAMPLE_MESSAGE, "agent" },
    [CHAT_SYSTEM] = { "nl.ireserve.conversation.message.v1", SAMPLE_MESSAGE, "system" },
    [CHAT_EDIT] = { "nl.ireserve.conversation.message-edited.v1", SAMPLE_EDITED, "visitor" },
    [CHAT_DELETE] = { "nl.ireserve.conversation.message-deleted.v1", SAMPLE_DELETED, NULL },
    [CHAT_CLOSE] = { "nl.ireserve.conversation.closed.v1", SAMPLE_CLOSED, NULL },
};

static void write_key(const struct chat *chat, char ret[static KEY_SIZE])
{
    (void)snprintf(ret, KEY_SIZE, "c-%u", FIRST_NUMBER + chat->number);
}

static void add_start(struct text *json, const struct chat *chat)
{
    text_add_string(json, "\"visitor\":{");
    if (chat->guest->email)
        sample_add_member(json, "email", chat->guest->email);
    text_add_string(json, "\"name\":");
    text_add_json_string(json, chat->guest->name);
    text_add_string(json, "},\"page\":{");
    sample_add_member(json, "url", chat->script->page);
    text_add_string(json, "\"title\":");
    text_add_json_string(json, chat->script->title);
    text_add_char(json, '}');
}

static const char *name_of(const struct saying *saying)
{
    switch (saying->line->act) {
    case CHAT_GUEST:
    case CHAT_EDIT:
        return saying->chat->guest->name;
    case CHAT_AGENT:
        return saying->chat->script->agent;
    case CHAT_SYSTEM:
    case CHAT_DELETE:
    case CHAT_CLOSE:
        break;
    }
    return "";
}

static void add_line(struct text *json, const struct saying *saying, size_t message)
{
    const struct chat_line *line = saying->line;

    if (line->act != CHAT_CLOSE)
        text_printf(json, ",\"message_id\":\"m-%zu\"", message);
    if (!acts[line->act].role)
        return;
    text_add_string(json, ",\"sender\":{");
    sample_add_member(json, "name", name_of(saying));
    text_printf(json, "\"role\":\"%s\"},\"text\":", acts[line->act].role);
    text_add_json_string(json, line->words);
    if (line->picture)
        text_printf(json,
                    ",\"attachments\":[{\"url\":\"http://127.0.0.1:%d/%s\",\"name\":\"%s\","
                    "\"mime_type\":\"image/png\"}]",
                    (int)saying->chats->pictures_port, line->picture, line->picture);
}

static struct sample write_sample(const struct saying *saying, size_t number, wall_ms now)
{
    const struct chat *chat = saying->chat;
    const struct chat_line *line = saying->line;
    struct sample sample = { .kind = line ? acts[line->act].kind : SAMPLE_STARTED };
    struct text *json = &sample.value;

    bool is_of_last = sample.kind == SAMPLE_EDITED || sample.kind == SAMPLE_DELETED;
    sample.message = chat->messages - (is_of_last ? 1 : 0);
    write_key(chat, sample.key);
    sample_begin(&sample, line ? acts[line->act].type : "nl.ireserve.conversation.started.v1",
                 number, now);
    text_printf(json, "\"data\":{\"conversation_id\":\"%s\"", sample.key);
    if (line) {
        add_line(json, saying, sample.message);
    } else {
        text_add_char(json, ',');
        add_start(json, chat);
    }
    text_add_string(json, "}}");
    return sample;
}

/* Scripts and guests take turns, so that not two of a time look alike. */
static void begin(struct chats *chats, struct chat *chat)
{
    *chat = (struct chat){ .script = &chat_scripts[chats->begun % chat_script_count],
                           .guest = &chat_guests[chats->begun % chat_guest_count],
                           .number = chats->begun };
    chats->begun++;
}

struct sample chats_make(struct chats *chats, struct random *random, size_t number, wall_ms now)
{
    struct chat *chat = &SAMPLE_PICK(random, chats->chats);
    struct saying saying = { .chats = chats, .chat = chat };

    if (!chat->script || chat->next == chat->script->count)
        begin(chats, chat);
    else
        saying.line = &chat->script->lines[chat->next++];
    struct sample sample = write_sample(&saying, number, now);
    chat->messages += sample.kind == SAMPLE_MESSAGE;
    return sample;
}

bool chats_expect_message(const struct chats *chats, size_t i, char ret[static 16])
{
    const struct chat *chat = &chats->chats[i];

    for (size_t at = chat->next; chat->script && at < chat->script->count; at++) {
        if (acts[chat->script->lines[at].act].kind != SAMPLE_MESSAGE)
            continue;
        write_key(chat, ret);
        return true;
    }
    return false;
}
