#include "worker/app/assignments.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/app/recordings.h"

enum { RECORDS_A_TURN = 64 }; /* of one partition, so that partitions share a turn */

/* The topic as the settings name it, which outlives what librdkafka says. */
static const char *find_topic(const struct assignments *assignments, const char *name)
{
    const char *const *topic = assignments->topics;

    while (*topic && strcmp(*topic, name) != 0)
        topic++;
    must(*topic);
    return *topic;
}

void assignments_add(struct assignments *assignments, struct source_partition *source,
                     const struct moment *now)
{
    struct assignment *assignment = mem_new(sizeof(*assignment));
    const char *topic = find_topic(assignments, source->topic);
    const struct assigned_partition assigned = {
        .topic = topic,
        .number = source->number,
        .owner = assignment,
        .takes_conversations = topic == assignments->threaded_topic,
    };

    assignment->source = source;
    assignment->topic = topic;
    assignment->number = source->number;
    assignment->next = -1;
    assignment->partition = dispatch_assign(assignments->dispatch, &assigned);
    source->owner = assignment;
    LIST_INSERT_HEAD(&assignments->all, assignment, all);
    if (assignments->leaving)
        dispatch_leave(assignments->dispatch, assignment->partition, false, now);
    else
        recordings_join(assignments->recordings, assignment);
}

void assignments_prove(struct assignments *assignments)
{
    const struct assignment *assignment;

    LIST_FOREACH(assignment, &assignments->all, all)
    {
        if (!assignment->source || !dispatch_awaits_end(assignment->partition))
            continue;
        int64_t end = source_end(assignments->source, assignment->source);
        if (end < 0)
            continue;
        dispatch_reads_from(assignment->partition, source_start(assignment->source));
        dispatch_saw_end(assignments->dispatch, assignment->partition, end);
    }
}

static void give_back(struct assignments *assignments, struct assignment *assignment)
{
    struct source_partition *source = assignment->source;

    assignment->source = NULL;
    if (source)
        source_give_back(assignments->source, source);
}

void assignments_revoke(struct assignments *assignments, struct source_partition *source, bool lost,
                        const struct moment *now)
{
    struct assignment *assignment = source->owner;

    assignment->revoked = true;
    assignment->deadline = now->mono + assignments->leave_budget;
    dispatch_leave(assignments->dispatch, assignment->partition, lost, now);
    if (lost)
        give_back(assignments, assignment);
}

static bool read_one(struct assignments *assignments, struct assignment *assignment,
                     const struct moment *now)
{
    int count = 0;

    while (count < RECORDS_A_TURN && dispatch_wants(assignments->dispatch, assignment->partition)) {
        struct record *record = source_take(assignments->source, assignment->source);
        if (!record)
            return false;
        assignment->next = record->offset + 1;
        dispatch_take(assignments->dispatch, assignment->partition, record, now);
        count++;
    }
    return count == RECORDS_A_TURN;
}

bool assignments_read(struct assignments *assignments, const struct moment *now)
{
    struct assignment *assignment;
    bool more = false;

    LIST_FOREACH(assignment, &assignments->all, all)
    if (!assignment->revoked && read_one(assignments, assignment, now))
        more = true;
    return more;
}

static void drop(struct assignments *assignments, struct assignment *assignment,
                 const struct moment *now)
{
    dispatch_forget(assignments->dispatch, assignment->partition, now);
    recordings_leave(assignments->recordings, assignment);
    LIST_REMOVE(assignment, all);
    give_back(assignments, assignment);
    free(assignment);
}

mono_ms assignments_give_back(struct assignments *assignments, const struct moment *now)
{
    struct assignment *assignment = LIST_FIRST(&assignments->all);
    mono_ms next_deadline = MONO_NEVER;

    while (assignment) {
        struct assignment *next = LIST_NEXT(assignment, all);
        if (assignment->revoked) {
            if (dispatch_is_idle(assignment->partition) || now->mono >= assignment->deadline)
                drop(assignments, assignment, now);
            else if (assignment->deadline < next_deadline)
                next_deadline = assignment->deadline;
        }
        assignment = next;
    }
    return next_deadline;
}

const struct assignment *assignments_find_orphan(struct assignments *assignments, mono_ms patience,
                                                 const struct moment *now)
{
    struct assignment *assignment;

    LIST_FOREACH(assignment, &assignments->all, all)
    {
        if (assignment->revoked || !dispatch_is_superseded(assignment->partition))
            continue;
        if (!assignment->superseded_at)
            assignment->superseded_at = now->mono;
        if (now->mono - assignment->superseded_at >= patience)
            return assignment;
    }
    return NULL;
}

void assignments_leave_all(struct assignments *assignments, bool lost, const struct moment *now)
{
    struct assignment *assignment;

    assignments->leaving = true;
    LIST_FOREACH(assignment, &assignments->all, all)
    dispatch_leave(assignments->dispatch, assignment->partition, lost, now);
}

bool assignments_are_restored(const struct assignments *assignments)
{
    const struct assignment *assignment;

    LIST_FOREACH(assignment, &assignments->all, all)
    if (!assignment->revoked && !dispatch_is_restored(assignment->partition))
        return false;
    return true;
}

bool assignments_are_settled(const struct assignments *assignments)
{
    const struct assignment *assignment;

    LIST_FOREACH(assignment, &assignments->all, all)
    if (!dispatch_is_idle(assignment->partition) || !dispatch_is_committed(assignment->partition))
        return false;
    return true;
}

void assignments_drop_all(struct assignments *assignments, const struct moment *now)
{
    struct assignment *assignment = LIST_FIRST(&assignments->all);

    assignments_leave_all(assignments, true, now);
    while (assignment) {
        struct assignment *next = LIST_NEXT(assignment, all);
        dispatch_forget(assignments->dispatch, assignment->partition, now);
        recordings_leave(assignments->recordings, assignment);
        LIST_REMOVE(assignment, all);
        free(assignment);
        assignment = next;
    }
}
