/*
 * What is remembered of notifications: which of a key are done, until that is committed.
 */
#include <stdlib.h>
#include <string.h>

#include "worker/core/dispatch_inner.h"
#include "worker/core/key_name.h"

struct delivery *dispatch_find_first(struct dispatch *dispatch, const struct partition *partition,
                                     const struct thread_name *name)
{
    AUTO(text_free) struct text key = text_of(KEY_NAME_MAX_BYTES + THREADS_MAX_CONVERSATION);

    if (!name->licence[0])
        return lanes_find(dispatch->lanes, partition, name->conversation);
    key_name(name->conversation, strlen(name->conversation), &key);
    return lanes_find(dispatch->lanes, partition, text_string(&key));
}

void dispatch_settle(struct delivery *delivery)
{
    settled_add(&delivery->partition->settled, delivery->errand->conversation,
                delivery->record->offset);
}

void dispatch_settle_restored(struct partition *partition)
{
    size_t position = 0;
    struct thread_name name;
    struct thread done;

    while (threads_next_older(partition->done, INT64_MAX, SIZE_MAX, &position, &name)) {
        if (threads_find(partition->done, &name, &done))
            settled_add(&partition->settled, name.conversation, done.last_offset);
    }
}

/* Forgets a key, unless more of it was done since, or is under way. */
static void forget(struct dispatch *dispatch, struct partition *partition,
                   const struct settled_key *key)
{
    const struct thread_name name = { "", key->name };
    struct thread done;

    if (!threads_find(partition->done, &name, &done) || done.last_offset != key->offset ||
        dispatch_find_first(dispatch, partition, &name))
        return;
    threads_remove(partition->done, &name);
    dispatch_write_thread(dispatch, partition, &name, NULL, NULL);
}

void dispatch_forget_settled(struct dispatch *dispatch, struct partition *partition)
{
    struct settled_key *key;

    while ((key = STAILQ_FIRST(&partition->settled)) && key->offset < partition->acked &&
           !partition->lost) {
        STAILQ_REMOVE_HEAD(&partition->settled, next);
        forget(dispatch, partition, key);
        free(key);
    }
}
