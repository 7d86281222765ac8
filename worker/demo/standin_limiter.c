#include "worker/demo/standin_limiter.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

enum { US_PER_S = 1000 * 1000, US_PER_MS = 1000 };

static int64_t seconds_up(int64_t us)
{
    return (us + US_PER_S - 1) / US_PER_S;
}

bool limiter_pass(struct limiter *limiter, const char *key, wall_ms now, struct limiter_state *ret)
{
    int64_t each = US_PER_S / limiter->per_second;
    int64_t limit = limiter->burst + 1;
    int64_t now_us = now * US_PER_MS;
    int64_t *full_at = map_find(&limiter->buckets, key, strlen(key));

    if (!full_at) {
        full_at = mem_new(sizeof(*full_at));
        map_put(&limiter->buckets, key, strlen(key), full_at);
    }
    int64_t from = *full_at > now_us ? *full_at : now_us;
    int64_t allowed_at = from + each - each * limit;
    bool pass = now_us >= allowed_at;
    if (pass)
        *full_at = from + each;
    int64_t fill = *full_at - now_us;
    *ret = (struct limiter_state){ .limit = limit,
                                   .remaining = pass ? (each * limit - fill) / each : 0,
                                   .reset_s = seconds_up(fill),
                                   .retry_after_s = pass ? 0 : seconds_up(allowed_at - now_us) };
    return pass;
}

void limiter_clear(struct limiter *limiter)
{
    struct map_entry entry;

    for (size_t at = 0; map_next(&limiter->buckets, &at, &entry);)
        free(entry.value);
    map_free(&limiter->buckets);
}
