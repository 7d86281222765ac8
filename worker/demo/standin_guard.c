#include "worker/demo/standin_guard.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

enum {
    LIFE_MS = 30 * 1000,
    MAX_ENTRIES = 25000, /* of the recorded servers' cache */
};

struct guard_entry {
    TAILQ_ENTRY(guard_entry) link;
    char *key;
    struct post *post; /* NULL while it is being made */
    wall_ms until;
};

void guard_init(struct guard *guard)
{
    *guard = (struct guard){ 0 };
    TAILQ_INIT(&guard->by_expiry);
}

static void drop(struct guard *guard, struct guard_entry *entry)
{
    map_take(&guard->entries, entry->key, strlen(entry->key));
    TAILQ_REMOVE(&guard->by_expiry, entry, link);
    free(entry->key);
    free(entry);
}

void guard_clear(struct guard *guard)
{
    while (!TAILQ_EMPTY(&guard->by_expiry))
        drop(guard, TAILQ_FIRST(&guard->by_expiry));
    map_free(&guard->entries);
}

static void forget_old(struct guard *guard, wall_ms now)
{
    struct guard_entry *first = TAILQ_FIRST(&guard->by_expiry);

    while (first && (first->until <= now || guard->entries.count > MAX_ENTRIES)) {
        drop(guard, first);
        first = TAILQ_FIRST(&guard->by_expiry);
    }
}

bool guard_find(struct guard *guard, const char *key, wall_ms now, struct post **ret)
{
    forget_old(guard, now);
    const struct guard_entry *entry = map_find(&guard->entries, key, strlen(key));
    if (!entry)
        return false;
    *ret = entry->post;
    return true;
}

void guard_put(struct guard *guard, const char *key, struct post *post, wall_ms now)
{
    struct guard_entry *entry = map_find(&guard->entries, key, strlen(key));

    if (entry) {
        TAILQ_REMOVE(&guard->by_expiry, entry, link);
    } else {
        entry = mem_new(sizeof(*entry));
        entry->key = mem_string(key);
        map_put(&guard->entries, key, strlen(key), entry);
    }
    entry->post = post;
    entry->until = now + LIFE_MS;
    TAILQ_INSERT_TAIL(&guard->by_expiry, entry, link);
}

void guard_remove(struct guard *guard, const char *key)
{
    struct guard_entry *entry = map_find(&guard->entries, key, strlen(key));

    if (entry)
        drop(guard, entry);
}
