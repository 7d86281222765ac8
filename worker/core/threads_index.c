#include "worker/core/threads_index.h"

#include <assert.h>
#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/threads_inner.h"

enum {
    SLOTS = 256, /* of a piece */
    FULL = SLOTS / 4 * 3,
    SPARSE = SLOTS / 8,
    MOST_DEPTH = 24, /* the bits above say where a hash has its place in its piece */
};

struct slot {
    uint32_t hash;
    uint32_t number; /* 0: empty */
};

/*
 * The things whose hashes have the same low `depth` bits, each in the first slot that was free from
 * its hash's place on: between that place and the thing no slot is empty.
 */
struct threads_piece {
    uint16_t count;
    uint8_t depth;
    struct slot slots[SLOTS];
};

static size_t width(const struct threads_index *index)
{
    return index->pieces ? (size_t)1 << index->depth : 0;
}

void threads_index_free(struct threads_index *index)
{
    /* Downwards: a piece is freed at the first of the places at which it stands. */
    for (size_t i = width(index); i-- > 0;) {
        if (i >> index->pieces[i]->depth == 0)
            free(index->pieces[i]);
    }
    free(index->pieces);
    *index = (struct threads_index){ 0 };
}

static struct threads_piece **piece_of(const struct threads_index *index, uint32_t hash)
{
    return &index->pieces[hash & (width(index) - 1)];
}

static uint8_t place_of(uint32_t hash)
{
    return (uint8_t)(hash >> MOST_DEPTH);
}

static_assert(SLOTS == UINT8_MAX + 1, "the slots are a ring that an uint8_t goes round");

uint32_t threads_index_next(const struct threads_index *index, uint32_t hash, size_t *step)
{
    if (!index->pieces)
        return 0;
    const struct threads_piece *piece = *piece_of(index, hash);

    for (;;) {
        const struct slot *slot = &piece->slots[(uint8_t)(place_of(hash) + (*step)++)];
        if (slot->hash == hash || !slot->number)
            return slot->number;
    }
}

static void put_in(struct threads_piece *piece, uint32_t hash, uint32_t number)
{
    uint8_t at = place_of(hash);

    while (piece->slots[at].number)
        at++;
    piece->slots[at] = (struct slot){ hash, number };
    piece->count++;
}

static void deepen(struct threads_index *index)
{
    size_t half = width(index);

    must(index->depth < MOST_DEPTH);
    index->depth++;
    index->pieces = mem_resize(index->pieces, width(index) * sizeof(struct threads_piece *));
    for (size_t i = 0; i < half; i++)
        index->pieces[half + i] = index->pieces[i];
}

static struct threads_piece *new_piece(struct threads_index *index, unsigned depth)
{
    struct threads_piece *piece = mem_new(sizeof(*piece));

    piece->depth = (uint8_t)depth;
    index->count_pieces++;
    return piece;
}

/* Has a piece stand at all places whose low bits are those of the hash. */
static void place(const struct threads_index *index, struct threads_piece *piece, uint32_t hash)
{
    size_t step = (size_t)1 << piece->depth;

    for (size_t i = hash & (step - 1); i < width(index); i += step)
        index->pieces[i] = piece;
}

/* Puts what is in a piece where it belongs now, and frees the piece. */
static void deal(struct threads_index *index, struct threads_piece *piece)
{
    for (size_t i = 0; i < SLOTS; i++) {
        if (piece->slots[i].number)
            put_in(*piece_of(index, piece->slots[i].hash), piece->slots[i].hash,
                   piece->slots[i].number);
    }
    free(piece);
    index->count_pieces--;
}

/* Makes two of the piece of a hash. */
static void split(struct threads_index *index, uint32_t hash)
{
    struct threads_piece *piece = *piece_of(index, hash);

    if (piece->depth == index->depth)
        deepen(index);
    place(index, new_piece(index, piece->depth + 1U), hash);
    place(index, new_piece(index, piece->depth + 1U), hash ^ (uint32_t)1 << piece->depth);
    deal(index, piece);
}

/* Makes one of the piece of a hash and its other half, when there is little in both. */
static void join(struct threads_index *index, uint32_t hash)
{
    struct threads_piece *piece = *piece_of(index, hash);
    if (piece->depth == 0)
        return;
    struct threads_piece *half = *piece_of(index, hash ^ (uint32_t)1 << (piece->depth - 1));

    if (half->depth != piece->depth || half->count > SPARSE)
        return;
    place(index, new_piece(index, piece->depth - 1U), hash);
    deal(index, piece);
    deal(index, half);
}

void threads_index_add(struct threads_index *index, uint32_t hash, uint32_t number)
{
    if (!index->pieces) {
        index->pieces = mem_new_array(1, sizeof(struct threads_piece *));
        index->pieces[0] = new_piece(index, 0);
    }
    while ((*piece_of(index, hash))->count == FULL)
        split(index, hash);
    put_in(*piece_of(index, hash), hash, number);
    index->count++;
}

static uint8_t slot_of(const struct threads_piece *piece, uint32_t hash, uint32_t number)
{
    uint8_t at = place_of(hash);

    while (piece->slots[at].number != number)
        must(piece->slots[at++].number);
    return at;
}

/* Empties a slot; what had to give way to it, directly or not, moves up. */
static void empty(struct threads_piece *piece, uint8_t hole)
{
    for (uint8_t at = (uint8_t)(hole + 1); piece->slots[at].number; at++) {
        uint8_t from_place = (uint8_t)(at - place_of(piece->slots[at].hash));
        if (from_place < (uint8_t)(at - hole))
            continue;
        piece->slots[hole] = piece->slots[at];
        hole = at;
    }
    piece->slots[hole] = (struct slot){ 0 };
    piece->count--;
}

void threads_index_take(struct threads_index *index, uint32_t hash, uint32_t number)
{
    struct threads_piece *piece = *piece_of(index, hash);

    empty(piece, slot_of(piece, hash, number));
    index->count--;
    if (piece->count < SPARSE)
        join(index, hash);
}

void threads_index_renumber(struct threads_index *index, uint32_t hash, uint32_t from, uint32_t to)
{
    struct threads_piece *piece = *piece_of(index, hash);

    piece->slots[slot_of(piece, hash, from)].number = to;
}

size_t threads_index_bytes(const struct threads_index *index)
{
    if (!index->pieces)
        return 0;
    return threads_cost(width(index) * sizeof(struct threads_piece *)) +
           index->count_pieces * threads_cost(sizeof(struct threads_piece));
}
