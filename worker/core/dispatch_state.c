/*
 * What is remembered of a partition: restored, kept up, proven, forgotten in time.
 */
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/dispatch_inner.h"
#include "worker/core/dispatch_park.h"
#include "worker/core/state_key.h"
#include "worker/core/thread_record.h"

enum {
    EXPIRY_PAUSE_MS = 1000,
    EXPIRY_LOOKS = 2000, /* at threads of one partition, a time */
    EXPIRY_MOST = 100,   /* of these that are forgotten, each with a write */
    STATE_MAX_BYTES = 64 * 1024,
};

static void report_partition(struct dispatch *dispatch, const struct partition *partition,
                             enum report_kind kind, const char *why)
{
    const struct record place = {
        .topic = partition->topic, .partition = partition->number, .offset = -1, .timestamp = -1
    };
    const struct report report = { .kind = kind, .record = &place, .took_ms = -1, .why = why };

    dispatch->port.report(dispatch->port.context, &report);
}

void dispatch_refuse_partition(struct dispatch *dispatch, struct partition *partition,
                               const char *why)
{
    if (partition->standing == PARTITION_REFUSED)
        return;
    partition->standing = PARTITION_REFUSED;
    partition->refused_for = why;
    report_partition(dispatch, partition, REPORT_PARTITION_REFUSED, why);
}

bool dispatch_is_restored(const struct partition *partition)
{
    return partition->standing != PARTITION_RESTORING;
}

bool dispatch_awaits_end(const struct partition *partition)
{
    return partition->standing == PARTITION_UNPROVEN && !partition->leaving;
}

void dispatch_saw_end(struct dispatch *dispatch, struct partition *partition, int64_t end)
{
    must(partition->standing == PARTITION_UNPROVEN);
    partition->end = end;
    if (end > threads_highest_offset(partition->threads) &&
        end > threads_highest_offset(partition->done) && end > parking_highest(&partition->parking))
        partition->standing = PARTITION_OPEN;
    else
        dispatch_refuse_partition(dispatch, partition, TOPIC_MADE_AGAIN);
}

bool dispatch_is_superseded(const struct partition *partition)
{
    return partition->superseded;
}

const char *dispatch_refusal(const struct partition *partition)
{
    return partition->refused_for;
}

size_t dispatch_count_threads(const struct partition *partition)
{
    return threads_count(partition->threads);
}

void *dispatch_owner(const struct partition *partition)
{
    return partition->owner;
}

void dispatch_write_thread(struct dispatch *dispatch, struct partition *partition,
                           const struct thread_name *name, const struct thread *thread,
                           struct delivery *delivery)
{
    AUTO(text_free) struct text key = text_of(STATE_MAX_BYTES);
    AUTO(text_free) struct text value = text_of(STATE_MAX_BYTES);
    const struct state_write write = { .key = &key,
                                       .value = thread ? &value : NULL,
                                       .delivery = delivery };

    state_key_write_thread(partition->topic, name, &key);
    if (thread) {
        struct thread own = *thread;
        own.epoch = partition->epoch;
        thread_value_write(&own, &value);
    }
    dispatch->port.write(dispatch->port.context, partition, &write);
}

/* What is on its way to be written for a thread; NULL: nothing is. */
static struct delivery *find_recording(struct dispatch *dispatch, struct partition *partition,
                                       const struct thread_name *name)
{
    struct delivery *delivery = dispatch_find_first(dispatch, partition, name);

    if (!delivery || delivery->state != DELIVERY_RECORDING)
        return NULL;
    return strcmp(dispatch_name_of(delivery).licence, name->licence) == 0 ? delivery : NULL;
}

/*
 * Writes a thread again as this owner knows it, or has just written it.  That it tells of what
 * others did makes it not this owner's: the memory keeps who did the last of it.
 */
static void write_again(struct dispatch *dispatch, struct partition *partition,
                        const struct thread_name *name)
{
    const struct delivery *recording = find_recording(dispatch, partition, name);
    struct thread thread;
    bool is_known = threads_find(partition_memory(partition, name), name, &thread);

    if (recording)
        thread = dispatch_thread_of(recording);
    dispatch_write_thread(dispatch, partition, name, is_known || recording ? &thread : NULL, NULL);
}

/* Whether the owner before this one did not say that it left nothing in doubt. */
static bool is_in_doubt(const struct partition *partition)
{
    bool is_own_read = partition->markers[1] == partition->epoch;
    int64_t before = partition->markers[is_own_read ? 0 : 1];

    return partition->left != before;
}

void dispatch_restored(struct dispatch *dispatch, struct partition *partition, int64_t epoch)
{
    struct thread_repair *repair;

    must(partition->epoch < 0);
    partition->epoch = epoch;
    partition->inherits_doubt = is_in_doubt(partition);
    dispatch_settle_restored(partition);
    if (partition->standing == PARTITION_RESTORING)
        partition->standing = PARTITION_UNPROVEN;
    SLIST_FOREACH(repair, &partition->repairs, next)
    {
        const struct thread_name name = { repair->licence, repair->conversation };
        write_again(dispatch, partition, &name);
    }
    partition_forget_repairs(partition);
}

/* Remembers to write a thread again: not before there is an epoch to write it under. */
static void repair_later(struct partition *partition, const struct thread_name *name)
{
    struct thread_repair *repair = mem_new(sizeof(*repair));

    repair->licence = mem_string(name->licence);
    repair->conversation = mem_string(name->conversation);
    SLIST_INSERT_HEAD(&partition->repairs, repair, next);
}

