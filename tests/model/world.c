#include "tests/model/world.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

static const struct channel_mapping mappings[] = {
    { "good", "cccccccccccccccccccccccccc" },
    { "refused", "cccccccccccccccccccccccccc" },
    { "unmapped", "" },
};

#define LICENCE(name, url)                                                            \
    {                                                                                 \
        .licence = (name), .active = true, .server_url = (url), .bot_token = "token", \
        .conversation_channel = "", .mappings = mappings, .mapping_count = 3          \
    }
static const struct integration list[WORLD_LICENCES] = {
    LICENCE("bergzicht", "http://chat.example"),
    LICENCE("duinzicht", "http://other.example"),
    LICENCE("zeezicht", "http://chat.example"),
};
static const struct integrations integrations = { list, WORLD_LICENCES };

bool world_chance(struct world *world, int percent)
{
    return random_between(world->random, 1, 100) <= percent;
}

struct world_record *world_find_record(struct world *world, int partition, int64_t offset)
{
    struct world_record *records = world->partitions[partition].records;

    for (int i = 0; i < WORLD_RECORDS; i++)
        if (records[i].offset == offset)
            return &records[i];
    return NULL;
}

static char *make_value(struct world_record *record, int partition)
{
    static const char *const types[] = {
        [WORLD_GOOD] = "good", [WORLD_UNMAPPED] = "unmapped", [WORLD_REFUSED] = "refused"
    };

    if (record->kind == WORLD_UNREADABLE)
        return mem_string("{ no JSON");
    return mem_printf("{\"specversion\":\"1.0\",\"id\":\"e-%d-%d\",\"source\":\"urn:x\","
                      "\"type\":\"nl.ireserve.notification.v1\",\"licence\":\"%s\","
                      "\"data\":{\"type\":\"%s\",\"text\":\"Boeking\"}}",
                      partition, (int)record->offset, list[record->key % WORLD_LICENCES].licence,
                      types[record->kind]);
}

static void make_log(struct world *world, int number)
{
    struct world_partition *partition = &world->partitions[number];
    int64_t offset = random_between(world->random, 0, 20);

    partition->committed = -1;
    partition->stored = -1;
    for (int i = 0; i < WORLD_RECORDS; i++) {
        struct world_record *record = &partition->records[i];
        record->kind = world_chance(world, 80)
                           ? WORLD_GOOD
                           : (enum world_kind)random_between(world->random, 1, 3);
        record->key = (int)random_between(world->random, 0, WORLD_KEYS - 1);
        record->offset = offset;
        record->value = make_value(record, number);
        offset += world_chance(world, 5) ? random_between(world->random, 1, 100) : 1;
    }
    for (int key = 0; key < WORLD_KEYS; key++)
        world->last_posted[number][key] = -1;
}

static int64_t end_of(const struct world_partition *partition)
{
    return partition->records[WORLD_RECORDS - 1].offset + 1;
}

static void assign(struct world *world, int number)
{
    struct world_partition *partition = &world->partitions[number];

    partition->assignment = dispatch_assign(
        world->dispatch, &(struct assigned_partition){ .topic = "in", .number = number });
    world_restore(world, number);
    partition->leaving = false;
    partition->stored = -1;
    partition->next = 0;
    while (partition->next < WORLD_RECORDS &&
           partition->records[partition->next].offset < partition->committed)
        partition->next++;
    dispatch_reads_from(partition->assignment, partition->next < WORLD_RECORDS
                                                   ? partition->records[partition->next].offset
                                                   : end_of(partition));
    dispatch_saw_end(world->dispatch, partition->assignment, end_of(partition));
}

static void read_some(struct world *world, int number)
{
    struct world_partition *partition = &world->partitions[number];

    while (partition->assignment && partition->next < WORLD_RECORDS &&
           dispatch_wants(world->dispatch, partition->assignment)) {
        const struct world_record *record = &partition->records[partition->next++];
        const char key = (char)('a' + record->key);
        const struct record view = { .topic = "in",
                                     .partition = number,
                                     .offset = record->offset,
                                     .timestamp = 1,
                                     .key = &key,
                                     .key_length = 1,
                                     .value = record->value,
                                     .value_length = strlen(record->value) };
        dispatch_take(world->dispatch, partition->assignment, record_copy(&view), &world->now);
    }
}

static void commit(struct world *world, int number)
{
    struct world_partition *partition = &world->partitions[number];

    if (partition->stored < 0 || partition->commit_at > world->now.mono)
        return;
    if (partition->stored > partition->committed)
        partition->committed = partition->stored;
    partition->stored = -1;
    if (partition->assignment)
        dispatch_committed(world->dispatch, partition->assignment, partition->committed,
                           &world->now);
}

static void leave(struct world *world, int number, bool lost)
{
    struct world_partition *partition = &world->partitions[number];

    dispatch_leave(world->dispatch, partition->assignment, lost, &world->now);
    partition->leaving = true;
    partition->leave_until = world->now.mono + random_between(world->random, 0, 600);
    if (lost)
        partition->stored = -1;
}

