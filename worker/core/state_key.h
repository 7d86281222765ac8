/*
 * state_key: the keys of the state topic, which say what a record of it is about.
 *
 *   thread/<topic>/<licence>/<conversation>   a thread (core/thread_record)
 *   done/<topic>/<name of the key>            what is done of a key of notifications, likewise
 *   parked/<topic>/<partition>/<offset>       a record that waits (core/parked_record)
 *   tried/<topic>/<partition>/<offset>        how often that was tried, and when it will be
 *   epoch/<topic>/<partition>                 an owner's marker: its offset is what counts
 *   left/<topic>/<partition>                  an owner's farewell
 *
 * In names that are not topics % and / are written as %25 and %2F.  Pure.
 */
#ifndef WORKER_CORE_STATE_KEY_H
#define WORKER_CORE_STATE_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "common/text.h"
#include "worker/core/threads.h"

enum { STATE_KEY_MAX = 8 * 1024 };

enum state_key_kind {
    STATE_KEY_THREAD, /* or of a key of notifications */
    STATE_KEY_EPOCH,
    STATE_KEY_LEFT,
    STATE_KEY_PARKED,
    STATE_KEY_TRIED,
    STATE_KEY_OTHER, /* of a later version, or nobody's */
};

struct state_key {
    char topic[250];
    char licence[THREADS_MAX_LICENCE + 1];           /* of STATE_KEY_THREAD; empty: notifications */
    char conversation[THREADS_MAX_CONVERSATION + 1]; /* likewise, or the name of their key */
    int32_t partition;                               /* of the others */
    int64_t offset;                                  /* of STATE_KEY_PARKED and _TRIED */
};

/* Reads a key; *ret is set as far as its kind has something to say.  What would be written
 * differently here is STATE_KEY_OTHER. */
enum state_key_kind state_key_read(const char *bytes, size_t length, struct state_key *ret);

/* Adds a key: of a thread, or of a key of notifications, whose licence is empty. */
void state_key_write_thread(const char *topic, const struct thread_name *name, struct text *ret);
void state_key_write_epoch(const char *topic, int32_t partition, struct text *ret);
void state_key_write_left(const char *topic, int32_t partition, struct text *ret);
void state_key_write_parked(const char *topic, int32_t partition, int64_t offset, struct text *ret);
void state_key_write_tried(const char *topic, int32_t partition, int64_t offset, struct text *ret);

#endif
