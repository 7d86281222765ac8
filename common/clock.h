/*
 * clock: the only readers of the machine's clocks.
 *
 * The loop reads them once a turn and hands `now` down; apart from it only the lease on the
 * partitions reads one, where a turn may have been held up.
 */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include "common/units.h"

/* Milliseconds on a clock that never steps back and goes on while the machine is suspended. */
mono_ms clock_mono(void);

/* Milliseconds since 1970, UTC. */
wall_ms clock_wall(void);

#endif
