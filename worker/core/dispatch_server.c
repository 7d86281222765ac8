/*
 * Servers: what an answer tells of them, and what changes when one is away or back.
 */
#include <stdio.h>

#include "worker/core/dispatch_inner.h"

static struct route *route_of(const struct ask *ask)
{
    const struct delivery *delivery = ask->owner;

    return ask->purpose == ASK_FOR_CHANNEL ? ask->owner : delivery->route;
}

static void report_server(struct dispatch *dispatch, enum report_kind kind,
                          const struct server *server, const struct answer *answer, mono_ms rest)
{
    char why[160];
    struct report report = { .kind = kind,
                             .server_url = server->url,
                             .http_status = answer->status,
                             .took_ms = -1,
                             .rest = rest,
                             .why = why };

    if (answer->kind == ANSWER_HTTP)
        (void)snprintf(why, sizeof(why), "it answered with status %d", answer->status);
    else
        (void)snprintf(why, sizeof(why), "%s", answer->why);
    dispatch->port.report(dispatch->port.context, &report);
}

/* What was refused, or could not be said, may have been its being away: its routes are tried now.
 */
static void try_routes(struct dispatch *dispatch, const struct server *server,
                       const struct moment *now)
{
    struct route *route;

    SLIST_FOREACH(route, &dispatch->routes.all, all)
    if (route->server == server && heap_has(&route->due.node))
        dispatch_try_route(dispatch, route, now->mono);
}

void dispatch_hear(struct dispatch *dispatch, const struct ask *ask, const struct answer *answer,
                   const struct moment *now)
{
    struct server *server = route_of(ask)->server;

    switch (servers_hear(&dispatch->servers, server, ask, answer, now->mono)) {
    case BREAKER_SAME:
        return;
    case BREAKER_OPENED:
        report_server(dispatch, REPORT_SERVER_CLOSED, server, answer,
                      server->breaker.until - now->mono);
        return;
    case BREAKER_REOPENED:
        report_server(dispatch, REPORT_SERVER_REOPENED, server, answer, 0);
        try_routes(dispatch, server, now);
        return;
    }
}

bool dispatch_is_kept_back(const struct server *server, const struct moment *now)
{
    bool probe_waits = server->gate > now->mono || !TAILQ_EMPTY(&server->turns);

    return server->breaker.state == BREAKER_PROBING ||
           (server->breaker.state == BREAKER_OPEN && probe_waits);
}

mono_ms dispatch_next_try(const struct server *server, const struct moment *now)
{
    enum { SOON_MS = 1000 };
    mono_ms soon = now->mono + SOON_MS;

    return server->gate > soon ? server->gate : soon;
}

mono_ms dispatch_choose_rest(struct dispatch *dispatch, struct delivery *delivery,
                             const struct moment *now)
{
    const struct server *server = delivery->route->server;

    /* What is carried needs no turn: it would go out again at once. */
    if (!servers_is_open(server) || delivery->state == DELIVERY_FETCHING) {
        delivery->rest = backoff_next(&dispatch->options.retry, delivery->rest, &dispatch->random);
        return delivery->rest;
    }
    /* The next probe is another one, if there is one: this may have failed for its own sake. */
    if (server->failed_probe == &delivery->ask)
        return server->gate - now->mono + dispatch->options.retry.first;
    return 0;
}
