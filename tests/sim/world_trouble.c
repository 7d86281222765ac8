/*
 * What goes wrong.
 */
#include <string.h>

#include "common/must.h"
#include "tests/sim/world_inner.h"

enum {
    ATTEMPT_MS = 3000,
    SESSION_MS = 3000, /* what is left of a session at least, while all is well */
};

void world_start_worker(struct world *world, struct world_worker *worker)
{
    const struct dispatch_options options = { .in_flight = 4,
                                              .in_flight_per_server = 3,
                                              .window = (size_t)world->plan.window,
                                              .waiting_bytes = 20000,
                                              .attempt_timeout = ATTEMPT_MS,
                                              .retry = { 100, 2000 },
                                              .route = { 500, 4000 },
                                              .parking = { (size_t)world->plan.parking, 1 << 20 },
                                              .thread_max_replies = world->plan.max_replies,
                                              .keep = world->plan.keep,
                                              .seed = random_next(&world->random) };

    *worker = (struct world_worker){ .world = world, .lease_until = MONO_NEVER, .room = -1 };
    const struct dispatch_port port = world_port(worker);
    worker->dispatch = dispatch_new(&options, &port, &world_integrations);
}

/* kill -9: all in memory is gone; what is on the wire, or on its way to the log, arrives or not. */
static void crash(struct world *world, struct world_worker *worker)
{
    dispatch_free(worker->dispatch);
    worker->dispatch = NULL;
    for (int i = 0; i < WORLD_ASSIGNMENTS; i++)
        if (world->assignments[i].worker == worker)
            world_drop_assignment(world, &world->assignments[i]);
    world_drop_writes(worker);
    world_start_worker(world, worker);
}

/* The broker hears no more of a worker: its session ends in time. */
static void end_session(struct world *world, struct world_worker *worker)
{
    worker->lease_until = world->now.mono + SESSION_MS + random_between(&world->random, 0, 2000);
}

static void freeze(struct world *world, struct world_worker *worker)
{
    if (worker->lease_until != MONO_NEVER)
        return;
    end_session(world, worker);
    worker->frozen_until = world_soon(world, 12000);
    if (worker->frozen_until < worker->lease_until) /* nobody notices */
        worker->lease_until = MONO_NEVER;
    world_delay_writes(worker, worker->frozen_until);
}

static void cut_off(struct world *world, struct world_worker *worker)
{
    if (worker->lease_until != MONO_NEVER)
        return;
    end_session(world, worker);
    worker->cut_off_until = world_soon(world, 12000);
    if (worker->cut_off_until < worker->lease_until)
        worker->lease_until = MONO_NEVER;
    world_delay_writes(worker, worker->cut_off_until);
}

static void move_a_partition(struct world *world, bool is_told)
{
    struct world_assignment *owner =
        world->partitions[random_between(&world->random, 0, WORLD_PARTITIONS - 1)].owner;

    if (!owner || owner->is_leaving || !world_is_connected(world, owner->worker))
        return;
    if (is_told) {
        world_leave(world, owner);
        world->rebalancing_until = world_soon(world, 3000);
    } else {
        world_lose(world, owner);
    }
}

static void shake_servers(struct world *world, enum fault fault)
{
    static const enum world_fate ways[] = { WORLD_NOT_SENT, WORLD_BUSY, WORLD_FAILS_LATE,
                                            WORLD_TOKEN_REFUSED };
    struct world_server *server =
        &world->servers[random_between(&world->random, 0, WORLD_SERVERS - 1)];
    mono_ms until = world_soon(world, 8000);

    if (fault == FAULT_OUTAGES) {
        server->down_as = ways[random_between(&world->random, 0, 3)];
        server->down_until = world_chance(world, 10) ? world_soon(world, 60000) : until;
    } else if (fault == FAULT_DATABASE) {
        server->shows_channels = world_chance(world, 50);
        server->without_database_until = until;
    } else {
        server->guard_count = 0;
        memset(server->guards, 0, sizeof(server->guards));
    }
}

static void close_a_channel(struct world *world)
{
    int number = (int)random_between(&world->random, 0, WORLD_CHANNELS - 1);
    struct world_channel *channel = &world->channels[number];
    bool is_of_notices = number % 2 == 1;

    channel->closed_until = world_soon(world, 8000);
    channel->is_archived = !is_of_notices || world_chance(world, 50);
}

static void shake_worker(struct world *world, struct world_worker *worker, enum fault fault)
{
    if (fault == FAULT_CRASHES)
        crash(world, worker);
    else if (fault == FAULT_FREEZES)
        freeze(world, worker);
    else if (fault == FAULT_CUTS)
        cut_off(world, worker);
    else
        world_delay_writes(worker, world_soon(world, 6000));
}

static void shake_kafka(struct world *world, enum fault fault)
{
    mono_ms until = world_soon(world, 4000);

    if (fault == FAULT_REBALANCES)
        move_a_partition(world, true);
    else if (fault == FAULT_LOSSES)
        move_a_partition(world, false);
    else if (fault == FAULT_COMMITS)
        world->commits_fail_until = until;
    else
        world->partitions[random_between(&world->random, 0, WORLD_PARTITIONS - 1)].readable_from =
            until;
}

void world_make_trouble(struct world *world)
{
    enum fault fault = (enum fault)random_between(&world->random, 0, FAULT_COUNT - 1);
    struct world_worker *worker =
        &world->workers[random_between(&world->random, 0, WORLD_WORKERS - 1)];

    if (!plan_has(&world->plan, fault))
        return;
    world_say_that(world, "trouble: %s, worker %d\n", fault_names[fault],
                   (int)(worker - world->workers));
    switch (fault) {
    case FAULT_OUTAGES:
    case FAULT_DATABASE:
    case FAULT_RESTARTS:
        shake_servers(world, fault);
        return;
    case FAULT_CHANNELS:
        close_a_channel(world);
        return;
    case FAULT_PEOPLE:
        world_meddle(world);
        return;
    case FAULT_CRASHES:
    case FAULT_FREEZES:
    case FAULT_CUTS:
    case FAULT_WRITES:
        shake_worker(world, worker, fault);
        return;
    case FAULT_REBALANCES:
    case FAULT_LOSSES:
    case FAULT_COMMITS:
    case FAULT_READS:
        shake_kafka(world, fault);
        return;
    case FAULT_ANSWERS:
    case FAULT_BUSY:
    case FAULT_LETTERS:
    case FAULT_REPLICAS:
    case FAULT_ROOM:
    case FAULT_COUNT:
        return; /* of requests, not of moments */
    }
}
