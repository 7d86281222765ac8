/*
 * The log's records as JSON.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/sim/world_inner.h"

enum { LONG_TEXT = 17000, FILES_PERCENT = 10, WRITTEN_BEFORE_MS = 60000 };

static char *words_of(const struct world_record *record)
{
    if (!record->is_long)
        return mem_string("Hoi");
    char *words = mem_new_array(LONG_TEXT + 1, 1);
    memset(words, 'w', LONG_TEXT);
    return words;
}

static char *data_of_message(struct world *world, const struct world_record *record)
{
    static const char file[] =
        ",\"attachments\":[{\"url\":\"https://files.example/a.png\",\"name\":\"a.png\"}]";
    char *words = words_of(record);
    bool has_file = record->kind == WORLD_MESSAGE && world_chance(world, FILES_PERCENT);
    char *data = mem_printf(",\"message_id\":\"m-%d\",\"sender\":{\"role\":\"visitor\","
                            "\"name\":\"Jan\"},\"text\":\"%s\"%s",
                            record->message, words, has_file ? file : "");

    free(words);
    return data;
}

static char *data_of_talk(struct world *world, const struct world_record *record)
{
    if (record->kind == WORLD_STARTED)
        return mem_string(",\"visitor\":{\"name\":\"Jan\"}");
    if (record->kind == WORLD_CLOSING)
        return mem_string("");
    if (record->kind == WORLD_DELETION)
        return mem_printf(",\"message_id\":\"m-%d\"", record->message);
    return data_of_message(world, record);
}

static char *value_of_talk(struct world *world, const struct world_record *record)
{
    static const char *const types[] = { [WORLD_STARTED] = "started",
                                         [WORLD_MESSAGE] = "message",
                                         [WORLD_EDIT] = "message-edited",
                                         [WORLD_DELETION] = "message-deleted",
                                         [WORLD_CLOSING] = "closed" };
    char *data = data_of_talk(world, record);
    char *value =
        mem_printf("{\"specversion\":\"1.0\",\"id\":\"e-%d-%" PRId64 "\",\"source\":\"urn:x\","
                   "\"type\":\"nl.ireserve.conversation.%s.v1\",\"licence\":\"%s\","
                   "\"data\":{\"conversation_id\":\"c-%d\"%s}}",
                   record->partition, record->offset, types[record->kind],
                   world_integrations.list[record->licence].licence, record->talk, data);

    free(data);
    return value;
}

static char *value_of_notice(const struct world_record *record)
{
    if (record->kind == WORLD_UNREADABLE)
        return mem_string("{ no JSON");
    char *words = words_of(record);
    char *value = mem_printf(
        "{\"specversion\":\"1.0\",\"id\":\"e-%d-%" PRId64 "\",\"source\":\"urn:x\","
        "\"type\":\"nl.ireserve.notification.v1\",\"licence\":\"%s\","
        "\"data\":{\"type\":\"%s\",\"text\":\"%s\"}}",
        record->partition, record->offset, world_integrations.list[record->licence].licence,
        record->kind == WORLD_NOTICE ? "mapped" : "unmapped", words);
    free(words);
    return value;
}

char *world_value(struct world *world, const struct world_record *record)
{
    return record->talk >= 0 ? value_of_talk(world, record) : value_of_notice(record);
}

struct record *world_copy_record(const struct world *world, const struct world_record *record)
{
    char key[16];
    bool is_notice = record->talk < 0;
    int length = snprintf(key, sizeof(key), "%s-%d", is_notice ? "n" : "c",
                          is_notice ? record->key : record->talk);
    const struct record view = {
        .topic = "in",
        .partition = record->partition,
        .offset = record->offset,
        .timestamp =
            world->plan.is_old_clock ? 1 : WORLD_START_WALL - WRITTEN_BEFORE_MS + record->offset,
        .key = key,
        .key_length = (size_t)length,
        .value = record->value,
        .value_length = strlen(record->value),
    };

    return record_copy(&view);
}
