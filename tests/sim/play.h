/*
 * play: plays schedules, and makes one that fails smaller.
 */
#ifndef TESTS_SIM_PLAY_H
#define TESTS_SIM_PLAY_H

#include "tests/sim/plan.h"

/* Schedules of this seed and the following ones. */
struct play {
    uint64_t seed;
    uint64_t schedules;
    struct plan_limits limits;
    bool is_fast; /* what fails is not made smaller */
};

/*
 * Plays all, until one fails; that is told on stderr, with the command line of the smallest
 * schedule that was found to fail likewise.  Gives what main() is to return.
 */
int play_all(const struct play *play);

#endif
