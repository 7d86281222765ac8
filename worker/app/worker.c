#include "worker/app/worker.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/must.h"
#include "worker/app/exits.h"
#include "worker/app/version.h"
#include "worker/app/worker_inner.h"

enum {
    LONGEST_SLEEP_MS = 1000, /* librdkafka wants to be polled, also when nothing happens */
    LEAVE_GROUP_MS = 5000,   /* of drain_ms: kept for leaving the group */
};

const struct moment *worker_moment(struct worker *worker)
{
    mono_ms mono = loop_now(worker->loop);

    if (mono != worker->now.mono)
        worker->now = (struct moment){ .mono = mono, .wall = clock_wall() };
    return &worker->now;
}

mono_ms worker_room(void *context)
{
    struct worker *worker = context;

    return ownership_room(&worker->ownership);
}

void worker_stop(struct worker *worker)
{
    mono_ms drain = worker->settings->delivery.drain_ms;
    mono_ms leave = drain / 2 < LEAVE_GROUP_MS ? drain / 2 : LEAVE_GROUP_MS;

    if (worker->state != RUNNING)
        return;
    log_line(LOG_INFO, "draining", NULL);
    worker->overview.draining = true;
    worker->state = DRAINING;
    worker->deadline = worker_moment(worker)->mono + drain - leave;
    assignments_leave_all(&worker->assignments, false, worker_moment(worker));
}

/* Goes on from one state to the next; true when all is over. */
static bool advance(struct worker *worker)
{
    bool late = worker->state != RUNNING && worker->now.mono >= worker->deadline;

    switch (worker->state) {
    case RUNNING:
        return false;
    case DRAINING:
        if (!late && !assignments_are_settled(&worker->assignments))
            return false;
        worker->state = LEAVING;
        worker->deadline = worker->now.mono + LEAVE_GROUP_MS;
        worker->assignments.leave_budget = 0; /* draining was the time for what is on the wire */
        source_leave(worker->source);
        return false;
    case LEAVING:
        return late || source_has_left(worker->source);
    }
    return false;
}

/*
 * A marker that came late, of an owner who was gone by then, cannot be told from a successor's.  Of
 * a successor the group tells, within a session; if it does not, joining it again has all
 * partitions marked anew.
 */
static void watch_orphans(struct worker *worker, const struct moment *now)
{
    mono_ms patience = worker->settings->group.session_ms;
    const struct assignment *orphan;

    if (worker->state != RUNNING ||
        !(orphan = assignments_find_orphan(&worker->assignments, patience, now)))
        return;
    log_line(LOG_ERROR, "orphaned",
             &(struct log_fields){ .topic = orphan->topic,
                                   .partition = orphan->number,
                                   .offset = -1,
                                   .why = "the state topic says that the partition is another "
                                          "worker's, the group that it is ours: ends, so that a "
                                          "restart takes it again" });
    worker->exit_code = EXIT_TRY_AGAIN;
    worker_stop(worker);
}

static mono_ms turn(struct worker *worker)
{
    const struct moment *now;
    bool more;

    ownership_serve(&worker->ownership);
    sink_serve(worker->sink);
    now = worker_moment(worker);
    more = table_serve(worker->table, now->mono);
    assignments_prove(&worker->assignments);
    watch_orphans(worker, now);
    more = assignments_read(&worker->assignments, now) || more;
    mono_ms next = dispatch_tick(worker->dispatch, now);
    mono_ms leaving = assignments_give_back(&worker->assignments, now);
    log_flush();

    mono_ms until = now->mono + LONGEST_SLEEP_MS;
    if (more)
        return now->mono;
    if (next < until)
        until = next;
    if (leaving < until)
        until = leaving;
    return worker->state != RUNNING && worker->deadline < until ? worker->deadline : until;
}

int worker_run(struct worker *worker)
{
    const struct log_extra extra[] = {
        { .name = "version", .text = worker_version },
        { .name = "management", .text = management_address(worker->management) },
        { .name = NULL },
    };

    log_line(LOG_INFO, "started", &(struct log_fields){ .extra = extra });
    do {
        mono_ms until = turn(worker);
        if (advance(worker))
            break;
        loop_turn(worker->loop, until);
    } while (true);
    log_line(LOG_INFO, "stopped",
             &(struct log_fields){ .why = source_has_left(worker->source)
                                              ? NULL
                                              : "the group was not left in time" });
    return worker->exit_code;
}

void worker_try_routes(struct worker *worker)
{
    dispatch_try_routes(worker->dispatch, worker_moment(worker));
}

void worker_tell(struct worker *worker)
{
    overview_tell(&worker->overview);
}
