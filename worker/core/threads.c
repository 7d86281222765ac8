#include "worker/core/threads.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "common/sip.h"
#include "worker/core/threads_id.h"
#include "worker/core/threads_index.h"
#include "worker/core/threads_inner.h"
#include "worker/core/threads_names.h"
#include "worker/core/threads_store.h"

/* Laid out by size, so that nothing is lost between the members. */
struct entry {
    int64_t last_offset;
    wall_ms updated_at;
    int64_t epoch;
    uint32_t replies;
    uint32_t licence; /* numbers of `names` */
    uint32_t channel;
    unsigned char root[THREADS_ID_PACKED];
    unsigned char last_post[THREADS_ID_PACKED];
    bool is_closed;
    char conversation[]; /* with its NUL */
};

enum { ENTRY_HEAD = offsetof(struct entry, conversation) };

static_assert(ENTRY_HEAD == 71, "with a conversation of 40 characters an entry takes 112 bytes");
static_assert(ENTRY_HEAD + THREADS_MAX_CONVERSATION + 1 <= THREADS_STORE_MOST,
              "the longest fits in");
static_assert(alignof(struct entry) <= THREADS_STORE_STEP, "entries lie where they may");

struct threads {
    struct threads_store entries;
    struct threads_index index; /* of the entries, by licence and conversation */
    struct threads_names names; /* licences and channels */
    struct sip_secret secret;
};

static struct entry *entry_of(const struct threads *threads, uint32_t number)
{
    return threads_store_at(&threads->entries, number);
}

static const char *licence_of(const struct threads *threads, const struct entry *entry)
{
    return threads_names_string(&threads->names, entry->licence);
}

static const char *channel_of(const struct threads *threads, const struct entry *entry)
{
    return threads_names_string(&threads->names, entry->channel);
}

static struct thread_name name_of(const struct threads *threads, const struct entry *entry)
{
    return (struct thread_name){ licence_of(threads, entry), entry->conversation };
}

struct threads *threads_new(void)
{
    struct threads *threads = mem_new(sizeof(*threads));

    threads->secret = sip_secret_new();
    threads->names.secret = threads->secret;
    return threads;
}

void threads_free(struct threads *threads)
{
    if (!threads)
        return;
    threads_index_free(&threads->index);
    threads_names_free(&threads->names);
    threads_store_free(&threads->entries);
    free(threads);
}

/* Both strings in one go, with the NUL between them that neither holds. */
static uint32_t hash_of(const struct threads *threads, const struct thread_name *name)
{
    char bytes[THREADS_MAX_LICENCE + THREADS_MAX_CONVERSATION + 1];
    size_t licence = strlen(name->licence);
    size_t conversation = strlen(name->conversation);

    must(licence <= THREADS_MAX_LICENCE && conversation <= THREADS_MAX_CONVERSATION);
    memcpy(bytes, name->licence, licence + 1);
    memcpy(bytes + licence + 1, name->conversation, conversation);
    return (uint32_t)sip_hash(&threads->secret, bytes, licence + 1 + conversation);
}

/* The number of the conversation's entry; 0: it has none. */
static uint32_t find(const struct threads *threads, const struct thread_name *name, uint32_t hash)
{
    uint32_t number;

    for (size_t step = 0; (number = threads_index_next(&threads->index, hash, &step));) {
        const struct entry *entry = entry_of(threads, number);
        if (strcmp(entry->conversation, name->conversation) == 0 &&
            strcmp(licence_of(threads, entry), name->licence) == 0)
            break;
    }
    return number;
}

bool threads_find(const struct threads *threads, const struct thread_name *name, struct thread *ret)
{
    uint32_t number = find(threads, name, hash_of(threads, name));
    if (!number)
        return false;
    const struct entry *entry = entry_of(threads, number);
    const char *channel = channel_of(threads, entry);

    *ret = (struct thread){
        .is_closed = entry->is_closed,
        .replies = entry->replies,
        .last_offset = entry->last_offset,
        .updated_at = entry->updated_at,
        .epoch = entry->epoch,
    };
    threads_id_unpack(entry->root, ret->root);
    memcpy(ret->channel, channel, strlen(channel) + 1);
    threads_id_unpack(entry->last_post, ret->last_post);
    return true;
}

