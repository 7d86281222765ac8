/*
 * parking: which records of a partition stand in the state topic, so that its other records need
 * not wait until these are done.
 *
 * What stands there is remembered by its offset until a tombstone is written for it.  Of a record
 * that an earlier owner left there the record itself is kept, too, until it is delivered here.
 * Pure.  One per partition.
 */
#ifndef WORKER_CORE_PARKING_H
#define WORKER_CORE_PARKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/map.h"
#include "worker/core/parked_record.h"
#include "worker/core/record.h"

/*
 * An offset of which something stands in the state topic, or will.
 *
 *   stands    record    the record
 *   true      there     was left by an earlier owner, and is not in a lane yet
 *   true      NULL      is in a lane, or will be read from the log
 *   false     NULL      is done; what was tried of it (is_noted) is to be forgotten
 */
struct parked {
    int64_t offset;
    struct record *record;   /* as it was left there, owned */
    struct parked_note note; /* of one that was left there */
    bool stands;
    bool is_noted;
    bool is_late; /* it was written behind a later owner's marker: it may be done */
    bool is_unreadable;
};

/* All zero is an empty one. */
struct parking {
    struct map by_offset;
};

/* What is known of an offset, borrowed until it is removed; made when it is new. */
struct parked *parking_get(struct parking *parking, int64_t offset);

/* Likewise; NULL: nothing of it stands there. */
struct parked *parking_find(const struct parking *parking, int64_t offset);

/* Nothing of it stands there any more.  It may be that nothing did. */
void parking_remove(struct parking *parking, int64_t offset);

/* The highest offset; -1: there is none. */
int64_t parking_highest(const struct parking *parking);

/*
 * Gives all, by offset (an array of parking->by_offset.count, to be freed; what it points to is
 * borrowed until it is removed).  NULL when there is none.
 */
struct parked **parking_list(const struct parking *parking) ATTR_MUST_USE;

/* Forgets all. */
void parking_free(struct parking *parking);

#endif
