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
    delivery->took = -1;
    return delivery;
}

void delivery_forget_parts(struct delivery *delivery)
{
    for (size_t i = 0; i < delivery->part_count; i++)
        text_free(&delivery->parts[i]);
    free(delivery->parts);
    delivery->parts = NULL;
    delivery->part_count = 0;
    delivery->parts_are = PARTS_NONE;
}

void delivery_free(struct delivery *delivery)
{
    must(!heap_has(&delivery->due.node) && !delivery->ask.carrier);
    must(!delivery->fetch.carrier && !delivery->recording && !delivery->parking);
    delivery_forget_parts(delivery);
    errand_free(delivery->errand);
    free(delivery->note);
    text_free(&delivery->request);
    text_free(&delivery->file_name);
    free(delivery->event_name);
    free(delivery->record);
    free(delivery);
}

#define TO(state) (1U << DELIVERY_##state)

/* What an errand does next: from wherever a step of it has ended. */
enum {
    ERRAND_GOES_ON =
        TO(READY) | TO(FETCHING) | TO(RECORDING) | TO(RESTING) | TO(HELD) | TO(BURYING) | TO(DONE)
};

static const unsigned may_become[DELIVERY_STATE_COUNT] = {
    [DELIVERY_WAITING] = ERRAND_GOES_ON,
    [DELIVERY_READY] = TO(SENDING) | TO(HELD),
    [DELIVERY_SENDING] = ERRAND_GOES_ON | TO(CHECKING),
    [DELIVERY_CHECKING] = ERRAND_GOES_ON | TO(CHECKING),
    [DELIVERY_FETCHING] = ERRAND_GOES_ON | TO(CHECKING),
    [DELIVERY_RECORDING] = ERRAND_GOES_ON,
    [DELIVERY_RESTING] = ERRAND_GOES_ON,
    [DELIVERY_HELD] = ERRAND_GOES_ON & ~TO(HELD),
    [DELIVERY_BURYING] = TO(RESTING) | TO(DONE),
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
           delivery->state == DELIVERY_FETCHING || delivery->state == DELIVERY_RESTING;
}

bool delivery_is_parked(const struct delivery *delivery)
{
    return delivery->parked == PARKED_HERE || delivery->parked == PARKED_BEFORE;
}

bool delivery_is_begun(const struct delivery *delivery)
{
    switch (delivery->state) {
    case DELIVERY_SENDING:
    case DELIVERY_CHECKING:
    case DELIVERY_RECORDING:
    case DELIVERY_BURYING:
        return true;
    case DELIVERY_READY:
    case DELIVERY_FETCHING:
        return errand_is_begun(delivery->errand);
    case DELIVERY_WAITING:
    case DELIVERY_RESTING:
    case DELIVERY_HELD:
    case DELIVERY_DONE:
        return false;
    }
    return false;
}
