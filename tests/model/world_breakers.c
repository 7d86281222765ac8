/*
 * What the world knows of the dispatcher's breakers, and claims of them: a server that is away gets
 * one request at a time, after a rest; and it counts as away when it failed, and only then.
 */
#include <string.h>

#include "common/must.h"
#include "tests/model/world.h"
#include "worker/core/breaker.h"

static const char *const urls[WORLD_SERVERS] = { "http://chat.example", "http://other.example" };

void world_forget_breakers(struct world *world)
{
    for (int i = 0; i < WORLD_SERVERS; i++) {
        struct world_server *server = &world->servers[i];
        *server = (struct world_server){ .url = urls[i],
                                         .down_until = server->down_until,
                                         .down_as = server->down_as };
    }
}

struct world_server *world_find_server(struct world *world, const char *url)
{
    struct world_server *server = world->servers;

    while (strcmp(server->url, url) != 0)
        must(++server < world->servers + WORLD_SERVERS);
    return server;
}

void world_note_post(struct world *world, const struct ask *ask)
{
    struct world_server *server = world_find_server(world, ask->integration->server_url);

    bool has_turn = ask->purpose == ASK_TO_POST || ask->purpose == ASK_FOR_STEP;

    if (!has_turn || !server->is_open)
        return;
    must(!server->probe && world->now.mono >= server->probe_from);
    server->probe = ask;
}

void world_note_cancelled(struct world *world, const struct ask *ask)
{
    struct world_server *server = world_find_server(world, ask->integration->server_url);

    if (server->probe == ask)
        server->probe = NULL;
}

void world_note_report(struct world *world, const struct report *report)
{
    struct world_server *server;

    if (report->kind != REPORT_SERVER_CLOSED && report->kind != REPORT_SERVER_REOPENED)
        return;
    server = world_find_server(world, report->server_url);
    if (report->kind == REPORT_SERVER_CLOSED) {
        must(!server->is_open && server->failures >= BREAKER_IN_A_ROW);
        server->is_open = true;
        server->probe_from = world->now.mono + report->rest;
    } else {
        must(server->is_open && server->failures == 0);
        server->is_open = false;
    }
}

static bool is_failure(enum world_fate fate)
{
    return fate != WORLD_FINE && fate != WORLD_LIMITED;
}

/* The probe passed, or the next one has to wait. */
static void note_probe(struct world *world, struct world_server *server, enum world_fate fate)
{
    server->probe = NULL;
    if (is_failure(fate)) {
        server->probe_from = world->now.mono + BREAKER_FIRST_MS * 3 / 4;
        return;
    }
    server->failures = 0;
    server->in_a_row = 0;
}

void world_note_end(struct world *world, const struct ask *ask, enum world_fate fate)
{
    struct world_server *server = world_find_server(world, ask->integration->server_url);

    if (server->probe == ask)
        note_probe(world, server, fate);
    if (server->is_open)
        return;
    server->failures += is_failure(fate);
    if (fate == WORLD_FINE)
        server->in_a_row = 0;
    else if (is_failure(fate) && fate != WORLD_TOKEN_REFUSED && fate != WORLD_FAILS_LATE)
        server->in_a_row++;
}

void world_claim_open(struct world *world, const char *url)
{
    const struct world_server *server = world_find_server(world, url);

    must(server->in_a_row < BREAKER_IN_A_ROW || server->is_open);
}
