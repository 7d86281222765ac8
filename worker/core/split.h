/*
 * split: where a text that is too long for one post is best cut.
 *
 * Counts what the text costs when it is defused (core/defuse).  Each piece is defused on its own
 * afterwards, so that no cut can make markup of it.  Where it can be helped, no cut is in a link.
 * Pure.
 */
#ifndef WORKER_CORE_SPLIT_H
#define WORKER_CORE_SPLIT_H

#include <stddef.h>

#include "worker/core/fence.h"

/* How many runes the text is at most when it is defused. */
size_t split_cost(const char *bytes, size_t length);

/*
 * The length in bytes of the first piece of a text: all of it when that costs at most `budget`
 * (which is 8 or more), else as much as reads well: to the end of a paragraph, a line, a sentence
 * or a word, whichever of these comes first in this order and leaves the piece at least half full,
 * and never inside of what is seen as one character; less than half full when all the rest of it
 * is one link.
 */
size_t split_first(const char *bytes, size_t length, size_t budget);

/*
 * The same for a text that is to be defused for DEFUSE_TRUSTED, and that begins in the block of
 * code `fence` (all zero: in none): a cut outside of blocks of code is better than any inside,
 * which are between lines if possible.  The budget is without FENCE_ROOM.
 */
size_t split_first_trusted(const char *bytes, size_t length, size_t budget,
                           const struct fence *fence);

#endif
