/*
 * plan: what one schedule is like.  All of it follows from the seed; a few things can be set, so
 * that a schedule that fails can be made smaller (shrink.h).
 */
#ifndef TESTS_SIM_PLAN_H
#define TESTS_SIM_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/units.h"

/* What can go wrong; each can be left out. */
#define FAULTS(X)                                                                               \
    X(ANSWERS, "answers")       /* requests: limited, failed, cut before or after, not sent */  \
    X(BUSY, "busy")             /* a server that takes a post after its client has gone */      \
    X(LETTERS, "letters")       /* the topic of dead letters refuses */                         \
    X(OUTAGES, "outages")       /* a server is away, or takes no token */                       \
    X(DATABASE, "database")     /* a server's database is away: answers that look permanent */  \
    X(RESTARTS, "restarts")     /* a server forgets which posts it has just made */             \
    X(REPLICAS, "replicas")     /* what a server lists lags behind */                           \
    X(CHANNELS, "channels")     /* a channel is archived, or its bot is put out, for a while */ \
    X(PEOPLE, "people")         /* delete posts and roots, and forge roots */                   \
    X(CRASHES, "crashes")       /* a worker is killed */                                        \
    X(FREEZES, "freezes")       /* a worker stands still, and goes on later */                  \
    X(CUTS, "cuts")             /* a worker does not reach Kafka, and is told nothing */        \
    X(REBALANCES, "rebalances") /* partitions move; no commit is taken meanwhile */             \
    X(LOSSES, "losses")         /* a partition is another's before its worker is told */        \
    X(COMMITS, "commits")       /* commits fail, or are acknowledged late */                    \
    X(READS, "reads")           /* records come late */                                         \
    X(WRITES, "writes")         /* of the state topic come, or are acknowledged, late */        \
    X(ROOM, "room")             /* the lease is short */

enum fault {
#define X(name, words) FAULT_##name,
    FAULTS(X)
#undef X
        FAULT_COUNT
};

extern const char *const fault_names[];

enum {
    PLAN_MOST_RECORDS = 120,
    PLAN_MOST_TURNS = 1000,
};

#define PLAN_LONG INT64_C(1000000000) /* longer than all that happens */

struct plan {
    uint64_t seed;
    bool is_told;    /* what happens, on stdout */
    unsigned faults; /* a bit for each that may happen */
    int records;     /* in all partitions */
    int turns;       /* of trouble; then all heals */
    int window;
    int parking;         /* records that may be parked */
    int notices_percent; /* of the records; the others are of conversations */
    int fault_percent;   /* of requests */
    int trouble_percent; /* of turns */
    uint32_t max_replies;
    wall_ms keep;
    mono_ms guard_ms;  /* how long a server knows a pending id */
    mono_ms lag_ms;    /* of what it lists */
    wall_ms skew;      /* of the servers' clocks */
    mono_ms edit_ms;   /* how long posts may be edited; 0: for ever */
    bool may_be_late;  /* a server may take a post long after its client has gone */
    bool is_leased;    /* who has lost a partition knows it in time */
    bool pages;        /* lists come page by page */
    bool is_old_clock; /* records do not say when they were written */
};

/* What is set instead of drawn; 0: nothing is. */
struct plan_limits {
    bool is_told;
    int records;
    int turns;
    unsigned without; /* faults */
};

/* The plan of a seed, within limits. */
struct plan plan_of(uint64_t seed, const struct plan_limits *limits);

/* The number of a fault of that name; -1: there is none. */
int fault_find(const char *name);

static inline bool plan_has(const struct plan *plan, enum fault fault)
{
    return plan->faults >> fault & 1U;
}

#endif
