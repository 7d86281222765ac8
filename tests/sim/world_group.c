/*
 * The group: who has which partition, what is read of it, and commits.
 */
#include "common/must.h"
#include "tests/sim/world_inner.h"
#include "worker/core/partition.h"

bool world_is_awake(const struct world *world, const struct world_worker *worker)
{
    return world->now.mono >= worker->frozen_until;
}

bool world_is_connected(const struct world *world, const struct world_worker *worker)
{
    return world_is_awake(world, worker) && world->now.mono >= worker->cut_off_until;
}

/* ---- to whom it is given ---- */

static struct world_assignment *find_free(struct world *world)
{
    for (int i = 0; i < WORLD_ASSIGNMENTS; i++)
        if (!world->assignments[i].worker)
            return &world->assignments[i];
    return NULL;
}

/*
 * Whether the partition may have a new owner.  Nothing that an earlier one has sent is on the wire
 * any more then, if it knew in time that it might not be its own.
 */
static bool is_free(const struct world *world, const struct world_partition *place)
{
    for (int i = 0; i < WORLD_ASSIGNMENTS && world->plan.is_leased; i++)
        if (world->assignments[i].worker && world->assignments[i].place == place &&
            world_is_sending(world, &world->assignments[i]))
            return false;
    return !place->owner && world->now.mono >= place->free_from;
}

/* Whether the worker can be given the partition: what it had of it before is leaving. */
static bool can_have(const struct world *world, const struct world_worker *worker,
                     const struct world_partition *place)
{
    for (int i = 0; i < WORLD_ASSIGNMENTS; i++) {
        const struct world_assignment *assignment = &world->assignments[i];
        if (assignment->worker == worker && assignment->place == place && !assignment->is_leaving)
            return false;
    }
    return world_is_connected(world, worker);
}

static void find_place_to_read(struct world_assignment *assignment)
{
    const struct world_partition *place = assignment->place;

    while (assignment->next < place->record_count &&
           place->records[assignment->next].offset < place->committed)
        assignment->next++;
}

void world_assign(struct world *world, struct world_partition *place)
{
    struct world_worker *worker =
        &world->workers[random_between(&world->random, 0, WORLD_WORKERS - 1)];
    struct world_assignment *assignment = find_free(world);

    if (!is_free(world, place) || !can_have(world, worker, place) || !assignment)
        return;
    *assignment = (struct world_assignment){
        .worker = worker, .place = place, .epoch = -1, .stored = -1, .unacknowledged = -1
    };
    const struct assigned_partition assigned = {
        .topic = "in", .number = place->number, .owner = assignment, .takes_conversations = true
    };
    assignment->partition = dispatch_assign(worker->dispatch, &assigned);
    find_place_to_read(assignment);
    world->counts.takeovers += place->was_given;
    place->was_given = true;
    place->owner = assignment;
    world_say_that(world, "partition %d to worker %d\n", place->number,
                   (int)(worker - world->workers));
    world_write_marker(assignment);
}

/* ---- and taken from ---- */

void world_leave(struct world *world, struct world_assignment *assignment)
{
    world_say_that(world, "partition %d leaves%s\n", assignment->place->number,
                   assignment->is_lost ? ", lost" : "");
    dispatch_leave(assignment->worker->dispatch, assignment->partition, assignment->is_lost,
                   &world->now);
    if (!assignment->is_leaving)
        assignment->end_at = world_soon(world, 1500);
    assignment->is_leaving = true;
}

void world_settle(struct world *world, struct world_partition *place)
{
    if (plan_has(&world->plan, FAULT_REPLICAS))
        place->free_from = world->now.mono + world->plan.lag_ms;
}

void world_lose(struct world *world, struct world_assignment *assignment)
{
    world_say_that(world, "partition %d is lost\n", assignment->place->number);
    assignment->is_lost = true;
    assignment->stored = -1;
    assignment->end_at = world_soon(world, 5000);
    if (assignment->place->owner == assignment)
        assignment->place->owner = NULL;
    world_settle(world, assignment->place);
}

/* Nobody is told any more when its marker is written, late as that may be. */
void world_drop_assignment(struct world *world, struct world_assignment *assignment)
{
    for (struct world_write *write = world->writes; write; write = write->next)
        if (write->marks == assignment)
            write->marks = NULL;
    for (struct world_call *call = world->calls; call; call = call->next)
        if (call->assignment == assignment)
            call->assignment = NULL;
    if (assignment->place->owner == assignment)
        assignment->place->owner = NULL;
    world_settle(world, assignment->place);
    *assignment = (struct world_assignment){ 0 };
}

