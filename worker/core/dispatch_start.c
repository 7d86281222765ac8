/*
 * From a record to something to do: decode, route; and the ends of its life.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/dispatch_inner.h"
#include "worker/core/dispatch_park.h"
#include "worker/core/route.h"

struct report dispatch_report_of(enum report_kind kind, const struct delivery *delivery)
{
    return (struct report){
        .kind = kind,
        .delivery = delivery,
        .route = delivery->route,
        .record = delivery->record,
        .event_name = delivery->event_name,
        .licence = delivery->route ? delivery->route->integration->licence : NULL,
        .type = delivery->type,
        .took_ms = -1,
        .why = "",
    };
}

/* Takes a delivery out of its lane and partition and frees it. */
static void end(struct dispatch *dispatch, struct delivery *delivery, bool is_done)
{
    struct delivery *next = lanes_leave(dispatch->lanes, delivery);

    dispatch_take_out(dispatch, delivery, is_done);
    if (next)
        TAILQ_INSERT_TAIL(&dispatch->heads, next, in_queue);
    delivery_free(delivery);
}

void dispatch_finish(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    dispatch_stop_probing(dispatch, delivery, now);
    delivery_set_state(delivery, DELIVERY_DONE);
    end(dispatch, delivery, true);
}

/*
 * Whether the next owner has to look for something of it.  What was not begun here may have been by
 * an earlier owner: its offset does not tell that any more when it is parked.
 */
static bool leaves_doubt(const struct delivery *delivery)
{
    const struct errand *errand = delivery->errand;

    if (!errand)
        return delivery_is_parked(delivery) && dispatch_may_be_begun(delivery);
    return delivery->state == DELIVERY_SENDING || delivery->state == DELIVERY_RECORDING ||
           errand_is_begun(errand) || errand_is_in_doubt(errand);
}

static void note_doubt(const struct delivery *delivery)
{
    if (leaves_doubt(delivery))
        delivery->partition->leaves_doubt = true;
}

void dispatch_drop(struct dispatch *dispatch, struct delivery *delivery)
{
    note_doubt(delivery);
    end(dispatch, delivery, false);
}

static void cancel(struct dispatch *dispatch, struct ask *ask)
{
    dispatch->port.cancel(dispatch->port.context, ask);
    ask->carrier = NULL;
}

/* Stops what others wait for on this delivery's behalf. */
static void disengage(struct dispatch *dispatch, struct delivery *delivery)
{
    switch (delivery->state) {
    case DELIVERY_WAITING:
        if (lanes_is_first(delivery))
            TAILQ_REMOVE(&dispatch->heads, delivery, in_queue);
        return;
    case DELIVERY_READY:
        servers_dequeue(&dispatch->servers, delivery->route->share, delivery);
        return;
    case DELIVERY_SENDING:
        servers_release(&dispatch->servers, delivery->route->server, &delivery->ask);
        cancel(dispatch, &delivery->ask);
        return;
    case DELIVERY_CHECKING:
        cancel(dispatch, &delivery->ask);
        return;
    case DELIVERY_FETCHING:
        dispatch->port.cancel_fetch(dispatch->port.context, &delivery->fetch);
        delivery->fetch.carrier = NULL;
        return;
    case DELIVERY_RECORDING:
        dispatch->port.forget_write(dispatch->port.context, delivery);
        delivery->recording = NULL;
        return;
    case DELIVERY_RESTING:
        heap_remove(&dispatch->due, &delivery->due.node);
        return;
    case DELIVERY_HELD:
        TAILQ_REMOVE(&delivery->route->held, delivery, in_queue);
        return;
    case DELIVERY_BURYING:
        dispatch->port.forget(dispatch->port.context, delivery);
        return;
    case DELIVERY_DONE:
        return;
    }
}

void dispatch_stop_probing(struct dispatch *dispatch, struct delivery *delivery,
                           const struct moment *now)
{
    if (!delivery->probes)
        return;
    delivery->probes = false;
    delivery->route->probing = false;
    dispatch_try_route(dispatch, delivery->route, now->mono);
}

void dispatch_withdraw(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now)
{
    note_doubt(delivery);
    disengage(dispatch, delivery);
    dispatch_stop_probing(dispatch, delivery, now);
    end(dispatch, delivery, false);
}

void dispatch_rest(struct dispatch *dispatch, struct delivery *delivery, mono_ms at)
{
    delivery_set_state(delivery, DELIVERY_RESTING);
    heap_put(&dispatch->due, &delivery->due.node, at);
}

void dispatch_bury(struct dispatch *dispatch, struct delivery *delivery,
                   const struct letter *letter)
{
    if (letter != &delivery->letter)
        delivery->letter = *letter;
    delivery->letter.attempts = delivery->attempts;
    delivery->letter.first_attempt_at = delivery->first_attempt_at;
    delivery_set_state(delivery, DELIVERY_BURYING);
    dispatch->port.bury(dispatch->port.context, delivery);
}

static void bury_unreadable(struct dispatch *dispatch, struct delivery *delivery,
                            const struct event_problem *problem)
{
    struct letter letter = { .reason = problem->reason, .stage = "decode", .scope = "record" };

    (void)snprintf(letter.words, sizeof(letter.words), "%s%s%s", problem->field,
                   *problem->field ? ": " : "", problem->words);
    dispatch_bury(dispatch, delivery, &letter);
}

