/*
 * standin_limiter: the server's rate limiter, as recorded (the generic cell rate algorithm).
 */
#ifndef WORKER_DEMO_STANDIN_LIMITER_H
#define WORKER_DEMO_STANDIN_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/map.h"
#include "common/units.h"

/* All zero: off. */
struct limiter {
    int64_t per_second; /* 0: off */
    int64_t burst;
    bool by_address;
    bool by_user;
    struct map buckets; /* key → when it will be full again, in microseconds */
};

/* What the headers of an answer say. */
struct limiter_state {
    int64_t limit;
    int64_t remaining;
    int64_t reset_s;
    int64_t retry_after_s; /* only when the request is refused */
};

/* Takes one request out of the bucket; false: it is empty. */
bool limiter_pass(struct limiter *limiter, const char *key, wall_ms now,
                  struct limiter_state *ret) ATTR_MUST_USE;

/* Forgets all buckets. */
void limiter_clear(struct limiter *limiter);

#endif
