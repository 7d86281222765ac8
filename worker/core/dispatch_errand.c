/*
 * The steps of an event, one after the other.
 */
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/dispatch_inner.h"
#include "worker/core/key_name.h"

enum {
    SKEW_MS = 5 * 60 * 1000, /* of clocks of producers and workers */
};

struct errand_facts dispatch_facts(const struct dispatch *dispatch, const struct delivery *delivery)
{
    const char *licence = delivery->route->integration->licence;
    const char *bot = map_find(&dispatch->bots, licence, strlen(licence));

    return (struct errand_facts){ .bot_id = bot ? bot : "",
                                  .max_replies = dispatch->options.thread_max_replies };
}

enum errand_step dispatch_next_step(const struct dispatch *dispatch,
                                    const struct delivery *delivery)
{
    const struct errand_facts facts = dispatch_facts(dispatch, delivery);

    return errand_next(delivery->errand, &facts);
}

/* ---- what is recorded ---- */

struct thread_name dispatch_name_of(const struct delivery *delivery)
{
    bool is_notice = delivery->errand->kind == EVENT_NOTIFICATION;

    return (struct thread_name){ is_notice ? "" : delivery->route->integration->licence,
                                 delivery->errand->conversation };
}

/* What is known under the delivery's name; false: nothing is. */
static bool find_known(const struct delivery *delivery, struct thread *ret)
{
    const struct thread_name name = dispatch_name_of(delivery);

    return threads_find(partition_memory(delivery->partition, &name), &name, ret);
}

/*
 * A late write of an earlier owner may have told of more than this record.  Who tells the most
 * counts as its writer, for it may have begun still more.
 */
struct thread dispatch_thread_of(const struct delivery *delivery)
{
    struct thread thread = errand_thread(delivery->errand);
    struct thread known;

    if (find_known(delivery, &known) && known.last_offset > thread.last_offset) {
        thread.last_offset = known.last_offset;
        thread.epoch = known.epoch;
    }
    return thread;
}

/*
 * Writes what is known of the thread now; of a new root alone, or that the record is done.  Only
 * the latter makes it this owner's: behind a root alone an earlier one may have begun more.
 */
static void record_thread(struct dispatch *dispatch, struct delivery *delivery,
                          const struct moment *now)
{
    const struct thread_name name = dispatch_name_of(delivery);

    delivery->errand->thread.updated_at = now->wall;
    if (!delivery->errand->root_is_new)
        delivery->errand->thread.epoch = delivery->partition->epoch;
    const struct thread thread = dispatch_thread_of(delivery);
    delivery_set_state(delivery, DELIVERY_RECORDING);
    dispatch_write_thread(dispatch, delivery->partition, &name, &thread, delivery);
}

static void end_errand(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now)
{
    const char *why = errand_why(delivery->errand);
    struct report report =
        dispatch_report_of(why ? REPORT_ALREADY_POSTED : REPORT_DELIVERED, delivery);

    report.outcome = why ? OUTCOME_ALREADY_POSTED : OUTCOME_POSTED;
    report.why = why ? why : "";
    report.took_ms = delivery->took;
    if (!why) {
        report.verdict = &delivery->verdict;
        report.http_status = delivery->verdict.http_status;
    }
    dispatch->port.report(dispatch->port.context, &report);
    dispatch_finish(dispatch, delivery, now);
}

void dispatch_recorded(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now)
{
    struct errand *errand = delivery->errand;
    const struct thread thread = dispatch_thread_of(delivery);
    const struct thread_name name = dispatch_name_of(delivery);

    delivery->recording = NULL;
    threads_put(partition_memory(delivery->partition, &name), &name, &thread);
    if (errand->kind == EVENT_NOTIFICATION)
        dispatch_settle(delivery);
    if (!errand->root_is_new) {
        end_errand(dispatch, delivery, now);
        return;
    }
    errand_noted(errand);
    dispatch_go_on(dispatch, delivery, now);
}

/* ---- from step to step ---- */

/* The route follows the thread, which may be elsewhere than the settings say by now. */
static void follow_thread(struct dispatch *dispatch, struct delivery *delivery,
                          const struct moment *now)
{
    const struct integration *integration = delivery->route->integration;
    const struct thread *thread = &delivery->errand->thread;

    if (delivery->errand->kind == EVENT_NOTIFICATION)
        return;
    struct route *route =
        routes_get(&dispatch->routes, &dispatch->servers, integration,
                   thread->root[0] ? thread->channel : integration->conversation_channel);

    if (route == delivery->route)
        return;
    dispatch_stop_probing(dispatch, delivery, now);
    delivery->route = route;
    delivery->poison = (struct poison_case){ 0 }; /* it was weighed against the other channel */
}

static bool asks_server(enum errand_step step)
{
    return step != ERRAND_NOTE && step != ERRAND_RECORD;
}

/*
 * A partition that leaves begins nothing; what is begun is finished, and so are gaps below what is
 * done, unless it is somebody else's by now.  Who comes from the wire counts as begun in the reach
 * until it is known what came of that: it must not be its own excuse.
 */
