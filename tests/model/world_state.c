/*
 * The world's state topic.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/model/world.h"
#include "worker/core/partition.h"
#include "worker/core/state_key.h"

/* The newest of a key counts. */
static void note_parked(struct world *world, const struct world_entry *entry)
{
    struct state_key key;

    if (state_key_read(entry->key, strlen(entry->key), &key) == STATE_KEY_PARKED)
        world_find_record(world, key.partition, key.offset)->is_parked = entry->value;
}

static void append(struct world *world, struct world_entry *entry)
{
    note_parked(world, entry);
    entry->next = world->state;
    world->state = entry;
    world->state_end++;
}

static void read_entry(struct world *world, int partition, const struct world_entry *entry,
                       int64_t offset)
{
    const struct state_read read = { .key = entry->key,
                                     .key_length = strlen(entry->key),
                                     .value = entry->value,
                                     .value_length = entry->value ? strlen(entry->value) : 0,
                                     .offset = offset };

    dispatch_read_state(world->dispatch, world->partitions[partition].assignment, &read,
                        &world->now);
}

/* From the oldest on. */
static int64_t read_all(struct world *world, int partition, const struct world_entry *entry)
{
    if (!entry)
        return 0;
    int64_t offset = read_all(world, partition, entry->next);
    if (entry->partition == partition)
        read_entry(world, partition, entry, offset);
    return offset + 1;
}

void world_restore(struct world *world, int partition)
{
    struct world_entry *marker = mem_new(sizeof(*marker));
    int64_t epoch = world->state_end;

    marker->partition = partition;
    marker->key = mem_printf("epoch/in/%d", partition);
    append(world, marker);
    (void)read_all(world, partition, world->state);
    dispatch_restored(world->dispatch, world->partitions[partition].assignment, epoch);
}

void world_write(struct world *world, const struct partition *partition,
                 const struct state_write *write)
{
    struct world_entry **link = &world->writing;
    struct world_entry *entry = mem_new(sizeof(*entry));

    entry->partition = partition->number;
    entry->key = mem_string(text_string(write->key));
    entry->value = write->value ? mem_string(text_string(write->value)) : NULL;
    entry->delivery = write->delivery;
    entry->parks = write->parks;
    if (write->parks)
        write->delivery->parking = world;
    else if (write->delivery)
        write->delivery->recording = world;
    while (*link)
        link = &(*link)->next;
    *link = entry;
}

void world_forget_write(struct world *world, const struct delivery *delivery, bool parks)
{
    struct world_entry *entry = world->writing;

    while (entry->delivery != delivery || entry->parks != parks)
        must((entry = entry->next) != NULL);
    entry->delivery = NULL;
}

void world_acknowledge(struct world *world)
{
    while (world->writing && (world->healed || world_chance(world, 60))) {
        struct world_entry *entry = world->writing;
        struct delivery *delivery = entry->delivery;
        world->writing = entry->next;
        entry->delivery = NULL;
        append(world, entry);
        if (entry->parks && delivery)
            dispatch_parked(world->dispatch, delivery);
        else if (delivery)
            dispatch_recorded(world->dispatch, delivery, &world->now);
    }
}

int world_count_parked(const struct world *world)
{
    int count = 0;

    for (int number = 0; number < WORLD_PARTITIONS; number++)
        for (int i = 0; i < WORLD_RECORDS; i++)
            count += world->partitions[number].records[i].is_parked;
    return count;
}

static void free_entries(struct world_entry *entry)
{
    while (entry) {
        struct world_entry *next = entry->next;
        free(entry->key);
        free(entry->value);
        free(entry);
        entry = next;
    }
}

void world_lose_writes(struct world *world)
{
    while (world->writing && world_chance(world, 50)) {
        struct world_entry *entry = world->writing;
        world->writing = entry->next;
        append(world, entry);
    }
    free_entries(world->writing);
    world->writing = NULL;
}

void world_free_state(struct world *world)
{
    free_entries(world->state);
    free_entries(world->writing);
}
