#include "worker/core/delivery.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"

struct delivery *delivery_new(struct record *record, struct partition *partition)
{
    struct delivery *delivery = mem_new(sizeof(*delivery));

    delivery->record = record;
    delivery->partition = partition;
    delivery->due.owner = DUE_DELIVERY;
    return delivery;
}

void delivery_forget_parts(struct delivery *delivery)
{
    for (size_t i = 0; i < delivery->part_count; i++)
        text_free(&delivery->parts[i]);
    free(delivery->parts);
    delivery->parts = NULL;
    delivery->part_count = 0;
}

void delivery_free(struct delivery *delivery)
{
    must(!heap_has(&delivery->due.node) && !delivery->ask.carrier);
    delivery_forget_parts(delivery);
    free(delivery->event_name);
    free(delivery->record);
    free(delivery);
}

static const unsigned may_become[DELIVERY_STATE_COUNT] = {
    [DELIVERY_WAITING] =
        1U << DELIVERY_READY | 1U << DELIVERY_HELD | 1U << DELIVERY_BURYING | 1U << DELIVERY_DONE,
    [DELIVERY_READY] = 1U << DELIVERY_SENDING | 1U << DELIVERY_HELD,
    [DELIVERY_SENDING] = 1U << DELIVERY_READY | 1U << DELIVERY_CHECKING | 1U << DELIVERY_RESTING |
                         1U << DELIVERY_HELD | 1U << DELIVERY_BURYING | 1U << DELIVERY_DONE,
    [DELIVERY_CHECKING] = 1U << DELIVERY_RESTING | 1U << DELIVERY_HELD | 1U << DELIVERY_BURYING,
    [DELIVERY_RESTING] = 1U << DELIVERY_READY | 1U << DELIVERY_HELD | 1U << DELIVERY_BURYING,
    [DELIVERY_HELD] = 1U << DELIVERY_READY | 1U << DELIVERY_BURYING,
    [DELIVERY_BURYING] = 1U << DELIVERY_RESTING | 1U << DELIVERY_DONE,
    [DELIVERY_DONE] = 0,
};

void delivery_set_state(struct delivery *delivery, enum delivery_state state)
{
    must(may_become[delivery->state] & 1U << state);
    delivery->state = state;
}

const char *delivery_state_name(enum delivery_state state)
{
    static const char *const names[DELIVERY_STATE_COUNT] = {
#define X(name, words) [DELIVERY_##name] = words,
        DELIVERY_STATES(X)
#undef X
    };

    must((int)state < DELIVERY_STATE_COUNT);
    return names[state];
}

bool delivery_may_end_soon(const struct delivery *delivery)
{
    return delivery->state == DELIVERY_WAITING || delivery->state == DELIVERY_READY ||
           delivery->state == DELIVERY_RESTING;
}

bool delivery_is_begun(const struct delivery *delivery)
{
    switch (delivery->state) {
    case DELIVERY_SENDING:
    case DELIVERY_CHECKING:
    case DELIVERY_BURYING:
        return true;
    case DELIVERY_READY:
        return delivery->next_part > 0;
    case DELIVERY_WAITING:
    case DELIVERY_RESTING:
    case DELIVERY_HELD:
    case DELIVERY_DONE:
        return false;
    }
    return false;
}
