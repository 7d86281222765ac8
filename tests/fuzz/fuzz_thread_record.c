/*
 * Whatever stands in the state topic, as a key and as a value: what is read writes back to
 * something that reads the same (a key to the very same bytes), and can be folded into the memory.
 */
#include <stdint.h>
#include <string.h>

#include "common/must.h"
#include "tests/fuzz/fuzz.h"
#include "worker/core/state_key.h"
#include "worker/core/thread_record.h"

static void try_key(const char *bytes, size_t length)
{
    AUTO(text_free) struct text text = text_of(STATE_KEY_MAX);
    struct state_key key;

    switch (state_key_read(bytes, length, &key)) {
    case STATE_KEY_THREAD:
        state_key_write_thread(key.topic, &(struct thread_name){ key.licence, key.conversation },
                               &text);
        break;
    case STATE_KEY_EPOCH:
        state_key_write_epoch(key.topic, key.partition, &text);
        break;
    case STATE_KEY_LEFT:
        state_key_write_left(key.topic, key.partition, &text);
        break;
    case STATE_KEY_PARKED:
        state_key_write_parked(key.topic, key.partition, key.offset, &text);
        break;
    case STATE_KEY_TRIED:
        state_key_write_tried(key.topic, key.partition, key.offset, &text);
        break;
    case STATE_KEY_OTHER:
        return;
    }
    must(!text.overflowed && text.length == length);
    must(memcmp(text.bytes, bytes, length) == 0);
}

static void must_be_same(const struct thread *a, const struct thread *b)
{
    must(strcmp(a->root, b->root) == 0 && strcmp(a->channel, b->channel) == 0);
    must(strcmp(a->last_post, b->last_post) == 0 && a->is_closed == b->is_closed);
    must(a->replies == b->replies && a->last_offset == b->last_offset);
    must(a->updated_at == b->updated_at && a->epoch == b->epoch);
}

static void try_value(const char *bytes, size_t length)
{
    static const struct thread_name name = { "licence", "conversation" };
    AUTO(text_free) struct text text = text_of(1000);
    AUTO(threads_free) struct threads *threads = threads_new();
    struct thread thread;
    struct thread back;
    bool is_read = thread_value_read(bytes, length, &thread);

    must((thread_fold(threads, &name, bytes, length, -1) == THREAD_FOLD_TAKEN) == is_read);
    must(threads_find(threads, &name, &back) == is_read);
    if (!is_read)
        return;
    must_be_same(&thread, &back);
    thread_value_write(&thread, &text);
    must(!text.overflowed && thread_value_read(text.bytes, text.length, &back));
    must_be_same(&thread, &back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    try_key((const char *)data, size);
    try_value((const char *)data, size);
    return 0;
}
