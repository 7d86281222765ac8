/*
 * delivery: one record on its way to Mattermost, and where it stands.
 */
#ifndef WORKER_CORE_DELIVERY_H
#define WORKER_CORE_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/heap.h"
#include "common/text.h"
#include "common/units.h"
#include "worker/core/age.h"
#include "worker/core/ask.h"
#include "worker/core/errand.h"
#include "worker/core/fetch.h"
#include "worker/core/letter.h"
#include "worker/core/poison.h"
#include "worker/core/record.h"
#include "worker/core/verdict.h"

struct lane;
struct parked_note;
struct route;
struct partition;

#define DELIVERY_STATES(X)                                                  \
    X(WAITING, "waiting")     /* behind others of its key */                \
    X(READY, "ready")         /* rendered, wants a place on the wire */     \
    X(SENDING, "sending")     /* a part of it is on the wire */             \
    X(CHECKING, "checking")   /* refused; the cross-check is on the wire */ \
    X(FETCHING, "fetching")   /* an attachment of it is on its way */       \
    X(RECORDING, "recording") /* the state topic has not acknowledged it */ \
    X(RESTING, "resting")     /* until a moment */                          \
    X(HELD, "held")           /* its route is closed */                     \
    X(BURYING, "burying")     /* its dead letter is not acknowledged yet */ \
    X(DONE, "done")

enum delivery_state {
#define X(name, words) DELIVERY_##name,
    DELIVERY_STATES(X)
#undef X
};

enum { DELIVERY_STATE_COUNT = DELIVERY_DONE + 1 };

/* Whether it stands in the state topic until it is done, so that its offset may pass. */
enum delivery_parked {
    PARKED_NOT,
    PARKED_WRITING, /* not acknowledged yet */
    PARKED_HERE,    /* by this owner */
    PARKED_BEFORE,  /* by an earlier one, who has left it there */
};

/* Something in the heap of moments, and whose it is. */
struct due {
    struct heap_node node;
    enum due_owner { DUE_DELIVERY, DUE_ROUTE, DUE_SERVER } owner;
};

/* What the bodies of an errand are for. */
enum delivery_parts { PARTS_NONE, PARTS_NOTICE, PARTS_ROOT, PARTS_REPLIES, PARTS_EDIT };

struct delivery {
    enum delivery_state state;
    struct record *record; /* owned */
    struct partition *partition;
    uint64_t ticket; /* of the partition's ledger; none when it is PARKED_BEFORE */
    int64_t number;  /* counts all deliveries of the dispatcher, as they are read */
    struct lane *lane;
    struct route *route;           /* NULL until it was routed */
    char happened[AGE_WORDS_SIZE]; /* when it did, in words, of what is old; empty: it is not */
    char *event_name;              /* "<source>|<id>", owned; NULL when it cannot be read */
    const char *type;              /* of the event, inside event_name's memory */
    const char *traceparent;       /* as above; NULL: none */
    struct errand *errand;         /* owned; NULL until it was routed */
    struct text *parts;            /* request bodies, owned */
    size_t part_count;
    enum delivery_parts parts_are;
    const struct route *parts_route; /* for which channel … */
    char parts_root[27];             /* … and root they were rendered */
    bool prioritised;                /* rendered for a server that takes priorities */
    bool probes;                     /* it tries a closed route for all that wait there */
    unsigned attempts;
    enum delivery_parked parked;
    void *parking;            /* the carrier's, while it is PARKED_WRITING */
    struct parked_note *note; /* of PARKED_BEFORE, until it is routed; owned */
    bool is_late;             /* of PARKED_BEFORE: it may be done already */
    bool is_too_large;        /* to be parked, and that was said */
    unsigned refusals;        /* of a change to a post that is there */
    mono_ms rest;             /* the last one */
    mono_ms took;             /* the last attempt that was granted; -1: none was */
    mono_ms busy_until;       /* a server may still be at work on an attempt that was cut */
    mono_ms looked_at;        /* when the newest look-up was begun */
    bool saw_lag;             /* it does not show the newest post that is known … */
    bool waited_for_lag;      /* … and was repeated once for that */
    wall_ms first_attempt_at; /* 0: none yet */
    struct poison_case poison;
    struct verdict verdict; /* of the last attempt */
    struct ask ask;
    enum errand_step step;              /* of an errand: what the last request or fetch is for */
    struct text request;                /* the body of an ask that is no part */
    struct fetch fetch;                 /* while it is FETCHING */
    struct text file_name;              /* of the fetch */
    void *recording;                    /* the carrier's, while it is RECORDING */
    struct letter letter;               /* while it is being buried */
    void *burial;                       /* the carrier's, as ask.carrier */
    struct due due;                     /* RESTING: until when; READY: at its server, by number */
    TAILQ_ENTRY(delivery) in_queue;     /* among the heads, or held at its route */
    TAILQ_ENTRY(delivery) in_lane;      /* all of one key, oldest first */
    TAILQ_ENTRY(delivery) in_partition; /* among its open ones, oldest first, or its parked ones */
};

TAILQ_HEAD(delivery_queue, delivery);

/* Gives a delivery of a record, which it takes. */
struct delivery *delivery_new(struct record *record, struct partition *partition) ATTR_MUST_USE;

/* Frees a delivery that is in no queue, lane or heap. */
void delivery_free(struct delivery *delivery);

/* The one place where a state changes; claims that the change is one that can be. */
void delivery_set_state(struct delivery *delivery, enum delivery_state state);

/* The name of a state. */
const char *delivery_state_name(enum delivery_state state);

/* Drops what was rendered, to be rendered again. */
void delivery_forget_parts(struct delivery *delivery);

/* Whether it waits for nothing but its turn, or a rest: it may well be done soon. */
bool delivery_may_end_soon(const struct delivery *delivery);

/* Whether it stands in the state topic, acknowledged. */
bool delivery_is_parked(const struct delivery *delivery);

/* Whether the server may have seen something of it: it is better finished here than elsewhere. */
bool delivery_is_begun(const struct delivery *delivery);

#endif
