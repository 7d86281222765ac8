/*
 * standin_guard: the server's guard against repeated posts, by pending_post_id.
 *
 * As recorded: a key means the post it made for 30 s, which a repeat does not prolong; it belongs
 * to nobody, and a refused request takes it out.
 */
#ifndef WORKER_DEMO_STANDIN_GUARD_H
#define WORKER_DEMO_STANDIN_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "common/attrs.h"
#include "common/map.h"
#include "common/units.h"

struct post;
struct guard_entry;

/* All zero, but for the queue: see guard_init(). */
struct guard {
    struct map entries;                  /* key → struct guard_entry */
    TAILQ_HEAD(, guard_entry) by_expiry; /* next to go first */
};

void guard_init(struct guard *guard);
void guard_clear(struct guard *guard);

/* Whether a key is known; then `ret` is its post, or NULL while that is being made. */
bool guard_find(struct guard *guard, const char *key, wall_ms now, struct post **ret) ATTR_MUST_USE;

/* Lets a key mean that post (NULL: one that is being made) from now on. */
void guard_put(struct guard *guard, const char *key, struct post *post, wall_ms now);

void guard_remove(struct guard *guard, const char *key);

#endif
