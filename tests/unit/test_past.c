#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/core/past.h"

static const struct moment lost_at = { .mono = 1000, .wall = 500000 };

/* Done: 10, 11, 13; open: 12; committed up to 10. */
static void lose_with(struct past *past, int64_t parked)
{
    struct partition *partition = partition_new("in", 2, 8);
    uint64_t tickets[4];

    partition->acked = 10;
    for (int i = 0; i < 4; i++)
        tickets[i] = ledger_open(partition->ledger, 10 + i);
    ledger_close(partition->ledger, tickets[0]);
    ledger_close(partition->ledger, tickets[1]);
    ledger_close(partition->ledger, tickets[3]);
    if (parked >= 0)
        (void)parking_get(&partition->parking, parked);
    past_remember(past, partition, &lost_at);
    partition_free(partition);
}

static void lose(struct past *past)
{
    lose_with(past, -1);
}

static bool has(const struct past *past, int64_t offset, wall_ms timestamp, mono_ms now)
{
    const struct record record = {
        .topic = "in", .partition = 2, .offset = offset, .timestamp = timestamp
    };

    return past_has(past, &record, now);
}

static void what_was_done_and_not_committed_is_remembered(void **state)
{
    (void)state;
    struct past past = { 0 };

    lose(&past);
    assert_false(has(&past, 9, 400000, 2000));
    assert_true(has(&past, 10, 400000, 2000));
    assert_true(has(&past, 11, 400000, 2000));
    assert_false(has(&past, 12, 400000, 2000));
    assert_true(has(&past, 13, 400000, 2000));
    assert_false(has(&past, 14, 400000, 2000));
    past_forget(&past, MONO_NEVER);
}

static void what_was_only_parked_was_not_done(void **state)
{
    (void)state;
    struct past past = { 0 };

    lose_with(&past, 11);
    assert_true(has(&past, 10, 400000, 2000));
    assert_false(has(&past, 11, 400000, 2000));
    past_forget(&past, MONO_NEVER);
    lose_with(&past, 13);
    assert_false(has(&past, 13, 400000, 2000));
    past_forget(&past, MONO_NEVER);
}

static void another_partition_has_a_past_of_its_own(void **state)
{
    (void)state;
    struct past past = { 0 };
    const struct record elsewhere = { .topic = "in", .partition = 1, .offset = 10 };
    const struct record other_topic = { .topic = "on", .partition = 2, .offset = 10 };

    lose(&past);
    assert_false(past_has(&past, &elsewhere, 2000));
    assert_false(past_has(&past, &other_topic, 2000));
    past_forget(&past, MONO_NEVER);
}

static void a_topic_that_was_made_again_has_no_past(void **state)
{
    (void)state;
    struct past past = { 0 };

    lose(&past);
    assert_false(has(&past, 10, lost_at.wall + 1, 2000));
    past_forget(&past, MONO_NEVER);
}

static void the_past_is_forgotten_after_a_while(void **state)
{
    (void)state;
    struct past past = { 0 };

    lose(&past);
    assert_true(has(&past, 10, 400000, lost_at.mono + PAST_KEPT_MS));
    assert_false(has(&past, 10, 400000, lost_at.mono + PAST_KEPT_MS + 1));
    past_forget(&past, lost_at.mono + PAST_KEPT_MS);
    assert_true(has(&past, 10, 400000, lost_at.mono + PAST_KEPT_MS));
    past_forget(&past, lost_at.mono + PAST_KEPT_MS + 1);
    assert_true(SLIST_EMPTY(&past.entries));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_done_and_not_committed_is_remembered),
        cmocka_unit_test(what_was_only_parked_was_not_done),
        cmocka_unit_test(another_partition_has_a_past_of_its_own),
        cmocka_unit_test(a_topic_that_was_made_again_has_no_past),
        cmocka_unit_test(the_past_is_forgotten_after_a_while),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
