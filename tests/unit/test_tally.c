#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/demo/tally.h"

static void produce(struct tally *tally, const char *keys)
{
    for (; *keys; keys++) {
        const char key[2] = { *keys, '\0' };
        tally_produced(tally, key);
    }
}

static void each_event_once_and_in_order_is_well(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    produce(&tally, "aba");
    tally_posted(&tally, 1);
    tally_posted(&tally, 0);
    tally_posted(&tally, 2);
    assert_int_equal(tally.posted, 3);
    assert_int_equal(tally.twice, 0);
    assert_int_equal(tally.disorder, 0);
    tally_free(&tally);
}

static void a_second_post_of_an_event_is_twice(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    produce(&tally, "a");
    tally_posted(&tally, 0);
    tally_posted(&tally, 0);
    assert_int_equal(tally.posted, 1);
    assert_int_equal(tally.twice, 1);
    tally_free(&tally);
}

static void an_older_event_of_the_same_key_comes_out_of_order(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    produce(&tally, "aab");
    tally_posted(&tally, 1);
    tally_posted(&tally, 2);
    tally_posted(&tally, 0);
    assert_int_equal(tally.disorder, 1);
    assert_int_equal(tally.posted, 3);
    tally_free(&tally);
}

static void posts_of_others_do_not_count(void **state)
{
    (void)state;
    struct tally tally = { 0 };

    tally_posted(&tally, 0);
    assert_int_equal(tally.posted, 0);
    tally_free(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_once_and_in_order_is_well),
        cmocka_unit_test(a_second_post_of_an_event_is_twice),
        cmocka_unit_test(an_older_event_of_the_same_key_comes_out_of_order),
        cmocka_unit_test(posts_of_others_do_not_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
