/*
 * threads_index: from a hash to the numbers of the things that have it.
 *
 * A table in pieces of 2 kB (extendible hashing): one that is full becomes two, so that no step
 * takes long and none needs a copy of the whole.  The hashes are good in all their bits.  Pure.
 */
#ifndef WORKER_CORE_THREADS_INDEX_H
#define WORKER_CORE_THREADS_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"

struct threads_piece;

/* All zero is an empty index. */
struct threads_index {
    struct threads_piece *
        *pieces; /* by the low `depth` bits of a hash; some are there repeatedly */
    unsigned depth;
    size_t count_pieces;
    size_t count;
};

void threads_index_free(struct threads_index *index);

/*
 * The next number that is in under a hash: `for (size_t step = 0; (number =
 * threads_index_next(index, hash, &step));)`.  0: there is no more.
 */
uint32_t threads_index_next(const struct threads_index *index, uint32_t hash,
                            size_t *step) ATTR_MUST_USE;

/* Adds a number (not 0) under a hash, takes one out that is in, or has `to` stand for `from`. */
void threads_index_add(struct threads_index *index, uint32_t hash, uint32_t number);
void threads_index_take(struct threads_index *index, uint32_t hash, uint32_t number);
void threads_index_renumber(struct threads_index *index, uint32_t hash, uint32_t from, uint32_t to);

size_t threads_index_bytes(const struct threads_index *index);

#endif
