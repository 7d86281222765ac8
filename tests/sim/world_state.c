/*
 * The state topic: a partition for each of the log's.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/sim/world_inner.h"
#include "worker/core/state_key.h"
#include "worker/core/thread_record.h"

static void later(mono_ms moment, mono_ms *at)
{
    if (moment > *at)
        *at = moment;
}

void world_add_write(const struct world_write *write)
{
    struct world *world = write->worker->world;
    struct world_write **link = &world->writes;
    struct world_write *added = mem_copy(write, sizeof(*write));
    bool is_slow = world_fails(world, FAULT_WRITES, 50);

    added->append_at = world_soon(world, is_slow ? 400 : 10);
    later(write->worker->stalled_until, &added->append_at);
    added->ack_at = added->append_at + random_between(&world->random, 0, is_slow ? 400 : 10);
    added->next = NULL;
    for (; *link; link = &(*link)->next) {
        if ((*link)->worker != write->worker)
            continue;
        later((*link)->append_at, &added->append_at);
        later((*link)->ack_at, &added->ack_at);
    }
    later(added->append_at, &added->ack_at);
    *link = added;
}

void world_write_marker(struct world_assignment *assignment)
{
    const struct world_write write = { .worker = assignment->worker,
                                       .place = assignment->place,
                                       .marks = assignment,
                                       .key =
                                           mem_printf("epoch/in/%d", assignment->place->number) };

    world_add_write(&write);
}

void world_forget_write(struct world *world, const struct delivery *delivery, bool parks)
{
    struct world_write *write = world->writes;

    while (write->delivery != delivery || write->parks != parks)
        must((write = write->next) != NULL);
    write->delivery = NULL;
}

static void free_write(struct world_write *write)
{
    free(write->key);
    free(write->value);
    free(write);
}

void world_drop_writes(struct world_worker *worker)
{
    struct world *world = worker->world;
    struct world_write **link = &world->writes;
    bool is_cut = false;

    while (*link) {
        struct world_write *write = *link;
        is_cut = is_cut || world_chance(world, 50);
        if (write->worker == worker && is_cut && !write->is_appended) {
            *link = write->next;
            free_write(write);
            continue;
        }
        if (write->worker == worker)
            must(!write->delivery);
        link = &write->next;
    }
}

void world_delay_writes(struct world_worker *worker, mono_ms until)
{
    later(until, &worker->stalled_until);
    for (struct world_write *write = worker->world->writes; write; write = write->next) {
        if (write->worker != worker)
            continue;
        if (!write->is_appended)
            later(until, &write->append_at);
        later(until, &write->ack_at);
    }
}

/* ---- what is due ---- */

/* The newest value of a key counts: NULL says that it waits no more. */
static void note_parked(struct world_partition *place, int64_t offset, const char *value)
{
    int number = 0;

    while (place->records[number].offset != offset)
        must(++number < place->record_count);
    place->records[number].is_parked = value;
}

static void note_thread(struct world *world, const struct world_entry *entry,
                        const struct world_write *write)
{
    const struct world_assignment *owner = write->place->owner;
    struct state_key key;
    struct thread thread;
    enum state_key_kind kind = state_key_read(entry->key, strlen(entry->key), &key);

    if (kind == STATE_KEY_THREAD && !key.licence[0])
        write->place->is_settled[world_number_behind(key.conversation, "kn-")] = entry->value;
    if (kind == STATE_KEY_PARKED)
        note_parked(write->place, key.offset, entry->value);
    if (kind != STATE_KEY_THREAD || !entry->value || !key.licence[0])
        return;
    must(thread_value_read(entry->value, strlen(entry->value), &thread));
    int64_t talk = world_number_behind(key.conversation, "c-");
    must(talk >= 0 && talk < WORLD_TALKS);
    later(thread.last_offset, &world->talks[talk].highest_told);
    if (!owner || owner->worker != write->worker)
        world->talks[talk].was_told_late = true;
}

static void append(struct world *world, struct world_write *write)
{
    struct world_partition *place = write->place;

    place->state =
        mem_resize(place->state, (size_t)(place->state_count + 1) * sizeof(*place->state));
    struct world_entry *entry = &place->state[place->state_count];
    entry->key = mem_string(write->key);
    entry->value = write->value ? mem_string(write->value) : NULL;
    note_thread(world, entry, write);
    world_say_write(write, "written");
    if (write->marks)
        write->marks->epoch = place->state_count;
    place->state_count++;
    write->is_appended = true;
}

/* The oldest write that is due to be acknowledged; NULL: there is none. */
static struct world_write *take_acknowledged(struct world *world)
{
    struct world_write **link = &world->writes;

    while (*link && !((*link)->is_appended && (*link)->ack_at <= world->now.mono))
        link = &(*link)->next;
    struct world_write *write = *link;
    if (write)
        *link = write->next;
    return write;
}

void world_pump(struct world *world)
{
    struct world_write *write;

    for (write = world->writes; write; write = write->next)
        if (!write->is_appended && write->append_at <= world->now.mono)
            append(world, write);
    while ((write = take_acknowledged(world))) {
        world_say_write(write, "acknowledged");
        if (write->delivery && write->parks)
            dispatch_parked(write->worker->dispatch, write->delivery);
        else if (write->delivery)
            dispatch_recorded(write->worker->dispatch, write->delivery, &world->now);
        free_write(write);
    }
}

/* ---- what is read ---- */

static void tell_one(struct world *world, struct world_assignment *assignment)
{
    const struct world_entry *entry = &assignment->place->state[assignment->told];
    const struct state_read read = { .key = entry->key,
                                     .key_length = strlen(entry->key),
                                     .value = entry->value,
                                     .value_length = entry->value ? strlen(entry->value) : 0,
                                     .offset = assignment->told };

    if (assignment->epoch >= 0 && read.offset > assignment->epoch &&
        strncmp(entry->key, "epoch/", 6) == 0)
        assignment->is_superseded = true;
    assignment->told++;
    dispatch_read_state(assignment->worker->dispatch, assignment->partition, &read, &world->now);
    if (read.offset == assignment->epoch)
        dispatch_restored(assignment->worker->dispatch, assignment->partition, assignment->epoch);
}

void world_tell(struct world *world, struct world_assignment *assignment)
{
    bool is_slow = !world->healed && plan_has(&world->plan, FAULT_WRITES);
    int64_t most = is_slow ? random_between(&world->random, 0, 20) : INT64_MAX;

    if (assignment->epoch < 0)
        return;
    for (; most > 0 && assignment->told < assignment->place->state_count; most--)
        tell_one(world, assignment);
}

void world_free_state(struct world *world)
{
    for (int i = 0; i < WORLD_PARTITIONS; i++) {
        struct world_partition *place = &world->partitions[i];
        for (int64_t k = 0; k < place->state_count; k++) {
            free(place->state[k].key);
            free(place->state[k].value);
        }
        free(place->state);
    }
    while (world->writes) {
        struct world_write *write = world->writes;
        world->writes = write->next;
        free_write(write);
    }
}
