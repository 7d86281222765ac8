#include "worker/core/breaker.h"

#include "common/must.h"

static void rest(struct breaker *breaker, mono_ms now, struct random *random)
{
    breaker->rest = breaker->rest == 0 ? BREAKER_FIRST_MS : breaker->rest * 2;
    if (breaker->rest > BREAKER_MAX_MS)
        breaker->rest = BREAKER_MAX_MS;
    breaker->state = BREAKER_OPEN;
    breaker->until = now + random_between(random, breaker->rest - breaker->rest / 4, breaker->rest);
}

static void remember(struct breaker *breaker, bool failed)
{
    breaker->in_a_row = failed ? breaker->in_a_row + 1 : 0;
    breaker->recent = (breaker->recent << 1 | failed) & ((1U << BREAKER_RECENT) - 1);
    if (breaker->known < BREAKER_RECENT)
        breaker->known++;
}

static bool is_bad(const struct breaker *breaker)
{
    if (breaker->in_a_row >= BREAKER_IN_A_ROW)
        return true;
    return breaker->known == BREAKER_RECENT &&
           __builtin_popcount(breaker->recent) * 2 > BREAKER_RECENT;
}

enum breaker_news breaker_hear(struct breaker *breaker, enum breaker_sign sign, mono_ms now,
                               struct random *random)
{
    if (breaker->state != BREAKER_CLOSED || sign == BREAKER_NO_SIGN)
        return BREAKER_SAME;
    remember(breaker, sign == BREAKER_FAIL);
    if (sign == BREAKER_PASS || !is_bad(breaker))
        return BREAKER_SAME;
    rest(breaker, now, random);
    return BREAKER_OPENED;
}

void breaker_probe(struct breaker *breaker)
{
    must(breaker->state == BREAKER_OPEN);
    breaker->state = BREAKER_PROBING;
}

enum breaker_news breaker_hear_probe(struct breaker *breaker, bool failed, mono_ms now,
                                     struct random *random)
{
    must(breaker->state == BREAKER_PROBING);
    if (failed) {
        rest(breaker, now, random);
        return BREAKER_SAME;
    }
    *breaker = (struct breaker){ .state = BREAKER_CLOSED };
    return BREAKER_REOPENED;
}

void breaker_forget_probe(struct breaker *breaker)
{
    must(breaker->state == BREAKER_PROBING);
    breaker->state = BREAKER_OPEN;
}
