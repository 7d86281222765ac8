/*
 * On the wire and back: what goes out, and what an answer means now.
 */
#include <stdio.h>
#include <string.h>

#include "common/must.h"
#include "worker/core/dispatch_inner.h"

/* What a 5xx is known to mean once others' posts were taken meanwhile.  It may come after the post
 * was made, so whoever sends the record again has to look first. */
#define ON_THIS_ALONE                                                                              \
    ", again and again, on this record alone: it may be there all the same, so look before it is " \
    "sent again"

/* Whether the request is the first one of a look-up. */
static bool begins_look(const struct delivery *delivery)
{
    enum errand_step step = delivery->step;

    if (step == ERRAND_READ_THREAD || step == ERRAND_READ_POSTED)
        return !delivery->errand->page_from[0];
    return step == ERRAND_READ_RECENT;
}

void dispatch_send(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    if (delivery->route->state != ROUTE_OPEN && !delivery->probes) {
        servers_release(&dispatch->servers, delivery->route->server, &delivery->ask);
        dispatch_hold(dispatch, delivery, now);
        (void)dispatch_end_here(dispatch, delivery, now);
        return;
    }
    delivery_set_state(delivery, DELIVERY_SENDING);
    dispatch_write_step(dispatch, delivery);
    if (!dispatch_has_room(dispatch, delivery))
        return;
    if (begins_look(delivery))
        delivery->looked_at = now->mono;
    if (delivery->ask.purpose == ASK_TO_POST) {
        delivery->attempts++;
        if (delivery->first_attempt_at == 0)
            delivery->first_attempt_at = now->wall;
    }
    dispatch->port.ask(dispatch->port.context, &delivery->ask);
}

struct report dispatch_report_attempt(enum report_kind kind, const struct delivery *delivery,
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
        dispatch_open_route(dispatch, route, now);
        dispatch->port.report(dispatch->port.context, &resumed);
    }
    dispatch_count_accepted(delivery);
    route->is_heard = true;
    delivery->rest = 0;
    delivery->took = answer->took_ms;
    dispatch_step_posted(dispatch, delivery, now);
}

/*
 * Has a delivery that leaves end here, not done; true when it did.  One that may end soon and below
 * which nothing else is done goes on: it is a gap.
 */
bool dispatch_end_here(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now)
{
    const struct partition *partition = delivery->partition;

    if (!partition->leaving)
        return false;
    if (!partition->lost && !delivery_is_parked(delivery) && delivery_may_end_soon(delivery) &&
        delivery->record->offset < partition_reach(partition))
        return false;
    lanes_block(delivery);
    dispatch_withdraw(dispatch, delivery, now);
    return true;
}

/* Tries again after a rest of the delivery's own; its key waits, nobody else.  While its server is
 * away there is no such rest: it waits in front of it with all others. */
void dispatch_retry(struct dispatch *dispatch, struct delivery *delivery,
                    const struct answer *answer, const struct moment *now)
{
    dispatch_count_failure(delivery, answer, now);
    mono_ms rest = dispatch_choose_rest(dispatch, delivery, now);
    struct report report = dispatch_report_attempt(REPORT_RETRYING, delivery, answer);
    report.rest = rest;
    dispatch->port.report(dispatch->port.context, &report);
    dispatch_rest(dispatch, delivery, now->mono + rest);
    (void)dispatch_end_here(dispatch, delivery, now);
}

void dispatch_shut_server(struct dispatch *dispatch, const struct delivery *delivery,
                          const struct answer *answer, const struct moment *now)
{
    struct server *server = delivery->route->server;
    struct report report = dispatch_report_attempt(REPORT_RETRYING, delivery, answer);

    servers_shut(server, now->mono + delivery->verdict.wait_ms);
    report.rest = server->gate - now->mono;
    dispatch->port.report(dispatch->port.context, &report);
}

void dispatch_pause_server(struct dispatch *dispatch, struct delivery *delivery,
                           const struct answer *answer, const struct moment *now)
{
    dispatch_shut_server(dispatch, delivery, answer, now);
    dispatch_enqueue(dispatch, delivery);
    if (!delivery_is_begun(delivery) || delivery->partition->lost)
        (void)dispatch_end_here(dispatch, delivery, now);
}

