/*
 * threads_index: from a hash to the numbers of the things that have it.
 *
 * A table that grows and shrinks by one bucket at a time (linear hashing), in small pieces, so that
 * no step takes long and none needs a copy of the whole.  The chains of the buckets run through the
 * things themselves: each holds a link.  About as many buckets as things.  Pure.
 */
#ifndef WORKER_CORE_THREADS_INDEX_H
#define WORKER_CORE_THREADS_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"

struct threads_link {
    uint32_t next; /* in the bucket; 0: the last */
    uint32_t hash;
};

/* The link of the thing with that number, which is not 0. */
typedef struct threads_link *threads_link_of(const void *owner, uint32_t number);

struct threads_index {
    threads_link_of *link_of;
    const void *owner;
    uint32_t **pieces;
    size_t room;    /* for pieces */
    size_t buckets; /* in use */
    size_t mask;    /* one below the power of two that is not below `buckets` */
    size_t count;
};

/* An empty index of `owner`'s things. */
struct threads_index threads_index_of(threads_link_of *link_of, const void *owner);
void threads_index_free(struct threads_index *index);

/* The first of those that have the hash, and the one behind `number`; 0: there is none. */
uint32_t threads_index_first(const struct threads_index *index, uint32_t hash) ATTR_MUST_USE;
uint32_t threads_index_next(const struct threads_index *index, uint32_t number) ATTR_MUST_USE;

/* Adds a thing whose link has its hash, or takes one out. */
void threads_index_add(struct threads_index *index, uint32_t number);
void threads_index_remove(struct threads_index *index, uint32_t number);

/* The thing that was number `from`, with its link, is number `to` now. */
void threads_index_renumber(struct threads_index *index, uint32_t from, uint32_t to);

/* The memory that it takes, without the links. */
size_t threads_index_bytes(const struct threads_index *index);

#endif
