#include "tests/model/world.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

/* How a request ends, and whether the server has carried it out by then. */
enum fate {
    FATE_FINE,
    FATE_LIMITED,
    FATE_BUSY,
    FATE_FAILS_LATE,
    FATE_CUT_LATE,
    FATE_NOT_SENT,
    FATES
};

struct world_call {
    struct ask *ask;
    struct delivery *letter; /* of a dead letter; then `ask` is NULL */
    enum fate fate;
    mono_ms at;
    struct world_call *next;
};

static const struct channel_mapping mappings[] = {
    { "good", "cccccccccccccccccccccccccc" },
    { "refused", "cccccccccccccccccccccccccc" },
    { "unmapped", "" },
};
static const struct integration integration = { .licence = "zeezicht",
                                                .active = true,
                                                .server_url = "http://chat.example",
                                                .bot_token = "token",
                                                .conversation_channel = "",
                                                .mappings = mappings,
                                                .mapping_count = 3 };
static const struct integrations integrations = { &integration, 1 };

static bool chance(struct world *world, int percent)
{
    return random_between(world->random, 1, 100) <= percent;
}

static struct world_record *find_record(struct world *world, int partition, int64_t offset)
{
    struct world_record *records = world->partitions[partition].records;

    for (int i = 0; i < WORLD_RECORDS; i++)
        if (records[i].offset == offset)
            return &records[i];
    return NULL;
}

/* ---- the port ---- */

static void add_call(struct world *world, struct ask *ask, struct delivery *letter)
{
    struct world_call *call = mem_new(sizeof(*call));

    call->ask = ask;
    call->letter = letter;
    call->at = world->now.mono + random_between(world->random, 1, 400);
    if (!world->healed && chance(world, 25))
        call->fate = (enum fate)random_between(world->random, 1, FATES - 1);
    call->next = world->calls;
    world->calls = call;
}

static int key_of(const struct delivery *delivery)
{
    return delivery->record->key ? delivery->record->key[0] - 'a' : 0;
}

/* One delivery of a key at a time: no other request of that key is under way. */
static void claim_alone(const struct world *world, const struct delivery *delivery)
{
    for (const struct world_call *call = world->calls; call; call = call->next) {
        const struct delivery *other = call->ask ? call->ask->owner : call->letter;
        must(other->record->partition != delivery->record->partition ||
             key_of(other) != key_of(delivery));
    }
}

static void port_ask(void *context, struct ask *ask)
{
    struct world *world = context;

    must(ask->purpose != ASK_FOR_CHANNEL);
    claim_alone(world, ask->owner);
    ask->carrier = world;
    add_call(world, ask, NULL);
}

static struct world_call *take_call(struct world *world, const struct ask *ask,
                                    const struct delivery *letter)
{
    struct world_call **link = &world->calls;

    while (*link && ((*link)->ask != ask || (*link)->letter != letter))
        link = &(*link)->next;
    must(*link);
    struct world_call *call = *link;
    *link = call->next;
    return call;
}

static void carry_out(struct world *world, const struct ask *ask);

/* A request that nobody waits for any more may have reached the server all the same. */
static void port_cancel(void *context, struct ask *ask)
{
    struct world *world = context;
    struct world_call *call = take_call(world, ask, NULL);

    if (ask->purpose == ASK_TO_POST && chance(world, 50))
        carry_out(world, ask);
    free(call);
}

static void port_bury(void *context, struct delivery *delivery)
{
    claim_alone(context, delivery);
    add_call(context, NULL, delivery);
}

static void port_forget(void *context, struct delivery *delivery)
{
    free(take_call(context, NULL, delivery));
}

static bool is_finished(const struct world_record *record)
{
    switch (record->kind) {
    case WORLD_GOOD:
        return record->posts > 0;
    case WORLD_UNREADABLE:
    case WORLD_REFUSED:
        return record->letters > 0;
    case WORLD_UNMAPPED:
        return true;
    }
    return false;
}

/* Only what is done may be stored. */
static void port_store(void *context, const char *topic, int32_t number, int64_t offset)
{
    struct world *world = context;
    struct world_partition *partition = &world->partitions[number];

    (void)topic;
    for (int i = 0; i < WORLD_RECORDS; i++)
        must(partition->records[i].offset >= offset || is_finished(&partition->records[i]));
    if (partition->stored < 0)
        partition->commit_at = world->now.mono + random_between(world->random, 10, 400);
    partition->stored = offset;
}

