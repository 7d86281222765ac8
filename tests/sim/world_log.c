/*
 * The log: conversations and notifications of three licences, and what there has to be of them in
 * the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/must.h"
#include "tests/sim/world_inner.h"

#define CHANNEL(number) "c00000000000000000000000" number

#define MAPPINGS(name, number)                     \
    static const struct channel_mapping name[] = { \
        { "mapped", CHANNEL(number) },             \
        { "unmapped", "" },                        \
    }
MAPPINGS(first, "01");
MAPPINGS(second, "03");
MAPPINGS(third, "05");

#define LICENCE(name, url, number, list)                                                \
    {                                                                                   \
        .licence = (name), .active = true, .server_url = (url), .bot_token = "token",   \
        .conversation_channel = CHANNEL(number), .mappings = (list), .mapping_count = 2 \
    }
static const struct integration list[WORLD_LICENCES] = {
    LICENCE("bergzicht", "http://chat.example", "00", first),
    LICENCE("duinzicht", "http://other.example", "02", second),
    LICENCE("zeezicht", "http://chat.example", "04", third),
};
const struct integrations world_integrations = { list, WORLD_LICENCES };

int world_server_of(int licence)
{
    return licence == 1;
}

void world_name_channel(int channel, char ret[static 27])
{
    (void)snprintf(ret, 27, "c%025d", channel);
}

void world_name_bot(int licence, char ret[static 27])
{
    (void)snprintf(ret, 27, "b%025d", licence);
}

int64_t world_number_behind(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    char *end;

    must(strncmp(text, prefix, length) == 0);
    int64_t number = strtoll(text + length, &end, 10);
    must(end > text + length && !*end);
    return number;
}

int world_channel_of(const char *id)
{
    int64_t number = world_number_behind(id, "c");

    must(number >= 0 && number < WORLD_CHANNELS && strlen(id) == 26);
    return (int)number;
}

struct world_record *world_find_record(struct world *world, int partition, int64_t offset)
{
    struct world_partition *place = &world->partitions[partition];

    for (int i = 0; i < place->record_count; i++)
        if (place->records[i].offset == offset)
            return &place->records[i];
    must(false);
    return NULL;
}

struct world_record *world_record_of(struct world *world, const struct record *record)
{
    return world_find_record(world, record->partition, record->offset);
}

/* ---- what happens ---- */

/* A message of the talk that can still be changed; -1: there is none. */
static int pick_message(struct world *world, const struct world_talk *talk)
{
    if (talk->message_count == 0)
        return -1;
    int message = (int)random_between(&world->random, 0, talk->message_count - 1);
    return talk->messages[message].is_deleted || talk->messages[message].is_refused ? -1 : message;
}

/* A thread that is continued in a new one is not searched for what stands in the one before. */
static bool may_change(const struct world *world)
{
    return world->plan.max_replies > PLAN_MOST_RECORDS;
}

/* Who starts a conversation whose thread is forgotten makes another root. */
static bool may_start(const struct world *world)
{
    return world->plan.keep == PLAN_LONG;
}

static enum world_kind pick_kind(struct world *world, const struct world_talk *talk)
{
    static const enum world_kind others[] = { WORLD_EDIT, WORLD_DELETION, WORLD_CLOSING,
                                              WORLD_STARTED };

    if (!talk->is_begun && world_chance(world, 80))
        return WORLD_STARTED;
    if (world_chance(world, 65))
        return WORLD_MESSAGE;
    return others[random_between(&world->random, may_change(world) ? 0 : 2,
                                 may_start(world) ? 3 : 2)];
}

static void begin_message(struct world *world, struct world_record *record)
{
    struct world_talk *talk = &world->talks[record->talk];
    struct world_message *message = &talk->messages[talk->message_count];

    *message = (struct world_message){ .last = record };
    message->is_long = record->is_long = world_chance(world, 2);
    message->is_refused = record->is_refused = world_chance(world, 4);
    record->message = talk->message_count++;
    record->kind = WORLD_MESSAGE;
}

/* Notes what a record means for its talk. */
static void plan_talk(struct world *world, struct world_record *record)
{
    struct world_talk *talk = &world->talks[record->talk];
    bool is_change;

    record->kind = pick_kind(world, talk);
    is_change = record->kind == WORLD_EDIT || record->kind == WORLD_DELETION;
    if (is_change)
        record->message = pick_message(world, talk);
    talk->is_begun = true;
    if (record->kind == WORLD_MESSAGE || (is_change && record->message < 0)) {
        begin_message(world, record);
    } else if (record->kind == WORLD_EDIT) {
        talk->messages[record->message].last = record;
        record->is_long = talk->messages[record->message].is_long;
    } else if (record->kind == WORLD_DELETION) {
        talk->messages[record->message].is_deleted = true;
    }
}

static void plan_notice(struct world *world, struct world_record *record)
{
    static const enum world_kind odd[] = { WORLD_UNMAPPED, WORLD_UNREADABLE };

    record->kind =
        world_chance(world, 90) ? WORLD_NOTICE : odd[random_between(&world->random, 0, 1)];
    record->is_refused = record->kind == WORLD_UNREADABLE || world_chance(world, 5);
    record->is_long = record->kind == WORLD_NOTICE && world_chance(world, 2);
    if (record->kind == WORLD_UNMAPPED)
        record->is_refused = false;
}

/* The next record of the partition that its key belongs to. */
static struct world_record *add_record(struct world *world, int key)
{
    struct world_partition *place = &world->partitions[key % WORLD_PARTITIONS];
    struct world_record *record = &place->records[place->record_count];

    *record = (struct world_record){ .partition = place->number,
                                     .number = place->record_count++,
                                     .talk = -1,
                                     .key = -1,
                                     .message = -1,
                                     .offset = place->end };
    place->end += world_chance(world, 5) ? random_between(&world->random, 2, 40) : 1;
    return record;
}

static void add_event(struct world *world)
{
    struct world_record *record;

    if (world_chance(world, world->plan.notices_percent)) {
        int key = (int)random_between(&world->random, 0, WORLD_KEYS - 1);
        record = add_record(world, key);
        record->key = key;
        record->licence = (int)random_between(&world->random, 0, WORLD_LICENCES - 1);
        plan_notice(world, record);
    } else {
        int talk = (int)random_between(&world->random, 0, WORLD_TALKS - 1);
        record = add_record(world, talk);
        record->talk = talk;
        record->licence = talk % WORLD_LICENCES;
        plan_talk(world, record);
    }
    record->value = world_value(world, record);
}

void world_make_log(struct world *world)
{
    for (int i = 0; i < WORLD_PARTITIONS; i++) {
        struct world_partition *place = &world->partitions[i];
        place->number = i;
        place->end = random_between(&world->random, 0, 20);
        place->committed = -1;
    }
    for (int i = 0; i < WORLD_TALKS; i++)
        world->talks[i].last_posted = world->talks[i].highest_told = -1;
    for (int i = 0; i < WORLD_KEYS; i++)
        world->keys[i].last_posted = -1;
    for (int i = 0; i < world->plan.records; i++)
        add_event(world);
    for (int i = 0; i < WORLD_PARTITIONS; i++) {
        struct world_partition *place = &world->partitions[i];
        if (place->record_count > 0)
            place->end = place->records[place->record_count - 1].offset + 1;
    }
}

void world_free_log(struct world *world)
{
    for (int i = 0; i < WORLD_PARTITIONS; i++)
        for (int k = 0; k < world->partitions[i].record_count; k++)
            free(world->partitions[i].records[k].value);
}
