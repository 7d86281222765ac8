/*
 * feed: what happened to posts, in order, for a page that asks again and again what is new.
 */
#ifndef WORKER_DEMO_FEED_H
#define WORKER_DEMO_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "common/text.h"
#include "worker/demo/standin.h"

/* All zero is an empty feed. */
struct feed {
    uint64_t *posts; /* by what happened: the post that it happened to */
    size_t count;
    size_t capacity;
};

void feed_free(struct feed *feed);

/* Something happened to the `n`-th post of the stand-in. */
void feed_add(struct feed *feed, uint64_t n);

/*
 * Adds two members of JSON: "posts", as they are now, to which something happened since the
 * `from`-th time, or the first of them; and "next", where to go on.
 */
void feed_write(const struct feed *feed, const struct standin *standin, uint64_t from,
                struct text *json);

#endif
