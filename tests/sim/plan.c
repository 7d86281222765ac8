#include "tests/sim/plan.h"

#include <string.h>

#include "common/random.h"

const char *const fault_names[] = {
#define X(name, words) [FAULT_##name] = (words),
    FAULTS(X)
#undef X
};

int fault_find(const char *name)
{
    for (int i = 0; i < FAULT_COUNT; i++)
        if (strcmp(fault_names[i], name) == 0)
            return i;
    return -1;
}

static bool chance(struct random *random, int percent)
{
    return random_between(random, 1, 100) <= percent;
}

/* Few kinds of faults at a time, and many of them, find more than all kinds at once. */
static unsigned draw_faults(struct random *random)
{
    static const int shares[] = { 15, 40, 40, 70 };
    int share = shares[random_between(random, 0, 3)];
    unsigned faults = 0;

    for (int i = 0; i < FAULT_COUNT; i++)
        faults |= (unsigned)chance(random, share) << i;
    return faults;
}

/* Short ones find most; some are long. */
static void draw_size(struct plan *plan, struct random *random)
{
    bool is_long = chance(random, 1);

    plan->records = (int)random_between(random, 2, is_long ? 60 : 10);
    plan->turns = (int)random_between(random, 10, is_long ? 500 : 80);
}

static void draw_ways(struct plan *plan, struct random *random)
{
    static const mono_ms guards[] = { 0, 0, 1000, 30000 };
    static const int notices[] = { 0, 40, 40, 100 };
    static const int parking[] = { 0, 2, 1000, 1000 };

    plan->window = chance(random, 70) ? 16 : (int)random_between(random, 1, 6);
    plan->parking = parking[random_between(random, 0, 3)];
    plan->notices_percent = notices[random_between(random, 0, 3)];
    plan->fault_percent = (int)random_between(random, 5, 40);
    plan->trouble_percent = (int)random_between(random, 2, 20);
    plan->max_replies = chance(random, 15) ? 4 : 1000;
    plan->keep = chance(random, 10) ? 15000 : PLAN_LONG;
    plan->guard_ms = guards[random_between(random, 0, 3)];
    plan->lag_ms = random_between(random, 1, 1000);
    plan->skew = random_between(random, -4, 4) * 60 * 1000;
    plan->edit_ms = chance(random, 15) ? 5000 : 0;
    plan->may_be_late = chance(random, 10);
    plan->is_leased = chance(random, 85);
    plan->pages = chance(random, 50);
    plan->is_old_clock = chance(random, 50);
}

static int smaller(int drawn, int limit)
{
    return limit > 0 && limit < drawn ? limit : drawn;
}

struct plan plan_of(uint64_t seed, const struct plan_limits *limits)
{
    struct random random = random_of(~seed);
    struct plan plan = { .seed = seed, .is_told = limits->is_told };

    plan.faults = draw_faults(&random);
    draw_size(&plan, &random);
    draw_ways(&plan, &random);
    plan.faults &= ~limits->without;
    plan.records = smaller(plan.records, limits->records);
    plan.turns = smaller(plan.turns, limits->turns);
    return plan;
}
