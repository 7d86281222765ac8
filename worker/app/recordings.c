#include "worker/app/recordings.h"

#include <stdlib.h>

#include "common/log.h"
#include "common/mem.h"
#include "common/must.h"
#include "common/text.h"
#include "worker/app/meters.h"
#include "worker/core/state_key.h"
#include "worker/core/thread_record.h"

/* A write that a delivery waits for; of others nothing is kept. */
struct recording {
    struct delivery *delivery;
    bool parks;
    struct table_call *call;
};

static struct log_fields fields_of(const struct assignment *assignment)
{
    return (struct log_fields){ .topic = assignment->topic,
                                .partition = assignment->number,
                                .offset = -1 };
}

static void on_read(void *context, void *owner, const struct table_record *record)
{
    struct recordings *recordings = context;
    const struct assignment *assignment = owner;
    const struct state_read read = { .key = record->key,
                                     .key_length = record->key_length,
                                     .value = record->value,
                                     .value_length = record->value_length,
                                     .offset = record->offset };

    dispatch_read_state(recordings->dispatch, assignment->partition, &read,
                        recordings->now(recordings->context));
}

static void on_restored(void *context, void *owner, int64_t epoch)
{
    struct recordings *recordings = context;
    struct assignment *assignment = owner;
    mono_ms took = recordings->now(recordings->context)->mono - assignment->joined_at;
    const struct log_extra extra[] = {
        { .name = "threads", .number = (int64_t)dispatch_count_threads(assignment->partition) },
        { .name = "epoch", .number = epoch },
        { .name = "restore_ms", .number = took },
        { .name = NULL },
    };
    struct log_fields fields = fields_of(assignment);

    fields.extra = extra;
    log_line(LOG_INFO, "restored", &fields);
    metrics_observe(recordings->metrics, METER_STATE_RESTORE_SECONDS, (double)took / 1000);
    dispatch_restored(recordings->dispatch, assignment->partition, epoch);
}

static void on_hindered(void *context, void *owner, const char *why)
{
    struct log_fields fields = fields_of(owner);

    (void)context;
    fields.why = why;
    log_line_capped(LOG_ERROR, "restore_hindered", &fields, why, 10000);
}

static void on_written(void *context, void *call_context)
{
    struct recordings *recordings = context;
    struct recording *recording = call_context;

    if (!recording)
        return;
    struct delivery *delivery = recording->delivery;
    bool parks = recording->parks;
    free(recording);
    if (parks)
        dispatch_parked(recordings->dispatch, delivery);
    else
        dispatch_recorded(recordings->dispatch, delivery, recordings->now(recordings->context));
}

const struct table_port recordings_port = {
    .read = on_read,
    .restored = on_restored,
    .hindered = on_hindered,
    .written = on_written,
};

void recordings_join(struct recordings *recordings, struct assignment *assignment)
{
    AUTO(text_free) struct text key = text_of(STATE_KEY_MAX);

    must(recordings->table);
    state_key_write_epoch(assignment->topic, assignment->number, &key);
    assignment->joined_at = recordings->now(recordings->context)->mono;
    assignment->part =
        table_join(recordings->table, assignment->number, text_string(&key), assignment);
}

void recordings_leave(struct recordings *recordings, struct assignment *assignment)
{
    if (assignment->part)
        table_leave(recordings->table, assignment->part);
    assignment->part = NULL;
}

void recordings_write(struct recordings *recordings, struct partition *partition,
                      const struct state_write *write)
{
    const struct assignment *assignment = dispatch_owner(partition);
    struct recording *recording = write->delivery ? mem_new(sizeof(*recording)) : NULL;
    const struct text *value = write->value;
    const struct table_record record = { .key = text_string(write->key),
                                         .key_length = write->key->length,
                                         .value = value ? text_string(value) : NULL,
                                         .value_length = value ? value->length : 0 };

    struct table_call *call = table_write(recordings->table, assignment->part, &record, recording);
    if (!recording)
        return;
    *recording =
        (struct recording){ .delivery = write->delivery, .parks = write->parks, .call = call };
    if (write->parks)
        write->delivery->parking = recording;
    else
        write->delivery->recording = recording;
}

static void forget(struct recording *recording)
{
    table_forget(recording->call);
    free(recording);
}

void recordings_forget(struct delivery *delivery)
{
    forget(delivery->recording);
    delivery->recording = NULL;
}

void recordings_forget_parking(struct delivery *delivery)
{
    forget(delivery->parking);
    delivery->parking = NULL;
}
