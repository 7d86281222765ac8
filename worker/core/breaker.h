/*
 * breaker: whether a server may be sent anything at all.
 *
 * It opens when 5 requests in a row failed, or more than half of the last 20 (which answers are
 * failures: core/servers).  While it is open
 * nothing goes out but one request after a rest, the probe: when that passes the breaker closes,
 * else it rests twice as long: 5 s at first, 60 s at most, and up to a quarter less by chance.
 * Pure.
 */
#ifndef WORKER_CORE_BREAKER_H
#define WORKER_CORE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/random.h"
#include "common/units.h"

enum {
    BREAKER_IN_A_ROW = 5,
    BREAKER_RECENT = 20,
    BREAKER_FIRST_MS = 5000,
    BREAKER_MAX_MS = 60000,
};

/* All zero is a breaker that is closed, and knows nothing. */
struct breaker {
    enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_PROBING } state;
    unsigned in_a_row; /* failures */
    uint32_t recent;   /* one bit an answer, the newest lowest: whether it failed */
    unsigned known;    /* how many of these bits there are */
    mono_ms rest;      /* the last one, without chance */
    mono_ms until;     /* of BREAKER_OPEN: the probe may go out then */
};

/* What an answer tells of its server. */
enum breaker_sign {
    BREAKER_PASS,
    BREAKER_FAIL,
    BREAKER_NO_SIGN, /* nothing */
};

enum breaker_news { BREAKER_SAME, BREAKER_OPENED, BREAKER_REOPENED };

/* Takes in an answer that is not the probe's; they tell nothing while it is open. */
enum breaker_news breaker_hear(struct breaker *breaker, enum breaker_sign sign, mono_ms now,
                               struct random *random);

/* The rest of an open breaker is over, and the probe goes out. */
void breaker_probe(struct breaker *breaker);

/* The probe's answer. */
enum breaker_news breaker_hear_probe(struct breaker *breaker, bool failed, mono_ms now,
                                     struct random *random);

/* Nobody waits for the probe's answer any more: another one may go out at once. */
void breaker_forget_probe(struct breaker *breaker);

#endif
