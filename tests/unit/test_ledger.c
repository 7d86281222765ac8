#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/core/ledger.h"

static void nothing_is_committed_before_the_first_record(void **state)
{
    (void)state;
    AUTO(ledger_free) struct ledger *ledger = ledger_new(4);

    assert_int_equal(ledger_commit_point(ledger), LEDGER_NOTHING_YET);
    assert_true(ledger_is_empty(ledger));
}

static void commit_point_waits_for_the_slowest(void **state)
{
    (void)state;
    AUTO(ledger_free) struct ledger *ledger = ledger_new(4);
    uint64_t slow = ledger_open(ledger, 10);
    uint64_t quick = ledger_open(ledger, 11);

    ledger_close(ledger, quick);
    assert_int_equal(ledger_commit_point(ledger), 10);
    ledger_close(ledger, slow);
    assert_int_equal(ledger_commit_point(ledger), 12);
}

static void gaps_in_the_log_are_nothing_to_wait_for(void **state)
{
    (void)state;
    AUTO(ledger_free) struct ledger *ledger = ledger_new(4);
    uint64_t first = ledger_open(ledger, 10);
    uint64_t second = ledger_open(ledger, 500);

    ledger_close(ledger, first);
    assert_int_equal(ledger_commit_point(ledger), 500);
    ledger_close(ledger, second);
    assert_int_equal(ledger_commit_point(ledger), 501);
    ledger_skip_to(ledger, 9000);
    assert_int_equal(ledger_commit_point(ledger), 9000);
}

static void a_full_window_opens_at_its_old_end_only(void **state)
{
    (void)state;
    AUTO(ledger_free) struct ledger *ledger = ledger_new(2);
    uint64_t first = ledger_open(ledger, 0);
    uint64_t second = ledger_open(ledger, 1);

    ledger_close(ledger, second);
    assert_true(ledger_is_full(ledger));
    ledger_close(ledger, first);
    assert_false(ledger_is_full(ledger));
}

static void collect(void *context, int64_t offset)
{
    int64_t **next = context;

    *(*next)++ = offset;
}

static void what_is_done_above_the_commit_point_can_be_listed(void **state)
{
    (void)state;
    AUTO(ledger_free) struct ledger *ledger = ledger_new(4);
    int64_t seen[4];
    int64_t *next = seen;
    uint64_t tickets[4];

    for (int i = 0; i < 4; i++)
        tickets[i] = ledger_open(ledger, 20 + i);
    assert_int_equal(ledger_highest_done(ledger), LEDGER_NOTHING_YET);
    ledger_close(ledger, tickets[1]);
    ledger_close(ledger, tickets[3]);
    assert_int_equal(ledger_highest_done(ledger), 23);
    ledger_each_done(ledger, collect, &next);
    assert_int_equal(next - seen, 2);
    assert_int_equal(seen[0], 21);
    assert_int_equal(seen[1], 23);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_committed_before_the_first_record),
        cmocka_unit_test(commit_point_waits_for_the_slowest),
        cmocka_unit_test(gaps_in_the_log_are_nothing_to_wait_for),
        cmocka_unit_test(a_full_window_opens_at_its_old_end_only),
        cmocka_unit_test(what_is_done_above_the_commit_point_can_be_listed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
