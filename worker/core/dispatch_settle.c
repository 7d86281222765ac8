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

void dispatch_settle_merged(struct partition *partition, const struct thread_name *name)
{
    struct thread done;

    if (threads_find(partition->done, name, &done))
        settled_add(&partition->settled, name->conversation, done.last_offset);
}

/* What is to become of what the state topic says of a key. */
enum settled_fate { SETTLED_KEPT, SETTLED_FORGOTTEN, SETTLED_PASSED };

/* It is needed until it is committed, and while more of the key is under way; unless there is more
 * already. */
static enum settled_fate judge(struct dispatch *dispatch, const struct partition *partition,
                               const struct settled_key *key)
{
    const struct thread_name name = { "", key->name };
    struct thread done;

    if (!threads_find(partition->done, &name, &done) || done.last_offset != key->offset)
        return SETTLED_PASSED;
    if (key->offset >= partition->acked || dispatch_find_first(dispatch, partition, &name))
        return SETTLED_KEPT;
    return SETTLED_FORGOTTEN;
}

void dispatch_forget_settled(struct dispatch *dispatch, struct partition *partition)
{
    struct settled kept = STAILQ_HEAD_INITIALIZER(kept);

    while (!STAILQ_EMPTY(&partition->settled)) {
        struct settled_key *key = STAILQ_FIRST(&partition->settled);
        const struct thread_name name = { "", key->name };
        enum settled_fate fate = judge(dispatch, partition, key);

        STAILQ_REMOVE_HEAD(&partition->settled, next);
        if (fate == SETTLED_KEPT) {
            STAILQ_INSERT_TAIL(&kept, key, next);
            continue;
        }
        if (fate == SETTLED_FORGOTTEN) {
            threads_remove(partition->done, &name);
            dispatch_write_thread(dispatch, partition, &name, NULL, NULL);
        }
        free(key);
    }
    STAILQ_CONCAT(&partition->settled, &kept);
}
