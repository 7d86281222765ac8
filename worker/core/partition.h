/*
 * partition: one assignment of one Kafka partition, and how far it is.
 */
#ifndef WORKER_CORE_PARTITION_H
#define WORKER_CORE_PARTITION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "worker/core/delivery.h"
#include "worker/core/ledger.h"
#include "worker/core/parking.h"
#include "worker/core/settled.h"
#include "worker/core/threads.h"

/* Whether the partition's records may be handed out: not before it is known what is done. */
enum partition_standing {
    PARTITION_RESTORING, /* its state is being read */
    PARTITION_UNPROVEN,  /* it is known; the end of its log has to fit it */
    PARTITION_OPEN,
    PARTITION_REFUSED, /* its log is not the one that its state tells of */
};

/* A thread that the topic does not tell as it should. */
struct thread_repair {
    char *licence;
    char *conversation;
    SLIST_ENTRY(thread_repair) next;
};

SLIST_HEAD(thread_repairs, thread_repair);

struct partition {
    char *topic;
    int32_t number;
    void *owner;             /* the dispatcher's user's */
    const char *refused_for; /* why it is PARTITION_REFUSED, borrowed; NULL: it is not */
    enum partition_standing standing;
    bool takes_conversations;
    struct threads *threads; /* of conversations */
    struct threads *done;    /* of keys of notifications, until that is committed */
    struct settled settled;  /* the keys in `done`, some twice: the last counts */
    int64_t epoch;           /* this assignment's; -1: not restored yet */
    int64_t markers[2];      /* of owners, while it is restored: the last two; -1: none */
    int64_t left;            /* the epoch of the last who left without doubt; -1: none */
    bool inherits_doubt;     /* the owner before did not */
    bool leaves_doubt;       /* nor does this one */
    int64_t end;             /* of the log, when it was proven: nobody has begun what came later */
    int64_t doubt_below;     /* what an earlier owner may have begun; -1: nothing was read yet */
    struct thread_repairs repairs; /* what is to be written again once it is restored */
    size_t expiry_position;        /* in the threads */
    mono_ms expiry_due;
    struct ledger *ledger;
    int64_t next;               /* the lowest offset that was not read yet */
    int64_t acked;              /* the last acknowledged commit; -1: not known yet */
    int64_t stored;             /* the last offset that was stored; -1: none */
    struct record *held_back;   /* read, but beyond the window: handed out when commits catch up */
    bool leaving;               /* nothing new is started */
    bool lost;                  /* leaving, and nothing can be stored any more */
    bool superseded;            /* leaving, because somebody else's marker came after ours */
    bool dirty;                 /* its commit point may have moved */
    bool is_unpacked;           /* what an earlier owner has parked is in its lanes */
    struct partition *elder;    /* the same partition's earlier assignment that is not idle yet */
    struct delivery_queue open; /* not done, oldest first */
    struct parking parking;     /* what stands in the state topic of its records, … */
    struct delivery_queue parked; /* and what of that is acknowledged and at hand; not in `open` */
    int64_t start;                /* the offset from which it is read; -1: not known yet */
    TAILQ_ENTRY(partition) all;
    TAILQ_ENTRY(partition) in_dirty;
};

TAILQ_HEAD(partition_queue, partition);

/* Gives an assignment that nothing was read of. */
struct partition *partition_new(const char *topic, int32_t number, size_t window) ATTR_MUST_USE;

/*
 * The highest offset that is done, or begun and soon will be; -1: none.  What is open below it
 * would have the next owner do it again.
 */
int64_t partition_reach(const struct partition *partition);

/* Where what is known of a name is kept. */
struct threads *partition_memory(const struct partition *partition, const struct thread_name *name);

/*
 * The offset behind what an earlier owner may have begun: inside its window, and there in its time.
 * What is committed is known.
 */
int64_t partition_end_of_doubt(const struct partition *partition, size_t window);

/* Whether nothing that an owner has begun may be there without being known to be. */
bool partition_is_clear(const struct partition *partition);

/* Forgets what was to be written again. */
void partition_forget_repairs(struct partition *partition);

/* Frees an assignment without open deliveries.  NULL is fine. */
void partition_free(struct partition *partition);

#endif
