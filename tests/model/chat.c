#include "tests/model/chat.h"

#include "common/must.h"
#include "worker/core/partition.h"

static const struct integration integration = { .licence = "zeezicht",
                                                .active = true,
                                                .server_url = "http://chat.example",
                                                .bot_token = "token",
                                                .conversation_channel = CHAT_CHANNEL };
static const struct integrations integrations = { &integration, 1 };

bool chat_chance(struct chat *chat, int percent)
{
    return random_between(chat->random, 1, 100) <= percent;
}

mono_ms chat_soon(struct chat *chat, mono_ms most)
{
    return chat->now.mono + random_between(chat->random, 1, most);
}

/* ---- workers ---- */

static void start_worker(struct chat *chat, struct chat_worker *worker)
{
    const struct dispatch_options options = { .in_flight = 4,
                                              .in_flight_per_server = 3,
                                              .window = 16,
                                              .waiting_bytes = 1 << 20,
                                              .attempt_timeout = 3000,
                                              .retry = { 100, 2000 },
                                              .route = { 500, 4000 },
                                              .thread_max_replies = chat->ways.max_replies,
                                              .keep = chat->ways.keep,
                                              .parking = { chat->ways.parking, 1 << 20 },
                                              .seed = random_next(chat->random) };
    const struct dispatch_port port = chat_port(worker);

    worker->chat = chat;
    worker->stored = -1;
    worker->stalled_until = 0;
    worker->dispatch = dispatch_new(&options, &port, &integrations);
}

/* Nobody is told any more when its marker is written, late as that may be. */
static void drop_assignment(struct chat *chat, struct chat_assignment *assignment)
{
    for (struct chat_write *write = chat->writes; write; write = write->next)
        if (write->marks == assignment)
            write->marks = NULL;
    if (chat->owner == assignment)
        chat->owner = NULL;
    *assignment = (struct chat_assignment){ 0 };
}

/* kill -9: all in memory is gone; what is on the wire, or on its way to the log, arrives or not. */
static void crash(struct chat *chat, struct chat_worker *worker)
{
    dispatch_free(worker->dispatch);
    for (int i = 0; i < CHAT_ASSIGNMENTS; i++)
        if (chat->assignments[i].worker == worker)
            drop_assignment(chat, &chat->assignments[i]);
    chat_drop_writes(worker);
    start_worker(chat, worker);
}

/* ---- the partition ---- */

static struct chat_assignment *find_free(struct chat *chat)
{
    for (int i = 0; i < CHAT_ASSIGNMENTS; i++)
        if (!chat->assignments[i].worker)
            return &chat->assignments[i];
    return NULL;
}

/* Nothing that an earlier owner has sent is on the wire any more when the next one begins. */
static bool is_free(const struct chat *chat)
{
    for (int i = 0; i < CHAT_ASSIGNMENTS && chat->ways.is_leased; i++)
        if (chat->assignments[i].worker && chat_is_sending(chat, &chat->assignments[i]))
            return false;
    return !chat->owner;
}

/* Whether the worker can be given the partition: what it had of it before is leaving. */
static bool can_have(const struct chat *chat, const struct chat_worker *worker)
{
    for (int i = 0; i < CHAT_ASSIGNMENTS; i++)
        if (chat->assignments[i].worker == worker && !chat->assignments[i].is_leaving)
            return false;
    return true;
}

static void assign(struct chat *chat)
{
    struct chat_worker *worker = &chat->workers[random_between(chat->random, 0, CHAT_WORKERS - 1)];
    struct chat_assignment *assignment = find_free(chat);

    if (!is_free(chat) || !can_have(chat, worker) || !assignment)
        return;
    *assignment = (struct chat_assignment){ .worker = worker, .epoch = -1 };
    const struct assigned_partition assigned = { .topic = "in",
                                                 .owner = assignment,
                                                 .takes_conversations = true };
    assignment->partition = dispatch_assign(worker->dispatch, &assigned);
    while (assignment->next < CHAT_RECORDS &&
           chat->records[assignment->next].offset < chat->committed)
        assignment->next++;
    worker->stored = -1;
    chat->owner = assignment;
    chat_write_marker(assignment);
}

static void leave(struct chat *chat, struct chat_assignment *assignment)
{
    dispatch_leave(assignment->worker->dispatch, assignment->partition, assignment->is_lost,
                   &chat->now);
    assignment->is_leaving = true;
    assignment->end_at = chat_soon(chat, 1500);
}

/* The partition is another's from now on; the worker learns that later. */
static void lose(struct chat *chat, struct chat_assignment *assignment)
{
    assignment->is_lost = true;
    assignment->end_at = chat_soon(chat, 5000);
    assignment->worker->stored = -1;
    chat->owner = NULL;
}

/* The assignment has left. */
static void end_assignment(struct chat *chat, struct chat_assignment *assignment)
{
    struct chat_worker *worker = assignment->worker;

    if (chat->owner == assignment && worker->stored > chat->committed && chat_chance(chat, 70))
        chat->committed = worker->stored;
    worker->stored = -1;
    dispatch_forget(worker->dispatch, assignment->partition, &chat->now);
    drop_assignment(chat, assignment);
}

