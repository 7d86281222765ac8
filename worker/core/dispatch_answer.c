/*
 * On the wire and back: what goes out, and what an answer means now.
 */
#include <stdio.h>
#include <string.h>

#include "common/must.h"
#include "worker/core/dispatch_inner.h"

void dispatch_try_route(struct dispatch *dispatch, struct route *route, mono_ms at)
{
    heap_put(&dispatch->due, &route->due.node, at);
}

/* Asks for the id of a channel that the settings give by name. */
static void resolve(struct dispatch *dispatch, struct route *route)
{
    route->state = ROUTE_RESOLVING;
    must(route_write_ask(route, dispatch->options.attempt_timeout) == 0);
    dispatch->port.ask(dispatch->port.context, &route->ask);
}

/* Has a held delivery take its place in front of its server. */
static void release(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    if (delivery->parts)
        dispatch_enqueue(dispatch, delivery);
    else
        dispatch_render_again(dispatch, delivery, now);
}

static void open_route(struct dispatch *dispatch, struct route *route, const struct moment *now)
{
    struct delivery *delivery;

    route->state = ROUTE_OPEN;
    route->probing = false;
    route->rest = 0;
    heap_remove(&dispatch->due, &route->due.node);
    while ((delivery = route_take(route)))
        release(dispatch, delivery, now);
}

void dispatch_route_due(struct dispatch *dispatch, struct route *route, const struct moment *now)
{
    if (route->state == ROUTE_UNRESOLVED || route->state == ROUTE_RESOLVING) {
        resolve(dispatch, route);
        return;
    }
    if (route->state != ROUTE_CLOSED || route->probing)
        return;

    struct delivery *delivery = route_take(route);
    if (!delivery) { /* nobody waits: the next delivery will find out */
        open_route(dispatch, route, now);
        return;
    }
    route->probing = true;
    delivery->probes = true;
    release(dispatch, delivery, now);
}

static void hold(struct delivery *delivery)
{
    delivery_set_state(delivery, DELIVERY_HELD);
    if (delivery->probes)
        route_hold_first(delivery->route, delivery);
    else
        route_hold(delivery->route, delivery);
    delivery->probes = false;
}

void dispatch_send(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    const struct text *part = &delivery->parts[delivery->next_part];

    if (delivery->route->state != ROUTE_OPEN && !delivery->probes) {
        servers_release(&dispatch->servers, delivery->route->server);
        hold(delivery);
        return;
    }
    delivery_set_state(delivery, DELIVERY_SENDING);
    delivery->attempts++;
    if (delivery->first_attempt_at == 0)
        delivery->first_attempt_at = now->wall;
    delivery->ask = (struct ask){ .purpose = ASK_TO_POST,
                                  .integration = delivery->route->integration,
                                  .path = "/posts?set_online=false",
                                  .body = text_string(part),
                                  .body_length = part->length,
                                  .timeout = dispatch->options.attempt_timeout,
                                  .traceparent = delivery->traceparent,
                                  .owner = delivery };
    dispatch->port.ask(dispatch->port.context, &delivery->ask);
}

static struct report report_attempt(enum report_kind kind, const struct delivery *delivery,
                                    const struct answer *answer)
{
    struct report report = dispatch_report_of(kind, delivery);

    report.verdict = &delivery->verdict;
    report.http_status = answer->status;
    report.took_ms = answer->took_ms;
    report.why = delivery->verdict.words;
    return report;
}

static void on_delivered(struct dispatch *dispatch, struct delivery *delivery,
                         const struct answer *answer, const struct moment *now)
{
    struct route *route = delivery->route;

    if (route->state == ROUTE_CLOSED) {
        struct report resumed = dispatch_report_of(REPORT_RESUMED, delivery);
        delivery->probes = false;
        open_route(dispatch, route, now);
        dispatch->port.report(dispatch->port.context, &resumed);
    }
    delivery->rest = 0;
    if (++delivery->next_part < delivery->part_count) {
        dispatch_enqueue(dispatch, delivery);
        return;
    }
    struct report report = report_attempt(REPORT_DELIVERED, delivery, answer);
    report.outcome = OUTCOME_POSTED;
    dispatch->port.report(dispatch->port.context, &report);
    dispatch_finish(dispatch, delivery);
}

