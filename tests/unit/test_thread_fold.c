#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/thread_record.h"

#define A "yd95d4wqs7r77qeprbjfc1qecy"
#define B "4o1h769yyyyyyyyyyyyyyyyyyy"

static const struct thread_name conversation = { "hotel", "c-10293" };

/* What a record says in these tests; epoch 0: a tombstone. */
struct said {
    int64_t epoch;
    int64_t offset;
    const char *root;
};

static const struct said tombstone = { 0, 0, "" };

static enum thread_fold fold(struct threads *threads, struct said said, int64_t own_epoch)
{
    AUTO(text_free) struct text text = text_of(1000);
    struct thread thread = { .epoch = said.epoch, .last_offset = said.offset };

    if (said.epoch == 0)
        return thread_fold(threads, &conversation, NULL, 0, own_epoch);
    memcpy(thread.root, said.root, strlen(said.root) + 1);
    thread_value_write(&thread, &text);
    return thread_fold(threads, &conversation, text.bytes, text.length, own_epoch);
}

static struct said known(const struct threads *threads)
{
    static struct thread thread;

    if (!threads_find(threads, &conversation, &thread))
        return tombstone;
    return (struct said){ thread.epoch, thread.last_offset, thread.root };
}

static void assert_known(const struct threads *threads, struct said said)
{
    struct said found = known(threads);

    assert_int_equal(found.epoch, said.epoch);
    assert_int_equal(found.offset, said.offset);
    assert_string_equal(found.root, said.root);
}

/* Folds one record after another and checks what it does, and what is known then. */
struct step {
    struct said said;
    enum thread_fold fold;
    struct said known;
};

static void go(const struct said *before, int64_t own_epoch, struct step step)
{
    AUTO(threads_free) struct threads *threads = threads_new();

    if (before->epoch)
        assert_int_equal(fold(threads, *before, -1), THREAD_FOLD_TAKEN);
    assert_int_equal(fold(threads, step.said, own_epoch), step.fold);
    assert_known(threads, step.known);
}

static void while_restoring_a_later_record_replaces_an_earlier(void **state)
{
    (void)state;
    static const struct said before = { 5, 10, A };

    go(&tombstone, -1, (struct step){ { 5, 10, A }, THREAD_FOLD_TAKEN, { 5, 10, A } });
    go(&before, -1, (struct step){ { 5, 11, B }, THREAD_FOLD_TAKEN, { 5, 11, B } });
    go(&before, -1, (struct step){ { 5, 10, B }, THREAD_FOLD_TAKEN, { 5, 10, B } });
    go(&before, -1, (struct step){ { 5, 10, A }, THREAD_FOLD_TAKEN, { 5, 10, A } });
    go(&before, -1, (struct step){ { 6, 10, A }, THREAD_FOLD_TAKEN, { 6, 10, A } });
    go(&before, -1, (struct step){ { 6, 12, B }, THREAD_FOLD_TAKEN, { 6, 12, B } });
}

static void while_restoring_a_new_owner_may_begin_lower(void **state)
{
    (void)state;
    static const struct said before = { 5, 10, A };

    go(&before, -1, (struct step){ { 6, 0, B }, THREAD_FOLD_TAKEN, { 6, 0, B } });
}

static void while_restoring_a_late_write_counts_when_it_knows_as_much(void **state)
{
    (void)state;
    static const struct said before = { 5, 10, A };

    go(&before, -1, (struct step){ { 4, 9, B }, THREAD_FOLD_REPEAT, { 5, 10, A } });
    go(&before, -1, (struct step){ { 4, 10, B }, THREAD_FOLD_TAKEN, { 4, 10, B } });
    go(&before, -1, (struct step){ { 4, 11, B }, THREAD_FOLD_TAKEN, { 4, 11, B } });
}

static void while_restoring_what_an_owner_wrote_again_takes_nothing_back(void **state)
{
    (void)state;
    static const struct said before = { 5, 10, A };

    go(&before, -1, (struct step){ { 5, 9, A }, THREAD_FOLD_REPEAT, { 5, 10, A } });
}

static void while_restoring_a_tombstone_forgets(void **state)
{
    (void)state;
    static const struct said before = { 5, 10, A };

    go(&before, -1, (struct step){ tombstone, THREAD_FOLD_TAKEN, tombstone });
    go(&tombstone, -1, (struct step){ tombstone, THREAD_FOLD_IGNORED, tombstone });
}

