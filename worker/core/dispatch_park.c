/*
 * Records that wait for a closed channel, or a server that is away, without their partition waiting
 * for them: they stand in the state topic until they are done, and their offsets may pass.
 *
 * What is parked goes its way as before, in its lane.  An owner who comes later finds it in the
 * state topic and puts it first into its lane.  What stands there at or above the offset from which
 * that owner reads is none of that: no commit has passed it, so it is read again.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/dispatch_park.h"
#include "worker/core/parked_record.h"
#include "worker/core/state_key.h"

enum {
    MOST_BYTES = 1000 * 1000, /* of a value: what every broker takes by default */
    NOTE_MOST_BYTES = 200 + PARKED_MAX_CHANNEL,
};

/* ---- the books ---- */

static size_t bytes_of(const struct delivery *delivery)
{
    return record_bytes(delivery->record) + sizeof(*delivery);
}

void dispatch_count_parked(struct dispatch *dispatch, const struct delivery *delivery)
{
    dispatch->parked++;
    dispatch->parked_bytes += bytes_of(delivery);
}

static void count_out(struct dispatch *dispatch, const struct delivery *delivery)
{
    dispatch->parked--;
    dispatch->parked_bytes -= bytes_of(delivery);
    if (dispatch->parked < dispatch->options.parking.max_records / 8 * 7)
        dispatch->said_full = false;
}

static bool has_room(const struct dispatch *dispatch, const struct delivery *delivery)
{
    const struct parking_limits *limits = &dispatch->options.parking;

    return dispatch->parked < limits->max_records &&
           dispatch->parked_bytes + bytes_of(delivery) <= limits->max_bytes;
}

/* The offset may pass: it is done, or stands in the state topic. */
static void close_offset(struct dispatch *dispatch, struct delivery *delivery)
{
    ledger_close(delivery->partition->ledger, delivery->ticket);
    dispatch_mark_dirty(dispatch, delivery->partition);
}

static void take_from_open(struct dispatch *dispatch, struct delivery *delivery)
{
    TAILQ_REMOVE(&delivery->partition->open, delivery, in_partition);
    dispatch->waiting--;
    dispatch->waiting_bytes -= record_bytes(delivery->record);
}

void dispatch_forget_parked(struct dispatch *dispatch, struct partition *partition, int64_t offset)
{
    const struct parked *parked = parking_find(&partition->parking, offset);
    AUTO(text_free) struct text key = text_of(STATE_KEY_MAX);
    const struct state_write write = { .key = &key };

    if (parked->stands) {
        state_key_write_parked(partition->topic, partition->number, offset, &key);
        dispatch->port.write(dispatch->port.context, partition, &write);
    }
    if (parked->is_noted) {
        text_clear(&key);
        state_key_write_tried(partition->topic, partition->number, offset, &key);
        dispatch->port.write(dispatch->port.context, partition, &write);
    }
    parking_remove(&partition->parking, offset);
}

void dispatch_take_out(struct dispatch *dispatch, struct delivery *delivery, bool is_done)
{
    struct partition *partition = delivery->partition;
    int64_t offset = delivery->record->offset;

    if (delivery->parked == PARKED_WRITING)
        dispatch->port.forget_parking(dispatch->port.context, delivery);
    delivery->parking = NULL;
    if (delivery->parked != PARKED_NOT)
        count_out(dispatch, delivery);
    if (delivery_is_parked(delivery)) {
        TAILQ_REMOVE(&partition->parked, delivery, in_partition);
    } else {
        take_from_open(dispatch, delivery);
        if (is_done)
            close_offset(dispatch, delivery);
    }
    if (is_done && parking_find(&partition->parking, offset))
        dispatch_forget_parked(dispatch, partition, offset);
}

/* ---- into the state topic ---- */

/* When the delivery's route is tried again, if it is closed; 0: it is not. */
static wall_ms not_before(const struct delivery *delivery, const struct moment *now)
{
    const struct route *route = delivery->route;

    if (!route || route->state != ROUTE_CLOSED || !heap_has(&route->due.node))
        return 0;
    return now->wall + (route->due.node.key - now->mono);
}