/*
 * Has a delivery that leaves end here, not done; true when it did.  One that may end soon and below
 * which nothing else is done goes on: it is a gap.
 */
static bool end_here(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    const struct partition *partition = delivery->partition;

    if (!partition->leaving)
        return false;
    if (!partition->lost && delivery_may_end_soon(delivery) &&
        delivery->record->offset < partition_reach(partition))
        return false;
    lanes_block(delivery);
    dispatch_withdraw(dispatch, delivery, now);
    return true;
}

/* Tries again after a rest of the delivery's own; its key waits, nobody else. */
static void retry(struct dispatch *dispatch, struct delivery *delivery, const struct answer *answer,
                  const struct moment *now)
{
    delivery->rest = backoff_next(&dispatch->options.retry, delivery->rest, &dispatch->random);
    struct report report = report_attempt(REPORT_RETRYING, delivery, answer);
    report.rest = delivery->rest;
    dispatch->port.report(dispatch->port.context, &report);
    dispatch_rest(dispatch, delivery, now->mono + delivery->rest);
    (void)end_here(dispatch, delivery, now);
}

/* The server wants a pause, for everybody who sends to it. */
static void pause_server(struct dispatch *dispatch, struct delivery *delivery,
                         const struct answer *answer, const struct moment *now)
{
    struct server *server = delivery->route->server;
    struct report report = report_attempt(REPORT_RETRYING, delivery, answer);

    servers_shut(server, now->mono + delivery->verdict.wait_ms);
    heap_put(&dispatch->due, &server->due.node, server->gate);
    report.rest = server->gate - now->mono;
    dispatch->port.report(dispatch->port.context, &report);
    dispatch_enqueue(dispatch, delivery);
    if (delivery->next_part == 0)
        (void)end_here(dispatch, delivery, now);
}

static void close_route(struct dispatch *dispatch, struct delivery *delivery,
                        const struct answer *answer, const struct moment *now)
{
    struct route *route = delivery->route;

    if (route->state == ROUTE_OPEN || delivery->probes) {
        route->state = ROUTE_CLOSED;
        route->probing = false;
        route->rest = backoff_next(&dispatch->options.route, route->rest, &dispatch->random);
        dispatch_try_route(dispatch, route, now->mono + route->rest);
    }
    struct report report = report_attempt(REPORT_HELD, delivery, answer);
    report.rest = route->rest;
    dispatch->port.report(dispatch->port.context, &report);
    hold(delivery);
    (void)end_here(dispatch, delivery, now);
}

static void refuse(struct dispatch *dispatch, struct delivery *delivery)
{
    const struct verdict *verdict = &delivery->verdict;
    struct letter letter = {
        .reason = verdict->kind == VERDICT_TOO_LARGE ? REASON_TOO_LONG : REASON_REFUSED_BY_SERVER,
        .stage = "deliver",
        .scope = "record",
        .http_status = delivery->verdict.http_status,
    };

    (void)snprintf(letter.words, sizeof(letter.words), "%s", verdict->words);
    if (delivery->probes) {
        delivery->route->probing = false;
        delivery->probes = false;
        dispatch_try_route(dispatch, delivery->route, 0);
    }
    dispatch_bury(dispatch, delivery, &letter);
}

/* Asks whether the channel, which a refusal may mean, agrees. */
static void check(struct dispatch *dispatch, struct delivery *delivery)
{
    delivery_set_state(delivery, DELIVERY_CHECKING);
    delivery->ask = (struct ask){ .purpose = ASK_TO_CHECK,
                                  .integration = delivery->route->integration,
                                  .timeout = dispatch->options.attempt_timeout,
                                  .owner = delivery };
    (void)snprintf(delivery->ask.path, sizeof(delivery->ask.path), "/channels/%s",
                   delivery->route->channel_id);
    dispatch->port.ask(dispatch->port.context, &delivery->ask);
}