static void port_report(void *context, const struct report *report)
{
    (void)context;
    must(report->why);
}

/* ---- the server ---- */

static struct world_record *record_of(struct world *world, const struct ask *ask)
{
    const struct delivery *delivery = ask->owner;

    return find_record(world, delivery->record->partition, delivery->record->offset);
}

/*
 * Stores the post, unless it is there: the server's own guard against repeats, here without its 30
 * seconds.  First posts of a key come in the order of the log.
 */
static void carry_out(struct world *world, const struct ask *ask)
{
    struct world_record *record = record_of(world, ask);
    const struct delivery *delivery = ask->owner;
    int partition = delivery->record->partition;
    int number = (int)(record - world->partitions[partition].records);

    if (record->kind != WORLD_GOOD || world->now.mono < world->channel_closed_until)
        return;
    if (record->posts++ == 0) {
        int *last = &world->last_posted[partition][record->key];
        must(number > *last);
        *last = number;
    }
}

static char *echo(const struct ask *ask)
{
    json_t *post = json_loadb(ask->body, ask->body_length, 0, NULL);

    must(post);
    must(json_object_set_new(post, "id", json_string("pppppppppppppppppppppppppp")) == 0);
    char *body = json_dumps(post, JSON_COMPACT);
    json_decref(post);
    return body;
}

static void answer(struct world *world, struct ask *ask, int status, const char *body)
{
    const struct answer given = { .kind = ANSWER_HTTP,
                                  .status = status,
                                  .body = body,
                                  .body_length = strlen(body),
                                  .retry_after_s = status == 429 ? 1 : -1,
                                  .rate_limit_remaining = -1,
                                  .rate_limit_reset_s = -1,
                                  .took_ms = 5,
                                  .why = "" };

    dispatch_answered(world->dispatch, ask, &given, &world->now);
}

static void answer_nothing(struct world *world, struct ask *ask, enum answer_kind kind)
{
    const struct answer given = { .kind = kind,
                                  .body = "",
                                  .retry_after_s = -1,
                                  .rate_limit_remaining = -1,
                                  .rate_limit_reset_s = -1,
                                  .why = "cut" };

    dispatch_answered(world->dispatch, ask, &given, &world->now);
}

static void answer_post(struct world *world, struct ask *ask)
{
    if (record_of(world, ask)->kind == WORLD_REFUSED) {
        answer(world, ask, 400,
               "{\"id\":\"model.post.is_valid.props.app_error\",\"message\":\"\","
               "\"status_code\":400}");
        return;
    }
    if (world->now.mono < world->channel_closed_until) {
        answer(world, ask, 403,
               "{\"id\":\"api.context.permissions.app_error\",\"message\":\"\","
               "\"status_code\":403}");
        return;
    }
    carry_out(world, ask);
    char *body = echo(ask);
    answer(world, ask, 201, body);
    free(body);
}

static void answer_fine(struct world *world, struct ask *ask)
{
    if (ask->purpose == ASK_TO_CHECK)
        answer(world, ask, 200, "{\"id\":\"cccccccccccccccccccccccccc\",\"delete_at\":0}");
    else
        answer_post(world, ask);
}

static void end_request(struct world *world, struct ask *ask, enum fate fate)
{
    if ((fate == FATE_FAILS_LATE || fate == FATE_CUT_LATE) && ask->purpose == ASK_TO_POST)
        carry_out(world, ask);
    switch (fate) {
    case FATE_FINE:
        answer_fine(world, ask);
        return;
    case FATE_LIMITED:
        answer(world, ask, 429, "limit exceeded\n");
        return;
    case FATE_BUSY:
        answer(world, ask, 503, "<html>busy</html>");
        return;
    case FATE_FAILS_LATE:
        answer(world, ask, 500, "{\"id\":\"\",\"message\":\"\",\"status_code\":500}");
        return;
    case FATE_CUT_LATE:
        answer_nothing(world, ask, ANSWER_UNKNOWN);
        return;
    case FATE_NOT_SENT:
        answer_nothing(world, ask, ANSWER_NOT_SENT);
        return;
    case FATES:
        return;
    }
}

