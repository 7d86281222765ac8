/*
 * tally: what was produced and what arrived: the demo's proof that nothing is lost, doubled or out
 * of order.
 */
#ifndef WORKER_DEMO_TALLY_H
#define WORKER_DEMO_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/map.h"

/* All zero is an empty tally. */
struct tally {
    struct tally_event *events; /* by number */
    size_t produced;
    size_t capacity;
    size_t posted;   /* events of which there is a post */
    size_t twice;    /* posts beyond the first of an event */
    size_t disorder; /* first posts that came after a later one of the same key */
    struct map keys; /* key → the newest event that was posted, as its number + 1 */
};

void tally_free(struct tally *tally);

/* The next event was produced: its number is the old `produced`. */
void tally_produced(struct tally *tally, const char *key);

/* An event was posted; numbers that were never produced are no event of ours. */
void tally_posted(struct tally *tally, size_t number);

#endif
