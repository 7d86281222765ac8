#include "worker/core/settled.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

void settled_add(struct settled *settled, const char *name, int64_t offset)
{
    size_t size = strlen(name) + 1;
    struct settled_key *key = mem_new(sizeof(*key) + size);

    key->offset = offset;
    memcpy(key->name, name, size);
    STAILQ_INSERT_TAIL(settled, key, next);
}

void settled_free(struct settled *settled)
{
    while (!STAILQ_EMPTY(settled)) {
        struct settled_key *key = STAILQ_FIRST(settled);
        STAILQ_REMOVE_HEAD(settled, next);
        free(key);
    }
}
