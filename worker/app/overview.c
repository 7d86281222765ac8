#include "worker/app/overview.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/log.h"
#include "worker/app/meters.h"

static void add_lag(const struct overview *overview, const struct assignment *assignment)
{
    char number[16];

    if (!assignment->source)
        return;
    int64_t lag = source_lag(overview->assignments->source, assignment->source,
                             dispatch_progress(assignment->partition));
    if (lag < 0)
        return;
    (void)snprintf(number, sizeof(number), "%" PRId32, assignment->source->number);
    const char *const values[METRIC_MAX_LABELS] = { assignment->source->topic, number };
    metrics_add_series(overview->metrics, METER_CONSUMER_LAG, values, (double)lag);
}

static void refresh(const struct overview *overview)
{
    struct dispatch_counts counts = dispatch_count(overview->dispatch);
    struct metrics *metrics = overview->metrics;
    const struct assignment *assignment;

    metrics_set(metrics, METER_IN_FLIGHT, (double)counts.in_flight);
    metrics_set(metrics, METER_WAITING_RECORDS, (double)counts.waiting);
    metrics_set(metrics, METER_PARKED_RECORDS, (double)counts.parked);
    metrics_set(metrics, METER_PARKED_ROUTES, (double)counts.closed_routes);
    metrics_set(metrics, METER_OPEN_BREAKERS, (double)counts.open_breakers);
    metrics_set(metrics, METER_CONCURRENCY_LIMIT, (double)counts.concurrency_limit);
    metrics_set(metrics, METER_THREADS, (double)counts.threads);
    metrics_set(metrics, METER_LEASE_HELD, ownership_room(overview->ownership) > 0);
    metrics_set(metrics, METER_ASSIGNED_PARTITIONS, (double)counts.partitions);
    metrics_set(metrics, METER_OLDEST_OPEN_RECORD,
                counts.oldest_open < 0 ? 0 : (double)counts.oldest_open / 1000);
    metrics_clear_series(metrics, METER_CONSUMER_LAG);
    LIST_FOREACH(assignment, &overview->assignments->all, all)
    add_lag(overview, assignment);
    meters_refresh(metrics);
}

void overview_metrics(void *context, enum metrics_format format, struct text *ret)
{
    const struct overview *overview = context;

    refresh(overview);
    metrics_write(overview->metrics, format, ret);
}

size_t overview_checks(void *context, struct management_check ret[static MANAGEMENT_MAX_CHECKS])
{
    const struct overview *overview = context;
    size_t count = 0;

    ret[count++] = (struct management_check){
        .name = "kafka",
        .is_ok = source_has_joined(overview->assignments->source),
        .words = "has not joined the consumer group yet",
    };
    ret[count++] = (struct management_check){
        .name = "state",
        .is_ok = assignments_are_restored(overview->assignments),
        .words = "is restoring what is remembered of its partitions",
    };
    ret[count++] = (struct management_check){
        .name = "running",
        .is_ok = !overview->draining,
        .words = "is draining",
    };
    return count;
}

void overview_tell(const struct overview *overview)
{
    struct dispatch_counts counts = dispatch_count(overview->dispatch);
    const struct log_extra extra[] = {
        { .name = "partitions", .number = (int64_t)counts.partitions },
        { .name = "waiting", .number = (int64_t)counts.waiting },
        { .name = "waiting_bytes", .number = (int64_t)counts.waiting_bytes },
        { .name = "parked", .number = (int64_t)counts.parked },
        { .name = "in_flight", .number = (int64_t)counts.in_flight },
        { .name = "threads", .number = (int64_t)counts.threads },
        { .name = "closed_routes", .number = (int64_t)counts.closed_routes },
        { .name = "oldest_open_ms", .number = counts.oldest_open },
        { .name = NULL },
    };

    log_line(LOG_INFO, "state", &(struct log_fields){ .extra = extra });
}