static void an_owner_ignores_its_own_records(void **state)
{
    (void)state;
    static const struct said before = { 5, 10, A };

    go(&before, 7, (struct step){ { 7, 11, B }, THREAD_FOLD_IGNORED, { 5, 10, A } });
    go(&before, 7, (struct step){ { 7, 9, B }, THREAD_FOLD_IGNORED, { 5, 10, A } });
    go(&tombstone, 7, (struct step){ { 7, 9, B }, THREAD_FOLD_IGNORED, tombstone });
}

static void an_owner_merges_what_an_earlier_one_knew_better(void **state)
{
    (void)state;
    static const struct said before = { 5, 10, A };
    static const struct said own = { 7, 10, A };

    go(&before, 7, (struct step){ { 5, 11, B }, THREAD_FOLD_MERGED, { 5, 11, B } });
    go(&before, 7, (struct step){ { 4, 11, B }, THREAD_FOLD_MERGED, { 4, 11, B } });
    go(&own, 7, (struct step){ { 5, 11, B }, THREAD_FOLD_MERGED, { 5, 11, B } });
    go(&tombstone, 7, (struct step){ { 5, 0, B }, THREAD_FOLD_MERGED, { 5, 0, B } });
}

static void an_owner_repeats_what_a_late_write_hides(void **state)
{
    (void)state;
    static const struct said before = { 5, 10, A };
    static const struct said own = { 7, 10, A };

    go(&before, 7, (struct step){ { 6, 9, B }, THREAD_FOLD_REPEAT, { 5, 10, A } });
    go(&own, 7, (struct step){ { 5, 9, A }, THREAD_FOLD_REPEAT, { 7, 10, A } });
    go(&own, 7, (struct step){ { 5, 10, B }, THREAD_FOLD_REPEAT, { 7, 10, A } });
    go(&own, 7, (struct step){ { 5, 10, A }, THREAD_FOLD_IGNORED, { 7, 10, A } });
}

static void an_owner_repeats_what_a_late_tombstone_hides(void **state)
{
    (void)state;
    static const struct said own = { 7, 10, A };

    go(&own, 7, (struct step){ tombstone, THREAD_FOLD_REPEAT, { 7, 10, A } });
    go(&tombstone, 7, (struct step){ tombstone, THREAD_FOLD_IGNORED, tombstone });
}

static void a_newer_owners_record_is_taken_whatever_it_says(void **state)
{
    (void)state;
    static const struct said own = { 7, 10, A };

    go(&own, 7, (struct step){ { 8, 11, B }, THREAD_FOLD_TAKEN, { 8, 11, B } });
    go(&own, 7, (struct step){ { 8, 10, A }, THREAD_FOLD_TAKEN, { 8, 10, A } });
    go(&own, 7, (struct step){ { 8, 9, B }, THREAD_FOLD_TAKEN, { 8, 9, B } });
    go(&tombstone, 7, (struct step){ { 8, 9, B }, THREAD_FOLD_TAKEN, { 8, 9, B } });
}

static void what_a_newer_owner_said_is_its_own_to_guard(void **state)
{
    (void)state;
    static const struct said newer = { 8, 10, A };

    go(&newer, 7, (struct step){ { 5, 9, B }, THREAD_FOLD_IGNORED, { 8, 10, A } });
    go(&newer, 7, (struct step){ { 7, 11, B }, THREAD_FOLD_IGNORED, { 8, 10, A } });
    go(&newer, 7, (struct step){ { 5, 11, B }, THREAD_FOLD_TAKEN, { 5, 11, B } });
    go(&newer, 7, (struct step){ { 9, 9, B }, THREAD_FOLD_TAKEN, { 9, 9, B } });
    go(&newer, 7, (struct step){ tombstone, THREAD_FOLD_TAKEN, tombstone });
}

static void a_value_that_cannot_be_read_is_ignored(void **state)
{
    (void)state;
    AUTO(threads_free) struct threads *threads = threads_new();

    assert_int_equal(fold(threads, (struct said){ 5, 10, A }, -1), THREAD_FOLD_TAKEN);
    assert_int_equal(thread_fold(threads, &conversation, "v2 o=99", 7, -1), THREAD_FOLD_IGNORED);
    assert_int_equal(thread_fold(threads, &conversation, "", 0, 7), THREAD_FOLD_IGNORED);
    assert_known(threads, (struct said){ 5, 10, A });
}