static void end_call(struct world *world, struct world_call *call)
{
    struct world_call ended = *call;

    free(take_call(world, call->ask, call->letter));
    if (ended.ask) {
        end_request(world, ended.ask, ended.fate);
        return;
    }
    struct delivery *letter = ended.letter;
    if (ended.fate == FATE_FINE)
        find_record(world, letter->record->partition, letter->record->offset)->letters++;
    dispatch_buried(world->dispatch, letter, ended.fate == FATE_FINE ? NULL : "broker away",
                    &world->now);
}

/* ---- the log ---- */

static char *make_value(struct world_record *record, int partition)
{
    static const char *const types[] = {
        [WORLD_GOOD] = "good", [WORLD_UNMAPPED] = "unmapped", [WORLD_REFUSED] = "refused"
    };

    if (record->kind == WORLD_UNREADABLE)
        return mem_string("{ no JSON");
    return mem_printf("{\"specversion\":\"1.0\",\"id\":\"e-%d-%d\",\"source\":\"urn:x\","
                      "\"type\":\"nl.ireserve.notification.v1\",\"licence\":\"zeezicht\","
                      "\"data\":{\"type\":\"%s\",\"text\":\"Boeking\"}}",
                      partition, (int)record->offset, types[record->kind]);
}

static void make_log(struct world *world, int number)
{
    struct world_partition *partition = &world->partitions[number];
    int64_t offset = random_between(world->random, 0, 20);

    partition->committed = -1;
    partition->stored = -1;
    for (int i = 0; i < WORLD_RECORDS; i++) {
        struct world_record *record = &partition->records[i];
        record->kind =
            chance(world, 80) ? WORLD_GOOD : (enum world_kind)random_between(world->random, 1, 3);
        record->key = (int)random_between(world->random, 0, WORLD_KEYS - 1);
        record->offset = offset;
        record->value = make_value(record, number);
        offset += chance(world, 5) ? random_between(world->random, 1, 100) : 1;
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

    partition->assignment = dispatch_assign(world->dispatch, "in", number);
    partition->leaving = false;
    partition->stored = -1;
    partition->next = 0;
    while (partition->next < WORLD_RECORDS &&
           partition->records[partition->next].offset < partition->committed)
        partition->next++;
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
    if (partition->stored > partition->committed && chance(world, 70))
        partition->committed = partition->stored;
    partition->stored = -1;
    dispatch_forget(world->dispatch, partition->assignment, &world->now);
    partition->assignment = NULL;
}

/* ---- the whole ---- */

static void open_dispatch(struct world *world)
{
    const struct dispatch_options options = { .in_flight = 4,
                                              .in_flight_per_server = 3,
                                              .window = 16,
                                              .waiting_bytes = 8000,
                                              .attempt_timeout = 3000,
                                              .retry = { 100, 2000 },
                                              .route = { 500, 4000 },
                                              .seed = random_next(world->random) };
    const struct dispatch_port port = { world,       port_ask,   port_cancel, port_bury,
                                        port_forget, port_store, port_report };

    world->dispatch = dispatch_new(&options, &port, &integrations);
}

void world_open(struct world *world, struct random *random)
{
    *world = (struct world){ .random = random, .now = { .mono = 1000, .wall = 1000000 } };
    open_dispatch(world);
    for (int number = 0; number < WORLD_PARTITIONS; number++)
        make_log(world, number);
}

void world_close(struct world *world)
{
    dispatch_free(world->dispatch);
    must(!world->calls);
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
    open_dispatch(world);
}

static void disturb(struct world *world)
{
    int number = (int)random_between(world->random, 0, WORLD_PARTITIONS - 1);
    struct world_partition *partition = &world->partitions[number];

    if (world->healed)
        return;
    if (chance(world, 1) && chance(world, 30))
        crash(world);
    else if (partition->assignment && !partition->leaving && chance(world, 2))
        leave(world, number, chance(world, 30));
    else if (chance(world, 1))
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
            end_call(world, call);
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
    for (int number = 0; number < WORLD_PARTITIONS; number++) {
        struct world_partition *partition = &world->partitions[number];
        if (!partition->assignment && (world->healed || chance(world, 10)))
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
    return true;
}
