/*
 * What the dispatchers ask of the world.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/sim/world_inner.h"
#include "worker/core/partition.h"

static struct world_assignment *assignment_of(const struct delivery *delivery)
{
    return delivery->partition->owner;
}

static struct world_call *add_call(struct world_worker *worker, const struct delivery *delivery)
{
    struct world *world = worker->world;
    struct world_call *call = mem_new(sizeof(*call));

    world_claim_alone(worker, delivery);
    call->worker = worker;
    call->assignment = assignment_of(delivery);
    call->at = world_soon(world, 400);
    call->next = world->calls;
    world->calls = call;
    return call;
}

static struct world_call *find_call(struct world *world, const void *what)
{
    struct world_call *call = world->calls;

    while (call->ask != what && call->fetch != what && call->letter != what)
        call = call->next;
    return call;
}

/* ---- requests ---- */

static bool changes_something(const struct ask *ask)
{
    return ask->method != ASK_GET && !strstr(ask->path, "/posts/search");
}

bool world_is_sending(const struct world *world, const struct world_assignment *assignment)
{
    for (const struct world_call *call = world->calls; call; call = call->next)
        if (call->ask && call->assignment == assignment && !call->is_carried_out &&
            changes_something(call->ask))
            return true;
    return false;
}

/* How the request will end, and when. */
static void draw_fate(struct world *world, struct world_call *call)
{
    mono_ms limit = world->now.mono + call->ask->timeout;

    if (world_fails(world, FAULT_ANSWERS, world->plan.fault_percent))
        call->fate = (enum world_fate)random_between(&world->random, 1, WORLD_FATES - 1);
    if (call->fate == WORLD_CUT_BUSY || call->fate == WORLD_CUT_EARLY)
        call->fate = world_fails(world, FAULT_BUSY, 75) ? WORLD_CUT_BUSY : WORLD_CUT_EARLY;
    if (world_fails(world, FAULT_ANSWERS, changes_something(call->ask) ? 5 : 25))
        call->at = world->now.mono + random_between(&world->random, 500, 3500);
    if (call->at <= limit)
        return;
    call->at = limit;
    if (call->fate == WORLD_FINE)
        call->fate = world_chance(world, 50) ? WORLD_CUT_LATE : WORLD_CUT_EARLY;
}

/* What is read may be old by the time that it arrives. */
static void read_early(struct world *world, struct world_call *call)
{
    const struct delivery *delivery = call->ask->owner;

    world->counts.reads += call->ask->purpose == ASK_FOR_STEP;
    world->counts.looks += delivery->step == ERRAND_READ_POSTED;
    if (world_fails(world, FAULT_ANSWERS, 50))
        world_carry_out(world, call);
}

static void port_ask(void *context, struct ask *ask)
{
    struct world_worker *worker = context;
    struct world *world = worker->world;
    struct world_call *call = add_call(worker, ask->owner);

    must(ask->purpose != ASK_FOR_CHANNEL);
    ask->carrier = call;
    call->ask = ask;
    draw_fate(world, call);
    world_say_asked(call);
    if (changes_something(ask))
        world_claim_room(worker, ask);
    else
        read_early(world, call);
    world_note_sent(worker, ask);
    call->is_post = ask->purpose == ASK_TO_POST;
    if (!call->is_post)
        return;
    call->wish = world_read_wish(world, ask);
    world_claim_pending(world, &call->wish);
}

/* A server may take a post that nobody waits for any more: now, or later. */
static void port_cancel(void *context, struct ask *ask)
{
    struct world_worker *worker = context;
    struct world *world = worker->world;
    struct world_call *call = find_call(world, ask);

    world_note_cancelled(worker, ask);
    call->ask = NULL;
    if (call->is_post && !call->is_carried_out && call->fate != WORLD_NOT_SENT) {
        world->counts.doubts++;
        if (world_chance(world, 50) && world->plan.may_be_late && world_chance(world, 50)) {
            call->assignment = NULL;
            call->at = world_soon(world, 5000);
            return;
        }
        if (world_chance(world, 50))
            call->said = world_post_it(world, &call->wish, WORLD_POST_UNAWAITED);
    }
    free(call->said.body);
    free(world_take_call(world, call));
}

/* ---- attachments and dead letters ---- */

static void port_fetch(void *context, struct fetch *fetch)
{
    struct world_worker *worker = context;
    struct world_call *call = add_call(worker, fetch->owner);

    fetch->carrier = call;
    call->fetch = fetch;
    if (world_fails(worker->world, FAULT_ANSWERS, worker->world->plan.fault_percent))
        call->fate = (enum world_fate)random_between(&worker->world->random, 1, WORLD_CUT_LATE);
}

