#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/model/chat.h"

enum { LONG_TEXT = 17000, FILES_PERCENT = 10 };

int64_t chat_number_behind(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    char *end;

    must(strncmp(text, prefix, length) == 0);
    int64_t number = strtoll(text + length, &end, 10);
    must(end > text + length && !*end);
    return number;
}

int chat_talk_of(const char *id)
{
    int64_t talk = chat_number_behind(id, "c-");

    must(talk >= 0 && talk < CHAT_TALKS);
    return (int)talk;
}

int chat_message_of(const char *id)
{
    int64_t message = chat_number_behind(id, "m-");

    must(message >= 0 && message < CHAT_MESSAGES);
    return (int)message;
}

int chat_find_record(const struct chat *chat, int64_t offset)
{
    for (int i = 0; i < CHAT_RECORDS; i++)
        if (chat->records[i].offset == offset)
            return i;
    must(false);
    return -1;
}

/* ---- what happens ---- */

/* A message of the talk that can still be changed; -1: there is none. */
static int pick_message(struct chat *chat, const struct chat_talk *talk)
{
    if (talk->message_count == 0)
        return -1;
    int message = (int)random_between(chat->random, 0, talk->message_count - 1);
    return talk->messages[message].is_deleted || talk->messages[message].is_refused ? -1 : message;
}

/* A thread that is continued in a new one is not searched for what stands in the one before. */
static bool may_change(const struct chat *chat)
{
    return chat->ways.max_replies > CHAT_RECORDS;
}

/* Who starts a conversation whose thread is forgotten makes another root. */
static bool may_start(const struct chat *chat)
{
    return chat->ways.keep == CHAT_LONG;
}

static enum chat_kind pick_kind(struct chat *chat, const struct chat_talk *talk)
{
    static const enum chat_kind others[] = { CHAT_EDIT, CHAT_DELETION, CHAT_CLOSING, CHAT_STARTED };

    if (talk->last_record < 0 && chat_chance(chat, 90))
        return CHAT_STARTED;
    if (chat_chance(chat, 75))
        return CHAT_MESSAGE;
    return others[random_between(chat->random, may_change(chat) ? 0 : 2, may_start(chat) ? 3 : 2)];
}

static void begin_message(struct chat *chat, struct chat_record *record, int number)
{
    struct chat_talk *talk = &chat->talks[record->talk];
    struct chat_message *message = &talk->messages[talk->message_count];

    *message = (struct chat_message){ .first = number, .last = number };
    message->is_long = chat_chance(chat, 3);
    message->is_refused = chat_chance(chat, 3);
    record->is_refused = message->is_refused;
    record->message = talk->message_count++;
}

/* Notes what a record means for its talk. */
static void plan(struct chat *chat, struct chat_record *record, int number)
{
    struct chat_talk *talk = &chat->talks[record->talk];

    record->message = -1;
    if (record->kind == CHAT_EDIT || record->kind == CHAT_DELETION)
        record->message = pick_message(chat, talk);
    if (record->kind == CHAT_MESSAGE ||
        (record->message < 0 && record->kind != CHAT_STARTED && record->kind != CHAT_CLOSING)) {
        record->kind = CHAT_MESSAGE;
        begin_message(chat, record, number);
    } else if (record->kind == CHAT_EDIT) {
        talk->messages[record->message].last = number;
    } else if (record->kind == CHAT_DELETION) {
        talk->messages[record->message].is_deleted = true;
    }
    talk->last_record = number;
}

/* ---- as JSON ---- */

static char *words_of(const struct chat_message *message, bool is_refused)
{
    if (is_refused)
        return mem_string("NEVER");
    if (!message->is_long)
        return mem_string("Hoi");
    char *words = mem_new_array(LONG_TEXT + 1, 1);
    memset(words, 'w', LONG_TEXT);
    return words;
}

static char *data_of(struct chat *chat, const struct chat_record *record)
{
    static const char file[] =
        ",\"attachments\":[{\"url\":\"https://files.example/a.png\",\"name\":\"a.png\"}]";
    bool is_told = record->kind == CHAT_MESSAGE || record->kind == CHAT_EDIT;

    if (record->kind == CHAT_STARTED)
        return mem_string(",\"visitor\":{\"name\":\"Jan\"}");
    if (record->kind == CHAT_CLOSING)
        return mem_string("");
    if (!is_told)
        return mem_printf(",\"message_id\":\"m-%d\"", record->message);
    const struct chat_message *message = &chat->talks[record->talk].messages[record->message];
    char *words = words_of(message, record->is_refused);
    bool has_file = record->kind == CHAT_MESSAGE && chat_chance(chat, FILES_PERCENT);
    char *data = mem_printf(",\"message_id\":\"m-%d\",\"sender\":{\"role\":\"visitor\","
                            "\"name\":\"Jan\"},\"text\":\"%s\"%s",
                            record->message, words, has_file ? file : "");

    free(words);
    return data;
}

static char *value_of(struct chat *chat, const struct chat_record *record)
{
    static const char *const types[] = { [CHAT_STARTED] = "started",
                                         [CHAT_MESSAGE] = "message",
                                         [CHAT_EDIT] = "message-edited",
                                         [CHAT_DELETION] = "message-deleted",
                                         [CHAT_CLOSING] = "closed" };
    char *data = data_of(chat, record);
    char *value =
        mem_printf("{\"specversion\":\"1.0\",\"id\":\"e-%" PRId64 "\",\"source\":\"urn:x\","
                   "\"type\":\"nl.ireserve.conversation.%s.v1\",\"licence\":\"zeezicht\","
                   "\"data\":{\"conversation_id\":\"c-%d\"%s}}",
                   record->offset, types[record->kind], record->talk, data);

    free(data);
    return value;
}

void chat_make_log(struct chat *chat)
{
    int64_t offset = random_between(chat->random, 0, 20);

    for (int talk = 0; talk < CHAT_TALKS; talk++) {
        chat->talks[talk].last_record = -1;
        chat->talks[talk].last_posted = -1;
        chat->talks[talk].highest_told = -1;
    }
    for (int i = 0; i < CHAT_RECORDS; i++) {
        struct chat_record *record = &chat->records[i];
        record->talk = (int)random_between(chat->random, 0, CHAT_TALKS - 1);
        record->kind = pick_kind(chat, &chat->talks[record->talk]);
        record->offset = offset;
        plan(chat, record, i);
        record->value = value_of(chat, record);
        offset += chat_chance(chat, 5) ? random_between(chat->random, 1, 40) : 1;
    }
}

struct record *chat_copy_record(const struct chat *chat, int number)
{
    char key[16];
    const struct chat_record *record = &chat->records[number];
    int length = snprintf(key, sizeof(key), "c-%d", record->talk);
    const struct record view = { .topic = "in",
                                 .offset = record->offset,
                                 .timestamp = 1,
                                 .key = key,
                                 .key_length = (size_t)length,
                                 .value = record->value,
                                 .value_length = strlen(record->value) };

    return record_copy(&view);
}

void chat_free_log(struct chat *chat)
{
    for (int i = 0; i < CHAT_RECORDS; i++)
        free(chat->records[i].value);
}
