/*
 * threads_store: room for many small things of a few sizes, without gaps.
 *
 * The things of one size lie side by side in blocks.  When one is taken out the last of its size
 * moves to its place, so that memory is given back as things go and never fills with holes; what
 * knows the moved one by its number is told.  Pure.
 */
#ifndef WORKER_CORE_THREADS_STORE_H
#define WORKER_CORE_THREADS_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"

enum {
    THREADS_STORE_STEP = 8, /* sizes are rounded up to a multiple of this */
    THREADS_STORE_MOST = 848,
    THREADS_STORE_CLASSES = THREADS_STORE_MOST / THREADS_STORE_STEP + 1,
};

/* The things of one size; the last block only is not full. */
struct threads_class {
    char **blocks;
    uint32_t room; /* for blocks */
    uint32_t count;
};

/* All zero is an empty store. */
struct threads_store {
    struct threads_class classes[THREADS_STORE_CLASSES];
};

void threads_store_free(struct threads_store *store);

/* Room for one more thing of a size from 1 to THREADS_STORE_MOST; gives its number, never 0. */
uint32_t threads_store_add(struct threads_store *store, size_t size) ATTR_MUST_USE;

/* A thing's place, at a multiple of THREADS_STORE_STEP; until one is added or taken out. */
void *threads_store_at(const struct threads_store *store, uint32_t number);

/* Takes a thing out.  Gives the number of the one that has moved to its place, 0 when none has. */
uint32_t threads_store_take(struct threads_store *store, uint32_t number) ATTR_MUST_USE;

/*
 * The number of the next thing from the last to the first: what is taken out on the way, once it
 * was visited, lets none be left out.  Begins at UINT32_MAX, and ends with 0.
 */
uint32_t threads_store_before(const struct threads_store *store, uint32_t number) ATTR_MUST_USE;

size_t threads_store_bytes(const struct threads_store *store);

#endif
