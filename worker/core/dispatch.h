/*
 * dispatch: the life of every record, as a step function.
 *
 * Takes what happens (a record was read, an answer came, a commit was acknowledged, time went by)
 * and decides what to do next, through a port: requests to make, dead letters to write, offsets to
 * store, things to report.  Performs no I/O and reads no clock, so that a simulator can drive it.
 *
 * The rules (ARCHITECTURE.md tells them at length):
 * - one delivery of a key at a time, in offset order; other keys pass;
 * - an offset is stored only when everything below it is done;
 * - only offsets below the last acknowledged commit + window are handed out;
 * - a server that asks for a pause rests alone; a route that is closed holds its own records;
 * - a partition that leaves finishes what is on the wire, and closes the gaps below what is done.
 *
 * The port's functions are called from inside these functions; they must not call back.
 */
#ifndef WORKER_CORE_DISPATCH_H
#define WORKER_CORE_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/units.h"
#include "worker/core/answer.h"
#include "worker/core/ask.h"
#include "worker/core/backoff.h"
#include "worker/core/delivery.h"
#include "worker/core/integration.h"
#include "worker/core/report.h"

struct dispatch;
struct partition;

struct dispatch_options {
    size_t in_flight;
    size_t in_flight_per_server;
    size_t window;        /* offsets above a partition's last acknowledged commit */
    size_t waiting_bytes; /* of records held, over all partitions */
    mono_ms attempt_timeout;
    struct backoff retry; /* of one delivery */
    struct backoff route; /* of a closed route */
    uint64_t seed;
};

struct dispatch_port {
    void *context;
    /* Makes a request; answered once by dispatch_answered(), unless it is cancelled. */
    void (*ask)(void *context, struct ask *ask);
    /* Nobody waits for the request any more; it is not answered. */
    void (*cancel)(void *context, struct ask *ask);
    /* Writes delivery->letter; answered once by dispatch_buried(), unless it is forgotten. */
    void (*bury)(void *context, struct delivery *delivery);
    /* Nobody waits for that any more. */
    void (*forget)(void *context, struct delivery *delivery);
    /* Everything below `offset` is done. */
    void (*store)(void *context, const char *topic, int32_t partition, int64_t offset);
    void (*report)(void *context, const struct report *report);
};

/* Gives a dispatcher of the integrations, which it borrows until it is freed. */
struct dispatch *dispatch_new(const struct dispatch_options *options,
                              const struct dispatch_port *port,
                              const struct integrations *integrations) ATTR_MUST_USE;

/* Cancels what is on the wire and frees everything.  NULL is fine. */
void dispatch_free(struct dispatch *dispatch);

/*
 * A partition was assigned.  Gives what stands for it until dispatch_forget().  When the same
 * partition is still leaving, the new one waits for the old one to be idle.
 */
struct partition *dispatch_assign(struct dispatch *dispatch, const char *topic,
                                  int32_t number) ATTR_MUST_USE;

/* Whether the partition's next record is wanted now. */
bool dispatch_wants(const struct dispatch *dispatch, const struct partition *partition);

/* Takes the partition's next record, which was wanted. */
void dispatch_take(struct dispatch *dispatch, struct partition *partition, struct record *record,
                   const struct moment *now);

/* A commit was acknowledged: the next reader of the partition starts at `offset`. */
void dispatch_committed(struct dispatch *dispatch, struct partition *partition, int64_t offset,
                        const struct moment *now);

/* The offset below which everything of the partition is done; -1: nothing was read yet. */
int64_t dispatch_progress(const struct partition *partition);

/*
 * The partition goes away: finishes what is begun, and what is open below the highest offset that
 * is done, for the next owner would have to do all above it again; drops the rest and starts
 * nothing more.  `lost`: it is gone already, so nothing is stored for it any more, and gaps are
 * left.
 */
void dispatch_leave(struct dispatch *dispatch, struct partition *partition, bool lost,
                    const struct moment *now);

/* Whether nothing of the partition is on the wire any more. */
bool dispatch_is_idle(const struct partition *partition);

/*
 * Whether all that was stored of the partition is committed, or cannot be any more because it is
 * lost.  The broker refuses commits while a rebalance runs, so that may take a while.
 */
bool dispatch_is_committed(const struct partition *partition);

/*
 * Forgets a partition that is leaving, cancelling what is on the wire.  What was done of it and
 * perhaps not committed is remembered for a while: it may come back here.
 */
void dispatch_forget(struct dispatch *dispatch, struct partition *partition,
                     const struct moment *now);

/* A request was answered. */
void dispatch_answered(struct dispatch *dispatch, struct ask *ask, const struct answer *answer,
                       const struct moment *now);

/* A dead letter was acknowledged, or not: then `why` says why, and it is written again. */
void dispatch_buried(struct dispatch *dispatch, struct delivery *delivery, const char *why,
                     const struct moment *now);

/*
 * Does what is due: retries, opens gates, hands out, stores offsets.  Once a turn of the loop.
 * Gives the moment at which it wants to be called again at the latest.
 */
mono_ms dispatch_tick(struct dispatch *dispatch, const struct moment *now);

struct dispatch_counts {
    size_t in_flight;
    size_t waiting; /* records held and not done */
    size_t waiting_bytes;
    size_t closed_routes;
    size_t partitions;
    wall_ms oldest_open; /* timestamp of the oldest record that is not done; -1: none */
};

struct dispatch_counts dispatch_count(const struct dispatch *dispatch);

#endif
