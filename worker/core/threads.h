/*
 * threads: which thread in Mattermost mirrors a conversation, for all conversations of a partition.
 *
 * The memory of one assignment of one source partition, packed: a thread takes at most
 * THREADS_MAX_BYTES all told while ids have up to 40 characters.  What is in it is what the state
 * topic holds (core/thread_record): it is filled from there when the partition is assigned, and
 * changed when a change was acknowledged there.  Pure.
 *
 * It grows and shrinks a few kilobytes at a time, without a copy of the whole: no call takes long,
 * however much is in it, and while it grows it takes at most 1 byte a thread more than before and
 * after.  Licences and channels are kept once each: there are few.  Names may be chosen to collide:
 * they are hashed under a secret of the memory's own.
 */
#ifndef WORKER_CORE_THREADS_H
#define WORKER_CORE_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/units.h"

enum {
    THREADS_MAX_BYTES = 150,
    THREADS_MAX_LICENCE = 512,      /* bytes: 128 characters */
    THREADS_MAX_CONVERSATION = 760, /* bytes: 190 characters */
};

/* Whose thread it is. */
struct thread_name {
    const char *licence;      /* empty: it is none, but what is done of a key of notifications */
    const char *conversation; /* then the name of that key */
};

/* What is known of a conversation's thread.  Ids are empty, or 26 characters of a-z and 0-9. */
struct thread {
    char root[27];       /* empty: it has none (any more) */
    char channel[27];    /* the root's */
    char last_post[27];  /* the last that was made for it */
    bool is_closed;      /* the conversation was closed, and nothing came since */
    uint32_t replies;    /* under this root */
    int64_t last_offset; /* of the source: all of the conversation's records up to it are done */
    wall_ms updated_at;
    int64_t epoch; /* of the owner who wrote it */
};

struct threads;

/* Gives an empty memory. */
struct threads *threads_new(void) ATTR_MUST_USE;

/* Takes a moment where there are very many: about 20 ms a million.  NULL is fine. */
void threads_free(struct threads *threads);
DEFINE_AUTO(struct threads *, threads_free)

/* Whether the conversation has an entry; *ret is set then. */
bool threads_find(const struct threads *threads, const struct thread_name *name,
                  struct thread *ret) ATTR_MUST_USE;

/* Keeps an entry, in place of an earlier one.  Its ids are as struct thread says: what comes from
 * outside is checked before (thread_value_read() does). */
void threads_put(struct threads *threads, const struct thread_name *name,
                 const struct thread *thread);

/* Forgets an entry; none is fine.  The name may be borrowed from the memory. */
void threads_remove(struct threads *threads, const struct thread_name *name);

size_t threads_count(const struct threads *threads);

/* All memory that is in use for it, in bytes, its own bookkeeping and gaps included. */
size_t threads_bytes(const struct threads *threads);

/* The highest last_offset of all entries; -1: none.  Looks at each: some 20 ms a million. */
int64_t threads_highest_offset(const struct threads *threads);

/*
 * Looks at up to `most` entries from *position (0: the beginning) on, and gives the first that was
 * updated before `before`; *position is where to go on, and 0 again after the end.  False: none of
 * these.  The strings are borrowed until the memory changes; taking the found one out is fine.
 * From beginning to end each entry is looked at once, if none but found ones are taken out and none
 * is put in on the way; else some may be left to the next time.
 */
bool threads_next_older(const struct threads *threads, wall_ms before, size_t most,
                        size_t *position, struct thread_name *ret) ATTR_MUST_USE;

#endif