/* What owner and zombie can do in the story below. */
static const struct said zombies[] = {
    { 3, 1, B }, { 3, 2, A }, { 3, 2, B }, { 3, 9, B }, { 0, 0, "" },
};

enum {
    OWNER = 7,
    ZOMBIES = sizeof(zombies) / sizeof(*zombies),
    OWNER_WRITES = ZOMBIES,
    OWNER_FORGETS,
    DEEDS,
    STORY = 4, /* deeds, each with an answer of the owner's at most */
};

/* The log of one key, and what its owner knows. */
struct log {
    struct said records[2 * STORY];
    size_t count;
    struct threads *owner;
};

static void append(struct log *log, struct said said)
{
    log->records[log->count++] = said;
}

/* What the owner does when something is to be written again. */
static void write_again(struct log *log)
{
    struct said said = known(log->owner);

    said.epoch = OWNER;
    said.root = strcmp(said.root, A) == 0 ? A : B;
    append(log, said);
}

static void happen(struct log *log, int deed)
{
    const struct thread thread = { .root = A,
                                   .last_offset = known(log->owner).offset + 2,
                                   .epoch = OWNER };

    if (deed == OWNER_WRITES) {
        threads_put(log->owner, &conversation, &thread);
        append(log, (struct said){ OWNER, thread.last_offset, A });
    } else if (deed == OWNER_FORGETS) {
        threads_remove(log->owner, &conversation);
        append(log, tombstone);
    } else {
        append(log, zombies[deed]);
    }
    enum thread_fold what = fold(log->owner, log->records[log->count - 1], OWNER);
    if (what == THREAD_FOLD_MERGED || what == THREAD_FOLD_REPEAT)
        write_again(log);
}

/* Compaction drops a key's records from the first on, and never the last. */
static void restore_and_compare(const struct log *log, size_t dropped)
{
    AUTO(threads_free) struct threads *threads = threads_new();
    struct said owner = known(log->owner);
    int64_t offset = owner.offset;
    const char *root = strcmp(owner.root, A) == 0 ? A : *owner.root ? B : "";
    bool is_there = owner.epoch != 0;

    for (size_t i = dropped; i < log->count; i++)
        (void)fold(threads, log->records[i], -1);
    struct said restored = known(threads);
    assert_int_equal(restored.epoch != 0, is_there);
    assert_int_equal(restored.offset, offset);
    assert_string_equal(restored.root, root);
}

/* Every story of STORY deeds, under every compaction. */
static void whatever_compaction_keeps_a_restore_knows_what_the_owner_knew(void **state)
{
    (void)state;
    int stories = 1;

    for (int i = 0; i < STORY; i++)
        stories *= DEEDS;
    for (int story = 0; story < stories; story++) {
        struct log log = { .owner = threads_new() };
        int rest = story;

        for (int i = 0; i < STORY; i++, rest /= DEEDS)
            happen(&log, rest % DEEDS);
        for (size_t dropped = 0; dropped < log.count; dropped++)
            restore_and_compare(&log, dropped);
        threads_free(log.owner);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(while_restoring_a_later_record_replaces_an_earlier),
        cmocka_unit_test(while_restoring_a_new_owner_may_begin_lower),
        cmocka_unit_test(while_restoring_a_late_write_counts_when_it_knows_as_much),
        cmocka_unit_test(while_restoring_what_an_owner_wrote_again_takes_nothing_back),
        cmocka_unit_test(while_restoring_a_tombstone_forgets),
        cmocka_unit_test(an_owner_ignores_its_own_records),
        cmocka_unit_test(an_owner_merges_what_an_earlier_one_knew_better),
        cmocka_unit_test(an_owner_repeats_what_a_late_write_hides),
        cmocka_unit_test(an_owner_repeats_what_a_late_tombstone_hides),
        cmocka_unit_test(a_newer_owners_record_is_taken_whatever_it_says),
        cmocka_unit_test(what_a_newer_owner_said_is_its_own_to_guard),
        cmocka_unit_test(a_value_that_cannot_be_read_is_ignored),
        cmocka_unit_test(whatever_compaction_keeps_a_restore_knows_what_the_owner_knew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
