/*
 * How requests, attachments and dead letters end.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/sim/world_inner.h"

enum { ATTEMPT_MS = 3000 };

struct world_call *world_take_call(struct world *world, struct world_call *call)
{
    struct world_call **link = &world->calls;

    while (*link != call)
        link = &(*link)->next;
    *link = call->next;
    return call;
}

void world_free_calls(struct world *world)
{
    while (world->calls) {
        struct world_call *call = world->calls;
        must(!call->ask && !call->fetch && !call->letter);
        world->calls = call->next;
        free(call->said.body);
        free(call);
    }
}

/* ---- requests ---- */

static struct world_said say_plainly(enum answer_kind kind, int status)
{
    return (
        struct world_said){ .kind = kind, .status = status, .body = mem_string("<html>no</html>") };
}

/* What the server makes of a request that it carries out. */
static struct world_said serve(struct world_call *call)
{
    if (call->is_post)
        return world_post_it(call->worker->world, &call->wish, WORLD_POST_AWAITED);
    return world_serve_request(call->worker->world, call->ask);
}

/*
 * The server is at work on it still, and the client gone.  It has shown what it makes by the time
 * that workers allow it for that.
 */
static void work_on(struct world_call *call)
{
    struct world *world = call->worker->world;
    mono_ms lag = plan_has(&world->plan, FAULT_REPLICAS) ? world->plan.lag_ms : 0;
    struct world_call *busy;

    if (!call->is_post)
        return;
    busy = mem_copy(call, sizeof(*call));
    busy->ask = NULL;
    busy->said = (struct world_said){ 0 };
    busy->at = world->now.mono + random_between(&world->random, 500, ATTEMPT_MS - 1 - lag);
    busy->next = world->calls;
    world->calls = busy;
}

static struct world_said carry_out_late(struct world_call *call, enum answer_kind kind, int status)
{
    if (call->is_post)
        call->worker->world->counts.doubts++;
    free(serve(call).body);
    return say_plainly(kind, status);
}

static struct world_said say_foreign(const struct world_call *call)
{
    return call->is_post
               ? world_say(201, mem_string("{\"id\":\"pppppppppppppppppppppppppp\",\"message\":"
                                           "\"Hoi\",\"channel_id\":\"cccccccccccccccccccccccccc\","
                                           "\"root_id\":\"\",\"props\":{\"ireserve\":{\"event\":"
                                           "\"urn:x|another\"}}}"))
               : say_plainly(ANSWER_HTTP, 502);
}

static struct world_said carry_out(struct world_call *call)
{
    switch (call->fate) {
    case WORLD_FINE:
        return serve(call);
    case WORLD_LIMITED:
        return say_plainly(ANSWER_HTTP, 429);
    case WORLD_BUSY:
        return say_plainly(ANSWER_HTTP, 503);
    case WORLD_FAILS_LATE:
        return carry_out_late(call, ANSWER_HTTP, 500);
    case WORLD_CUT_LATE:
        return carry_out_late(call, ANSWER_UNKNOWN, 0);
    case WORLD_CUT_BUSY:
        work_on(call);
        return say_plainly(ANSWER_UNKNOWN, 0);
    case WORLD_CUT_EARLY:
        return say_plainly(ANSWER_UNKNOWN, 0);
    case WORLD_FOREIGN:
        return say_foreign(call);
    case WORLD_TOKEN_REFUSED:
        return world_refuse(401, "api.context.session_expired.app_error");
    case WORLD_NOT_SENT:
        return say_plainly(ANSWER_NOT_SENT, 0);
    case WORLD_FATES:
        break;
    }
    must(false);
    return (struct world_said){ 0 };
}

