/*
 * lanes: one delivery of a key at a time, in order.
 *
 * A lane is the queue of one key's deliveries in one partition; records without a key share their
 * partition's lane.  Only the first of a lane is worked on.  Pure.
 */
#ifndef WORKER_CORE_LANES_H
#define WORKER_CORE_LANES_H

#include <stdbool.h>

#include "worker/core/delivery.h"

struct lanes;
struct partition;

struct lanes *lanes_new(void) ATTR_MUST_USE;

/* Ends the lanes; all are empty.  NULL is fine. */
void lanes_free(struct lanes *lanes);

/* Puts a delivery at the end of its key's lane.  Whether it is the first there. */
bool lanes_enter(struct lanes *lanes, struct delivery *delivery);

/* The first of the lane of the key with that name (core/key_name); NULL: there is none. */
struct delivery *lanes_find(struct lanes *lanes, const struct partition *partition,
                            const char *name_of_key);

/* The first of a delivery's lane, and whether it is itself that. */
struct delivery *lanes_first(const struct delivery *delivery);
bool lanes_is_first(const struct delivery *delivery);

/*
 * Has nobody behind a delivery in its lane go on: it is about to be taken out, not done.  Whether
 * that was said of one before a delivery.
 */
void lanes_block(const struct delivery *delivery);
bool lanes_is_blocked(const struct delivery *delivery);

/*
 * Takes a delivery out of its lane.  Gives the one that has become the first thereby, NULL when
 * none has.
 */
struct delivery *lanes_leave(struct lanes *lanes, struct delivery *delivery);

#endif
