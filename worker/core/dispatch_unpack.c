/*
 * What an earlier owner has parked: out of the state topic, and into its lanes again.
 */
#include <stdlib.h>

#include "common/mem.h"
#include "worker/core/dispatch_inner.h"
#include "worker/core/parked_record.h"
#include "worker/core/state_key.h"

/* A tombstone, while the state is restored. */
static void restore_tombstone(struct partition *partition, int64_t offset, bool is_note)
{
    struct parked *parked = parking_get(&partition->parking, offset);

    if (is_note)
        parked->is_noted = false;
    else
        parked->stands = false;
    if (!parked->stands) {
        free(parked->record);
        parked->record = NULL;
    }
    if (!parked->stands && !parked->is_noted)
        parking_remove(&partition->parking, offset);
}

/*
 * While the state is restored.  What comes behind a later owner's marker came too late: that owner
 * has read the record from the log itself.
 */
static void restore(struct dispatch *dispatch, struct partition *partition,
                    const struct record *place, const struct state_read *read)
{
    struct parked_note note;
    struct record *record = parked_value_read(read->value, read->value_length, place, &note);

    if (!record) {
        dispatch_refuse_partition(dispatch, partition, PARKED_UNREADABLE);
        return;
    }
    struct parked *parked = parking_get(&partition->parking, place->offset);
    parked->stands = true;
    if (note.epoch < partition->markers[1]) {
        free(record);
        return;
    }
    free(parked->record);
    parked->record = record;
    parked->note = note;
}

/* What was tried; of what waits no more it is to be forgotten. */
static void restore_note(struct partition *partition, int64_t offset, const struct state_read *read)
{
    struct parked_note note;

    if (!parked_note_read(read->value, read->value_length, &note))
        return;
    struct parked *parked = parking_get(&partition->parking, offset);
    parked->is_noted = true;
    parked->note = note;
}

/* A late write of an earlier owner: of what was read from the log here, or of what it has tried. */
static void take_back(struct dispatch *dispatch, struct partition *partition, int64_t offset,
                      bool is_note, const struct state_read *read)
{
    struct parked *parked = parking_find(&partition->parking, offset);
    struct parked_note note;

    if (!read->value || !parked_note_read(read->value, read->value_length, &note) ||
        note.epoch >= partition->epoch)
        return;
    if (!parked)
        dispatch_forget_parked(dispatch, partition, offset);
    else if (is_note)
        parked->is_noted = true;
}

void dispatch_read_parked(struct dispatch *dispatch, struct partition *partition,
                          const struct state_key *key, bool is_note, const struct state_read *read)
{
    const struct record place = { .topic = partition->topic,
                                  .partition = partition->number,
                                  .offset = key->offset };

    if (partition->epoch >= 0)
        take_back(dispatch, partition, key->offset, is_note, read);
    else if (!read->value)
        restore_tombstone(partition, key->offset, is_note);
    else if (is_note)
        restore_note(partition, key->offset, read);
    else
        restore(dispatch, partition, &place, read);
}

/* Puts a record into its lane that an earlier owner has parked. */
static void unpack_one(struct dispatch *dispatch, struct partition *partition,
                       struct parked *parked)
{
    struct delivery *delivery = delivery_new(parked->record, partition);

    parked->record = NULL;
    delivery->number = dispatch->read++;
    delivery->parked = PARKED_BEFORE;
    delivery->attempts = parked->note.attempts;
    delivery->first_attempt_at = parked->note.first_attempt_at;
    delivery->not_before = parked->note.not_before;
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
        } else {
            dispatch_forget_parked(dispatch, partition, parked->offset);
        }
    }
}

void dispatch_reads_from(struct partition *partition, int64_t offset)
{
    partition->start = offset;
}

void dispatch_unpack_all(struct dispatch *dispatch)
{
    struct partition *partition;

    TAILQ_FOREACH(partition, &dispatch->partitions, all)
    if (partition->standing == PARTITION_OPEN && !partition->is_unpacked && partition->start >= 0 &&
        !partition->elder && !partition->leaving)
        dispatch_unpack(dispatch, partition, partition->start);
}
