#include "common/heap.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"

void heap_free(struct heap *heap)
{
    free(heap->nodes);
    *heap = (struct heap){ 0 };
}

static bool is_before(const struct heap_node *a, const struct heap_node *b)
{
    return a->key < b->key || (a->key == b->key && a->turn < b->turn);
}

/* Sets `node` down at a 1-based position. */
static void set_down(struct heap *heap, struct heap_node *node, size_t position)
{
    heap->nodes[position - 1] = node;
    node->position = position;
}

static void sift_up(struct heap *heap, struct heap_node *node)
{
    size_t position = node->position;

    while (position > 1 && is_before(node, heap->nodes[position / 2 - 1])) {
        set_down(heap, heap->nodes[position / 2 - 1], position);
        position /= 2;
    }
    set_down(heap, node, position);
}

static void sift_down(struct heap *heap, struct heap_node *node)
{
    size_t position = node->position;

    for (;;) {
        size_t child = position * 2;
        if (child > heap->count)
            break;
        if (child < heap->count && is_before(heap->nodes[child], heap->nodes[child - 1]))
            child++;
        if (!is_before(heap->nodes[child - 1], node))
            break;
        set_down(heap, heap->nodes[child - 1], position);
        position = child;
    }
    set_down(heap, node, position);
}

void heap_put(struct heap *heap, struct heap_node *node, int64_t key)
{
    if (!heap_has(node)) {
        if (heap->count == heap->capacity) {
            heap->capacity = heap->capacity ? heap->capacity * 2 : 16;
            heap->nodes = mem_resize(heap->nodes, heap->capacity * sizeof(struct heap_node *));
        }
        set_down(heap, node, ++heap->count);
    }
    must(heap->nodes[node->position - 1] == node);
    node->key = key;
    node->turn = ++heap->turns;
    sift_up(heap, node);
    sift_down(heap, node);
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
    if (!heap_has(node))
        return;
    size_t position = node->position;
    struct heap_node *last = heap->nodes[--heap->count];

    node->position = 0;
    if (last == node)
        return;
    set_down(heap, last, position);
    sift_up(heap, last);
    sift_down(heap, last);
}

struct heap_node *heap_first(const struct heap *heap)
{
    return heap->count ? heap->nodes[0] : NULL;
}