/* The number of a channel, which one more entry has. */
static uint32_t hold_channel(struct threads *threads, const char *channel)
{
    must(!*channel || threads_id_is_whole(channel, strlen(channel)));
    return threads_names_hold(&threads->names, channel);
}

static struct entry *add(struct threads *threads, const struct thread_name *name, uint32_t hash,
                         const char *channel)
{
    size_t length = strlen(name->conversation);
    uint32_t number = threads_store_add(&threads->entries, ENTRY_HEAD + length + 1);
    struct entry *entry = entry_of(threads, number);

    entry->licence = threads_names_hold(&threads->names, name->licence);
    entry->channel = hold_channel(threads, channel);
    memcpy(entry->conversation, name->conversation, length + 1);
    threads_index_add(&threads->index, hash, number);
    return entry;
}

static void set_channel(struct threads *threads, struct entry *entry, const char *channel)
{
    uint32_t old = entry->channel;

    if (strcmp(channel_of(threads, entry), channel) == 0)
        return;
    entry->channel = hold_channel(threads, channel);
    threads_names_drop(&threads->names, old);
}

void threads_put(struct threads *threads, const struct thread_name *name,
                 const struct thread *thread)
{
    uint32_t hash = hash_of(threads, name);
    uint32_t number = find(threads, name, hash);
    struct entry *entry =
        number ? entry_of(threads, number) : add(threads, name, hash, thread->channel);

    set_channel(threads, entry, thread->channel);
    threads_id_pack(thread->root, entry->root);
    threads_id_pack(thread->last_post, entry->last_post);
    entry->is_closed = thread->is_closed;
    entry->replies = thread->replies;
    entry->last_offset = thread->last_offset;
    entry->updated_at = thread->updated_at;
    entry->epoch = thread->epoch;
}

/* Takes an entry out; the one that has moved to its place is to be found there. */
static void take(struct threads *threads, uint32_t number)
{
    uint32_t moved = threads_store_take(&threads->entries, number);
    if (!moved)
        return;
    const struct thread_name name = name_of(threads, entry_of(threads, number));

    threads_index_renumber(&threads->index, hash_of(threads, &name), moved, number);
}

void threads_remove(struct threads *threads, const struct thread_name *name)
{
    uint32_t hash = hash_of(threads, name);
    uint32_t number = find(threads, name, hash);
    if (!number)
        return;
    const struct entry *entry = entry_of(threads, number);

    threads_names_drop(&threads->names, entry->licence);
    threads_names_drop(&threads->names, entry->channel);
    threads_index_take(&threads->index, hash, number);
    take(threads, number);
}

size_t threads_count(const struct threads *threads)
{
    return threads->index.count;
}

size_t threads_bytes(const struct threads *threads)
{
    return threads_cost(sizeof(*threads)) + threads_store_bytes(&threads->entries) +
           threads_index_bytes(&threads->index) + threads_names_bytes(&threads->names);
}

int64_t threads_highest_offset(const struct threads *threads)
{
    int64_t highest = -1;
    uint32_t number = UINT32_MAX;

    while ((number = threads_store_before(&threads->entries, number)) != 0)
        if (entry_of(threads, number)->last_offset > highest)
            highest = entry_of(threads, number)->last_offset;
    return highest;
}

bool threads_next_older(const struct threads *threads, wall_ms before, size_t most,
                        size_t *position, struct thread_name *ret)
{
    uint32_t number = *position ? (uint32_t)*position : UINT32_MAX;

    for (; most > 0; most--) {
        number = threads_store_before(&threads->entries, number);
        if (!number)
            break;
        const struct entry *entry = entry_of(threads, number);
        if (entry->updated_at >= before)
            continue;
        *ret = name_of(threads, entry);
        *position = number;
        return true;
    }
    *position = number;
    return false;
}
