#include "common/map.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

enum { LEAST_CAPACITY = 16 };

/* A key without a place is a gap.  `next` goes on within the bucket, counted from 1. */
struct map_slot {
    char *key;
    size_t length;
    void *value;
    uint32_t hash;
    uint32_t next;
};

static uint32_t hash_of(const struct map *map, const char *key, size_t length)
{
    return (uint32_t)sip_hash(&map->secret, key, length);
}

void map_free(struct map *map)
{
    for (size_t i = 0; i < map->used; i++)
        free(map->slots[i].key);
    free(map->slots);
    free(map->buckets);
    *map = (struct map){ 0 };
}

/* Where the number of the slot with that key stands; of 0 when the key is not in. */
static uint32_t *place_of(const struct map *map, const char *key, size_t length, uint32_t hash)
{
    uint32_t *place = &map->buckets[hash & (map->capacity - 1)];

    while (*place) {
        struct map_slot *slot = &map->slots[*place - 1];
        if (slot->hash == hash && slot->length == length &&
            (length == 0 || memcmp(slot->key, key, length) == 0))
            return place;
        place = &slot->next;
    }
    return place;
}

static void link_slot(struct map *map, size_t index)
{
    struct map_slot *slot = &map->slots[index];
    uint32_t *bucket = &map->buckets[slot->hash & (map->capacity - 1)];

    slot->next = *bucket;
    *bucket = (uint32_t)index + 1;
}

/* Closes the gaps and gives the map room for as many again as it holds: larger or smaller. */
static void rebuild(struct map *map)
{
    struct map_slot *old = map->slots;
    size_t old_used = map->used;

    map->capacity = LEAST_CAPACITY;
    while (map->capacity < map->count * 2)
        map->capacity *= 2;
    must(map->capacity < UINT32_MAX);
    map->slots = mem_new_array(map->capacity, sizeof(*map->slots));
    free(map->buckets);
    map->buckets = mem_new_array(map->capacity, sizeof(*map->buckets));
    map->used = 0;
    for (size_t i = 0; i < old_used; i++) {
        if (!old[i].key)
            continue;
        map->slots[map->used] = old[i];
        link_slot(map, map->used++);
    }
    free(old);
}

void map_put(struct map *map, const char *key, size_t length, void *value)
{
    must(value);
    if (map->capacity == 0)
        map->secret = sip_secret_new();
    if (map->used == map->capacity)
        rebuild(map);

    uint32_t hash = hash_of(map, key, length);
    must(*place_of(map, key, length, hash) == 0);
    map->slots[map->used] = (struct map_slot){
        .key = mem_string_of(key, length), .length = length, .value = value, .hash = hash
    };
    link_slot(map, map->used++);
    map->count++;
}

void *map_find(const struct map *map, const char *key, size_t length)
{
    if (map->count == 0)
        return NULL;
    uint32_t number = *place_of(map, key, length, hash_of(map, key, length));

    return number ? map->slots[number - 1].value : NULL;
}

void *map_get(const struct map *map, const char *key, size_t length)
{
    void *value = map_find(map, key, length);

    must(value);
    return value;
}

void *map_take(struct map *map, const char *key, size_t length)
{
    if (map->count == 0)
        return NULL;
    uint32_t *place = place_of(map, key, length, hash_of(map, key, length));
    if (*place == 0)
        return NULL;
    struct map_slot *slot = &map->slots[*place - 1];
    void *value = slot->value;

    *place = slot->next;
    free(slot->key);
    *slot = (struct map_slot){ 0 };
    if (--map->count == 0)
        map->used = 0;
    return value;
}

bool map_next(const struct map *map, size_t *position, struct map_entry *ret)
{
    while (*position < map->used) {
        const struct map_slot *slot = &map->slots[(*position)++];
        if (slot->key) {
            *ret = (struct map_entry){ slot->key, slot->length, slot->value };
            return true;
        }
    }
    return false;
}
