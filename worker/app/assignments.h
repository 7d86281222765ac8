/*
 * assignments: the partitions that this worker holds: read, left, given back.
 *
 * Connects edge/source with core/dispatch.  A partition that is revoked is left at once and given
 * back when nothing of it is on the wire any more, or its time is up.
 */
#ifndef WORKER_APP_ASSIGNMENTS_H
#define WORKER_APP_ASSIGNMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "worker/core/dispatch.h"
#include "worker/edge/source.h"

struct table_part;
struct recordings;

struct assignment {
    struct source_partition *source; /* NULL: lost, given back already */
    const char *topic;               /* the settings' */
    int32_t number;
    struct table_part *part; /* what is remembered of its threads; NULL: it has none */
    mono_ms joined_at;       /* when that was begun to be read */
    struct partition *partition;
    bool revoked;
    mono_ms deadline;      /* of leaving */
    mono_ms superseded_at; /* when that was seen; 0: it is not */
    int64_t next;          /* the offset after the last that was read; -1: none was */
    LIST_ENTRY(assignment) all;
};

struct assignments {
    struct source *source;
    struct dispatch *dispatch;
    struct recordings *recordings;
    const char *const *topics;  /* that are read; ends in NULL */
    const char *threaded_topic; /* of these the one of conversations; NULL: it is not read */
    mono_ms leave_budget;       /* how long what is on the wire may take when a partition leaves */
    bool leaving;               /* the worker ends: also what is assigned from now on is left */
    LIST_HEAD(assignment_list, assignment) all;
};

/* A partition was assigned. */
void assignments_add(struct assignments *assignments, struct source_partition *source,
                     const struct moment *now);

/* A partition was revoked, or lost. */
void assignments_revoke(struct assignments *assignments, struct source_partition *source, bool lost,
                        const struct moment *now);

/*
 * Reads what is wanted, a few records of each partition.  Whether there may be more here: then the
 * loop should not wait.
 */
bool assignments_read(struct assignments *assignments, const struct moment *now);

/* Tells the core where the logs of those partitions end of which it has to know. */
void assignments_prove(struct assignments *assignments);

/* Gives back what has been left.  The moment at which the next one's time is up. */
mono_ms assignments_give_back(struct assignments *assignments, const struct moment *now);

/*
 * A partition that the state topic says to be another's while the group leaves it with us for
 * longer than `patience`; NULL: there is none.  Nobody works on it.
 */
const struct assignment *assignments_find_orphan(struct assignments *assignments, mono_ms patience,
                                                 const struct moment *now);

/* Leaves all partitions, also those that are still assigned later: nothing new is started. */
void assignments_leave_all(struct assignments *assignments, bool lost, const struct moment *now);

/* Whether the threads of all are known. */
bool assignments_are_restored(const struct assignments *assignments);

/* Whether nothing is on the wire of any partition, and what was done is committed. */
bool assignments_are_settled(const struct assignments *assignments);

/* Forgets all, as they are. */
void assignments_drop_all(struct assignments *assignments, const struct moment *now);

#endif
