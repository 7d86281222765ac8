/*
 * settled: keys of notifications of which the state topic says what is done, oldest first.
 *
 * What it says is needed until the offset is committed: then nobody reads these records again, and
 * it is forgotten.  Pure.
 */
#ifndef WORKER_CORE_SETTLED_H
#define WORKER_CORE_SETTLED_H

#include <stdint.h>
#include <sys/queue.h>

struct settled_key {
    int64_t offset; /* of the key's record that was done */
    STAILQ_ENTRY(settled_key) next;
    char name[]; /* core/key_name */
};

STAILQ_HEAD(settled, settled_key);

/* Adds a key at the end; copies its name. */
void settled_add(struct settled *settled, const char *name, int64_t offset);

/* Frees them all. */
void settled_free(struct settled *settled);

#endif
