/*
 * random: a small seeded generator (splitmix64), passed in where chance is wanted, so that the same
 * seed gives the same run.  Not for secrets.
 */
#ifndef COMMON_RANDOM_H
#define COMMON_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state;
};

/* A generator that starts at `seed`. */
struct random random_of(uint64_t seed);

/* The next 64 bits. */
uint64_t random_next(struct random *random);

/* A number from `low` to `high`, both included; `low` is at most `high`. */
int64_t random_between(struct random *random, int64_t low, int64_t high);

#endif
