/*
 * Threads that nobody wrote in for long: forgotten by a tombstone each, a few at a time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/talk_stage.h"

enum { MANY = 1000, MOST_A_SECOND = 100 };

static void very_many_at_once_do_not_go_in_one_turn(void **state)
{
    struct stage *stage = *state;
    struct thread old = talk_thread(3);

    for (int i = 0; i < MANY; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "c-%d", i);
        talk_tell(stage, name, &old);
    }
    talk_restore(stage);
    dispatch_committed(stage->dispatch, stage->partition, 4, &stage->now);
    stage_wait(stage, STAGE_KEEP_MS + 1);
    for (size_t gone = MOST_A_SECOND; gone <= MANY; gone += MOST_A_SECOND) {
        assert_int_equal(stage->write_count, gone);
        stage_tick(stage); /* the next second has not begun */
        assert_int_equal(stage->write_count, gone);
        stage_wait(stage, 1000);
    }
    assert_int_equal(dispatch_count_threads(stage->partition), 0);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, talk_open, talk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(very_many_at_once_do_not_go_in_one_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