void world_review_leases(struct world *world)
{
    for (int i = 0; i < WORLD_ASSIGNMENTS; i++) {
        struct world_assignment *assignment = &world->assignments[i];
        if (assignment->worker && !assignment->is_lost &&
            assignment->worker->lease_until <= world->now.mono)
            world_lose(world, assignment);
    }
    for (int i = 0; i < WORLD_WORKERS; i++)
        if (world_is_connected(world, &world->workers[i]))
            world->workers[i].lease_until = MONO_NEVER;
}

/* ---- commits ---- */

static bool takes_commits(const struct world *world, const struct world_assignment *assignment)
{
    return assignment->place->owner == assignment && world->now.mono >= world->rebalancing_until &&
           world->now.mono >= world->commits_fail_until;
}

static void commit(struct world *world, struct world_assignment *assignment)
{
    struct world_partition *place = assignment->place;

    if (assignment->stored < 0 || assignment->commit_at > world->now.mono ||
        !takes_commits(world, assignment))
        return;
    if (assignment->stored > place->committed)
        place->committed = assignment->stored;
    world_say_that(world, "partition %d committed %d\n", place->number, (int)place->committed);
    assignment->stored = -1;
    assignment->unacknowledged = place->committed;
    assignment->acknowledge_at =
        world_fails(world, FAULT_COMMITS, 50) ? world_soon(world, 500) : world->now.mono;
}

static void acknowledge(struct world *world, struct world_assignment *assignment)
{
    if (assignment->unacknowledged < 0 || assignment->acknowledge_at > world->now.mono)
        return;
    dispatch_committed(assignment->worker->dispatch, assignment->partition,
                       assignment->unacknowledged, &world->now);
    assignment->unacknowledged = -1;
}

/* ---- how it goes on ---- */

/* The assignment has left. */
static void end_assignment(struct world *world, struct world_assignment *assignment)
{
    struct world_partition *place = assignment->place;

    if (takes_commits(world, assignment) && assignment->stored > place->committed &&
        (world->healed || world_chance(world, 70)))
        place->committed = assignment->stored;
    world_say_that(world, "partition %d left\n", place->number);
    dispatch_forget(assignment->worker->dispatch, assignment->partition, &world->now);
    world_drop_assignment(world, assignment);
}

/* Whether its worker is to be told now that it is to leave. */
static bool is_told_to_leave(const struct world_assignment *assignment, bool is_late)
{
    bool is_known = assignment->partition->lost;

    if (!assignment->is_lost)
        return false;
    return assignment->is_leaving ? !is_known : is_late || is_known;
}

/* What a lost or leaving assignment comes to. */
static void end_in_time(struct world *world, struct world_assignment *assignment)
{
    bool is_late = world->now.mono >= assignment->end_at;

    if (assignment->partition->lost && !assignment->is_lost)
        world_lose(world, assignment); /* a marker that came late says that another has it */
    if (is_told_to_leave(assignment, is_late))
        world_leave(world, assignment);
    else if (assignment->is_leaving && (is_late || dispatch_is_idle(assignment->partition)))
        end_assignment(world, assignment);
}

static void prove(const struct world_assignment *assignment)
{
    const struct world_partition *place = assignment->place;

    if (!dispatch_awaits_end(assignment->partition))
        return;
    dispatch_reads_from(assignment->partition, assignment->next < place->record_count
                                                   ? place->records[assignment->next].offset
                                                   : place->end);
    dispatch_saw_end(assignment->worker->dispatch, assignment->partition, place->end);
}

static void read_some(struct world *world, struct world_assignment *assignment)
{
    const struct world_partition *place = assignment->place;
    struct dispatch *dispatch = assignment->worker->dispatch;

    if (assignment->is_leaving || world->now.mono < place->readable_from)
        return;
    while (assignment->next < place->record_count &&
           dispatch_wants(dispatch, assignment->partition) &&
           !world_fails(world, FAULT_READS, 40)) {
        struct record *record = world_copy_record(world, &place->records[assignment->next++]);
        dispatch_take(dispatch, assignment->partition, record, &world->now);
    }
}

void world_serve(struct world *world, struct world_assignment *assignment)
{
    if (!world_is_connected(world, assignment->worker))
        return;
    world_tell(world, assignment);
    prove(assignment);
    read_some(world, assignment);
    commit(world, assignment);
    acknowledge(world, assignment);
    end_in_time(world, assignment);
}
