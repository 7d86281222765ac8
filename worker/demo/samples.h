/*
 * samples: made-up notifications of a hotel in i-Reserve, for the demo.
 */
#ifndef WORKER_DEMO_SAMPLES_H
#define WORKER_DEMO_SAMPLES_H

#include <stddef.h>

#include "common/random.h"
#include "common/text.h"
#include "common/units.h"

/* The types that notifications are of, for the settings: which type goes to which channel. */
struct sample_type {
    const char *name;    /* i-Reserve's, such as booking_created */
    const char *channel; /* the name of the channel that it belongs in */
};

extern const struct sample_type sample_types[];
extern const size_t sample_type_count;

enum sample_kind {
    SAMPLE_NOTIFICATION,
    SAMPLE_STARTED, /* and what else happens in conversations */
    SAMPLE_MESSAGE,
    SAMPLE_EDITED,
    SAMPLE_DELETED,
    SAMPLE_CLOSED,
};

struct sample {
    enum sample_kind kind;
    char key[16];      /* the booking, such as IRES3691, or the conversation, such as c-10293 */
    size_t message;    /* of a message, its edit or its deletion: counts from 0 in a conversation */
    struct text value; /* a CloudEvent in structured mode; free it with text_free() */
};

/* Makes up the `number`-th event, a notification; the same seed gives the same events. */
struct sample sample_make(struct random *random, size_t number, wall_ms now);

/* For samples of other kinds. */

/* Begins the value of the `number`-th event: all but "data" and the brace that ends the whole. */
void sample_begin(struct sample *sample, const char *type, size_t number, wall_ms now);

/* Adds "name":"value", with a comma behind it. */
void sample_add_member(struct text *json, const char *name, const char *value);

#define SAMPLE_PICK(random, list) \
    (list)[random_between(random, 0, (int64_t)(sizeof(list) / sizeof(*(list))) - 1)]

#endif
