/*
 * poison: whether it is the post that a server fails on, or the server that fails.
 *
 * Some posts are answered with 500 for ever, such as those with a U+0000 in their text: whoever
 * repeats one for ever blocks its key for ever.  In an outage everything is answered like that, and
 * then nothing may be given up.  Telling them apart takes others: between two failures of one post
 * the server has to take others' posts, and to fail on few; only such failures and such time count,
 * so an outage adds nothing, however long it is.
 *
 * A few integers a delivery, a server and a channel; all counts are of posts and of other requests
 * that a failure says something about the server.  Pure.
 */
#ifndef WORKER_CORE_POISON_H
#define WORKER_CORE_POISON_H

#include <stdbool.h>
#include <stdint.h>

#include "common/units.h"

/* How a server or a channel has fared so far. */
struct poison_tally {
    uint64_t accepted; /* posts */
    uint64_t failed;   /* answers of 5xx, and requests that nobody answered */
};

/* The tallies that a delivery goes by. */
struct poison_place {
    struct poison_tally *server;
    struct poison_tally *channel;
};

/* What speaks against one delivery; all zero: nothing. */
struct poison_case {
    unsigned rejections;         /* while others' posts were taken */
    mono_ms span;                /* in all, that these took */
    bool is_open;                /* it failed before: */
    mono_ms failed_at;           /* last, and … */
    struct poison_tally server;  /* … how all fared until then */
    struct poison_tally channel; /* likewise */
    bool channel_took;           /* others' posts */
    bool channel_failed;         /* on others' */
};

/* From when on it is enough. */
struct poison_limits {
    unsigned attempts; /* 0: it is never enough */
    mono_ms span;
};

enum poison {
    POISON_UNPROVEN,
    POISON_IF_CHANNEL_IS_FINE, /* which no other post has shown */
    POISON_PROVEN,
};

/*
 * A post of the delivery was answered with 500 to 599: weighs that against how others fared since
 * it failed last.  To be told before poison_count_failure().
 */
enum poison poison_weigh(struct poison_case *against, const struct poison_place *place,
                         const struct poison_limits *limits, mono_ms now);

/* Something of the delivery failed in a way that says that the server may be in trouble. */
void poison_count_failure(struct poison_case *against, const struct poison_place *place,
                          mono_ms now);

/* A post of the delivery was accepted: nothing speaks against it any more. */
void poison_count_accepted(struct poison_case *against, const struct poison_place *place);

#endif