static bool stops_here(const struct delivery *delivery, enum errand_step step)
{
    const struct partition *partition = delivery->partition;

    if (!partition->leaving || !asks_server(step))
        return false;
    if (partition->lost)
        return true;
    return !errand_is_begun(delivery->errand) &&
           (delivery_is_parked(delivery) || delivery->record->offset >= partition_reach(partition));
}

/* Whether the next step may be taken now.  If not the delivery went another way. */
static bool may_go_on(struct dispatch *dispatch, struct delivery *delivery,
                      const struct moment *now)
{
    enum errand_step step = dispatch_next_step(dispatch, delivery);
    struct route *route = delivery->route;

    if (stops_here(delivery, step)) {
        lanes_block(delivery);
        dispatch_stop_probing(dispatch, delivery, now);
        dispatch_drop(dispatch, delivery);
        return false;
    }
    if (asks_server(step) && route->state != ROUTE_OPEN && !delivery->probes) {
        dispatch_hold(dispatch, delivery, now);
        if (route->state == ROUTE_UNRESOLVED)
            dispatch_route_due(dispatch, route, now);
        (void)dispatch_end_here(dispatch, delivery, now);
        return false;
    }
    if (step == ERRAND_FETCH && dispatch_is_kept_back(route->server, now)) {
        dispatch_rest(dispatch, delivery, dispatch_next_try(route->server, now));
        (void)dispatch_end_here(dispatch, delivery, now);
        return false;
    }
    return dispatch_prepare(dispatch, delivery) == 0;
}

/*
 * A record that the thread says to be done.  One that was made after that is another record, of a
 * topic that was made again.
 */
static void end_before(struct dispatch *dispatch, struct delivery *delivery,
                       const struct thread *thread, const struct moment *now)
{
    struct report report = dispatch_report_of(REPORT_ALREADY_POSTED, delivery);

    if (delivery->record->timestamp > thread->updated_at + SKEW_MS) {
        dispatch_refuse_partition(dispatch, delivery->partition, TOPIC_MADE_AGAIN);
        dispatch_stop_probing(dispatch, delivery, now);
        dispatch_drop(dispatch, delivery);
        return;
    }
    report.outcome = OUTCOME_ALREADY_POSTED;
    report.why = "the state topic says that it is done";
    dispatch->port.report(dispatch->port.context, &report);
    dispatch_finish(dispatch, delivery, now);
}

/* A late write of an earlier owner may tell, while the record is under way, that it is done. */
static bool is_done_meanwhile(const struct delivery *delivery, struct thread *ret)
{
    return find_known(delivery, ret) && delivery->record->offset <= ret->last_offset;
}

void dispatch_go_on(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    struct thread thread;
    enum errand_step step;

    if (is_done_meanwhile(delivery, &thread)) {
        end_before(dispatch, delivery, &thread, now);
        return;
    }
    follow_thread(dispatch, delivery, now);
    do {
        if (!may_go_on(dispatch, delivery, now))
            return;
        step = dispatch_next_step(dispatch, delivery);
    } while (step == ERRAND_FETCH && !dispatch_start_fetch(dispatch, delivery));
    if (step == ERRAND_NOTE || step == ERRAND_RECORD)
        record_thread(dispatch, delivery, now);
    else if (step != ERRAND_FETCH)
        dispatch_enqueue(dispatch, delivery);
}

/* A record cannot have been posted before it was written, whatever its producer's clock says. */
static wall_ms earliest(const struct record *record, const struct moment *now)
{
    return record->timestamp < now->wall ? record->timestamp : now->wall;
}

bool dispatch_may_be_begun(const struct delivery *delivery)
{
    const struct partition *partition = delivery->partition;

    if (delivery->parked == PARKED_BEFORE)
        return partition->inherits_doubt || delivery->is_late;
    return delivery->record->offset < partition->doubt_below;
}

void dispatch_begin_errand(struct dispatch *dispatch, struct delivery *delivery,
                           const struct event *event, const struct moment *now)
{
    const struct partition *partition = delivery->partition;
    const struct record *record = delivery->record;
    AUTO(text_free) struct text key = text_of(KEY_NAME_MAX_BYTES);
    bool is_notice = event->kind == EVENT_NOTIFICATION;
    struct thread_name name = { delivery->route->integration->licence, event->conversation.id };
    struct thread thread;

    if (is_notice) {
        key_name(record->key, record->key_length, &key);
        name = (struct thread_name){ "", text_string(&key) };
    }
    bool is_known = threads_find(partition_memory(partition, &name), &name, &thread);
    if (is_known && delivery->record->offset <= thread.last_offset) {
        end_before(dispatch, delivery, &thread, now);
        return;
    }
    if (is_known && !thread.channel[0]) /* nobody writes that; but anybody can */
        thread.root[0] = '\0';
    bool is_doubtful =
        dispatch_may_be_begun(delivery) && !(is_known && thread.epoch == partition->epoch);

    const struct thread *known = is_known ? &thread : NULL;
    if (is_notice) {
        delivery->errand =
            errand_new_notice(event, name.conversation, known, record->offset, is_doubtful);
        errand_begun_after(delivery->errand, earliest(record, now));
    } else {
        delivery->errand = errand_new(event, known, record->offset, is_doubtful);
    }
    dispatch_go_on(dispatch, delivery, now);
}