static enum reason reason_of(enum verdict_kind kind)
{
    if (kind == VERDICT_TOO_LARGE)
        return REASON_TOO_LONG;
    return kind == VERDICT_REFUSED ? REASON_REFUSED_BY_SERVER : REASON_SERVER_REJECTS;
}

void dispatch_refuse(struct dispatch *dispatch, struct delivery *delivery)
{
    const struct verdict *verdict = &delivery->verdict;
    struct letter letter = {
        .reason = reason_of(verdict->kind),
        .stage = "deliver",
        .scope = "record",
        .http_status = delivery->verdict.http_status,
    };

    (void)snprintf(letter.words, sizeof(letter.words), "%s%s", verdict->words,
                   letter.reason == REASON_SERVER_REJECTS ? ON_THIS_ALONE : "");
    if (delivery->probes) {
        delivery->route->probing = false;
        delivery->probes = false;
        dispatch_try_route(dispatch, delivery->route, 0);
    }
    dispatch_bury(dispatch, delivery, &letter);
}

static void ask_of_channel(struct dispatch *dispatch, struct delivery *delivery,
                           enum ask_purpose purpose, const char *what)
{
    delivery->ask = (struct ask){ .purpose = purpose,
                                  .integration = delivery->route->integration,
                                  .timeout = dispatch->options.attempt_timeout,
                                  .owner = delivery };
    (void)snprintf(delivery->ask.path, sizeof(delivery->ask.path), "/channels/%s%s",
                   delivery->route->channel_id, what);
    dispatch->port.ask(dispatch->port.context, &delivery->ask);
}

void dispatch_check(struct dispatch *dispatch, struct delivery *delivery)
{
    delivery_set_state(delivery, DELIVERY_CHECKING);
    ask_of_channel(dispatch, delivery, ASK_TO_CHECK, "");
}

static void on_refused(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now)
{
    if (delivery->verdict.without_priority && delivery->prioritised) {
        delivery->route->server->priority = false;
        delivery_forget_parts(delivery);
        dispatch_go_on(dispatch, delivery, now);
        return;
    }
    if (delivery->verdict.about_root && delivery->errand->thread.root[0] != '\0') {
        errand_doubt_root(delivery->errand);
        dispatch_go_on(dispatch, delivery, now);
        return;
    }
    if (delivery->verdict.needs_check || delivery->verdict.about_root)
        dispatch_check(dispatch, delivery);
    else
        dispatch_refuse(dispatch, delivery);
}

/* The thread that a reply goes into; NULL: the post begins one, or has none. */
static const char *expected_root(const struct delivery *delivery)
{
    return delivery->step == ERRAND_POST_REPLY ? delivery->errand->thread.root : NULL;
}

static void on_post_answered(struct dispatch *dispatch, struct delivery *delivery,
                             const struct answer *answer, const struct moment *now)
{
    const struct expected_post expected = { .channel_id = delivery->route->channel_id,
                                            .event_name = delivery->event_name,
                                            .root_id = expected_root(delivery) };

    servers_release(&dispatch->servers, delivery->route->server, &delivery->ask);
    verdict_of_post(answer, &expected, &delivery->verdict);
    struct report attempted = dispatch_report_attempt(REPORT_ATTEMPTED, delivery, answer);
    dispatch->port.report(dispatch->port.context, &attempted);
    switch (delivery->verdict.kind) {
    case VERDICT_DELIVERED:
        on_delivered(dispatch, delivery, answer, now);
        return;
    case VERDICT_RATE_LIMITED:
        dispatch_pause_server(dispatch, delivery, answer, now);
        return;
    case VERDICT_AMBIGUOUS:
        dispatch_step_doubted(dispatch, delivery, now);
        dispatch_retry_post(dispatch, delivery, answer, now);
        return;
    case VERDICT_UNAVAILABLE:
        dispatch_retry_post(dispatch, delivery, answer, now);
        return;
    case VERDICT_ROUTE_CLOSED:
        if (dispatch_may_move(dispatch, delivery, now))
            dispatch_check(dispatch, delivery);
        else
            dispatch_close_route(dispatch, delivery, answer, now);
        return;
    case VERDICT_UNAUTHORISED:
        dispatch_close_route(dispatch, delivery, answer, now);
        return;
    case VERDICT_REFUSED:
    case VERDICT_TOO_LARGE:
        on_refused(dispatch, delivery, now);
        return;
    }
}

