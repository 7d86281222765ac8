/*
 * record: one Kafka record, as the core sees it.
 *
 * A record's bytes are foreign: any length up to the broker's limit, any content, NULs included.
 */
#ifndef WORKER_CORE_RECORD_H
#define WORKER_CORE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/units.h"

struct record_header {
    const char *name;
    const char *value; /* NULL: a header without a value */
    size_t length;     /* of the value, in bytes */
};

struct record {
    const char *topic;
    int32_t partition;
    int64_t offset;
    wall_ms timestamp; /* -1: none */
    const char *key;   /* NULL: a record without a key */
    size_t key_length;
    const char *value; /* NULL: a tombstone */
    size_t value_length;
    const struct record_header *headers;
    size_t header_count;
};

/*
 * Gives a copy of `view` with everything that it points to, in one piece of memory for free().
 * Key, value and header values are followed by a NUL that does not count.
 */
struct record *record_copy(const struct record *view) ATTR_MUST_USE;

/* What the copy of a record takes in memory, in bytes. */
size_t record_bytes(const struct record *record);

/* The last header of that name (names compare without case); NULL when there is none. */
const struct record_header *record_find_header(const struct record *record, const char *name);

#endif
