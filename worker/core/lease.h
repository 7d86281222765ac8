/*
 * lease: whether this worker can prove that its partitions are still its own.
 *
 * The broker's session of a consumer runs from a moment that is not before its last answered
 * heartbeat was sent, so until then + session nobody else gets the partitions, whatever becomes of
 * the network.  The group's own callbacks prove nothing: they come late, or not at all while a
 * rebalance is under way.
 *
 * A heartbeat that is refused looks as if it was granted.  So after a lapse nothing may start until
 * two heartbeats that were sent since are answered, and what the group had to say was served after
 * each: a consumer that was refused sends no second one before that.  Pure.
 */
#ifndef WORKER_CORE_LEASE_H
#define WORKER_CORE_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/units.h"

/* What the consumer has agreed with the broker. */
struct lease_terms {
    mono_ms session;  /* without a heartbeat, and the partitions are given to others */
    mono_ms max_poll; /* without a look at what the group has to say, likewise */
};

/* What is known of the consumer's heartbeats. */
struct lease_signs {
    mono_ms sent;    /* when the newest that was answered had been sent; -1: none was */
    uint64_t lapses; /* how often that was too long ago when the next answer came */
};

/* Invariant: what is not lapsed has been proven ever since the first heartbeat, or not yet. */
struct lease {
    struct lease_terms terms;
    mono_ms served;    /* when the group was last listened to; -1: never */
    uint64_t lapses;   /* of the signs, as far as they are known */
    bool lapsed;       /* and not regained yet */
    mono_ms lapsed_at; /* the newest lapse, if it is lapsed */
    const char *why;   /* of the first lapse since it was last held */
    mono_ms proof;     /* when the newest heartbeat was sent that counts towards regaining it */
    unsigned proofs;   /* how many do */
};

/* A lease that was not proven yet. */
void lease_open(struct lease *lease, const struct lease_terms *terms);

/* The longest that a heartbeat may be under way, or be waited for, without a lapse. */
mono_ms lease_longest_gap(const struct lease_terms *terms);

/*
 * All that the group had to say was served.  `signs` and `now` are of just before that: what came
 * meanwhile may have more to say.
 */
void lease_served(struct lease *lease, const struct lease_signs *signs, mono_ms now);

/*
 * How long a request may take that starts now, so that it is over before somebody else can have its
 * partition; 0: none may start.  `now` was read after `signs`.
 */
mono_ms lease_room(struct lease *lease, const struct lease_signs *signs, mono_ms now);

#endif
