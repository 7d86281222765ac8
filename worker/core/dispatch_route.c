/*
 * Routes: which channel a name stands for, whether it can be posted to, who waits until it can.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/dispatch_inner.h"
#include "worker/core/dispatch_park.h"
#include "worker/core/parked_record.h"

void dispatch_try_route(struct dispatch *dispatch, struct route *route, mono_ms at)
{
    heap_put(&dispatch->due, &route->due.node, at);
}

/* Asks for the id of a channel that the settings give by name; later, while its server is away. */
static void resolve(struct dispatch *dispatch, struct route *route, const struct moment *now)
{
    route->state = ROUTE_RESOLVING;
    if (!servers_let_through(&dispatch->servers, route->server, &route->ask, now->mono)) {
        dispatch_try_route(dispatch, route, dispatch_next_try(route->server, now));
        return;
    }
    must(route_write_ask(route, dispatch->options.attempt_timeout) == 0);
    dispatch->port.ask(dispatch->port.context, &route->ask);
}

void dispatch_open_route(struct dispatch *dispatch, struct route *route, const struct moment *now)
{
    struct delivery *delivery;

    route->state = ROUTE_OPEN;
    route->is_heard = true;
    route->is_unknown = false;
    route->probing = false;
    route->rest = 0;
    heap_remove(&dispatch->due, &route->due.node);
    while ((delivery = route_take(route)))
        dispatch_go_on(dispatch, delivery, now);
}

void dispatch_route_due(struct dispatch *dispatch, struct route *route, const struct moment *now)
{
    if (route->state == ROUTE_UNRESOLVED || route->state == ROUTE_RESOLVING) {
        resolve(dispatch, route, now);
        return;
    }
    if (route->state != ROUTE_CLOSED || route->probing)
        return;

    struct delivery *delivery = route_take(route);
    if (!delivery) { /* nobody waits: the next delivery will find out */
        dispatch_open_route(dispatch, route, now);
        return;
    }
    route->probing = true;
    delivery->probes = true;
    dispatch_go_on(dispatch, delivery, now);
}

void dispatch_hold(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    delivery_set_state(delivery, DELIVERY_HELD);
    if (delivery->probes)
        route_hold_first(delivery->route, delivery);
    else
        route_hold(delivery->route, delivery);
    delivery->probes = false;
    if (route_is_closed(delivery->route))
        dispatch_park(dispatch, delivery, now);
}

/* What is heard of the route here is newer. */
static bool is_to_be_recalled(const struct route *route, const struct parked_note *note,
                              const struct moment *now)
{
    return note && route->state == ROUTE_OPEN && !route->is_heard && note->not_before > now->wall &&
           strcmp(route->channel, note->channel) == 0;
}

void dispatch_recall_route(struct dispatch *dispatch, struct delivery *delivery,
                           const struct moment *now)
{
    AUTO(free) struct parked_note *note = delivery->note;
    struct route *route = delivery->route;

    delivery->note = NULL;
    if (!is_to_be_recalled(route, note, now))
        return;
    struct report report = dispatch_report_of(REPORT_HELD, delivery);
    mono_ms rest = note->not_before - now->wall;
    route->is_heard = true;
    route->state = ROUTE_CLOSED;
    route->rest = rest < dispatch->options.route.max ? rest : dispatch->options.route.max;
    dispatch_try_route(dispatch, route, now->mono + route->rest);
    report.rest = route->rest;
    report.why = "it could not be posted to before this worker had it";
    dispatch->port.report(dispatch->port.context, &report);
}

void dispatch_try_routes(struct dispatch *dispatch, const struct moment *now)
{
    struct route *route;

    SLIST_FOREACH(route, &dispatch->routes.all, all)
    if (heap_has(&route->due.node))
        dispatch_try_route(dispatch, route, now->mono);
}

void dispatch_close_route(struct dispatch *dispatch, struct delivery *delivery,
                          const struct answer *answer, const struct moment *now)
{
    struct route *route = delivery->route;

    if (route->state == ROUTE_OPEN || delivery->probes) {
        route->state = ROUTE_CLOSED;
        route->is_heard = true;
        route->probing = false;
        route->rest = backoff_next(&dispatch->options.route, route->rest, &dispatch->random);
        dispatch_try_route(dispatch, route, now->mono + route->rest);
    }
    struct report report = dispatch_report_attempt(REPORT_HELD, delivery, answer);
    report.rest = route->rest;
    dispatch->port.report(dispatch->port.context, &report);
    dispatch_hold(dispatch, delivery, now);
    dispatch_note_parked(dispatch, delivery, now);
    (void)dispatch_end_here(dispatch, delivery, now);
}

/* A name that the server does not know: who waits for it is parked. */
static void park_held(struct dispatch *dispatch, struct route *route, const struct moment *now)
{
    struct delivery *delivery;

    route->is_unknown = true;
    TAILQ_FOREACH(delivery, &route->held, in_queue)
    dispatch_park(dispatch, delivery, now);
}

void dispatch_channel_answered(struct dispatch *dispatch, struct route *route,
                               const struct answer *answer, const struct moment *now)
{
    bool may_pass = verdict_may_pass(answer);
    const struct backoff *pace = may_pass ? &dispatch->options.retry : &dispatch->options.route;
    struct report report = { .kind = may_pass ? REPORT_RETRYING : REPORT_UNRESOLVED,
                             .route = route,
                             .licence = route->integration->licence,
                             .http_status = answer->status,
                             .took_ms = answer->took_ms };

    if (verdict_find_channel(answer, route->channel_id)) {
        dispatch_open_route(dispatch, route, now);
        return;
    }
    route->rest = backoff_next(pace, route->rest, &dispatch->random);
    dispatch_try_route(dispatch, route, now->mono + route->rest);
    report.rest = route->rest;
    if (!may_pass)
        park_held(dispatch, route, now);
    report.why = may_pass ? "the server cannot say now which channel has this name"
                          : "the channel cannot be found by its name";
    dispatch->port.report(dispatch->port.context, &report);
}

bool dispatch_may_move(struct dispatch *dispatch, const struct delivery *delivery,
                       const struct moment *now)
{
    const struct integration *integration = delivery->route->integration;

    if (!delivery->errand->thread.root[0])
        return false;
    struct route *mirror = routes_get(&dispatch->routes, &dispatch->servers, integration,
                                      integration->conversation_channel);
    if (mirror->state == ROUTE_UNRESOLVED) /* the next try may know */
        dispatch_route_due(dispatch, mirror, now);
    return mirror->channel_id[0] &&
           strcmp(mirror->channel_id, delivery->errand->thread.channel) != 0;
}
