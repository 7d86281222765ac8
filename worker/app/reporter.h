/*
 * reporter: what the core reports → one log line, and the metrics.
 */
#ifndef WORKER_APP_REPORTER_H
#define WORKER_APP_REPORTER_H

#include "common/map.h"
#include "common/metrics.h"
#include "worker/core/report.h"

struct reporter {
    struct metrics *metrics;   /* borrowed */
    const char *const *topics; /* that are read, as the metrics number them; ends in NULL */
    struct map unknown_types;  /* logged already: once per type */
};

/* Logs and counts a report of core/dispatch. */
void reporter_take(struct reporter *reporter, const struct report *report,
                   const struct moment *now);

/* Frees what it remembers. */
void reporter_free(struct reporter *reporter);

#endif
