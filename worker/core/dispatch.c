#include "worker/core/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/dispatch_inner.h"
#include "worker/core/dispatch_park.h"

struct dispatch *dispatch_new(const struct dispatch_options *options,
                              const struct dispatch_port *port,
                              const struct integrations *integrations)
{
    struct dispatch *dispatch = mem_new(sizeof(*dispatch));

    dispatch->options = *options;
    dispatch->port = *port;
    dispatch->integrations = integrations;
    dispatch->random = random_of(options->seed);
    dispatch->lanes = lanes_new();
    servers_open(&dispatch->servers,
                 &(struct servers_options){ .in_flight = options->in_flight,
                                            .in_flight_per_server = options->in_flight_per_server,
                                            .due = &dispatch->due,
                                            .random = &dispatch->random });
    routes_open(&dispatch->routes);
    TAILQ_INIT(&dispatch->heads);
    TAILQ_INIT(&dispatch->partitions);
    TAILQ_INIT(&dispatch->dirty);
    return dispatch;
}

static void drop_routes(struct dispatch *dispatch)
{
    struct route *route;

    SLIST_FOREACH(route, &dispatch->routes.all, all)
    {
        if (route->ask.carrier)
            dispatch->port.cancel(dispatch->port.context, &route->ask);
        route->ask.carrier = NULL;
        heap_remove(&dispatch->due, &route->due.node);
    }
    routes_close(&dispatch->routes);
}

static void drop_servers(struct dispatch *dispatch)
{
    struct server *server;

    SLIST_FOREACH(server, &dispatch->servers.all, all)
    heap_remove(&dispatch->due, &server->due.node);
    servers_close(&dispatch->servers);
}

static void drop_bots(struct dispatch *dispatch)
{
    struct map_entry entry;

    for (size_t at = 0; map_next(&dispatch->bots, &at, &entry);)
        free(entry.value);
    map_free(&dispatch->bots);
}

void dispatch_free(struct dispatch *dispatch)
{
    const struct moment never = { .mono = 0, .wall = 0 };

    if (!dispatch)
        return;
    while (!TAILQ_EMPTY(&dispatch->partitions)) {
        struct partition *partition = TAILQ_FIRST(&dispatch->partitions);
        dispatch_leave(dispatch, partition, true, &never);
        dispatch_forget(dispatch, partition, &never);
    }
    drop_routes(dispatch);
    drop_servers(dispatch);
    drop_bots(dispatch);
    past_forget(&dispatch->past, MONO_NEVER);
    lanes_free(dispatch->lanes);
    heap_free(&dispatch->due);
    rendering_free(&dispatch->rendering);
    free(dispatch);
}

struct partition *dispatch_assign(struct dispatch *dispatch,
                                  const struct assigned_partition *assigned)
{
    struct partition *partition =
        partition_new(assigned->topic, assigned->number, dispatch->options.window);
    struct partition *other;

    partition->owner = assigned->owner;
    partition->takes_conversations = assigned->takes_conversations;
    TAILQ_FOREACH(other, &dispatch->partitions, all)
    if (other->number == assigned->number && strcmp(other->topic, assigned->topic) == 0) {
        must(other->leaving);
        partition->elder = other;
    }
    TAILQ_INSERT_TAIL(&dispatch->partitions, partition, all);
    return partition;
}

bool dispatch_wants(const struct dispatch *dispatch, const struct partition *partition)
{
    if (partition->leaving || partition->elder || partition->held_back ||
        partition->standing != PARTITION_OPEN)
        return false;
    if (ledger_is_full(partition->ledger))
        return false;
    return dispatch->waiting_bytes < dispatch->options.waiting_bytes ||
           TAILQ_EMPTY(&partition->open);
}

void dispatch_mark_dirty(struct dispatch *dispatch, struct partition *partition)
{
    if (partition->dirty)
        return;
    partition->dirty = true;
    TAILQ_INSERT_TAIL(&dispatch->dirty, partition, in_dirty);
}

/* Opens a record that is inside the window. */
static void admit(struct dispatch *dispatch, struct partition *partition, struct record *record,
                  const struct moment *now)
{
    uint64_t ticket = ledger_open(partition->ledger, record->offset);

    if (past_has(&dispatch->past, record, now->mono)) {
        struct report report = { .kind = REPORT_ALREADY_POSTED,
                                 .outcome = OUTCOME_ALREADY_POSTED,
                                 .record = record,
                                 .took_ms = -1,
                                 .why = "done by this process under an earlier assignment" };
        ledger_close(partition->ledger, ticket);
        dispatch_mark_dirty(dispatch, partition);
        if (parking_find(&partition->parking, record->offset))
            dispatch_forget_parked(dispatch, partition, record->offset);
        dispatch->port.report(dispatch->port.context, &report);
        free(record);
        return;
    }

    struct delivery *delivery = delivery_new(record, partition);
    delivery->ticket = ticket;
    delivery->number = dispatch->read++;
    dispatch->waiting++;
    dispatch->waiting_bytes += record_bytes(record);
    TAILQ_INSERT_TAIL(&partition->open, delivery, in_partition);
    if (lanes_enter(dispatch->lanes, delivery))
        TAILQ_INSERT_TAIL(&dispatch->heads, delivery, in_queue);
    else
        dispatch_follow(dispatch, delivery, now);
}

