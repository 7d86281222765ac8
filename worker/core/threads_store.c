#include "worker/core/threads_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/threads_inner.h"

/* A number is the kind (the size in steps), and below it the place in the class of that kind.  No
 * thing is of kind 0. */
enum {
    PLACE_BITS = 25,
    PLACES = 1 << PLACE_BITS,
    BLOCK = 32, /* things */
    LEAST_ROOM = 4,
};

static_assert(THREADS_STORE_CLASSES <= 1 << (32 - PLACE_BITS), "a number has 32 bits");

static uint32_t number_of(size_t kind, uint32_t place)
{
    return (uint32_t)kind << PLACE_BITS | place;
}

static size_t kind_of(uint32_t number)
{
    return number >> PLACE_BITS;
}

static uint32_t place_of(uint32_t number)
{
    return number & (PLACES - 1);
}

static size_t count_blocks(const struct threads_class *things)
{
    return (things->count + (size_t)BLOCK - 1) / BLOCK;
}

static size_t block_size(size_t kind)
{
    return kind * THREADS_STORE_STEP * BLOCK;
}

static void free_class(struct threads_class *things)
{
    for (size_t i = 0; i < count_blocks(things); i++)
        free(things->blocks[i]);
    free(things->blocks);
    *things = (struct threads_class){ 0 };
}

void threads_store_free(struct threads_store *store)
{
    for (size_t kind = 0; kind < THREADS_STORE_CLASSES; kind++)
        free_class(&store->classes[kind]);
}

static void add_block(struct threads_class *things, size_t kind)
{
    size_t blocks = count_blocks(things);

    if (blocks == things->room) {
        things->room = things->room ? things->room * 2 : LEAST_ROOM;
        things->blocks = mem_resize(things->blocks, things->room * sizeof(*things->blocks));
    }
    things->blocks[blocks] = mem_new(block_size(kind));
}

uint32_t threads_store_add(struct threads_store *store, size_t size)
{
    must(size > 0 && size <= THREADS_STORE_MOST);
    size_t kind = (size + THREADS_STORE_STEP - 1) / THREADS_STORE_STEP;
    struct threads_class *things = &store->classes[kind];

    must(things->count < PLACES);
    if (things->count % BLOCK == 0)
        add_block(things, kind);
    return number_of(kind, things->count++);
}

void *threads_store_at(const struct threads_store *store, uint32_t number)
{
    size_t kind = kind_of(number);
    uint32_t place = place_of(number);
    char *block = store->classes[kind].blocks[place / BLOCK];

    return block + place % BLOCK * kind * THREADS_STORE_STEP;
}

uint32_t threads_store_take(struct threads_store *store, uint32_t number)
{
    size_t kind = kind_of(number);
    struct threads_class *things = &store->classes[kind];
    uint32_t last = number_of(kind, things->count - 1);

    if (last != number)
        memcpy(threads_store_at(store, number), threads_store_at(store, last),
               kind * THREADS_STORE_STEP);
    things->count--;
    if (things->count % BLOCK == 0)
        free(things->blocks[things->count / BLOCK]);
    if (things->count == 0)
        free_class(things);
    return last == number ? 0 : last;
}

uint32_t threads_store_before(const struct threads_store *store, uint32_t number)
{
    size_t kind = kind_of(number);
    uint32_t place = place_of(number);

    if (kind >= THREADS_STORE_CLASSES) {
        kind = THREADS_STORE_CLASSES - 1;
        place = PLACES;
    }
    if (place > store->classes[kind].count)
        place = store->classes[kind].count;
    while (place == 0 && kind > 0)
        place = store->classes[--kind].count;
    return place > 0 ? number_of(kind, place - 1) : 0;
}

size_t threads_store_bytes(const struct threads_store *store)
{
    size_t bytes = 0;

    for (size_t kind = 0; kind < THREADS_STORE_CLASSES; kind++) {
        const struct threads_class *things = &store->classes[kind];
        bytes += count_blocks(things) * threads_cost(block_size(kind));
        if (things->room)
            bytes += threads_cost(things->room * sizeof(*things->blocks));
    }
    return bytes;
}