/* Keeps what reports need of an event, which is about to be freed. */
static void keep_names(struct delivery *delivery, const struct event *event)
{
    struct text names = text_of(16 * 1024);

    free(delivery->event_name);
    render_event_name(event, &names);
    text_add_char(&names, '\0');
    size_t type = names.length;
    text_add_string(&names, event->kind == EVENT_NOTIFICATION && event->notification.type
                                ? event->notification.type
                                : event->type);
    text_add_char(&names, '\0');
    size_t traceparent = names.length;
    text_add_string(&names, event->traceparent ? event->traceparent : "");
    delivery->event_name = text_take(&names);
    delivery->type = delivery->event_name + type;
    delivery->traceparent = event->traceparent ? delivery->event_name + traceparent : NULL;
}

/* A record that is deliberately not sent. */
static void pass_over(struct dispatch *dispatch, struct delivery *delivery,
                      const struct report *report, const struct moment *now)
{
    dispatch->port.report(dispatch->port.context, report);
    dispatch_finish(dispatch, delivery, now);
}

void dispatch_take_parts(struct dispatch *dispatch, struct delivery *delivery)
{
    struct rendering *rendering = &dispatch->rendering;

    delivery->parts = mem_copy(rendering->parts, rendering->count * sizeof(struct text));
    delivery->part_count = rendering->count;
    memset(rendering->parts, 0, rendering->count * sizeof(struct text));
    rendering->count = 0;
}

void dispatch_enqueue(struct dispatch *dispatch, struct delivery *delivery)
{
    delivery_set_state(delivery, DELIVERY_READY);
    servers_enqueue(&dispatch->servers, delivery->route->share, delivery);
}

static void route(struct dispatch *dispatch, struct delivery *delivery, const struct event *event,
                  const struct moment *now)
{
    struct report report = dispatch_report_of(REPORT_NOT_SENT, delivery);
    struct letter letter = { .reason = REASON_UNKNOWN_LICENCE,
                             .stage = "route",
                             .scope = "record",
                             .words = "no integration has the event's licence" };
    struct route_target target;

    report.licence = event->licence;
    switch (route_event(event, dispatch->integrations, &target)) {
    case ROUTE_FOUND:
        delivery->route =
            routes_get(&dispatch->routes, &dispatch->servers, target.integration, target.channel);
        dispatch_recall_route(dispatch, delivery, now);
        if (dispatch_is_too_old(dispatch, delivery, event, now)) {
            report.outcome = OUTCOME_TOO_OLD;
            report.why = "older than old_news lets its type be";
            pass_over(dispatch, delivery, &report, now);
        } else {
            dispatch_begin_errand(dispatch, delivery, event, now);
        }
        return;
    case ROUTE_UNMAPPED:
        report.outcome = OUTCOME_UNMAPPED;
        report.why = "no channel for this type";
        pass_over(dispatch, delivery, &report, now);
        return;
    case ROUTE_INACTIVE:
        report.outcome = OUTCOME_INACTIVE;
        report.why = "the integration is not active";
        pass_over(dispatch, delivery, &report, now);
        return;
    case ROUTE_UNKNOWN_LICENCE:
        dispatch_bury(dispatch, delivery, &letter);
        return;
    }
}

/* Whether the record is in the right topic, under the right key; -1: the problem is set. */
static int check_place(const struct event *event, const struct delivery *delivery,
                       struct event_problem *reterr)
{
    if (event->kind == EVENT_NOTIFICATION || delivery->partition->takes_conversations)
        return event_check_key(event, delivery->record, reterr);
    *reterr = (struct event_problem){ .reason = REASON_WRONG_TOPIC,
                                      .field = "type",
                                      .words = "belongs in the topic of conversations" };
    return -1;
}

/* What is rendered at once need not be decoded again. */
static void begin(struct dispatch *dispatch, struct delivery *delivery, const struct event *event,
                  const struct moment *now)
{
    dispatch->at_hand = delivery;
    dispatch->event = event;
    route(dispatch, delivery, event, now);
    dispatch->at_hand = NULL;
    dispatch->event = NULL;
}

void dispatch_start(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    AUTO(event_free) struct event event = { 0 };
    struct event_problem problem;
    struct report report;

    must(delivery->state == DELIVERY_WAITING);
    /* A refused partition, or one that leaves and before this had to leave another of its key. */
    if (delivery->partition->standing == PARTITION_REFUSED || lanes_is_blocked(delivery)) {
        dispatch_drop(dispatch, delivery);
        return;
    }
    switch (event_read(delivery->record, &event, &problem)) {
    case EVENT_READ:
        keep_names(delivery, &event);
        if (check_place(&event, delivery, &problem) != 0)
            bury_unreadable(dispatch, delivery, &problem);
        else
            begin(dispatch, delivery, &event, now);
        return;
    case EVENT_OF_UNKNOWN_TYPE:
        keep_names(delivery, &event);
        report = dispatch_report_of(REPORT_UNKNOWN_TYPE, delivery);
        report.outcome = OUTCOME_UNKNOWN_TYPE;
        report.type = event.type;
        report.licence = event.licence;
        pass_over(dispatch, delivery, &report, now);
        return;
    case EVENT_UNREADABLE:
        bury_unreadable(dispatch, delivery, &problem);
        return;
    }
}
