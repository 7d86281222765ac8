/*
 * piece: what is still to be read of a key or value of the state topic.
 *
 * These are lines of text that a person can read: names and numbers with separators between.  Pure.
 */
#ifndef WORKER_CORE_PIECE_H
#define WORKER_CORE_PIECE_H

#include <stdbool.h>
#include <stdint.h>

struct piece {
    const char *at;
    const char *end;
};

/* Passes over `word` where the piece begins with it; false: it does not. */
bool piece_skip(struct piece *piece, const char *word);

/* Takes what stands before the next separator, which is passed over, or all that is left. */
struct piece piece_take(struct piece *piece, char separator);

/* Reads all of a piece as a number, in the only way in which text_add_int() writes it. */
bool piece_read_number(struct piece piece, int64_t *ret);

/* Likewise a number from 0 to `most`. */
bool piece_read_number_to(struct piece piece, int64_t most, int64_t *ret);

#endif
