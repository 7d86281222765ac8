/*
 * meters: the worker's metrics, one row each.
 *
 * The names are contracts: they stand in people's dashboards and alerts, and in
 * tests/unit/meters.golden.  A new one is a row in the table of meters.c and a name here.
 */
#ifndef WORKER_APP_METERS_H
#define WORKER_APP_METERS_H

#include <stddef.h>

#include "common/attrs.h"
#include "common/metrics.h"

/* With the labels that metrics_count() wants, in order. */
enum meter {
    METER_BUILD_INFO,
    METER_RECORDS,       /* index of the topic in meters_options, enum outcome */
    METER_POST_ATTEMPTS, /* enum verdict_kind */
    METER_POST_SECONDS,
    METER_EVENT_AGE_SECONDS,
    METER_LOOKUPS, /* enum lookup */
    METER_AMBIGUOUS,
    METER_DEAD_LETTERS, /* enum reason */
    METER_DEAD_LETTERS_REFUSED,
    METER_IN_FLIGHT,
    METER_WAITING_RECORDS,
    METER_PARKED_RECORDS,
    METER_PARKED_ROUTES,
    METER_OPEN_BREAKERS,
    METER_CONCURRENCY_LIMIT,
    METER_RATE_LIMITED,
    METER_ASSIGNED_PARTITIONS,
    METER_CONSUMER_LAG, /* topic and partition come and go */
    METER_OLDEST_OPEN_RECORD,
    METER_LAST_PROGRESS,
    METER_REBALANCES,
    METER_LEASE_LAPSES,
    METER_LEASE_HELD,
    METER_COMMITS, /* enum meters_commit */
    METER_STATE_RESTORE_SECONDS,
    METER_THREADS,
    METER_LOG_LINES_DROPPED,
    METER_PROCESS_CPU_SECONDS,
    METER_PROCESS_RESIDENT_BYTES,
    METER_PROCESS_VIRTUAL_BYTES,
    METER_PROCESS_OPEN_FDS,
    METER_PROCESS_MAX_FDS,
    METER_PROCESS_START_TIME,
    METER_COUNT
};

enum meters_commit { COMMIT_OK, COMMIT_FAILED, COMMIT_OUTCOMES };

struct meters_options {
    const char *version;
    const char *const *topics; /* that are read */
    size_t topic_count;
};

/* Gives the metrics, all 0 but for the version. */
struct metrics *meters_new(const struct meters_options *options) ATTR_MUST_USE;

/* Sets those that are known elsewhere: of the process and of the log. Before each reading. */
void meters_refresh(struct metrics *metrics);

#endif
