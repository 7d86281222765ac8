/*
 * map: from a key of bytes to a pointer.
 *
 * Keys come from outside, so they may hold any byte and may be chosen to collide: they are hashed
 * under a secret of the map's own.  The order of iteration does not depend on that secret: it is
 * the order in which the keys were put in, so that a run can be repeated.
 */
#ifndef COMMON_MAP_H
#define COMMON_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/sip.h"

struct map_entry {
    const char *key; /* followed by a NUL that does not count; borrows until it is taken out */
    size_t length;
    void *value;
};

struct map_slot;

/* All zero is an empty map. */
struct map {
    struct map_slot *slots; /* in the order of arrival, with gaps where one was taken out */
    uint32_t *buckets;      /* the first slot of each bucket, counted from 1 */
    size_t capacity;        /* of both; a power of two */
    size_t used;            /* slots, gaps included */
    size_t count;
    struct sip_secret secret;
};

/* Frees keys and map, which is empty afterwards; the values are their owners'. */
void map_free(struct map *map);
static inline void map_free_auto(struct map *map)
{
    map_free(map);
}

/* Puts in a value (not NULL) under a key that is not in yet; keeps a copy of the key. */
void map_put(struct map *map, const char *key, size_t length, void *value);

/* The value of a key that may be in; NULL when it is not. */
void *map_find(const struct map *map, const char *key, size_t length) ATTR_MUST_USE;

/* The value of a key that is in. */
void *map_get(const struct map *map, const char *key, size_t length) ATTR_MUST_USE;

/* Takes a key out and gives its value; NULL when it was not in. */
void *map_take(struct map *map, const char *key, size_t length);

/*
 * Goes from entry to entry: `for (size_t at = 0; map_next(&map, &at, &entry);)`.  Taking entries
 * out on the way is fine, putting in is not.
 */
bool map_next(const struct map *map, size_t *position, struct map_entry *ret) ATTR_MUST_USE;

#endif
