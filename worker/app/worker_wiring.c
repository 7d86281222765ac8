/*
 * How the parts of the worker are built, connected and taken apart.
 */
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "worker/app/clients.h"
#include "worker/app/exits.h"
#include "worker/app/meters.h"
#include "worker/app/version.h"
#include "worker/app/worker_inner.h"

enum {
    ROUTE_RETRY_FIRST_MS = 5000,
    ROUTE_RETRY_MAX_MS = 300000,
    DOWNLOADS_AT_ONCE = 8,
    DOWNLOAD_PATIENCE_MS = 5000,
};

/* ---- edges → core ---- */

static void on_answered(void *context, struct ask *ask, const struct answer *answer)
{
    struct worker *worker = context;

    dispatch_answered(worker->dispatch, ask, answer, worker_moment(worker));
}

static void on_fetched(void *context, struct fetch *fetch, const struct fetch_result *result)
{
    struct worker *worker = context;

    dispatch_fetched(worker->dispatch, fetch, result, worker_moment(worker));
}

static void on_rebalanced(void *context)
{
    struct worker *worker = context;

    metrics_add(worker->metrics, METER_REBALANCES, 1);
}

static void on_assigned(void *context, struct source_partition *partition)
{
    struct worker *worker = context;

    log_line(LOG_INFO, "assigned",
             &(struct log_fields){
                 .topic = partition->topic, .partition = partition->number, .offset = -1 });
    assignments_add(&worker->assignments, partition, worker_moment(worker));
}

static void on_revoked(void *context, struct source_partition *partition, bool lost)
{
    struct worker *worker = context;

    log_line(LOG_INFO, lost ? "lost" : "revoked",
             &(struct log_fields){
                 .topic = partition->topic, .partition = partition->number, .offset = -1 });
    assignments_revoke(&worker->assignments, partition, lost, worker_moment(worker));
}

static void on_committed(void *context, struct source_partition *partition, int64_t offset)
{
    struct worker *worker = context;
    struct assignment *assignment = partition->owner;

    metrics_count(worker->metrics, METER_COMMITS, COMMIT_OK, 0);
    dispatch_committed(worker->dispatch, assignment->partition, offset, worker_moment(worker));
}

static void on_commit_failed(void *context, const char *words)
{
    struct worker *worker = context;

    metrics_count(worker->metrics, METER_COMMITS, COMMIT_FAILED, 0);
    log_line_capped(LOG_WARN, "commit_failed", &(struct log_fields){ .why = words }, words, 10000);
}

static void on_buried(void *context, struct delivery *delivery, const char *why)
{
    struct worker *worker = context;

    dispatch_buried(worker->dispatch, delivery, why, worker_moment(worker));
}

static void on_died(void *context, const char *words)
{
    struct worker *worker = context;

    log_line(LOG_ERROR, "kafka_fatal", &(struct log_fields){ .why = words });
    worker->exit_code = EXIT_INTERNAL;
    assignments_leave_all(&worker->assignments, true, worker_moment(worker));
    worker_stop(worker);
}

static const struct moment *moment_of(void *context)
{
    return worker_moment(context);
}

/* ---- building ---- */

static int open_table(struct worker *worker, const struct kafka_property *properties,
                      struct fault *reterr)
{
    const struct settings *settings = worker->settings;
    struct table_options options = { .properties = properties,
                                     .topic = settings->topics.state,
                                     .wake_fd = loop_wake_fd(worker->loop),
                                     .port = recordings_port,
                                     .listener = clients_listener };

    worker->topics[0] = settings->topics.notifications;
    if (integrations_have_conversations(&settings->integrations))
        worker->topics[1] = settings->topics.conversations;
    options.port.context = &worker->recordings;
    return table_open(&options, &worker->table, reterr);
}

static int open_kafka(struct worker *worker, struct fault *reterr)
{
    AUTO(free) struct kafka_property *consumer = clients_properties(worker->settings, true);
    AUTO(free) struct kafka_property *producer = clients_properties(worker->settings, false);
    const struct sink_options sink = { .properties = producer,
                                       .one_by_one = true,
                                       .wake_fd = loop_wake_fd(worker->loop),
                                       .listener = clients_listener };
    const struct source_options source = {
        .properties = consumer,
        .topics = worker->topics,
        .wake_fd = loop_wake_fd(worker->loop),
        .port = { worker, on_rebalanced, on_assigned, on_revoked, on_committed, on_commit_failed,
                  on_died },
        .listener = clients_listener,
    };

    if (sink_open(&sink, &worker->sink, reterr) != 0 || open_table(worker, producer, reterr) != 0)
        return -1;
    return source_open(&source, &worker->source, reterr);
}

