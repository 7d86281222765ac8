#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/model/chat.h"
#include "worker/core/state_key.h"
#include "worker/core/thread_record.h"

void chat_write(struct chat_worker *worker, const struct chat_write *write)
{
    struct chat *chat = worker->chat;
    struct chat_write **link = &chat->writes;
    struct chat_write *added = mem_copy(write, sizeof(*write));

    added->worker = worker;
    added->append_at = chat_soon(chat, 200);
    if (added->append_at < worker->stalled_until)
        added->append_at = worker->stalled_until;
    added->ack_at = added->append_at + random_between(chat->random, 0, 200);
    added->next = NULL;
    for (; *link; link = &(*link)->next) {
        if ((*link)->worker != worker)
            continue;
        if ((*link)->append_at > added->append_at)
            added->append_at = (*link)->append_at;
        if ((*link)->ack_at > added->ack_at)
            added->ack_at = (*link)->ack_at;
    }
    *link = added;
}

void chat_write_marker(struct chat_assignment *assignment)
{
    const struct chat_write write = { .marks = assignment, .key = mem_string("epoch/in/0") };

    chat_write(assignment->worker, &write);
}

void chat_forget_write(struct chat *chat, const struct delivery *delivery, bool parks)
{
    struct chat_write *write = chat->writes;

    while (write->delivery != delivery || write->parks != parks)
        must((write = write->next) != NULL);
    write->delivery = NULL;
}

static void free_write(struct chat_write *write)
{
    free(write->key);
    free(write->value);
    free(write);
}

void chat_drop_writes(struct chat_worker *worker)
{
    struct chat *chat = worker->chat;
    struct chat_write **link = &chat->writes;
    bool is_cut = false;

    while (*link) {
        struct chat_write *write = *link;
        is_cut = is_cut || chat_chance(chat, 50);
        if (write->worker == worker && is_cut && !write->is_appended) {
            *link = write->next;
            free_write(write);
            continue;
        }
        if (write->worker == worker)
            must(!write->delivery);
        link = &write->next;
    }
}

/* ---- what is due ---- */

/* What the newest of a key says of what is parked, or how far a talk is. */
static void note_entry(struct chat *chat, const struct chat_entry *entry)
{
    struct state_key key;
    struct thread thread;

    enum state_key_kind kind = state_key_read(entry->key, strlen(entry->key), &key);
    if (kind == STATE_KEY_PARKED)
        chat->records[chat_find_record(chat, key.offset)].is_parked = entry->value;
    if (kind != STATE_KEY_THREAD || !entry->value)
        return;
    must(thread_value_read(entry->value, strlen(entry->value), &thread));
    struct chat_talk *talk = &chat->talks[chat_talk_of(key.conversation)];
    if (thread.last_offset > talk->highest_told)
        talk->highest_told = thread.last_offset;
}

static void append(struct chat *chat, struct chat_write *write)
{
    struct chat_state *state = &chat->state;

    state->entries =
        mem_resize(state->entries, (size_t)(state->count + 1) * sizeof(*state->entries));
    struct chat_entry *entry = &state->entries[state->count];
    entry->key = mem_string(write->key);
    entry->value = write->value ? mem_string(write->value) : NULL;
    note_entry(chat, entry);
    if (write->marks)
        write->marks->epoch = state->count;
    state->count++;
    write->is_appended = true;
}

/* The oldest write that is due to be acknowledged; NULL: there is none. */
static struct chat_write *take_acknowledged(struct chat *chat)
{
    struct chat_write **link = &chat->writes;

    while (*link && !((*link)->is_appended && (*link)->ack_at <= chat->now.mono))
        link = &(*link)->next;
    struct chat_write *write = *link;
    if (write)
        *link = write->next;
    return write;
}

void chat_pump(struct chat *chat)
{
    struct chat_write *write;

    for (write = chat->writes; write; write = write->next)
        if (!write->is_appended && write->append_at <= chat->now.mono)
            append(chat, write);
    while ((write = take_acknowledged(chat))) {
        if (write->delivery && write->parks)
            dispatch_parked(write->worker->dispatch, write->delivery);
        else if (write->delivery)
            dispatch_recorded(write->worker->dispatch, write->delivery, &chat->now);
        free_write(write);
    }
}

int chat_count_parked(const struct chat *chat)
{
    int count = 0;

    for (int i = 0; i < CHAT_RECORDS; i++)
        count += chat->records[i].is_parked;
    return count;
}

bool chat_is_written(const struct chat *chat)
{
    return !chat->writes;
}

/* ---- what is read ---- */

static void tell_one(struct chat *chat, struct chat_assignment *assignment)
{
    const struct chat_entry *entry = &chat->state.entries[assignment->told];
    const struct state_read read = { .key = entry->key,
                                     .key_length = strlen(entry->key),
                                     .value = entry->value,
                                     .value_length = entry->value ? strlen(entry->value) : 0,
                                     .offset = assignment->told };

    assignment->told++;
    dispatch_read_state(assignment->worker->dispatch, assignment->partition, &read, &chat->now);
    if (read.offset == assignment->epoch)
        dispatch_restored(assignment->worker->dispatch, assignment->partition, assignment->epoch);
}

void chat_tell(struct chat *chat, struct chat_assignment *assignment)
{
    int64_t most = chat->healed ? INT64_MAX : random_between(chat->random, 0, 20);

    if (assignment->epoch < 0)
        return;
    for (; most > 0 && assignment->told < chat->state.count; most--)
        tell_one(chat, assignment);
}

void chat_free_state(struct chat *chat)
{
    for (int64_t i = 0; i < chat->state.count; i++) {
        free(chat->state.entries[i].key);
        free(chat->state.entries[i].value);
    }
    free(chat->state.entries);
    while (chat->writes) {
        struct chat_write *write = chat->writes;
        chat->writes = write->next;
        free_write(write);
    }
}