static void port_cancel_fetch(void *context, struct fetch *fetch)
{
    const struct world_worker *worker = context;

    free(world_take_call(worker->world, find_call(worker->world, fetch)));
}

static void port_bury(void *context, struct delivery *delivery)
{
    struct world_worker *worker = context;
    struct world_call *call = add_call(worker, delivery);

    call->letter = delivery;
    if (world_fails(worker->world, FAULT_LETTERS, 50))
        call->fate = WORLD_BUSY;
}

/* What was sent is there all the same, now and then. */
static void port_forget(void *context, struct delivery *delivery)
{
    const struct world_worker *worker = context;

    free(world_take_call(worker->world, find_call(worker->world, delivery)));
}

/* ---- Kafka ---- */

static void port_write(void *context, struct partition *partition, const struct state_write *write)
{
    struct world_worker *worker = context;
    const struct world_assignment *assignment = partition->owner;
    const struct world_write added = { .worker = worker,
                                       .place = assignment->place,
                                       .delivery = write->delivery,
                                       .parks = write->parks,
                                       .key = mem_string(text_string(write->key)),
                                       .value = write->value ? mem_string(text_string(write->value))
                                                             : NULL };

    must(partition->epoch >= 0);
    if (write->parks)
        write->delivery->parking = context;
    else if (write->delivery)
        write->delivery->recording = context;
    world_add_write(&added);
}

static void port_forget_write(void *context, struct delivery *delivery)
{
    const struct world_worker *worker = context;

    world_forget_write(worker->world, delivery, false);
}

static void port_forget_parking(void *context, struct delivery *delivery)
{
    const struct world_worker *worker = context;

    world_forget_write(worker->world, delivery, true);
}

static struct world_assignment *find_assignment(struct world_worker *worker, int32_t number)
{
    struct world *world = worker->world;
    struct world_assignment *found = NULL;

    for (int i = 0; i < WORLD_ASSIGNMENTS; i++) {
        struct world_assignment *assignment = &world->assignments[i];
        if (assignment->worker != worker || assignment->place->number != number)
            continue;
        if (!found || found->is_leaving)
            found = assignment;
    }
    must(found);
    return found;
}

/* An offset of a partition that left and came back is the new assignment's, as librdkafka has it.
 */
static void port_store(void *context, const char *topic, int32_t number, int64_t offset)
{
    struct world_worker *worker = context;
    struct world_assignment *assignment = find_assignment(worker, number);

    must(strcmp(topic, "in") == 0);
    world_claim_stored(assignment, offset);
    if (assignment->stored < 0)
        assignment->commit_at = world_soon(worker->world, 400);
    if (offset > assignment->stored)
        assignment->stored = offset;
}

static void port_report(void *context, const struct report *report)
{
    struct world_worker *worker = context;

    must(report->why && report->kind != REPORT_PARTITION_REFUSED);
    if (report->kind == REPORT_DELIVERED || report->kind == REPORT_ALREADY_POSTED)
        world_record_of(worker->world, report->record)->is_reported = true;
    world_note_report(worker, report);
}

/* Whether something is another's, and the worker was not told; but it can tell by its heartbeats.
 */
static bool has_lost_something(const struct world_worker *worker)
{
    for (int i = 0; i < WORLD_ASSIGNMENTS; i++) {
        const struct world_assignment *assignment = &worker->world->assignments[i];
        if (assignment->worker == worker && assignment->is_lost && !assignment->is_leaving)
            return true;
    }
    return false;
}

static mono_ms room_of(const struct world_worker *worker)
{
    struct world *world = worker->world;

    if (!world->plan.is_leased)
        return MONO_NEVER;
    if (has_lost_something(worker) || worker->lease_until <= world->now.mono)
        return 0;
    mono_ms left =
        worker->lease_until == MONO_NEVER ? MONO_NEVER : worker->lease_until - world->now.mono;
    if (!world_fails(world, FAULT_ROOM, 30))
        return left;
    mono_ms room = random_between(&world->random, 0, 2000);
    return room < left ? room : left;
}

static mono_ms port_room(void *context)
{
    struct world_worker *worker = context;

    worker->room = room_of(worker);
    return worker->room;
}

struct dispatch_port world_port(struct world_worker *worker)
{
    return (struct dispatch_port){ .context = worker,
                                   .ask = port_ask,
                                   .room = port_room,
                                   .cancel = port_cancel,
                                   .bury = port_bury,
                                   .forget = port_forget,
                                   .fetch = port_fetch,
                                   .cancel_fetch = port_cancel_fetch,
                                   .write = port_write,
                                   .forget_write = port_forget_write,
                                   .forget_parking = port_forget_parking,
                                   .store = port_store,
                                   .report = port_report };
}
