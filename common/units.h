/*
 * units: scalar types whose name is their unit.
 */
#ifndef COMMON_UNITS_H
#define COMMON_UNITS_H

#include <stdint.h>

typedef int64_t mono_ms; /* a moment on the monotonic clock, or a span of it */
typedef int64_t wall_ms; /* a moment: milliseconds since 1970, UTC */

/* One moment on both clocks, read together. */
struct moment {
    mono_ms mono;
    wall_ms wall;
};

/* "Not before anything else happens": the deadline of who waits for nothing. */
#define MONO_NEVER INT64_MAX

#endif
