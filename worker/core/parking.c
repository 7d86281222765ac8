#include "worker/core/parking.h"

#include <stdlib.h>

#include "common/mem.h"

struct parked *parking_find(const struct parking *parking, int64_t offset)
{
    if (parking->by_offset.count == 0)
        return NULL;
    return map_find(&parking->by_offset, (const char *)&offset, sizeof(offset));
}

struct parked *parking_get(struct parking *parking, int64_t offset)
{
    struct parked *parked = parking_find(parking, offset);

    if (parked)
        return parked;
    parked = mem_new(sizeof(*parked));
    parked->offset = offset;
    map_put(&parking->by_offset, (const char *)&offset, sizeof(offset), parked);
    return parked;
}

static void forget(struct parked *parked)
{
    free(parked->record);
    free(parked);
}

void parking_remove(struct parking *parking, int64_t offset)
{
    struct parked *parked = map_take(&parking->by_offset, (const char *)&offset, sizeof(offset));

    if (parked)
        forget(parked);
}

int64_t parking_highest(const struct parking *parking)
{
    struct map_entry entry;
    int64_t highest = -1;

    for (size_t at = 0; map_next(&parking->by_offset, &at, &entry);) {
        const struct parked *parked = entry.value;
        if (parked->offset > highest)
            highest = parked->offset;
    }
    return highest;
}

static int compare(const void *a, const void *b)
{
    const struct parked *const *left = a;
    const struct parked *const *right = b;

    return ((*left)->offset > (*right)->offset) - ((*left)->offset < (*right)->offset);
}

struct parked **parking_list(const struct parking *parking)
{
    size_t count = parking->by_offset.count;
    struct map_entry entry;
    size_t filled = 0;

    if (count == 0)
        return NULL;
    struct parked **list = mem_new_array(count, sizeof(struct parked *));
    for (size_t at = 0; map_next(&parking->by_offset, &at, &entry);)
        list[filled++] = entry.value;
    qsort(list, count, sizeof(struct parked *), compare);
    return list;
}

void parking_free(struct parking *parking)
{
    struct map_entry entry;

    for (size_t at = 0; map_next(&parking->by_offset, &at, &entry);)
        forget(entry.value);
    map_free(&parking->by_offset);
}