/* The end of leaving: what is stored is committed, or (rebalance under way) is not. */
static void give_back(struct world *world, int number)
{
    struct world_partition *partition = &world->partitions[number];

    if (!dispatch_is_idle(partition->assignment) && world->now.mono < partition->leave_until)
        return;
    if (partition->stored > partition->committed && world_chance(world, 70))
        partition->committed = partition->stored;
    partition->stored = -1;
    dispatch_forget(world->dispatch, partition->assignment, &world->now);
    partition->assignment = NULL;
}

static void open_dispatch(struct world *world)
{
    const struct dispatch_options options = { .in_flight = 4,
                                              .in_flight_per_server = 3,
                                              .window = 16,
                                              .waiting_bytes = 8000,
                                              .attempt_timeout = 3000,
                                              .retry = { 100, 2000 },
                                              .route = { 500, 4000 },
                                              .parking = { world->parking, 1 << 20 },
                                              .seed = random_next(world->random) };
    const struct dispatch_port port = world_port(world);

    world_forget_breakers(world);
    world->dispatch = dispatch_new(&options, &port, &integrations);
}

void world_open(struct world *world, struct random *random)
{
    *world = (struct world){ .random = random, .now = { .mono = 1000, .wall = 1000000 } };
    world->parking = (const size_t[]){ 0, 3, 1000 }[random_between(random, 0, 2)];
    open_dispatch(world);
    for (int number = 0; number < WORLD_PARTITIONS; number++)
        make_log(world, number);
}

void world_close(struct world *world)
{
    dispatch_free(world->dispatch);
    must(!world->calls);
    world_free_state(world);
    for (int number = 0; number < WORLD_PARTITIONS; number++)
        for (int i = 0; i < WORLD_RECORDS; i++)
            free(world->partitions[number].records[i].value);
}

/* kill -9: everything in memory is gone, what is on the wire may arrive or not. */
static void crash(struct world *world)
{
    for (int number = 0; number < WORLD_PARTITIONS; number++) {
        world->partitions[number].assignment = NULL;
        world->partitions[number].stored = -1;
    }
    dispatch_free(world->dispatch);
    must(!world->calls);
    world_lose_writes(world);
    open_dispatch(world);
}

/* A server goes down for a while: nobody listens, it is busy, or it takes no token any more. */
static void take_down(struct world *world)
{
    static const enum world_fate ways[] = { WORLD_NOT_SENT, WORLD_BUSY, WORLD_FAILS_LATE,
                                            WORLD_TOKEN_REFUSED };
    struct world_server *server =
        &world->servers[random_between(world->random, 0, WORLD_SERVERS - 1)];

    server->down_as = ways[random_between(world->random, 0, 3)];
    server->down_until = world->now.mono + random_between(world->random, 1000, 60000);
}

static void disturb(struct world *world)
{
    int number = (int)random_between(world->random, 0, WORLD_PARTITIONS - 1);
    struct world_partition *partition = &world->partitions[number];

    if (world->healed)
        return;
    if (world_chance(world, 1) && world_chance(world, 30))
        crash(world);
    else if (partition->assignment && !partition->leaving && world_chance(world, 2))
        leave(world, number, world_chance(world, 30));
    else if (world_chance(world, 1) && world_chance(world, 30))
        take_down(world);
    else if (world_chance(world, 1))
        world->channel_closed_until = world->now.mono + random_between(world->random, 1, 9000);
}

static mono_ms next_moment(const struct world *world, mono_ms tick)
{
    mono_ms at = tick < world->now.mono + 500 ? tick : world->now.mono + 500;

    for (const struct world_call *call = world->calls; call; call = call->next)
        if (call->at < at)
            at = call->at;
    return at > world->now.mono ? at : world->now.mono + 1;
}

static void end_due_calls(struct world *world)
{
    struct world_call *call = world->calls;

    while (call) {
        if (call->at <= world->now.mono) {
            world_end_call(world, call);
            call = world->calls;
        } else {
            call = call->next;
        }
    }
}

void world_step(struct world *world)
{
    disturb(world);
    end_due_calls(world);
    world_acknowledge(world);
    for (int number = 0; number < WORLD_PARTITIONS; number++) {
        struct world_partition *partition = &world->partitions[number];
        if (!partition->assignment && (world->healed || world_chance(world, 10)))
            assign(world, number);
        read_some(world, number);
        commit(world, number);
    }
    mono_ms tick = dispatch_tick(world->dispatch, &world->now);
    for (int number = 0; number < WORLD_PARTITIONS; number++)
        if (world->partitions[number].assignment && world->partitions[number].leaving)
            give_back(world, number);
    mono_ms next = next_moment(world, tick);
    world->now.wall += next - world->now.mono;
    world->now.mono = next;
}

bool world_is_done(const struct world *world)
{
    for (int number = 0; number < WORLD_PARTITIONS; number++)
        if (world->partitions[number].committed != end_of(&world->partitions[number]))
            return false;
    return world_count_parked(world) == 0;
}
