/*
 * pace: how much at once, and how fast, one server is sent.
 *
 * How much at once follows from its answers: one more after each round of answers in which all
 * places were in use, half as many when it refuses (429, 502, 503, 504, no answer) or when most
 * answers of a round were slow beside its own usual ones.  Slow is more than twice as long and 50
 * ms more: at half the places such a server carries as much as before, with half the queue.  From
 * the start, or when a server is back, each answer makes room for one more until the first cut.
 *
 * How fast follows from X-RateLimit-*: below half of its bucket a server gets what is left, less a
 * tenth of the bucket, spread over the time that it says to need to fill up.  At that half this is
 * just what flows in, so the bucket stays half full, and people behind the same address have
 * theirs.
 *
 * A few integer operations an answer.  Pure.
 */
#ifndef WORKER_CORE_PACE_H
#define WORKER_CORE_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/units.h"
#include "worker/core/answer.h"

enum {
    PACE_START = 16,   /* requests at once to a server that nothing is known of */
    PACE_SLACK_MS = 50 /* that an answer may always take longer */
};

struct pace {
    size_t limit; /* requests at once, from 1 to `most` */
    size_t most;
    size_t round;    /* answers that make one, … */
    size_t answers;  /* … those so far, … */
    size_t slow;     /* … those of them that were slow, … */
    bool full;       /* … and whether all places were in use */
    bool quick;      /* since the start nothing was cut yet */
    mono_ms cut_at;  /* what was sent before tells nothing new */
    int64_t usual;   /* 16ths of a ms that an answer usually takes; 0: not known */
    mono_ms gap;     /* between two requests */
    mono_ms gap_end; /* by then the server's bucket is full again */
};

/* A pace of a server that nothing is known of; `most` at least 1. */
void pace_open(struct pace *pace, size_t most);

/* Begins again with one request at once: the server was away. */
void pace_restart(struct pace *pace, mono_ms now);

/* So many requests are on the wire now. */
static inline void pace_note(struct pace *pace, size_t in_flight)
{
    pace->full = pace->full || in_flight >= pace->limit;
}

/* Takes an answer in; `is_measured`: such requests all take about the same time. */
void pace_hear(struct pace *pace, const struct answer *answer, bool is_measured, mono_ms now);

/* Takes in what the answer says of limits, while `others` more are on the wire. */
void pace_hear_limits(struct pace *pace, const struct answer *answer, size_t others, mono_ms now);

/* How long to wait after a request before the next one; 0: not at all. */
static inline mono_ms pace_gap(const struct pace *pace, mono_ms now)
{
    return now < pace->gap_end ? pace->gap : 0;
}

#endif
