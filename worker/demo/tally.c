#include "worker/demo/tally.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

struct tally_event {
    char *key;
    bool posted;
};

/* What a key's entry in the map points to. */
struct newest {
    size_t number;
};

void tally_free(struct tally *tally)
{
    struct map_entry entry;

    for (size_t i = 0; i < tally->produced; i++)
        free(tally->events[i].key);
    free(tally->events);
    for (size_t at = 0; map_next(&tally->keys, &at, &entry);)
        free(entry.value);
    map_free(&tally->keys);
    *tally = (struct tally){ 0 };
}

void tally_produced(struct tally *tally, const char *key)
{
    if (tally->produced == tally->capacity) {
        tally->capacity = tally->capacity ? tally->capacity * 2 : 1024;
        tally->events = mem_resize(tally->events, tally->capacity * sizeof(*tally->events));
    }
    tally->events[tally->produced++] = (struct tally_event){ .key = mem_string(key) };
}

void tally_posted(struct tally *tally, size_t number)
{
    if (number >= tally->produced)
        return;
    struct tally_event *event = &tally->events[number];
    if (event->posted) {
        tally->twice++;
        return;
    }
    event->posted = true;
    tally->posted++;

    struct newest *newest = map_find(&tally->keys, event->key, strlen(event->key));
    if (!newest) {
        newest = mem_new(sizeof(*newest));
        map_put(&tally->keys, event->key, strlen(event->key), newest);
    } else if (newest->number > number) {
        tally->disorder++;
        return;
    }
    newest->number = number;
}