/*
 * Whether an earlier owner's record, which says no more than what is known, may stand behind what
 * this owner has just written and was not told of yet, and hide it.
 */
static bool may_hide_write(struct dispatch *dispatch, struct partition *partition,
                           const struct thread_name *name, const struct state_read *read)
{
    struct thread said;

    return partition->epoch >= 0 && read->value &&
           thread_value_read(read->value, read->value_length, &said) &&
           said.epoch < partition->epoch && find_recording(dispatch, partition, name);
}

static void repair(struct dispatch *dispatch, struct partition *partition,
                   const struct thread_name *name)
{
    if (partition->epoch < 0)
        repair_later(partition, name);
    else
        write_again(dispatch, partition, name);
}

static void fold(struct dispatch *dispatch, struct partition *partition,
                 const struct thread_name *name, const struct state_read *read)
{
    switch (thread_fold(partition_memory(partition, name), name, read->value, read->value_length,
                        partition->epoch)) {
    case THREAD_FOLD_TAKEN:
        return;
    case THREAD_FOLD_IGNORED:
        if (may_hide_write(dispatch, partition, name, read))
            write_again(dispatch, partition, name);
        return;
    case THREAD_FOLD_MERGED:
        if (partition->epoch >= 0 && !name->licence[0])
            dispatch_settle_merged(partition, name);
        repair(dispatch, partition, name);
        return;
    case THREAD_FOLD_REPEAT:
        repair(dispatch, partition, name);
        return;
    }
}

static void read_marker(struct dispatch *dispatch, struct partition *partition,
                        const struct state_read *read, const struct moment *now)
{
    if (partition->epoch < 0) {
        partition->markers[0] = partition->markers[1];
        partition->markers[1] = read->offset;
        return;
    }
    if (read->offset <= partition->epoch)
        return;
    report_partition(dispatch, partition, REPORT_SUPERSEDED,
                     "another worker has taken the partition over");
    partition->superseded = true;
    dispatch_leave(dispatch, partition, true, now);
}

static void read_farewell(struct partition *partition, const struct state_read *read)
{
    struct thread said;

    if (read->value && thread_value_read(read->value, read->value_length, &said))
        partition->left = said.epoch;
}

void dispatch_write_farewell(struct dispatch *dispatch, struct partition *partition)
{
    AUTO(text_free) struct text key = text_of(STATE_MAX_BYTES);
    AUTO(text_free) struct text value = text_of(STATE_MAX_BYTES);
    const struct state_write write = { .key = &key, .value = &value };
    const struct thread said = { .epoch = partition->epoch };

    state_key_write_left(partition->topic, partition->number, &key);
    thread_value_write(&said, &value);
    dispatch->port.write(dispatch->port.context, partition, &write);
}

void dispatch_read_state(struct dispatch *dispatch, struct partition *partition,
                         const struct state_read *read, const struct moment *now)
{
    struct state_key key;
    enum state_key_kind kind = state_key_read(read->key, read->key_length, &key);

    if (partition->lost || kind == STATE_KEY_OTHER || strcmp(key.topic, partition->topic) != 0)
        return;
    if (kind == STATE_KEY_THREAD) {
        const struct thread_name name = { key.licence, key.conversation };
        fold(dispatch, partition, &name, read);
    } else if (key.partition == partition->number) {
        if (kind == STATE_KEY_PARKED || kind == STATE_KEY_TRIED)
            dispatch_read_parked(dispatch, partition, &key, kind == STATE_KEY_TRIED, read);
        else if (kind == STATE_KEY_LEFT)
            read_farewell(partition, read);
        else
            read_marker(dispatch, partition, read, now);
    }
}

/*
 * Whether a thread is still needed: it is being written to right now, or what is done of it is not
 * committed, and the next owner would read that again.
 */
static bool is_needed(struct dispatch *dispatch, const struct partition *partition,
                      const struct thread_name *name)
{
    struct thread thread;

    must(threads_find(partition->threads, name, &thread));
    return thread.last_offset >= partition->acked || dispatch_find_first(dispatch, partition, name);
}

static void expire_some(struct dispatch *dispatch, struct partition *partition,
                        const struct moment *now)
{
    wall_ms before = now->wall - dispatch->options.keep;
    struct thread_name name;

    for (int i = 0; i < EXPIRY_MOST && threads_next_older(partition->threads, before, EXPIRY_LOOKS,
                                                          &partition->expiry_position, &name);
         i++) {
        if (is_needed(dispatch, partition, &name))
            return;
        dispatch_write_thread(dispatch, partition, &name, NULL, NULL);
        threads_remove(partition->threads, &name); /* which the name is borrowed from */
    }
}

void dispatch_expire(struct dispatch *dispatch, const struct moment *now)
{
    struct partition *partition;

    TAILQ_FOREACH(partition, &dispatch->partitions, all)
    {
        if (partition->leaving || partition->standing != PARTITION_OPEN ||
            (!partition->is_unpacked && partition->parking.by_offset.count > 0) ||
            now->mono < partition->expiry_due)
            continue;
        partition->expiry_due = now->mono + EXPIRY_PAUSE_MS;
        dispatch_forget_settled(dispatch, partition);
        expire_some(dispatch, partition, now);
    }
}
