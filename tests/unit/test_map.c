#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/map.h"

static void an_empty_map_finds_nothing(void **state)
{
    (void)state;
    struct map map = { 0 };
    struct map_entry entry;
    size_t at = 0;

    assert_null(map_find(&map, "a", 1));
    assert_null(map_take(&map, "a", 1));
    assert_false(map_next(&map, &at, &entry));
    map_free(&map);
}

static void what_was_put_in_is_found_until_it_is_taken(void **state)
{
    (void)state;
    AUTO(map_free) struct map map = { 0 };
    int one = 1;

    map_put(&map, "one", 3, &one);
    assert_ptr_equal(map_find(&map, "one", 3), &one);
    assert_ptr_equal(map_get(&map, "one", 3), &one);
    assert_ptr_equal(map_take(&map, "one", 3), &one);
    assert_null(map_find(&map, "one", 3));
}

static void keys_are_bytes_and_may_hold_nul(void **state)
{
    (void)state;
    AUTO(map_free) struct map map = { 0 };
    int values[4];

    map_put(&map, "", 0, &values[0]);
    map_put(&map, "\0", 1, &values[1]);
    map_put(&map, "\0a", 2, &values[2]);
    map_put(&map, "\0b", 2, &values[3]);
    assert_ptr_equal(map_find(&map, NULL, 0), &values[0]);
    assert_ptr_equal(map_find(&map, "\0", 1), &values[1]);
    assert_ptr_equal(map_find(&map, "\0a", 2), &values[2]);
    assert_ptr_equal(map_find(&map, "\0b", 2), &values[3]);
}

static void the_map_keeps_its_own_copy_of_the_key(void **state)
{
    (void)state;
    AUTO(map_free) struct map map = { 0 };
    char key[] = "key";
    int value;

    map_put(&map, key, 3, &value);
    key[0] = 'x';
    assert_ptr_equal(map_find(&map, "key", 3), &value);
    assert_null(map_find(&map, "xey", 3));
}

static void iteration_is_in_the_order_of_arrival(void **state)
{
    (void)state;
    AUTO(map_free) struct map map = { 0 };
    int values[100];
    struct map_entry entry;
    char key[8];
    size_t i = 0;

    for (i = 0; i < 100; i++)
        map_put(&map, key, (size_t)snprintf(key, sizeof(key), "%zu", i), &values[i]);
    i = 0;
    for (size_t at = 0; map_next(&map, &at, &entry); i++)
        assert_ptr_equal(entry.value, &values[i]);
    assert_int_equal(i, 100);
}

static void entries_may_be_taken_out_while_going_through(void **state)
{
    (void)state;
    AUTO(map_free) struct map map = { 0 };
    int values[100];
    struct map_entry entry;
    char key[8];
    size_t seen = 0;

    for (size_t i = 0; i < 100; i++)
        map_put(&map, key, (size_t)snprintf(key, sizeof(key), "%zu", i), &values[i]);
    for (size_t at = 0; map_next(&map, &at, &entry); seen++)
        assert_ptr_equal(map_take(&map, entry.key, entry.length), &values[seen]);
    assert_int_equal(seen, 100);
    assert_int_equal(map.count, 0);
}

static void memory_follows_what_is_in_it(void **state)
{
    (void)state;
    AUTO(map_free) struct map map = { 0 };
    int value;
    char key[8];

    for (size_t i = 0; i < 5000; i++)
        map_put(&map, key, (size_t)snprintf(key, sizeof(key), "%zu", i), &value);
    assert_true(map.capacity >= 5000);
    for (size_t i = 0; i < 4990; i++)
        map_take(&map, key, (size_t)snprintf(key, sizeof(key), "%zu", i));
    for (size_t i = 0; i < 10000; i++) {
        map_put(&map, "one", 3, &value);
        map_take(&map, "one", 3);
    }
    assert_int_equal(map.count, 10);
    assert_true(map.capacity <= 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_finds_nothing),
        cmocka_unit_test(what_was_put_in_is_found_until_it_is_taken),
        cmocka_unit_test(keys_are_bytes_and_may_hold_nul),
        cmocka_unit_test(the_map_keeps_its_own_copy_of_the_key),
        cmocka_unit_test(iteration_is_in_the_order_of_arrival),
        cmocka_unit_test(entries_may_be_taken_out_while_going_through),
        cmocka_unit_test(memory_follows_what_is_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
