/*
 * What an earlier owner has parked: out of the state topic, and into its lanes again.
 */
#include <stdlib.h>

#include "common/mem.h"
#include "worker/core/dispatch_park.h"
#include "worker/core/parked_record.h"
#include "worker/core/state_key.h"

/* A tombstone: it is done.  Whoever wrote it, and when. */
static void read_tombstone(struct partition *partition, int64_t offset, bool is_note)
{
    struct parked *parked = parking_find(&partition->parking, offset);

    if (!parked)
        return;
    if (is_note) {
        parked->is_noted = false;
    } else {
        parked->stands = false;
        parked->is_unreadable = false;
        free(parked->record);
        parked->record = NULL;
    }
    if (!parked->stands && !parked->is_noted)
        parking_remove(&partition->parking, offset);
}

/*
 * While the state is restored.  What comes behind a later owner's marker was written by somebody
 * late, and may be done; or that marker was, and it waits, or it hides what does.  So it is in
 * doubt.
 */
static void restore(struct partition *partition, const struct record *place,
                    const struct state_read *read)
{
    struct parked *parked = parking_get(&partition->parking, place->offset);
    struct parked_note note;

    free(parked->record);
    parked->record = parked_value_read(read->value, read->value_length, place, &note);
    parked->stands = true;
    parked->is_unreadable = !parked->record;
    if (!parked->record)
        return;
    parked->note = note;
    parked->is_late = note.epoch < partition->markers[1];
    if (parked->is_late)
        partition->leaves_doubt = true;
}

static void restore_note(struct partition *partition, int64_t offset, const struct state_read *read)
{
    struct parked *parked = parking_get(&partition->parking, offset);
    struct parked_note note;

    parked->is_noted = true;
    if (parked_note_read(read->value, read->value_length, &note))
        parked->note = note;
}

/* Whether a record of the partition that is not parked here is done. */
static bool is_done(const struct partition *partition, int64_t offset)
{
    const struct delivery *delivery;

    bool is_unread = offset >= partition->next && offset >= partition->start;

    if (!partition->is_unpacked || is_unread)
        return false;
    TAILQ_FOREACH(delivery, &partition->open, in_partition)
    if (delivery->record->offset == offset)
        return false;
    return !partition->held_back || partition->held_back->offset != offset;
}

/*
 * A late write of an earlier owner.  It is taken out when the record is done, and not before: each
 * tombstone says that, so that none can hide what still waits.
 */
static void take_late(struct dispatch *dispatch, struct partition *partition, int64_t offset,
                      bool is_note)
{
    bool is_known = parking_find(&partition->parking, offset);
    struct parked *parked = parking_get(&partition->parking, offset);

    if (is_note)
        parked->is_noted = true;
    else
        parked->stands = true;
    if (!is_known && is_done(partition, offset))
        dispatch_forget_parked(dispatch, partition, offset);
}

static bool is_of_earlier_owner(const struct partition *partition, const struct state_read *read)
{
    struct parked_note note;

    return read->value && parked_note_read(read->value, read->value_length, &note) &&
           note.epoch < partition->epoch;
}

void dispatch_read_parked(struct dispatch *dispatch, struct partition *partition,
                          const struct state_key *key, bool is_note, const struct state_read *read)
{
    const struct record place = { .topic = partition->topic,
                                  .partition = partition->number,
                                  .offset = key->offset };

    if (!read->value) {
        if (!partition->is_unpacked)
            read_tombstone(partition, key->offset, is_note);
    } else if (partition->epoch >= 0) {
        if (is_of_earlier_owner(partition, read))
            take_late(dispatch, partition, key->offset, is_note);
    } else if (is_note) {
        restore_note(partition, key->offset, read);
    } else {
        restore(partition, &place, read);
    }
}

/* Puts a record into its lane that an earlier owner has parked. */
static void unpack_one(struct dispatch *dispatch, struct partition *partition,
                       struct parked *parked)
{
    struct delivery *delivery = delivery_new(parked->record, partition);

    parked->record = NULL;
    delivery->number = dispatch->read++;
    delivery->parked = PARKED_BEFORE;
    delivery->is_late = parked->is_late;
    delivery->attempts = parked->note.attempts;
    delivery->first_attempt_at = parked->note.first_attempt_at;
    if (parked->note.not_before)
        delivery->note = mem_copy(&parked->note, sizeof(parked->note));
    dispatch_count_parked(dispatch, delivery);
    TAILQ_INSERT_TAIL(&partition->parked, delivery, in_partition);
    if (lanes_enter(dispatch->lanes, delivery))
        TAILQ_INSERT_TAIL(&dispatch->heads, delivery, in_queue);
}

void dispatch_unpack(struct dispatch *dispatch, struct partition *partition, int64_t start)
{
    size_t count = partition->parking.by_offset.count;
    AUTO(free) struct parked **list = parking_list(&partition->parking);

    partition->is_unpacked = true;
    for (size_t i = 0; i < count; i++) {
        struct parked *parked = list[i];
        if (parked->offset >= start) {
            free(parked->record);
            parked->record = NULL;
        } else if (parked->record) {
            unpack_one(dispatch, partition, parked);
        } else if (parked->is_unreadable) {
            dispatch_refuse_partition(dispatch, partition, PARKED_UNREADABLE);
        } else {
            dispatch_forget_parked(dispatch, partition, parked->offset);
        }
    }
}

void dispatch_reads_from(struct partition *partition, int64_t offset)
{
    partition->start = offset;
    if (partition->acked < 0)
        partition->acked = offset;
}

void dispatch_unpack_all(struct dispatch *dispatch)
{
    struct partition *partition;

    TAILQ_FOREACH(partition, &dispatch->partitions, all)
    if (partition->standing == PARTITION_OPEN && !partition->is_unpacked && partition->start >= 0 &&
        !partition->elder && !partition->leaving)
        dispatch_unpack(dispatch, partition, partition->start);
}
