#include "worker/app/meters.h"

#include <string.h>

#include "common/log.h"
#include "common/process.h"
#include "worker/core/reason.h"
#include "worker/core/report.h"
#include "worker/core/verdict.h"

#define OURS "ireserve_mattermost_"

static const char *const commit_outcomes[] = { [COMMIT_OK] = "ok", [COMMIT_FAILED] = "failed" };

/* Up to the time limit of an attempt, by default 15 s. */
static const double post_bounds[] = { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15 };

/* From "at once" to a day: what an outage of a night looks like, too. */
static const double age_bounds[] = { 0.05, 0.1, 0.25, 0.5, 1,    2.5,   5,
                                     10,   30,  60,   300, 3600, 21600, 86400 };

static const double restore_bounds[] = { 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60 };

/* Values that are known at the start only are filled in by meters_new(). */
static const struct metric_spec table[METER_COUNT] = {
    [METER_BUILD_INFO] = { .name = OURS "build_info",
                           .help = "The version that runs; always 1.",
                           .type = METRIC_GAUGE,
                           .labels = { { "version", NULL, 0 } } },
    [METER_RECORDS] = { .name = OURS "records_total",
                        .help = "Records that are done with, by how they ended.",
                        .type = METRIC_COUNTER,
                        .labels = { { "topic", NULL, 0 },
                                    { "outcome", outcome_names, OUTCOME_COUNT } } },
    [METER_POST_ATTEMPTS] = { .name = OURS "post_attempts_total",
                              .help = "Posts that were tried, by what the answer meant.",
                              .type = METRIC_COUNTER,
                              .labels = { { "verdict", verdict_names, VERDICT_COUNT } } },
    [METER_POST_SECONDS] = { .name = OURS "post_seconds",
                             .help = "Time from sending a post to its answer.",
                             .type = METRIC_HISTOGRAM,
                             .bounds = post_bounds,
                             .bound_count = sizeof(post_bounds) / sizeof(double) },
    [METER_EVENT_AGE_SECONDS] = { .name = OURS "event_age_seconds",
                                  .help = "Age of a record when its post was accepted.",
                                  .type = METRIC_HISTOGRAM,
                                  .bounds = age_bounds,
                                  .bound_count = sizeof(age_bounds) / sizeof(double) },
    [METER_LOOKUPS] = { .name = OURS "lookups_total",
                        .help = "Look-ups of what may be in Mattermost already.",
                        .type = METRIC_COUNTER,
                        .labels = { { "result", lookup_names, LOOKUP_COUNT } } },
    [METER_AMBIGUOUS] = { .name = OURS "ambiguous_total",
                          .help = "Attempts of which it is not known whether the post was made.",
                          .type = METRIC_COUNTER },
    [METER_DEAD_LETTERS] = { .name = OURS "dead_letters_total",
                             .help = "Records whose dead letter was acknowledged, by reason.",
                             .type = METRIC_COUNTER,
                             .labels = { { "reason", reason_codes, REASON_COUNT } } },
    [METER_DEAD_LETTERS_REFUSED] = { .name = OURS "dead_letters_refused_total",
                                     .help = "Tries to write a dead letter that the topic refused.",
                                     .type = METRIC_COUNTER },
    [METER_IN_FLIGHT] = { .name = OURS "in_flight",
                          .help = "Posts on the wire.",
                          .type = METRIC_GAUGE },
    [METER_WAITING_RECORDS] = { .name = OURS "waiting_records",
                                .help = "Records held and not done.",
                                .type = METRIC_GAUGE },
    [METER_PARKED_RECORDS] = { .name = OURS "parked_records",
                               .help = "Records in the state topic that wait for their channel.",
                               .type = METRIC_GAUGE },
    [METER_PARKED_ROUTES] = { .name = OURS "parked_routes",
                              .help = "Channels that cannot be posted to; their records wait.",
                              .type = METRIC_GAUGE },
    [METER_OPEN_BREAKERS] = { .name = OURS "open_breakers",
                              .help = "Servers that are away; what is for them waits.",
                              .type = METRIC_GAUGE },
    [METER_CONCURRENCY_LIMIT] = { .name = OURS "concurrency_limit",
                                  .help = "Requests at once that the servers are allowed, in all.",
                                  .type = METRIC_GAUGE },
    [METER_RATE_LIMITED] = { .name = OURS "rate_limited_total",
                             .help = "Times that a server asked for a pause.",
                             .type = METRIC_COUNTER },
    [METER_ASSIGNED_PARTITIONS] = { .name = OURS "assigned_partitions",
                                    .help = "Partitions that this worker owns.",
                                    .type = METRIC_GAUGE },
    [METER_CONSUMER_LAG] = { .name = OURS "consumer_lag",
                             .help =
                                 "Records between the last stored offset and the end of a partition.",
                             .type = METRIC_GAUGE,
                             .labels = { { "topic", NULL, 0 }, { "partition", NULL, 0 } } },
    [METER_OLDEST_OPEN_RECORD] = { .name = OURS "oldest_open_record_timestamp_seconds",
                                   .help =
                                       "Timestamp of the oldest record that is not done; 0: none.",
                                   .type = METRIC_GAUGE },
    [METER_LAST_PROGRESS] = { .name = OURS "last_progress_timestamp_seconds",
                              .help = "When a record was last done with; 0: never.",
                              .type = METRIC_GAUGE },
    [METER_REBALANCES] = { .name = OURS "rebalances_total",
                           .help = "Changes of the partitions that this worker owns.",
                           .type = METRIC_COUNTER },
    [METER_LEASE_LAPSES] = { .name = OURS "lease_lapses_total",
                             .help = "Times that partitions were not provably this worker's.",
                             .type = METRIC_COUNTER },
    [METER_LEASE_HELD] = { .name = OURS "lease_held",
                           .help =
                               "1 while the partitions are provably this worker's; 0: no posts.",
                           .type = METRIC_GAUGE },
    [METER_COMMITS] = { .name = OURS "commits_total",
                        .help = "Commits of offsets, by what the broker said.",
                        .type = METRIC_COUNTER,
                        .labels = { { "outcome", commit_outcomes, COMMIT_OUTCOMES } } },
    [METER_STATE_RESTORE_SECONDS] = { .name = OURS "state_restore_seconds",
                                      .help =
                                          "Time to restore the threads of a partition from the state topic.",
                                      .type = METRIC_HISTOGRAM,
                                      .bounds = restore_bounds,
                                      .bound_count = sizeof(restore_bounds) / sizeof(double) },
    [METER_THREADS] = { .name = OURS "threads",
                        .help = "Conversations whose thread is known.",
                        .type = METRIC_GAUGE },
    [METER_LOG_LINES_DROPPED] = { .name = OURS "log_lines_dropped_total",
                                  .help = "Lines of the log that nobody read in time.",
                                  .type = METRIC_COUNTER },
    [METER_PROCESS_CPU_SECONDS] = { .name = "process_cpu_seconds_total",
                                    .help = "User and system time of the process.",
                                    .type = METRIC_COUNTER },
    [METER_PROCESS_RESIDENT_BYTES] = { .name = "process_resident_memory_bytes",
                                       .help = "Memory that the process has in use.",
                                       .type = METRIC_GAUGE },
    [METER_PROCESS_VIRTUAL_BYTES] = { .name = "process_virtual_memory_bytes",
                                      .help = "Memory that the process has asked for.",
                                      .type = METRIC_GAUGE },
    [METER_PROCESS_OPEN_FDS] = { .name = "process_open_fds",
                                 .help = "Open descriptors.",
                                 .type = METRIC_GAUGE },
    [METER_PROCESS_MAX_FDS] = { .name = "process_max_fds",
                                .help = "Descriptors that may be open.",
                                .type = METRIC_GAUGE },
    [METER_PROCESS_START_TIME] = { .name = "process_start_time_seconds",
                                   .help = "When the process started.",
                                   .type = METRIC_GAUGE },
};

