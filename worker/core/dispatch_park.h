/*
 * dispatch_park: what the files of core/dispatch have of records that wait in the state topic;
 * nobody else includes it.
 *
 * dispatch_park.c     into the state topic, and the books
 * dispatch_unpack.c   out of it again: what an earlier owner has left there
 * dispatch_relieve.c  who is parked so that others need not wait
 */
#ifndef WORKER_CORE_DISPATCH_PARK_H
#define WORKER_CORE_DISPATCH_PARK_H

#include "worker/core/dispatch_inner.h"
#include "worker/core/state_key.h"

/* Parks a delivery and all behind it in its lane, as far as there is room. */
void dispatch_park(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now);

/* A delivery came into its lane behind others: it is parked where the first stays so for long. */
void dispatch_follow(struct dispatch *dispatch, struct delivery *delivery,
                     const struct moment *now);

/* Writes how often a delivery that is parked was tried, and when it will be. */
void dispatch_note_parked(struct dispatch *dispatch, struct delivery *delivery,
                          const struct moment *now);

/* Parks what others would have to wait for.  Gives the moment at which to look again. */
mono_ms dispatch_relieve(struct dispatch *dispatch, const struct moment *now);

/* A record of the state topic about a record that was parked was read, or of what was tried. */
void dispatch_read_parked(struct dispatch *dispatch, struct partition *partition,
                          const struct state_key *key, bool is_note, const struct state_read *read);

/* Puts what an earlier owner has parked below `start` into its lanes, before all that is read. */
void dispatch_unpack(struct dispatch *dispatch, struct partition *partition, int64_t start);

/* Likewise in all partitions where it is known by now from where they are read. */
void dispatch_unpack_all(struct dispatch *dispatch);

/* Has the state topic forget what stands there of an offset. */
void dispatch_forget_parked(struct dispatch *dispatch, struct partition *partition, int64_t offset);

/* Counts one more that is parked, or is going to be. */
void dispatch_count_parked(struct dispatch *dispatch, const struct delivery *delivery);

/* Takes a delivery out of its partition's books; when it is done its offset may pass. */
void dispatch_take_out(struct dispatch *dispatch, struct delivery *delivery, bool is_done);

/* A delivery's route may be closed for a while yet, as an earlier owner has found: asked once. */
void dispatch_recall_route(struct dispatch *dispatch, struct delivery *delivery,
                           const struct moment *now);

#endif
