#include "worker/core/threads_index.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/threads_inner.h"

enum {
    PIECE = 256, /* buckets */
    LEAST_ROOM = 8,
};

struct threads_index threads_index_of(threads_link_of *link_of, const void *owner)
{
    return (struct threads_index){ .link_of = link_of, .owner = owner };
}

static size_t count_pieces(const struct threads_index *index)
{
    return (index->buckets + PIECE - 1) / PIECE;
}

void threads_index_free(struct threads_index *index)
{
    for (size_t i = 0; i < count_pieces(index); i++)
        free(index->pieces[i]);
    free(index->pieces);
    *index = threads_index_of(index->link_of, index->owner);
}

static struct threads_link *link_of(const struct threads_index *index, uint32_t number)
{
    return index->link_of(index->owner, number);
}

static uint32_t *head_of(const struct threads_index *index, size_t bucket)
{
    return &index->pieces[bucket / PIECE][bucket % PIECE];
}

/* A bucket that is not in use yet has its things in the one with one bit less. */
static uint32_t *bucket_of(const struct threads_index *index, uint32_t hash)
{
    size_t bucket = hash & index->mask;

    return head_of(index, bucket < index->buckets ? bucket : bucket & index->mask >> 1);
}

/* The first from `number` on that has the hash. */
static uint32_t seek(const struct threads_index *index, uint32_t number, uint32_t hash)
{
    while (number) {
        const struct threads_link *link = link_of(index, number);
        if (link->hash == hash)
            break;
        number = link->next;
    }
    return number;
}

uint32_t threads_index_first(const struct threads_index *index, uint32_t hash)
{
    return index->buckets ? seek(index, *bucket_of(index, hash), hash) : 0;
}

uint32_t threads_index_next(const struct threads_index *index, uint32_t number)
{
    const struct threads_link *link = link_of(index, number);

    return seek(index, link->next, link->hash);
}

static void push(const struct threads_index *index, uint32_t number)
{
    struct threads_link *link = link_of(index, number);
    uint32_t *head = bucket_of(index, link->hash);

    link->next = *head;
    *head = number;
}

/* Takes a bucket's chain out and puts each of its things where it belongs now. */
static void deal(const struct threads_index *index, uint32_t *head)
{
    uint32_t number = *head;

    *head = 0;
    while (number) {
        uint32_t next = link_of(index, number)->next;
        push(index, number);
        number = next;
    }
}

/* One bucket more, which takes over its share of another. */
static void grow(struct threads_index *index)
{
    size_t bucket = index->buckets;

    if (bucket == index->room * PIECE) {
        index->room = index->room ? index->room * 2 : LEAST_ROOM;
        index->pieces = mem_resize(index->pieces,
                                   index->room * sizeof(*index->pieces)); /* few: no copy to fear */
    }
    if (bucket % PIECE == 0)
        index->pieces[bucket / PIECE] = mem_new_array(PIECE, sizeof(uint32_t));
    if (bucket > index->mask)
        index->mask = index->mask * 2 + 1;
    *head_of(index, bucket) = 0;
    index->buckets++;
    if (bucket > 0)
        deal(index, head_of(index, bucket & index->mask >> 1));
}

/* One bucket less. */
static void shrink(struct threads_index *index)
{
    size_t bucket = --index->buckets;
    uint32_t *head = head_of(index, bucket);

    if (index->buckets == (index->mask >> 1) + 1)
        index->mask >>= 1;
    deal(index, head);
    if (bucket % PIECE == 0)
        free(index->pieces[bucket / PIECE]);
}

void threads_index_add(struct threads_index *index, uint32_t number)
{
    if (index->count == index->buckets)
        grow(index);
    push(index, number);
    index->count++;
}

/* Where the number of a thing stands whose link is that of number `linked`. */
static uint32_t *place_of(const struct threads_index *index, uint32_t number, uint32_t linked)
{
    uint32_t *place = bucket_of(index, link_of(index, linked)->hash);

    while (*place != number) {
        must(*place);
        place = &link_of(index, *place)->next;
    }
    return place;
}

void threads_index_remove(struct threads_index *index, uint32_t number)
{
    *place_of(index, number, number) = link_of(index, number)->next;
    index->count--;
    /* By two, to keep up with those that go one by one. */
    for (int i = 0; i < 2 && index->buckets > 1 && index->count < index->buckets / 2; i++)
        shrink(index);
}

void threads_index_renumber(struct threads_index *index, uint32_t from, uint32_t to)
{
    *place_of(index, from, to) = to;
}

size_t threads_index_bytes(const struct threads_index *index)
{
    size_t pieces = count_pieces(index) * threads_cost(PIECE * sizeof(uint32_t));

    return pieces + (index->room ? threads_cost(index->room * sizeof(*index->pieces)) : 0);
}