/* What a lost or leaving assignment comes to. */
static void end_in_time(struct chat *chat, struct chat_assignment *assignment)
{
    bool is_late = chat->now.mono >= assignment->end_at;
    bool is_told = assignment->partition->lost;

    if (is_told && !assignment->is_lost)
        lose(chat, assignment); /* a marker that came late says that another has it */
    if (!assignment->is_leaving) {
        if (assignment->is_lost && (is_late || is_told))
            leave(chat, assignment);
    } else if (is_late || dispatch_is_idle(assignment->partition)) {
        end_assignment(chat, assignment);
    }
}

/* ---- what happens to the owner ---- */

static void prove(struct chat *chat, const struct chat_assignment *assignment)
{
    int64_t end = chat->records[CHAT_RECORDS - 1].offset + 1;

    if (!dispatch_awaits_end(assignment->partition))
        return;
    dispatch_reads_from(assignment->partition, assignment->next < CHAT_RECORDS
                                                   ? chat->records[assignment->next].offset
                                                   : end);
    dispatch_saw_end(assignment->worker->dispatch, assignment->partition, end);
}

static void read_some(struct chat *chat, struct chat_assignment *assignment)
{
    while (assignment->next < CHAT_RECORDS &&
           dispatch_wants(assignment->worker->dispatch, assignment->partition) &&
           (chat->healed || chat_chance(chat, 60))) {
        struct record *record = chat_copy_record(chat, assignment->next++);
        dispatch_take(assignment->worker->dispatch, assignment->partition, record, &chat->now);
    }
}

static void commit(struct chat *chat, const struct chat_assignment *assignment)
{
    struct chat_worker *worker = assignment->worker;

    if (worker->stored < 0 || worker->commit_at > chat->now.mono)
        return;
    if (worker->stored > chat->committed)
        chat->committed = worker->stored;
    worker->stored = -1;
    dispatch_committed(worker->dispatch, assignment->partition, chat->committed, &chat->now);
}

/* ---- time ---- */

static void make_trouble(struct chat *chat)
{
    struct chat_worker *worker = &chat->workers[random_between(chat->random, 0, CHAT_WORKERS - 1)];
    mono_ms until = chat_soon(chat, 6000);

    switch (random_between(chat->random, 0, 8)) {
    case 0:
        crash(chat, worker);
        return;
    case 1:
        if (chat->owner && !chat->owner->is_leaving)
            leave(chat, chat->owner);
        return;
    case 2:
        if (chat->owner && !chat->owner->is_leaving)
            lose(chat, chat->owner);
        return;
    case 3:
        chat->archived_until = until;
        return;
    case 4:
        chat->without_database_until = until;
        return;
    case 5:
        chat->guard_count = 0; /* the server is restarted */
        for (int i = 0; i < CHAT_GUARDS; i++)
            chat->guards[i] = (struct chat_guard){ 0 };
        return;
    case 6:
        worker->stalled_until = until;
        return;
    default:
        chat_meddle(chat);
    }
}

static void end_due_calls(struct chat *chat)
{
    struct chat_call *call = chat->calls;

    while (call) {
        struct chat_call *next = call->next;
        if (call->at <= chat->now.mono) {
            chat_end_call(chat, call);
            next = chat->calls;
        }
        call = next;
    }
}

static void serve(struct chat *chat, struct chat_assignment *assignment)
{
    chat_tell(chat, assignment);
    prove(chat, assignment);
    if (!assignment->is_leaving)
        read_some(chat, assignment);
    if (chat->owner == assignment)
        commit(chat, assignment);
    end_in_time(chat, assignment);
}

void chat_step(struct chat *chat)
{
    mono_ms next = chat->now.mono + (chat->healed ? 100 : random_between(chat->random, 1, 100));

    if (!chat->healed && chat_chance(chat, 4))
        make_trouble(chat);
    end_due_calls(chat);
    chat_pump(chat);
    if (!chat->owner && (chat->healed || chat_chance(chat, 20)))
        assign(chat);
    for (int i = 0; i < CHAT_ASSIGNMENTS; i++)
        if (chat->assignments[i].worker)
            serve(chat, &chat->assignments[i]);
    for (int i = 0; i < CHAT_WORKERS; i++)
        (void)dispatch_tick(chat->workers[i].dispatch, &chat->now);
    chat->now.wall += next - chat->now.mono;
    chat->now.mono = next;
}

void chat_heal(struct chat *chat)
{
    chat->healed = true;
    chat->archived_until = 0;
    chat->without_database_until = 0;
}

bool chat_is_done(const struct chat *chat)
{
    return chat->committed == chat->records[CHAT_RECORDS - 1].offset + 1 && chat->owner &&
           chat->owner->told == chat->state.count && chat_is_written(chat) && !chat->calls &&
           chat_count_parked(chat) == 0;
}

void chat_open(struct chat *chat, struct random *random, const struct chat_ways *ways)
{
    *chat = (struct chat){ .random = random,
                           .ways = *ways,
                           .committed = -1,
                           .now = { .mono = 1000, .wall = 1000 * 1000 * 1000 } };
    chat_make_log(chat);
    for (int i = 0; i < CHAT_WORKERS; i++)
        start_worker(chat, &chat->workers[i]);
}

void chat_close(struct chat *chat)
{
    for (int i = 0; i < CHAT_WORKERS; i++)
        dispatch_free(chat->workers[i].dispatch);
    must(!chat->calls);
    chat_free_state(chat);
    chat_free_log(chat);
}
