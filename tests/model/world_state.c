/*
 * The world's state topic.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/model/world.h"
#include "worker/core/partition.h"

static void append(struct world *world, struct world_entry *entry)
{
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
    if (write->delivery)
        write->delivery->recording = world;
    while (*link)
        link = &(*link)->next;
    *link = entry;
}

void world_forget_write(struct world *world, const struct delivery *delivery)
{
    struct world_entry *entry = world->writing;

    while (entry->delivery != delivery)
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
        if (delivery)
            dispatch_recorded(world->dispatch, delivery, &world->now);
    }
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
