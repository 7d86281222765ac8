/*
 * backoff: how long to rest after a failure.
 *
 * Decorrelated jitter: each rest is drawn between the first one and three times the previous one,
 * so that many that failed at one moment do not come back at one moment.
 */
#ifndef WORKER_CORE_BACKOFF_H
#define WORKER_CORE_BACKOFF_H

#include "common/random.h"
#include "common/units.h"

struct backoff {
    mono_ms first; /* the shortest rest, at least 1 */
    mono_ms max;   /* the longest, at least `first` */
};

/* The rest that follows `previous` (0: there was none yet). */
mono_ms backoff_next(const struct backoff *backoff, mono_ms previous, struct random *random);

#endif