static void on_refused(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now)
{
    if (delivery->verdict.without_priority && delivery->prioritised) {
        delivery->route->server->priority = false;
        delivery_forget_parts(delivery);
        dispatch_render_again(dispatch, delivery, now);
        return;
    }
    if (delivery->verdict.needs_check)
        check(dispatch, delivery);
    else
        refuse(dispatch, delivery);
}

static void on_post_answered(struct dispatch *dispatch, struct delivery *delivery,
                             const struct answer *answer, const struct moment *now)
{
    const struct expected_post expected = { .channel_id = delivery->route->channel_id,
                                            .event_name = delivery->event_name };

    servers_release(&dispatch->servers, delivery->route->server);
    verdict_of_post(answer, &expected, &delivery->verdict);
    struct report attempted = report_attempt(REPORT_ATTEMPTED, delivery, answer);
    dispatch->port.report(dispatch->port.context, &attempted);
    switch (delivery->verdict.kind) {
    case VERDICT_DELIVERED:
        on_delivered(dispatch, delivery, answer, now);
        return;
    case VERDICT_RATE_LIMITED:
        pause_server(dispatch, delivery, answer, now);
        return;
    case VERDICT_UNAVAILABLE:
    case VERDICT_AMBIGUOUS:
        retry(dispatch, delivery, answer, now);
        return;
    case VERDICT_UNAUTHORISED:
    case VERDICT_ROUTE_CLOSED:
        close_route(dispatch, delivery, answer, now);
        return;
    case VERDICT_REFUSED:
    case VERDICT_TOO_LARGE:
        on_refused(dispatch, delivery, now);
        return;
    }
}

static void on_check_answered(struct dispatch *dispatch, struct delivery *delivery,
                              const struct answer *answer, const struct moment *now)
{
    switch (verdict_of_check(answer)) {
    case CHECK_CHANNEL_FINE:
        refuse(dispatch, delivery);
        return;
    case CHECK_ROUTE_CLOSED:
        close_route(dispatch, delivery, answer, now);
        return;
    case CHECK_SERVER_FAULT:
        retry(dispatch, delivery, answer, now);
        return;
    }
}

static void on_channel_answered(struct dispatch *dispatch, struct route *route,
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
        open_route(dispatch, route, now);
        return;
    }
    route->rest = backoff_next(pace, route->rest, &dispatch->random);
    dispatch_try_route(dispatch, route, now->mono + route->rest);
    report.rest = route->rest;
    report.why = may_pass ? "the server cannot say now which channel has this name"
                          : "the channel cannot be found by its name";
    dispatch->port.report(dispatch->port.context, &report);
}

void dispatch_answered(struct dispatch *dispatch, struct ask *ask, const struct answer *answer,
                       const struct moment *now)
{
    ask->carrier = NULL;
    switch (ask->purpose) {
    case ASK_TO_POST:
        on_post_answered(dispatch, ask->owner, answer, now);
        return;
    case ASK_TO_CHECK:
        on_check_answered(dispatch, ask->owner, answer, now);
        return;
    case ASK_FOR_CHANNEL:
        on_channel_answered(dispatch, ask->owner, answer, now);
        return;
    }
}

void dispatch_buried(struct dispatch *dispatch, struct delivery *delivery, const char *why,
                     const struct moment *now)
{
    struct report report =
        dispatch_report_of(why ? REPORT_DEAD_LETTER_FAILED : REPORT_DEAD_LETTERED, delivery);

    report.http_status = delivery->letter.http_status;
    if (!why) {
        report.outcome = OUTCOME_DEAD_LETTERED;
        report.why = delivery->letter.words;
        dispatch->port.report(dispatch->port.context, &report);
        dispatch_finish(dispatch, delivery);
        return;
    }
    delivery->rest = backoff_next(&dispatch->options.retry, delivery->rest, &dispatch->random);
    report.rest = delivery->rest;
    report.why = why;
    dispatch->port.report(dispatch->port.context, &report);
    dispatch_rest(dispatch, delivery, now->mono + delivery->rest);
    (void)end_here(dispatch, delivery, now);
}
