/*
 * heap: which of many moments comes first.
 *
 * Intrusive: a member embeds a `struct heap_node`, which knows its own place, so that any member
 * can be moved or taken out in O(log n).  Members with the same key leave in the order in which
 * they were put in, so that a run can be repeated.
 */
#ifndef COMMON_HEAP_H
#define COMMON_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"

/* A member's place; all zero means: in no heap. */
struct heap_node {
    int64_t key;
    uint64_t turn;   /* tells equal keys apart */
    size_t position; /* 1-based index; 0 is outside */
};

/* All zero is an empty heap. */
struct heap {
    struct heap_node **nodes;
    size_t count;
    size_t capacity;
    uint64_t turns;
};

/* Frees the heap's own memory; the members are their owners'. */
void heap_free(struct heap *heap);

/* Puts a node in, or moves it when it is in already. */
void heap_put(struct heap *heap, struct heap_node *node, int64_t key);

/* Takes a node out; a node that is in no heap is fine. */
void heap_remove(struct heap *heap, struct heap_node *node);

/* The node with the lowest key, still in the heap; NULL when it is empty. */
struct heap_node *heap_first(const struct heap *heap) ATTR_MUST_USE;

static inline bool heap_has(const struct heap_node *node)
{
    return node->position != 0;
}

/* The structure that embeds a node (or another member). */
#define container_of(pointer, type, member) \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#endif
