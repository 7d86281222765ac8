/*
 * samples: i-Reserve events as they could be, in Dutch and English, for the demo.
 */
#ifndef WORKER_DEMO_SAMPLES_H
#define WORKER_DEMO_SAMPLES_H

#include <stddef.h>

#include "common/random.h"
#include "common/text.h"
#include "common/units.h"

/* The types that samples are of, for the settings: which type goes to which channel. */
struct sample_type {
    const char *name;    /* i-Reserve's, such as booking_created */
    const char *channel; /* the name of the channel that it belongs in */
};

extern const struct sample_type sample_types[];
extern const size_t sample_type_count;

struct sample {
    char key[16];      /* the booking, such as IRES3691 */
    struct text value; /* a CloudEvent in structured mode; free it with text_free() */
};

/* Makes up the `number`-th event; the same seed gives the same events. */
struct sample sample_make(struct random *random, long number, wall_ms now);

#endif
