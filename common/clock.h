/*
 * clock: the only readers of the machine's clocks.
 *
 * The loop reads them once a turn and hands `now` down.  Where a turn may have been held up and
 * that matters, the clock is read anew: the lease on the partitions, and whether a request is still
 * in its time when it is sent.
 */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include "common/units.h"

/* Milliseconds on a clock that never steps back and goes on while the machine is suspended. */
mono_ms clock_mono(void);

/* Milliseconds since 1970, UTC. */
wall_ms clock_wall(void);

#endif
