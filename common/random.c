#include "common/random.h"

#include "common/must.h"

struct random random_of(uint64_t seed)
{
    return (struct random){ .state = seed };
}

uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int64_t random_between(struct random *random, int64_t low, int64_t high)
{
    must(low <= high);
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    uint64_t bits = random_next(random);

    return (int64_t)((uint64_t)low + (span ? bits % span : bits));
}
