/*
 * threads_id: ids, packed: 26 characters of a-z and 0-9 in 17 bytes.  Mattermost uses 32 of these
 * 36 characters; what a server or a person says may have the others, too.  Pure.
 */
#ifndef WORKER_CORE_THREADS_ID_H
#define WORKER_CORE_THREADS_ID_H

#include <stdbool.h>
#include <stddef.h>

#include "common/attrs.h"

enum {
    THREADS_ID_LENGTH = 26,
    THREADS_ID_PACKED = 17,
};

/* Whether `length` bytes are such an id. */
bool threads_id_is_whole(const char *bytes, size_t length) ATTR_MUST_USE;

/* Packs an id, which is empty or whole. */
void threads_id_pack(const char *id, unsigned char ret[static THREADS_ID_PACKED]);

/* The id, or the empty string, with a NUL behind it. */
void threads_id_unpack(const unsigned char packed[static THREADS_ID_PACKED],
                       char ret[static THREADS_ID_LENGTH + 1]);

#endif