static struct dispatch *open_dispatch(struct worker *worker)
{
    const struct settings *settings = worker->settings;
    const struct dispatch_options options = {
        .in_flight = (size_t)settings->delivery.in_flight,
        .in_flight_per_server = (size_t)settings->delivery.in_flight_per_server,
        .window = (size_t)settings->delivery.window,
        .waiting_bytes = (size_t)settings->delivery.waiting_bytes,
        .attempt_timeout = settings->delivery.attempt_timeout_ms,
        .retry = { settings->delivery.retry_first_ms, settings->delivery.retry_max_ms },
        .route = { ROUTE_RETRY_FIRST_MS, ROUTE_RETRY_MAX_MS },
        .thread_max_replies = (uint32_t)settings->delivery.thread_max_replies,
        .parking = { (size_t)settings->parking.max_records, (size_t)settings->parking.max_bytes },
        .poison = { (unsigned)settings->delivery.poison_attempts,
                    settings->delivery.poison_minutes * 60 * 1000 },
        .old_news = settings->old_news,
        .keep = settings->state.keep_days * 24 * 3600 * 1000,
        .seed = (uint64_t)clock_wall() ^ (uint64_t)getpid() << 32,
    };
    const struct dispatch_port port = worker_dispatch_port(worker);

    return dispatch_new(&options, &port, &settings->integrations);
}

/* Connects the parts that exist by now with each other. */
static void connect_parts(struct worker *worker)
{
    const struct settings *settings = worker->settings;
    const struct meters_options meters = { .version = worker_version,
                                           .topics = worker->topics,
                                           .topic_count = worker->topics[1] ? 2 : 1 };

    worker->metrics = meters_new(&meters);
    ownership_open(&worker->ownership, worker->source, worker->metrics);
    worker->reporter.metrics = worker->metrics;
    worker->reporter.topics = worker->topics;
    worker->recordings = (struct recordings){ .table = worker->table,
                                              .dispatch = worker->dispatch,
                                              .metrics = worker->metrics,
                                              .context = worker,
                                              .now = moment_of };
    worker->assignments =
        (struct assignments){ .source = worker->source,
                              .dispatch = worker->dispatch,
                              .recordings = &worker->recordings,
                              .topics = worker->topics,
                              .threaded_topic = worker->topics[1],
                              .leave_budget = settings->delivery.attempt_timeout_ms };
    worker->burials = (struct burials){ .sink = worker->sink,
                                        .topic = settings->topics.dead_letters,
                                        .context = worker,
                                        .done = on_buried };
    worker->postman = (struct postman){ .mattermost = worker->mattermost,
                                        .downloads = worker->downloads,
                                        .context = worker,
                                        .answered = on_answered,
                                        .fetched = on_fetched };
    worker->overview = (struct overview){ .metrics = worker->metrics,
                                          .dispatch = worker->dispatch,
                                          .ownership = &worker->ownership,
                                          .assignments = &worker->assignments };
}

static int open_management(struct worker *worker, struct fault *reterr)
{
    const struct management_options options = { .address = worker->settings->management.address,
                                                .checks = overview_checks,
                                                .metrics = overview_metrics,
                                                .context = &worker->overview };

    return management_new(worker->loop, &options, &worker->management, reterr);
}

int worker_new(const struct settings *settings, struct loop *loop, struct worker **ret,
               struct fault *reterr)
{
    struct worker *worker = mem_new(sizeof(*worker));
    const struct mattermost_options options = { .connections =
                                                    (size_t)settings->delivery.in_flight + 8 };

    const struct downloads_options downloads = { .at_once = DOWNLOADS_AT_ONCE,
                                                 .hosts = settings->attachments.hosts,
                                                 .max_bytes = settings->attachments.max_bytes,
                                                 .timeout = settings->attachments.timeout_ms,
                                                 .patience = DOWNLOAD_PATIENCE_MS };

    worker->settings = settings;
    worker->loop = loop;
    worker->dispatch = open_dispatch(worker);
    if (mattermost_new(loop, &options, &worker->mattermost, reterr) != 0 ||
        downloads_new(loop, &downloads, &worker->downloads, reterr) != 0 ||
        open_kafka(worker, reterr) != 0) {
        worker_free(worker);
        return -1;
    }
    connect_parts(worker);
    if (open_management(worker, reterr) != 0) {
        worker_free(worker);
        return -1;
    }
    *ret = worker;
    return 0;
}

void worker_free(struct worker *worker)
{
    const struct moment *now;

    if (!worker)
        return;
    now = worker_moment(worker);
    assignments_drop_all(&worker->assignments, now);
    dispatch_free(worker->dispatch);
    source_free(worker->source);
    sink_free(worker->sink);
    table_free(worker->table);
    postman_close(&worker->postman);
    downloads_free(worker->downloads);
    mattermost_free(worker->mattermost);
    management_free(worker->management);
    reporter_free(&worker->reporter);
    metrics_free(worker->metrics);
    free(worker);
}