/* A public channel shows itself to everybody, but only its members set marks. */
static bool is_for_members(const struct delivery *delivery)
{
    return delivery->errand && delivery->verdict.http_status == 403 &&
           (delivery->step == ERRAND_MARK || delivery->step == ERRAND_UNMARK);
}

/* So what was refused is the delivery's own fault, unless it is a closed route that says so. */
static void on_channel_fine(struct dispatch *dispatch, struct delivery *delivery,
                            const struct answer *answer, const struct moment *now)
{
    if (delivery->verdict.kind == VERDICT_ROUTE_CLOSED)
        dispatch_close_route(dispatch, delivery, answer, now);
    else if (is_for_members(delivery))
        ask_of_channel(dispatch, delivery, ASK_FOR_MEMBER, "/members/me");
    else if (!dispatch_step_refused(dispatch, delivery, answer, now))
        dispatch_refuse(dispatch, delivery);
}

static void on_check_answered(struct dispatch *dispatch, struct delivery *delivery,
                              const struct answer *answer, const struct moment *now)
{
    switch (verdict_of_check(answer)) {
    case CHECK_CHANNEL_FINE:
        on_channel_fine(dispatch, delivery, answer, now);
        return;
    case CHECK_ROUTE_CLOSED:
        if (dispatch_may_move(dispatch, delivery, now)) {
            errand_move(delivery->errand);
            dispatch_go_on(dispatch, delivery, now);
        } else {
            dispatch_close_route(dispatch, delivery, answer, now);
        }
        return;
    case CHECK_SERVER_FAULT:
        dispatch_retry(dispatch, delivery, answer, now);
        return;
    }
}

static void on_member_answered(struct dispatch *dispatch, struct delivery *delivery,
                               const struct answer *answer, const struct moment *now)
{
    switch (verdict_of_check(answer)) {
    case CHECK_CHANNEL_FINE:
        if (!dispatch_step_refused(dispatch, delivery, answer, now))
            dispatch_refuse(dispatch, delivery);
        return;
    case CHECK_ROUTE_CLOSED:
        dispatch_close_route(dispatch, delivery, answer, now);
        return;
    case CHECK_SERVER_FAULT:
        dispatch_retry(dispatch, delivery, answer, now);
        return;
    }
}

void dispatch_answered(struct dispatch *dispatch, struct ask *ask, const struct answer *answer,
                       const struct moment *now)
{
    ask->carrier = NULL;
    dispatch_hear(dispatch, ask, answer, now);
    switch (ask->purpose) {
    case ASK_TO_POST:
        on_post_answered(dispatch, ask->owner, answer, now);
        return;
    case ASK_TO_CHECK:
        on_check_answered(dispatch, ask->owner, answer, now);
        return;
    case ASK_FOR_MEMBER:
        on_member_answered(dispatch, ask->owner, answer, now);
        return;
    case ASK_FOR_POST:
        dispatch_post_answered(dispatch, ask->owner, answer, now);
        return;
    case ASK_FOR_CHANNEL:
        dispatch_channel_answered(dispatch, ask->owner, answer, now);
        return;
    case ASK_FOR_STEP:
        dispatch_step_answered(dispatch, ask->owner, answer, now);
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
        dispatch_finish(dispatch, delivery, now);
        return;
    }
    delivery->rest = backoff_next(&dispatch->options.retry, delivery->rest, &dispatch->random);
    report.rest = delivery->rest;
    report.why = why;
    dispatch->port.report(dispatch->port.context, &report);
    dispatch_rest(dispatch, delivery, now->mono + delivery->rest);
    (void)dispatch_end_here(dispatch, delivery, now);
}