struct metrics *meters_new(const struct meters_options *options)
{
    struct metric_spec specs[METER_COUNT];

    memcpy(specs, table, sizeof(specs));
    specs[METER_BUILD_INFO].labels[0].values = &options->version;
    specs[METER_BUILD_INFO].labels[0].count = 1;
    specs[METER_RECORDS].labels[0].values = options->topics;
    specs[METER_RECORDS].labels[0].count = options->topic_count;
    struct metrics *metrics = metrics_new(specs, METER_COUNT);
    metrics_set(metrics, METER_BUILD_INFO, 1);
    return metrics;
}

void meters_refresh(struct metrics *metrics)
{
    struct process process = process_read();

    metrics_set(metrics, METER_LOG_LINES_DROPPED, (double)log_dropped());
    metrics_set(metrics, METER_PROCESS_CPU_SECONDS, process.cpu_seconds);
    metrics_set(metrics, METER_PROCESS_RESIDENT_BYTES, process.resident_bytes);
    metrics_set(metrics, METER_PROCESS_VIRTUAL_BYTES, process.virtual_bytes);
    metrics_set(metrics, METER_PROCESS_OPEN_FDS, process.open_fds);
    metrics_set(metrics, METER_PROCESS_MAX_FDS, process.max_fds);
    metrics_set(metrics, METER_PROCESS_START_TIME, process.start_time_seconds);
}
