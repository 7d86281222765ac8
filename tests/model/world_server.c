/*
 * The world's half of the dispatcher's port, and its Mattermost server.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/model/world.h"

static void add_call(struct world *world, struct ask *ask, struct delivery *letter)
{
    struct world_call *call = mem_new(sizeof(*call));

    call->ask = ask;
    call->letter = letter;
    call->at = world->now.mono + random_between(world->random, 1, 400);
    if (!world->healed && world_chance(world, 25))
        call->fate = (enum world_fate)random_between(world->random, 1, WORLD_FATES - 1);
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
    world_note_post(world, ask);
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

    if (ask->purpose == ASK_TO_POST) {
        world->doubts++;
        if (world_chance(world, 50))
            carry_out(world, ask);
    }
    world_note_cancelled(world, ask);
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
        return record->is_posted;
    case WORLD_UNREADABLE:
    case WORLD_REFUSED:
        return record->letters > 0;
    case WORLD_UNMAPPED:
        return true;
    }
    return false;
}

/* Only what is done, or stands in the state topic until it is, may be stored. */
static void port_store(void *context, const char *topic, int32_t number, int64_t offset)
{
    struct world *world = context;
    struct world_partition *partition = &world->partitions[number];

    (void)topic;
    for (int i = 0; i < WORLD_RECORDS; i++)
        must(partition->records[i].offset >= offset || is_finished(&partition->records[i]) ||
             partition->records[i].is_parked);
    if (partition->stored < 0)
        partition->commit_at = world->now.mono + random_between(world->random, 10, 400);
    partition->stored = offset;
}

static void port_report(void *context, const struct report *report)
{
    struct world *world = context;

    must(report->why);
    world->lookups += report->kind == REPORT_LOOKED_UP;
    world_note_report(world, report);
}

static void port_write(void *context, struct partition *partition, const struct state_write *write)
{
    world_write(context, partition, write);
}

static void port_forget_write(void *context, struct delivery *delivery)
{
    world_forget_write(context, delivery, false);
    delivery->recording = NULL;
}

static void port_forget_parking(void *context, struct delivery *delivery)
{
    world_forget_write(context, delivery, true);
    delivery->parking = NULL;
}

static struct world_record *record_of(struct world *world, const struct ask *ask)
{
    const struct delivery *delivery = ask->owner;

    return world_find_record(world, delivery->record->partition, delivery->record->offset);
}

/*
 * Stores the post; it has no guard against repeats.  Posts of a key come in the order of the log.
 */
static void carry_out(struct world *world, const struct ask *ask)
{
    struct world_record *record = record_of(world, ask);
    const struct delivery *delivery = ask->owner;
    int partition = delivery->record->partition;
    int number = (int)(record - world->partitions[partition].records);

    if (record->kind != WORLD_GOOD || world->now.mono < world->channel_closed_until)
        return;
    must(!record->is_posted);
    record->is_posted = true;
    record->posted_at = world->now.wall;
    int *last = &world->last_posted[partition][record->key];
    must(number > *last);
    *last = number;
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

static void answer_found(struct world *world, struct ask *ask)
{
    char *list = world_list(world, ask);

    answer(world, ask, 200, list);
    free(list);
}

static void answer_fine(struct world *world, struct ask *ask)
{
    if (ask->purpose == ASK_TO_CHECK)
        answer(world, ask, 200, "{\"id\":\"cccccccccccccccccccccccccc\",\"delete_at\":0}");
    else if (ask->purpose == ASK_TO_POST)
        answer_post(world, ask);
    else if (strcmp(ask->path, "/users/me") == 0)
        answer(world, ask, 200, "{\"id\":\"" WORLD_BOT_ID "\"}");
    else
        answer_found(world, ask);
}

static void end_request(struct world *world, struct ask *ask, enum world_fate fate)
{
    if ((fate == WORLD_FAILS_LATE || fate == WORLD_CUT_LATE) && ask->purpose == ASK_TO_POST) {
        world->doubts++;
        carry_out(world, ask);
    }
    switch (fate) {
    case WORLD_FINE:
        answer_fine(world, ask);
        return;
    case WORLD_LIMITED:
        answer(world, ask, 429, "limit exceeded\n");
        return;
    case WORLD_BUSY:
        answer(world, ask, 503, "<html>busy</html>");
        return;
    case WORLD_FAILS_LATE:
        answer(world, ask, 500, "{\"id\":\"\",\"message\":\"\",\"status_code\":500}");
        return;
    case WORLD_CUT_LATE:
        answer_nothing(world, ask, ANSWER_UNKNOWN);
        return;
    case WORLD_NOT_SENT:
        answer_nothing(world, ask, ANSWER_NOT_SENT);
        return;
    case WORLD_TOKEN_REFUSED:
        answer(world, ask, 401,
               "{\"id\":\"api.context.session_expired.app_error\",\"message\":\"\","
               "\"status_code\":401}");
        return;
    case WORLD_FATES:
        return;
    }
}

/* How a request ends that comes to its server now. */
static enum world_fate fate_now(struct world *world, const struct world_call *call)
{
    const struct world_server *server =
        world_find_server(world, call->ask->integration->server_url);

    return world->healed || world->now.mono >= server->down_until ? call->fate : server->down_as;
}

void world_end_call(struct world *world, struct world_call *call)
{
    struct world_call ended = *call;

    free(take_call(world, call->ask, call->letter));
    if (ended.ask) {
        const char *url = ended.ask->integration->server_url;
        ended.fate = fate_now(world, &ended);
        world_note_end(world, ended.ask, ended.fate);
        end_request(world, ended.ask, ended.fate);
        world_claim_open(world, url);
        return;
    }
    struct delivery *letter = ended.letter;
    if (ended.fate == WORLD_FINE)
        world_find_record(world, letter->record->partition, letter->record->offset)->letters++;
    dispatch_buried(world->dispatch, letter, ended.fate == WORLD_FINE ? NULL : "broker away",
                    &world->now);
}

/* Now and then the partitions may be somebody else's soon. */
static mono_ms port_room(void *context)
{
    struct world *world = context;

    return world->healed || !world_chance(world, 10) ? MONO_NEVER
                                                     : random_between(world->random, 0, 2000);
}

struct dispatch_port world_port(struct world *world)
{
    return (struct dispatch_port){ .context = world,
                                   .ask = port_ask,
                                   .room = port_room,
                                   .cancel = port_cancel,
                                   .bury = port_bury,
                                   .forget = port_forget,
                                   .write = port_write,
                                   .forget_write = port_forget_write,
                                   .forget_parking = port_forget_parking,
                                   .store = port_store,
                                   .report = port_report };
}
