#include "worker/core/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "common/map.h"
#include "common/mem.h"
#include "common/must.h"
#include "common/text.h"
#include "worker/core/key_name.h"
#include "worker/core/partition.h"

struct lane {
    struct delivery_queue members; /* oldest first; never empty */
    int64_t blocked_above;         /* what is behind this offset does not go on */
};

/* Keyed by the partition's assignment and the name of the record's key. */
struct lanes {
    struct map map;
    struct text name; /* scratch */
};

enum { MAX_NAME = sizeof(void *) + KEY_NAME_MAX_BYTES };

struct lanes *lanes_new(void)
{
    struct lanes *lanes = mem_new(sizeof(*lanes));

    lanes->name = text_of(MAX_NAME);
    return lanes;
}

void lanes_free(struct lanes *lanes)
{
    if (!lanes)
        return;
    must(lanes->map.count == 0);
    map_free(&lanes->map);
    text_free(&lanes->name);
    free(lanes);
}

/* What a lane of the partition begins with. */
static struct text *begin_name(struct lanes *lanes, const struct partition *partition)
{
    const void *address = partition;

    text_clear(&lanes->name);
    text_add(&lanes->name, &address, sizeof(address));
    return &lanes->name;
}

static const struct text *name_lane(struct lanes *lanes, const struct delivery *delivery)
{
    const struct record *record = delivery->record;
    struct text *name = begin_name(lanes, delivery->partition);

    key_name(record->key, record->key_length, name);
    return name;
}

struct delivery *lanes_find(struct lanes *lanes, const struct partition *partition,
                            const char *name_of_key)
{
    struct text *name = begin_name(lanes, partition);

    text_add_string(name, name_of_key);
    const struct lane *lane = map_find(&lanes->map, name->bytes, name->length);

    return lane ? TAILQ_FIRST(&lane->members) : NULL;
}

bool lanes_enter(struct lanes *lanes, struct delivery *delivery)
{
    const struct text *name = name_lane(lanes, delivery);
    struct lane *lane = map_find(&lanes->map, name->bytes, name->length);
    bool is_new = !lane;

    if (is_new) {
        lane = mem_new(sizeof(*lane));
        TAILQ_INIT(&lane->members);
        lane->blocked_above = INT64_MAX;
        map_put(&lanes->map, name->bytes, name->length, lane);
    }
    TAILQ_INSERT_TAIL(&lane->members, delivery, in_lane);
    delivery->lane = lane;
    return is_new;
}

struct delivery *lanes_first(const struct delivery *delivery)
{
    return TAILQ_FIRST(&delivery->lane->members);
}

bool lanes_is_first(const struct delivery *delivery)
{
    return lanes_first(delivery) == delivery;
}

void lanes_block(const struct delivery *delivery)
{
    struct lane *lane = delivery->lane;

    if (delivery->record->offset < lane->blocked_above)
        lane->blocked_above = delivery->record->offset;
}

bool lanes_is_blocked(const struct delivery *delivery)
{
    return delivery->record->offset > delivery->lane->blocked_above;
}

struct delivery *lanes_leave(struct lanes *lanes, struct delivery *delivery)
{
    struct lane *lane = delivery->lane;
    bool was_first = lanes_is_first(delivery);

    TAILQ_REMOVE(&lane->members, delivery, in_lane);
    delivery->lane = NULL;
    if (TAILQ_EMPTY(&lane->members)) {
        const struct text *name = name_lane(lanes, delivery);
        must(map_take(&lanes->map, name->bytes, name->length) == lane);
        free(lane);
        return NULL;
    }
    return was_first ? TAILQ_FIRST(&lane->members) : NULL;
}
