/*
 * The table against librdkafka's mock cluster: a restore tells all that is in a partition, in order
 * and once, up to the marker; then what others write is told as it comes; writes are acknowledged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/table_stage.h"

enum { BOTH = 2 * TABLE_STAGE_PARTITIONS }; /* the parts of two source topics */

static void a_restore_tells_all_records_in_order_and_ends_at_the_marker(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_others_write(stage, 1, 0, 200);
    table_stage_restore(stage, &owner, 1);
    table_stage_expect(&owner, 0, 0, 200);
    assert_int_equal(owner.epoch, 200);
    assert_int_equal(owner.read_before_restored, 201); /* the marker, too */
    assert_int_equal(owner.hindered, 0);
    table_leave(stage->table, owner.part);
}

static void an_empty_partition_is_restored_at_once(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_restore(stage, &owner, 0);
    assert_int_equal(owner.epoch, 0);
    assert_int_equal(owner.count, 1);
    table_leave(stage->table, owner.part);
}

static void a_later_owner_has_a_higher_epoch(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner first = { 0 };
    struct table_owner second = { 0 };

    table_stage_restore(stage, &first, 0);
    table_leave(stage->table, first.part);
    table_stage_restore(stage, &second, 0);
    assert_true(second.epoch > first.epoch);
    assert_int_equal(second.read_before_restored, 2);
    assert_int_equal(first.count, 1);
    table_leave(stage->table, second.part);
}

static void what_others_write_is_told_after_the_restore(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_restore(stage, &owner, 2);
    table_stage_others_write(stage, 2, 0, 100);
    table_stage_others_write(stage, 3, 100, 10); /* another partition is none of its business */
    table_stage_wait(stage, owner.count == 101);
    table_stage_expect(&owner, 1, 0, 100);
    assert_int_equal(owner.restored, 1);
    table_leave(stage->table, owner.part);
}

static void two_parts_of_one_partition_are_each_told_all_once(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner first = { 0 };
    struct table_owner second = { 0 };

    table_stage_others_write(stage, 1, 0, 100);
    table_stage_restore(stage, &first, 1);
    table_stage_restore(stage, &second, 1);
    table_stage_expect(&second, 0, 0, 100);
    assert_int_equal(second.read_before_restored, 102); /* both markers */
    table_stage_others_write(stage, 1, 100, 10);
    table_stage_wait(stage, first.count == 112 && second.count == 112);
    assert_int_equal(memcmp(first.read, second.read, sizeof(first.read)), 0);
    table_leave(stage->table, first.part);
    table_leave(stage->table, second.part);
}

static void parts_that_join_at_once_are_each_told_all_once(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owners[BOTH] = { 0 };

    for (int i = 0; i < TABLE_STAGE_PARTITIONS; i++)
        table_stage_others_write(stage, i, 0, 50);
    for (int i = 0; i < BOTH; i++)
        table_stage_join(stage, &owners[i], i % TABLE_STAGE_PARTITIONS);
    for (int i = 0; i < BOTH; i++)
        table_stage_wait(stage, owners[i].restored && owners[i].count == 52);
    for (int i = 0; i < BOTH; i++) {
        table_stage_expect(&owners[i], 0, 0, 50);
        table_leave(stage->table, owners[i].part);
    }
}

static void a_part_that_leaves_does_not_disturb_its_neighbour(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner stays = { 0 };
    struct table_owner leaves = { 0 };

    table_stage_join(stage, &stays, 1);
    table_stage_join(stage, &leaves, 1);
    table_stage_wait(stage, stays.restored && leaves.restored && leaves.count == 2);
    table_leave(stage->table, leaves.part);
    table_stage_others_write(stage, 1, 0, 10);
    table_stage_wait(stage, stays.count == 12);
    assert_int_equal(leaves.count, 2);
    table_leave(stage->table, stays.part);
}

static void a_part_that_leaves_while_it_is_restored_is_told_nothing_more(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner leaves = { .leaves_at_once = true };
    struct table_owner never = { 0 };
    struct table_owner again = { 0 };

    table_stage_others_write(stage, 1, 0, 100);
    table_stage_join(stage, &leaves, 1);
    table_stage_join(stage, &never, 1);
    table_leave(stage->table, never.part); /* with its marker under way */
    table_stage_wait(stage, leaves.count);
    table_stage_restore(stage, &again, 1);
    table_stage_expect(&again, 0, 0, 100);
    assert_int_equal(leaves.count, 1);
    assert_int_equal(leaves.restored + never.restored + never.count, 0);
    table_leave(stage->table, again.part);
}

/* ---- writes ---- */

static void writes_are_acknowledged_in_order_and_read_back(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_join(stage, &owner, 3);
    table_stage_write_up_to(&owner, 9); /* they need not wait for the restore */
    assert_int_equal(table_count_open(stage->table), 9);
    table_stage_wait(stage, stage->written == 9 && owner.count == 10);
    assert_int_equal(table_count_open(stage->table), 0);
    table_stage_expect(&owner, 1, 1, 9);
    table_leave(stage->table, owner.part);
}

static void a_tombstone_has_no_value_and_an_empty_value_is_none(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };
    struct table_record record = { .key = "key", .key_length = 3, .value = NULL };

    table_stage_join(stage, &owner, 3);
    table_forget(table_write(stage->table, owner.part, &record, NULL));
    record.value = "";
    table_forget(table_write(stage->table, owner.part, &record, NULL));
    table_stage_wait(stage, owner.count == 3);
    assert_string_equal(owner.read[1], "-");
    assert_string_equal(owner.read[2], "");
    table_leave(stage->table, owner.part);
}

static void a_forgotten_write_is_written_and_not_reported(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_join(stage, &owner, 0);
    table_forget(table_stage_write(&owner, 7));
    table_stage_write_up_to(&owner, 1);
    table_stage_wait(stage, table_count_open(stage->table) == 0 && owner.count == 3);
    assert_int_equal(stage->written, 1);
    table_stage_expect(&owner, 1, 7, 1);
    table_leave(stage->table, owner.part);
}

static void writes_of_a_part_that_left_are_not_reported(void **state)
{
    struct table_stage *stage = *state;
    struct table_owner owner = { 0 };

    table_stage_restore(stage, &owner, 0);
    table_stage_write_up_to(&owner, 9);
    table_leave(stage->table, owner.part);
    table_stage_wait(stage, table_count_open(stage->table) == 0);
    assert_int_equal(stage->written, 0);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, table_stage_open, table_stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_restore_tells_all_records_in_order_and_ends_at_the_marker),
        STAGED(an_empty_partition_is_restored_at_once),
        STAGED(a_later_owner_has_a_higher_epoch),
        STAGED(what_others_write_is_told_after_the_restore),
        STAGED(two_parts_of_one_partition_are_each_told_all_once),
        STAGED(parts_that_join_at_once_are_each_told_all_once),
        STAGED(a_part_that_leaves_does_not_disturb_its_neighbour),
        STAGED(a_part_that_leaves_while_it_is_restored_is_told_nothing_more),
        STAGED(writes_are_acknowledged_in_order_and_read_back),
        STAGED(a_tombstone_has_no_value_and_an_empty_value_is_none),
        STAGED(a_forgotten_write_is_written_and_not_reported),
        STAGED(writes_of_a_part_that_left_are_not_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
