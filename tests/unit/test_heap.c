#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/heap.h"

static void the_lowest_key_comes_first(void **state)
{
    (void)state;
    struct heap heap = { 0 };
    struct heap_node nodes[100] = { 0 };

    assert_null(heap_first(&heap));
    for (int i = 0; i < 100; i++)
        heap_put(&heap, &nodes[i], (i * 37) % 100);
    for (int key = 0; key < 100; key++) {
        struct heap_node *first = heap_first(&heap);
        assert_int_equal(first->key, key);
        heap_remove(&heap, first);
    }
    assert_null(heap_first(&heap));
    heap_free(&heap);
}

static void equal_keys_leave_in_the_order_of_arrival(void **state)
{
    (void)state;
    struct heap heap = { 0 };
    struct heap_node nodes[20] = { 0 };

    for (int i = 0; i < 20; i++)
        heap_put(&heap, &nodes[i], 7);
    for (int i = 0; i < 20; i++) {
        assert_ptr_equal(heap_first(&heap), &nodes[i]);
        heap_remove(&heap, &nodes[i]);
    }
    heap_free(&heap);
}

static void putting_in_again_moves_behind_its_equals(void **state)
{
    (void)state;
    struct heap heap = { 0 };
    struct heap_node a = { 0 };
    struct heap_node b = { 0 };

    heap_put(&heap, &a, 1);
    heap_put(&heap, &b, 1);
    heap_put(&heap, &a, 1);
    assert_int_equal(heap.count, 2);
    assert_ptr_equal(heap_first(&heap), &b);
    heap_free(&heap);
}

static void a_node_that_is_out_may_be_removed(void **state)
{
    (void)state;
    struct heap heap = { 0 };
    struct heap_node a = { 0 };

    heap_remove(&heap, &a);
    heap_put(&heap, &a, 1);
    assert_true(heap_has(&a));
    heap_remove(&heap, &a);
    heap_remove(&heap, &a);
    assert_false(heap_has(&a));
    heap_free(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lowest_key_comes_first),
        cmocka_unit_test(equal_keys_leave_in_the_order_of_arrival),
        cmocka_unit_test(putting_in_again_moves_behind_its_equals),
        cmocka_unit_test(a_node_that_is_out_may_be_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
