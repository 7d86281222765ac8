/*
 * model: the frame of a model test.
 *
 * A test makes random moves from a seed.  It runs a fixed number of seeds that differ from run to
 * run; a failing claim (must) ends it, and the seed that it printed last repeats the run.
 */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/random.h"

/* main() of a model test: runs `play` once with the seed of the command line, or `rounds` times. */
static inline int model_main(int argc, char **argv, int rounds, void (*play)(struct random *random))
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)clock_wall();

    if (argc > 1)
        rounds = 1;
    for (int i = 0; i < rounds; i++, seed++) {
        struct random random = random_of(seed);
        printf("seed %" PRIu64 "\n", seed);
        fflush(stdout);
        play(&random);
    }
    return 0;
}

#endif
