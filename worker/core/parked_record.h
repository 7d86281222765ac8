/*
 * parked_record: a record that waits until its channel, or its server, takes it, as a record of the
 * state topic.
 *
 * Key: core/state_key.  Value: a line of text that a person can read,
 *
 *   v1 e=<epoch> n=<attempts> f=<first attempt, ms> u=<not before, ms> c=<channel> s=<timestamp,
 * ms>
 *
 * with what is 0 or empty left out, and behind it the record's key, its value, and name and value
 * of each of its headers, each as `<length>:<bytes>`, or `-` for none.  A tombstone: it waits no
 * more.
 *
 * What is tried of it afterwards is a record of its own, of that line alone: who writes that late
 * says nothing of whether the record still waits.  Pure.
 */
#ifndef WORKER_CORE_PARKED_RECORD_H
#define WORKER_CORE_PARKED_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/text.h"
#include "worker/core/record.h"

enum { PARKED_MAX_CHANNEL = 160 }; /* a team's name, a channel's, and more than they may have */

/* What is known of it besides. */
struct parked_note {
    int64_t epoch;                        /* of the owner who wrote it */
    unsigned attempts;                    /* so far */
    wall_ms first_attempt_at;             /* 0: none yet */
    wall_ms not_before;                   /* when its channel was to be tried again; 0: at once */
    char channel[PARKED_MAX_CHANNEL + 1]; /* which that is, as the settings name it; else empty */
};

/* The most that a value of a record of so many bytes can take, so that a text can be made. */
size_t parked_value_size(const struct record *record);

void parked_value_write(const struct record *record, const struct parked_note *note,
                        struct text *ret);

/*
 * Reads a value.  Gives the record (owned) that stood at the place; NULL: it is none of this
 * version, or says less than it should.
 */
struct record *parked_value_read(const char *bytes, size_t length, const struct record *place,
                                 struct parked_note *ret) ATTR_MUST_USE;

/* The line alone, as it is known now. */
void parked_note_write(const struct parked_note *note, struct text *ret);

/* Reads the note alone, of either; false: likewise. */
bool parked_note_read(const char *bytes, size_t length, struct parked_note *ret) ATTR_MUST_USE;

#endif