static struct parked_note note_of(const struct delivery *delivery, const struct moment *now)
{
    struct parked_note note = { .epoch = delivery->partition->epoch,
                                .attempts = delivery->attempts,
                                .first_attempt_at = delivery->first_attempt_at,
                                .not_before = not_before(delivery, now) };

    if (note.not_before)
        (void)snprintf(note.channel, sizeof(note.channel), "%s", delivery->route->channel);
    return note;
}

static void write_record(struct dispatch *dispatch, struct delivery *delivery,
                         const struct moment *now)
{
    const struct record *record = delivery->record;
    const struct parked_note note = note_of(delivery, now);
    AUTO(text_free) struct text key = text_of(STATE_KEY_MAX);
    AUTO(text_free) struct text value = text_of(parked_value_size(record));
    const struct state_write write = {
        .key = &key, .value = &value, .delivery = delivery, .parks = true
    };

    state_key_write_parked(record->topic, record->partition, record->offset, &key);
    parked_value_write(record, &note, &value);
    dispatch->port.write(dispatch->port.context, delivery->partition, &write);
}

static void say_no(struct dispatch *dispatch, const struct delivery *delivery, const char *why)
{
    struct report report = dispatch_report_of(REPORT_PARKING_FULL, delivery);

    report.why = why;
    dispatch->port.report(dispatch->port.context, &report);
}

/* Whether it may be parked; if not, that is said once. */
static bool may_park(struct dispatch *dispatch, struct delivery *delivery)
{
    if (parked_value_size(delivery->record) > MOST_BYTES) {
        if (!delivery->is_too_large)
            say_no(dispatch, delivery, "it is too large to be parked: its partition waits for it");
        delivery->is_too_large = true;
        return false;
    }
    if (has_room(dispatch, delivery))
        return true;
    if (!dispatch->said_full)
        say_no(dispatch, delivery,
               "parking is full: its partition waits, and others that have such records");
    dispatch->said_full = true;
    return false;
}

/* Begins to park one delivery; false: it may not be parked. */
static bool park_one(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    if (delivery->parked != PARKED_NOT || delivery->state == DELIVERY_RECORDING)
        return true;
    if (!may_park(dispatch, delivery))
        return false;
    dispatch_count_parked(dispatch, delivery);
    delivery->parked = PARKED_WRITING;
    parking_get(&delivery->partition->parking, delivery->record->offset)->stands = true;
    write_record(dispatch, delivery, now);
    return true;
}

void dispatch_park(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    if (delivery->partition->leaving || dispatch->options.parking.max_records == 0)
        return;
    while (delivery && park_one(dispatch, delivery, now))
        delivery = TAILQ_NEXT(delivery, in_lane);
}

void dispatch_parked(struct dispatch *dispatch, struct delivery *delivery)
{
    const struct route *route = delivery->route;
    struct report report = dispatch_report_of(REPORT_PARKED, delivery);

    must(delivery->parked == PARKED_WRITING);
    delivery->parking = NULL;
    delivery->parked = PARKED_HERE;
    take_from_open(dispatch, delivery);
    TAILQ_INSERT_TAIL(&delivery->partition->parked, delivery, in_partition);
    close_offset(dispatch, delivery);
    report.why = route && route->state != ROUTE_OPEN ? "its channel cannot be posted to"
                                                     : "its server, or its key, holds it up";
    dispatch->port.report(dispatch->port.context, &report);
}

void dispatch_note_parked(struct dispatch *dispatch, struct delivery *delivery,
                          const struct moment *now)
{
    struct partition *partition = delivery->partition;
    const struct record *record = delivery->record;
    AUTO(text_free) struct text key = text_of(STATE_KEY_MAX);
    AUTO(text_free) struct text value = text_of(NOTE_MOST_BYTES);
    const struct state_write write = { .key = &key, .value = &value };

    if (!delivery_is_parked(delivery) || partition->lost)
        return;
    const struct parked_note note = note_of(delivery, now);
    parking_get(&partition->parking, record->offset)->is_noted = true;
    state_key_write_tried(record->topic, record->partition, record->offset, &key);
    parked_note_write(&note, &value);
    dispatch->port.write(dispatch->port.context, partition, &write);
}
