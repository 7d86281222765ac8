/*
 * thread_record: a thread as a record of the state topic, and what a record of it means.
 *
 * Key: core/state_key.  Value: one line of text that a person can read, `v1 r=<root> c=<channel>
 * p=<last post> o=<last offset> t=<updated at, ms> e=<epoch> n=<replies> x=<1: closed>`; what is
 * empty or 0 is left out, unknown members are ignored.  A tombstone: the thread is forgotten.  A
 * value takes about 130 bytes, a key 8 more than its three names.
 *
 * A key of notifications has an entry, too, for as long as what is done of it may not be committed,
 * with o, t and e only; in the memory its licence is empty.  An owner who gave the partition back
 * and left nothing in doubt says so with e alone.  Pure.
 */
#ifndef WORKER_CORE_THREAD_RECORD_H
#define WORKER_CORE_THREAD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/text.h"
#include "worker/core/threads.h"

/* Reads a value; false: it is none of this version, or holds what struct thread cannot. */
bool thread_value_read(const char *bytes, size_t length, struct thread *ret) ATTR_MUST_USE;
void thread_value_write(const struct thread *thread, struct text *ret);

/* What a record of the log did. */
enum thread_fold {
    THREAD_FOLD_TAKEN,   /* the memory says now what the record says */
    THREAD_FOLD_IGNORED, /* it says what is known, or less */
    THREAD_FOLD_MERGED,  /* a late write of an earlier owner told something, which is taken; the
                            topic must be told again under the own epoch */
    THREAD_FOLD_REPEAT,  /* a late write told nothing new, but hides in the topic what is known:
                            that must be written again */
};

/*
 * Folds a record of the log into the memory.  `value` NULL: a tombstone.  A value that cannot be
 * read is IGNORED.
 *
 * `own_epoch` -1: the log is being restored.  A later record of a key replaces an earlier one, but
 * for one of a lower epoch, or of the same, with a lower last_offset: that is REPEAT.  As the log
 * may go on to say it again itself, what is to be repeated then is what the memory holds when all
 * is restored.
 *
 * Else the log is being tailed by the owner of that epoch:
 *   - its own records are IGNORED: it keeps them when they are acknowledged;
 *   - of an earlier owner's the higher last_offset counts, and is MERGED, also where nothing is
 *     known; one that says, whoever says it, what is known is IGNORED, and any other is REPEAT;
 *   - a tombstone of what is known is REPEAT.  It does not say whose it is: an owner that forgets
 *     an entry takes it out of the memory when it sends the tombstone, not when it is acknowledged;
 *   - a newer owner's record is TAKEN: it has read ours, and we are the ones who are late.  It
 *     guards what it said itself: as long as the memory holds that of an entry, others' records are
 *     folded as while restoring, and REPEAT is IGNORED.
 *
 * What is MERGED or REPEAT is written again as the memory holds it, but with the own epoch.  The
 * log can be ahead of the acknowledgements: where a write of the same key is on its way that is
 * what is written again.  And the caller never writes, or keeps, a lower last_offset than it knows,
 * which may have risen by what was MERGED.
 */
enum thread_fold thread_fold(struct threads *threads, const struct thread_name *name,
                             const char *value, size_t length, int64_t own_epoch);

#endif
