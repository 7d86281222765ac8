/*
 * dispatch: the life of every record, as a step function.
 *
 * Takes what happens (a record was read, an answer came, a commit was acknowledged, time went by)
 * and decides what to do next, through a port: requests to make, dead letters to write, offsets to
 * store, things to report.  Performs no I/O and reads no clock, so that a simulator can drive it.
 *
 * The rules (ARCHITECTURE.md tells them at length):
 * - one delivery of a key at a time, in offset order; other keys pass;
 * - an offset is stored only when everything below it is done, or parked;
 * - only offsets below the last acknowledged commit + window are handed out;
 * - a server that asks for a pause, or is away, rests alone; a route that is closed holds its own
 *   records;
 * - nothing is changed in Mattermost that might not be over while the partition is surely ours;
 * - what a closed route, or a server that is away, holds up stands in the state topic: its offset
 *   may pass, so that no other channel waits;
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
#include "worker/core/age.h"
#include "worker/core/answer.h"
#include "worker/core/ask.h"
#include "worker/core/backoff.h"
#include "worker/core/delivery.h"
#include "worker/core/integration.h"
#include "worker/core/poison.h"
#include "worker/core/report.h"

struct dispatch;
struct partition;

/* How much may stand in the state topic, so that others need not wait for it. */
struct parking_limits {
    size_t max_records; /* 0: nothing */
    size_t max_bytes;
};

struct dispatch_options {
    size_t in_flight;
    size_t in_flight_per_server;
    size_t window;        /* offsets above a partition's last acknowledged commit */
    size_t waiting_bytes; /* of records held, over all partitions */
    mono_ms attempt_timeout;
    struct backoff retry; /* of one delivery */
    struct backoff route; /* of a closed route */
    uint32_t thread_max_replies;
    struct parking_limits parking;
    struct poison_limits poison;
    struct old_news old_news; /* its rules are borrowed */
    wall_ms keep;             /* how long a thread is remembered after its last message */
    uint64_t seed;
};

/* What is to be written to the state topic. */
struct state_write {
    const struct text *key;
    const struct text *value;  /* NULL: a tombstone */
    struct delivery *delivery; /* that waits for it; NULL: none does */
    bool parks;                /* it is the delivery's record, which is told by dispatch_parked() */
};

/* A record of the state topic. */
struct state_read {
    const char *key;
    size_t key_length;
    const char *value; /* NULL: a tombstone */
    size_t value_length;
    int64_t offset;
};

struct dispatch_port {
    void *context;
    /* Makes a request; answered once by dispatch_answered(), unless it is cancelled. */
    void (*ask)(void *context, struct ask *ask);
    /*
     * How long a request may take that changes something and starts now, as far as the partitions
     * are certain to be ours for so long; 0: none may start.  Asked before each.
     */
    mono_ms (*room)(void *context);
    /* Nobody waits for the request any more; it is not answered. */
    void (*cancel)(void *context, struct ask *ask);
    /* Writes delivery->letter; answered once by dispatch_buried(), unless it is forgotten. */
    void (*bury)(void *context, struct delivery *delivery);
    /* Nobody waits for that any more. */
    void (*forget)(void *context, struct delivery *delivery);
    /* Carries an attachment; answered once by dispatch_fetched(), unless it is cancelled. */
    void (*fetch)(void *context, struct fetch *fetch);
    void (*cancel_fetch)(void *context, struct fetch *fetch);
    /*
     * Writes to the partition's state, in order; strings are copied.  Answered once by
     * dispatch_recorded() or dispatch_parked() when a delivery waits for it, unless it is
     * forgotten: delivery->recording and delivery->parking are the carrier's.
     */
    void (*write)(void *context, struct partition *partition, const struct state_write *write);
    void (*forget_write)(void *context, struct delivery *delivery);
    void (*forget_parking)(void *context, struct delivery *delivery);
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

/* A partition that was assigned. */
struct assigned_partition {
    const char *topic;
    int32_t number;
    void *owner;              /* the caller's; partition->owner */
    bool takes_conversations; /* and not only notifications */
};

/*
 * A partition was assigned; nothing is handed out before its state is restored.  Gives what stands
 * for it until dispatch_forget().  When the same partition is still leaving, the new one waits for
 * the old one to be idle.
 */
struct partition *dispatch_assign(struct dispatch *dispatch,
                                  const struct assigned_partition *assigned) ATTR_MUST_USE;

/*
 * A record of the state topic was read for a partition: while it is restored, and from then on.
 * One that tells of a later owner ends the work on the partition.
 */
void dispatch_read_state(struct dispatch *dispatch, struct partition *partition,
                         const struct state_read *read, const struct moment *now);

/* All was read that was there when this owner wrote its marker, whose offset is `epoch`. */
void dispatch_restored(struct dispatch *dispatch, struct partition *partition, int64_t epoch);

/* Whether the end of the partition's log is wanted, to be told by dispatch_saw_end(). */
bool dispatch_awaits_end(const struct partition *partition);

/*
 * The offset of the partition's next record.  A log that ends before what was done of it is another
 * log, of a topic that was made again: it is refused.
 */
void dispatch_saw_end(struct dispatch *dispatch, struct partition *partition, int64_t end);

/*
 * The offset from which the partition's log is read, as soon as it is known: what an earlier owner
 * has parked below is delivered here; what stands there from it on is read again.
 */
void dispatch_reads_from(struct partition *partition, int64_t offset);

/* Whether what is remembered of the partition is there. */
bool dispatch_is_restored(const struct partition *partition);

/* Whether the work on the partition ended because the state topic tells of a later owner. */
bool dispatch_is_superseded(const struct partition *partition);

/* Why the partition is refused; NULL: it is not. */
const char *dispatch_refusal(const struct partition *partition);

/* How many threads of conversations the partition has. */
size_t dispatch_count_threads(const struct partition *partition);

/* Whom the partition was assigned for. */
void *dispatch_owner(const struct partition *partition);

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

/* A write that a delivery waits for was acknowledged. */
void dispatch_recorded(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now);

/* The write that parks a delivery was acknowledged. */
void dispatch_parked(struct dispatch *dispatch, struct delivery *delivery);

/* All routes that are closed are tried again now: somebody says that they may be open. */
void dispatch_try_routes(struct dispatch *dispatch, const struct moment *now);

/* An attachment arrived, or cannot be had. */
void dispatch_fetched(struct dispatch *dispatch, struct fetch *fetch,
                      const struct fetch_result *result, const struct moment *now);

/*
 * Does what is due: retries, opens gates, hands out, stores offsets.  Once a turn of the loop.
 * Gives the moment at which it wants to be called again at the latest.
 */
mono_ms dispatch_tick(struct dispatch *dispatch, const struct moment *now);

struct dispatch_counts {
    size_t in_flight;
    size_t waiting; /* records held and not done */
    size_t waiting_bytes;
    size_t parked; /* records that stand in the state topic, and are not done */
    size_t closed_routes;
    size_t open_breakers;     /* servers that are away */
    size_t concurrency_limit; /* requests at once, summed up over servers */
    size_t partitions;
    size_t threads;
    wall_ms oldest_open; /* timestamp of the oldest record that is not done; -1: none */
};

struct dispatch_counts dispatch_count(const struct dispatch *dispatch);

#endif