/*
 * Admits the record that was held back, if the window reaches it.  An empty ledger has nothing to
 * wait for: what lies between is a gap in the log, and a commit beyond it moves the window there.
 */
static void review_held_back(struct dispatch *dispatch, struct partition *partition,
                             const struct moment *now)
{
    struct record *record = partition->held_back;

    if (!record || partition->leaving)
        return;
    if (record->offset < partition->acked + (int64_t)dispatch->options.window &&
        !ledger_is_full(partition->ledger)) {
        partition->held_back = NULL;
        admit(dispatch, partition, record, now);
    } else if (ledger_is_empty(partition->ledger)) {
        ledger_skip_to(partition->ledger, record->offset);
        dispatch_mark_dirty(dispatch, partition);
    }
}

void dispatch_take(struct dispatch *dispatch, struct partition *partition, struct record *record,
                   const struct moment *now)
{
    must(dispatch_wants(dispatch, partition));
    if (record->offset < partition->next) { /* librdkafka fetched it a second time */
        free(record);
        return;
    }
    partition->next = record->offset + 1;
    if (partition->acked < 0)
        partition->acked = record->offset;
    if (!partition->is_unpacked)
        dispatch_unpack(dispatch, partition, record->offset);
    if (partition->doubt_below < 0)
        partition->doubt_below = partition_end_of_doubt(partition, dispatch->options.window);
    partition->held_back = record;
    review_held_back(dispatch, partition, now);
}

void dispatch_committed(struct dispatch *dispatch, struct partition *partition, int64_t offset,
                        const struct moment *now)
{
    if (offset > partition->acked)
        partition->acked = offset;
    review_held_back(dispatch, partition, now);
}

int64_t dispatch_progress(const struct partition *partition)
{
    return ledger_commit_point(partition->ledger);
}

static void wake(struct dispatch *dispatch, struct due *due, const struct moment *now)
{
    switch (due->owner) {
    case DUE_DELIVERY: {
        struct delivery *delivery = container_of(due, struct delivery, due);
        if (delivery->letter.stage)
            dispatch_bury(dispatch, delivery, &delivery->letter);
        else
            dispatch_go_on(dispatch, delivery, now);
        return;
    }
    case DUE_ROUTE:
        dispatch_route_due(dispatch, container_of(due, struct route, due), now);
        return;
    case DUE_SERVER:
        servers_reopen(&dispatch->servers, container_of(due, struct server, due));
        return;
    }
}

static void store_progress(struct dispatch *dispatch)
{
    while (!TAILQ_EMPTY(&dispatch->dirty)) {
        struct partition *partition = TAILQ_FIRST(&dispatch->dirty);
        int64_t point = ledger_commit_point(partition->ledger);

        TAILQ_REMOVE(&dispatch->dirty, partition, in_dirty);
        partition->dirty = false;
        if (partition->lost || point <= partition->stored)
            continue;
        partition->stored = point;
        dispatch->port.store(dispatch->port.context, partition->topic, partition->number, point);
    }
}

mono_ms dispatch_tick(struct dispatch *dispatch, const struct moment *now)
{
    struct heap_node *first;

    while ((first = heap_first(&dispatch->due)) && first->key <= now->mono) {
        heap_remove(&dispatch->due, first);
        wake(dispatch, container_of(first, struct due, node), now);
    }
    dispatch_unpack_all(dispatch);
    mono_ms relief = dispatch_relieve(dispatch, now);
    dispatch_expire(dispatch, now);
    dispatch->waits_for_room = false;
    do {
        struct delivery *delivery;
        while ((delivery = TAILQ_FIRST(&dispatch->heads))) {
            TAILQ_REMOVE(&dispatch->heads, delivery, in_queue);
            dispatch_start(dispatch, delivery, now);
        }
        while (!dispatch->waits_for_room &&
               (delivery = servers_take(&dispatch->servers, now->mono)))
            dispatch_send(dispatch, delivery, now);
    } while (!TAILQ_EMPTY(&dispatch->heads));
    store_progress(dispatch);
    mono_ms next = dispatch_next_look(dispatch, now);
    return next < relief ? next : relief;
}

struct dispatch_counts dispatch_count(const struct dispatch *dispatch)
{
    struct dispatch_counts counts = {
        .in_flight = dispatch->servers.in_flight,
        .waiting = dispatch->waiting,
        .waiting_bytes = dispatch->waiting_bytes,
        .parked = dispatch->parked,
        .closed_routes = routes_count_closed(&dispatch->routes),
        .open_breakers = servers_count_open(&dispatch->servers),
        .concurrency_limit = servers_limit(&dispatch->servers),
        .oldest_open = -1,
    };
    const struct partition *partition;

    TAILQ_FOREACH(partition, &dispatch->partitions, all)
    {
        const struct delivery *oldest = TAILQ_FIRST(&partition->open);
        counts.partitions += !partition->leaving;
        counts.threads += dispatch_count_threads(partition);
        if (oldest && (counts.oldest_open < 0 || oldest->record->timestamp < counts.oldest_open))
            counts.oldest_open = oldest->record->timestamp;
    }
    return counts;
}
