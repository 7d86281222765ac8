#include "tests/sim/world.h"

#include <string.h>

#include "common/must.h"
#include "tests/sim/world_inner.h"
#include "worker/core/partition.h"

bool world_chance(struct world *world, int percent)
{
    return random_between(&world->random, 1, 100) <= percent;
}

bool world_fails(struct world *world, enum fault fault, int percent)
{
    return !world->healed && plan_has(&world->plan, fault) && world_chance(world, percent);
}

mono_ms world_soon(struct world *world, mono_ms most)
{
    return world->now.mono + random_between(&world->random, 1, most);
}

/* ---- the turn ---- */

static void earlier(mono_ms moment, mono_ms *at)
{
    if (moment < *at)
        *at = moment;
}

/* When something happens next that is on its way. */
static mono_ms next_moment(const struct world *world, mono_ms tick)
{
    mono_ms at = tick;

    for (const struct world_call *call = world->calls; call; call = call->next)
        earlier(call->at, &at);
    for (const struct world_write *write = world->writes; write; write = write->next)
        earlier(write->is_appended ? write->ack_at : write->append_at, &at);
    return at;
}

/* In trouble time goes in small steps, so that trouble comes at any moment. */
static void let_time_go(struct world *world, mono_ms tick)
{
    mono_ms most = world->healed ? world->now.mono + 400 : world_soon(world, 150);
    mono_ms next = next_moment(world, tick);

    if (next > most)
        next = most;
    if (next <= world->now.mono)
        next = world->now.mono + 1;
    world->now.wall += next - world->now.mono;
    world->now.mono = next;
}

static void assign_all(struct world *world)
{
    for (int i = 0; i < WORLD_PARTITIONS; i++) {
        struct world_partition *place = &world->partitions[i];
        if (!place->owner && place->record_count > 0 && (world->healed || world_chance(world, 30)))
            world_assign(world, place);
    }
}

static mono_ms tick_all(struct world *world)
{
    mono_ms next = MONO_NEVER;

    for (int i = 0; i < WORLD_WORKERS; i++) {
        struct world_worker *worker = &world->workers[i];
        if (!world_is_awake(world, worker)) {
            earlier(worker->frozen_until, &next);
            continue;
        }
        earlier(dispatch_tick(worker->dispatch, &world->now), &next);
        world_claim_bounds(worker);
    }
    return next;
}

void world_turn(struct world *world)
{
    if (!world->healed && world_chance(world, world->plan.trouble_percent))
        world_make_trouble(world);
    world_review_leases(world);
    world_end_calls(world);
    world_pump(world);
    assign_all(world);
    for (int i = 0; i < WORLD_ASSIGNMENTS; i++)
        if (world->assignments[i].worker)
            world_serve(world, &world->assignments[i]);
    let_time_go(world, tick_all(world));
}

/* ---- beginning and end ---- */

void world_heal(struct world *world)
{
    world->healed = true;
    world_say_that(world, "healed\n");
    world->rebalancing_until = world->commits_fail_until = 0;
    for (int i = 0; i < WORLD_CHANNELS; i++)
        world->channels[i].closed_until = 0;
    for (int i = 0; i < WORLD_SERVERS; i++) {
        world->servers[i].down_until = 0;
        world->servers[i].without_database_until = 0;
    }
    for (int i = 0; i < WORLD_PARTITIONS; i++)
        world->partitions[i].readable_from = 0;
}

static bool is_done(const struct world_partition *place)
{
    if (place->record_count == 0)
        return true;
    for (int i = 0; i < place->record_count; i++)
        if (place->records[i].is_parked)
            return false;
    for (int key = 0; key < WORLD_KEYS; key++)
        if (place->is_settled[key])
            return false;
    return place->committed == place->end && place->owner &&
           place->owner->told == place->state_count && place->owner->unacknowledged < 0 &&
           !place->owner->is_leaving;
}

bool world_is_done(const struct world *world)
{
    if (world->calls || world->writes)
        return false;
    for (int i = 0; i < WORLD_PARTITIONS; i++)
        if (!is_done(&world->partitions[i]))
            return false;
    return true;
}

void world_open(struct world *world, const struct plan *plan)
{
    static const char *const urls[WORLD_SERVERS] = { "http://chat.example",
                                                     "http://other.example" };

    memset(world, 0, sizeof(*world));
    world->random = random_of(plan->seed);
    world->plan = *plan;
    world->now = (struct moment){ .mono = 1000, .wall = WORLD_START_WALL };
    for (int i = 0; i < WORLD_SERVERS; i++)
        world->servers[i].url = urls[i];
    world_make_log(world);
    world_say_log(world);
    for (int i = 0; i < WORLD_WORKERS; i++)
        world_start_worker(world, &world->workers[i]);
}

void world_close(struct world *world)
{
    for (int i = 0; i < WORLD_WORKERS; i++)
        dispatch_free(world->workers[i].dispatch);
    world_free_calls(world);
    world_free_state(world);
    world_free_log(world);
}
