/*
 * overview: the state of the worker for those who look at it: gauges, readiness, one line of state.
 */
#ifndef WORKER_APP_OVERVIEW_H
#define WORKER_APP_OVERVIEW_H

#include <stdbool.h>

#include "common/metrics.h"
#include "worker/app/assignments.h"
#include "worker/app/ownership.h"
#include "worker/core/dispatch.h"
#include "worker/edge/management.h"

struct overview {
    struct metrics *metrics;
    const struct dispatch *dispatch;
    struct ownership *ownership;
    const struct assignments *assignments;
    bool draining;
};

/* Brings the gauges up to date and writes all metrics; for management_options. */
void overview_metrics(void *context, enum metrics_format format, struct text *ret);

/* The checks of /readyz; for management_options. */
size_t overview_checks(void *context, struct management_check ret[static MANAGEMENT_MAX_CHECKS]);

/* Logs one line of state. */
void overview_tell(const struct overview *overview);

#endif
