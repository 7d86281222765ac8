/*
 * piece: what is still to be read of a key or value of the state topic.
 *
 * These are lines of text that a person can read: names and numbers with separators between.  The
 * line of a value is `v1 x=… y=…`: a version, and members of one letter each, of which those that
 * are empty or 0 are left out, and unknown ones passed over.  Pure.
 */
#ifndef WORKER_CORE_PIECE_H
#define WORKER_CORE_PIECE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/text.h"

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

/* Passes over the version of a value's line; false: it is another one. */
bool piece_skip_version(struct piece *line);

/* Takes the next member of a value's line: its letter, and what it says.  False: there is none. */
bool piece_take_member(struct piece *line, char *ret_name, struct piece *ret);

/* Adds a version, and members, unless they are empty or 0; `member` is ` x=`. */
void piece_add_version(struct text *ret);
void piece_add_number(struct text *ret, const char *member, int64_t number);
void piece_add_string(struct text *ret, const char *member, const char *string);

#endif