static void answer(struct world_call *call)
{
    struct world_worker *worker = call->worker;
    const struct world_said *said = &call->said;
    const struct answer given = { .kind = said->kind,
                                  .status = said->status,
                                  .body = said->body,
                                  .body_length = strlen(said->body),
                                  .retry_after_s = said->status == 429 ? 1 : -1,
                                  .rate_limit_remaining = -1,
                                  .rate_limit_reset_s = -1,
                                  .took_ms = 5,
                                  .why = said->kind == ANSWER_HTTP ? "" : "cut" };
    const char *url = call->ask->integration->server_url;

    world_say_answered(call);
    world_note_end(worker, call->ask, said);
    dispatch_answered(worker->dispatch, call->ask, &given, &worker->world->now);
    world_claim_open(worker, url);
}

/* A server that is away answers all alike. */
static void meet_outage(struct world *world, struct world_call *call)
{
    const struct world_server *server =
        &world->servers[world_server_of((int)(call->ask->integration - world_integrations.list))];

    if (world->now.mono < server->down_until)
        call->fate = server->down_as;
}

void world_carry_out(struct world *world, struct world_call *call)
{
    if (call->is_carried_out)
        return;
    meet_outage(world, call);
    call->said = carry_out(call);
    call->is_carried_out = true;
    world->counts.failures += call->fate != WORLD_FINE || call->said.status >= 400;
}

/* The server's part; true: there is somebody who can be told of it now. */
static bool end_at_server(struct world *world, struct world_call *call)
{
    world_carry_out(world, call);
    if (world_is_awake(world, call->worker))
        return true;
    call->at = call->worker->frozen_until;
    return false;
}

/* ---- attachments and dead letters ---- */

static void end_fetch(const struct world_call *call)
{
    struct fetch_result result = {
        .kind = FETCH_SERVER_SAID,
        .answer = { .kind = ANSWER_HTTP, .status = 503, .body = "", .retry_after_s = -1, .why = "" }
    };

    if (call->fate == WORLD_FINE) {
        result.kind = FETCH_STORED;
        memset(result.file_id, 'f', sizeof(result.file_id) - 1);
    } else if (call->fate == WORLD_CUT_LATE) {
        result.kind = FETCH_CANNOT_BE_HAD;
        result.problem = FETCH_TOO_SLOW;
    } else if (call->fate == WORLD_LIMITED) {
        result.answer.status = 429;
    }
    dispatch_fetched(call->worker->dispatch, call->fetch, &result, &call->worker->world->now);
}

static void end_letter(const struct world_call *call)
{
    struct world *world = call->worker->world;
    bool is_fine = call->fate == WORLD_FINE;

    if (is_fine)
        world_record_of(world, call->letter->record)->letters++;
    dispatch_buried(call->worker->dispatch, call->letter, is_fine ? NULL : "away", &world->now);
}

/* ---- what is due ---- */

/* Of a post that nobody waits for any more: only who sent it looks for it for so long. */
static void end_unawaited(struct world *world, struct world_call *call)
{
    const struct world_assignment *sender = call->assignment;
    bool is_known = sender && !sender->is_lost && !sender->is_leaving;

    call->said =
        world_post_it(world, &call->wish, is_known ? WORLD_POST_UNAWAITED : WORLD_POST_LATE);
}

static void end_call(struct world *world, struct world_call *call)
{
    bool is_frozen = !world_is_awake(world, call->worker);

    if (call->ask && !end_at_server(world, call))
        return;
    if (!call->ask && is_frozen && (call->fetch || call->letter)) {
        call->at = call->worker->frozen_until;
        return;
    }
    (void)world_take_call(world, call);
    if (call->ask)
        answer(call);
    else if (call->fetch)
        end_fetch(call);
    else if (call->letter)
        end_letter(call);
    else
        end_unawaited(world, call);
    free(call->said.body);
    free(call);
}

static struct world_call *find_due(const struct world *world)
{
    struct world_call *call = world->calls;

    while (call && call->at > world->now.mono)
        call = call->next;
    return call;
}

void world_end_calls(struct world *world)
{
    struct world_call *call;

    while ((call = find_due(world)))
        end_call(world, call);
}
