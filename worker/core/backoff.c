#include "worker/core/backoff.h"

#include "common/must.h"

mono_ms backoff_next(const struct backoff *backoff, mono_ms previous, struct random *random)
{
    must(backoff->first >= 1 && backoff->max >= backoff->first && previous >= 0);
    mono_ms top = previous > backoff->max / 3 ? backoff->max : previous * 3;

    if (top < backoff->first)
        top = backoff->first;
    return random_between(random, backoff->first, top);
}
