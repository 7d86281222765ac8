/*
 * ownership: whether the worker's partitions are provably its own, now.
 *
 * Brings the consumer's heartbeats and the clock to core/lease, and what that says into the log and
 * the metrics.
 */
#ifndef WORKER_APP_OWNERSHIP_H
#define WORKER_APP_OWNERSHIP_H

#include <stdbool.h>

#include "common/metrics.h"
#include "worker/core/lease.h"
#include "worker/edge/source.h"

struct ownership {
    struct source *source;
    struct metrics *metrics;
    struct lease lease;
    bool lapsed; /* as was told last */
    mono_ms lapsed_at;
};

/* Nothing is proven yet.  Borrows both. */
void ownership_open(struct ownership *ownership, struct source *source, struct metrics *metrics);

/* Serves the source: what the group had to say counts as heard. */
void ownership_serve(struct ownership *ownership);

/*
 * How long a request may take that starts now; 0: none may.  Reads the clock: the worker may have
 * been stopped since its turn of the loop began.
 */
mono_ms ownership_room(struct ownership *ownership);

#endif
