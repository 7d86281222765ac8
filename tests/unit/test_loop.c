#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/loop.h"
#include "common/must.h"

enum { SOON_MS = 5, LONG_MS = 10000 };

/* A pipe whose reading end is watched, and what its handler is to do. */
struct fixture {
    struct loop *loop;
    int ends[2];
    struct loop_source source;
    struct loop_source *unwatch;
    struct loop_timer timer;
    int ready;
    int due;
    int signal;
};

static void pipe_ready(void *context, uint32_t events)
{
    struct fixture *f = context;
    char byte;

    assert_true(events & EPOLLIN);
    assert_int_equal(read(f->ends[0], &byte, 1), 1);
    f->ready++;
    if (f->unwatch)
        loop_unwatch(f->loop, f->unwatch);
}

static void timer_due(void *context, mono_ms now)
{
    struct fixture *f = context;

    assert_true(now == loop_now(f->loop));
    f->due++;
}

static void set_up(struct fixture *f, struct loop *loop)
{
    *f = (struct fixture){ .loop = loop };
    assert_int_equal(pipe(f->ends), 0);
    f->source = (struct loop_source){ .ready = pipe_ready, .context = f, .fd = f->ends[0] };
    f->timer = (struct loop_timer){ .due = timer_due, .context = f };
    loop_watch(loop, &f->source, EPOLLIN);
}

static void tear_down(struct fixture *f)
{
    loop_unwatch(f->loop, &f->source);
    loop_clear_timer(f->loop, &f->timer);
    close(f->ends[0]);
    close(f->ends[1]);
}

static struct loop *new_loop(void)
{
    struct loop *loop;
    struct fault fault;

    must(loop_new(&loop, &fault) == 0);
    return loop;
}

static mono_ms in_a_while(const struct loop *loop)
{
    return loop_now(loop) + LONG_MS;
}

static void a_ready_descriptor_calls_its_handler(void **state)
{
    (void)state;
    AUTO(loop_free) struct loop *loop = new_loop();
    struct fixture f;

    set_up(&f, loop);
    loop_turn(loop, 0);
    assert_int_equal(f.ready, 0);
    assert_int_equal(write(f.ends[1], "xx", 2), 2);
    loop_turn(loop, in_a_while(loop));
    loop_turn(loop, in_a_while(loop));
    assert_int_equal(f.ready, 2);
    tear_down(&f);
}

static void a_source_that_another_took_out_is_not_called(void **state)
{
    (void)state;
    AUTO(loop_free) struct loop *loop = new_loop();
    struct fixture a;
    struct fixture b;

    set_up(&a, loop);
    set_up(&b, loop);
    a.unwatch = &b.source;
    b.unwatch = &a.source;
    assert_int_equal(write(a.ends[1], "x", 1), 1);
    assert_int_equal(write(b.ends[1], "x", 1), 1);
    loop_turn(loop, in_a_while(loop));
    loop_turn(loop, 0);
    assert_int_equal(a.ready + b.ready, 1);
    tear_down(&a);
    tear_down(&b);
}

static void timers_come_due_once_and_in_order(void **state)
{
    (void)state;
    AUTO(loop_free) struct loop *loop = new_loop();
    struct fixture a;
    struct fixture b;

    set_up(&a, loop);
    set_up(&b, loop);
    loop_set_timer(loop, &a.timer, loop_now(loop) + LONG_MS);
    loop_set_timer(loop, &b.timer, loop_now(loop) + SOON_MS);
    while (b.due == 0)
        loop_turn(loop, MONO_NEVER);
    loop_turn(loop, 0);
    assert_int_equal(b.due, 1);
    assert_int_equal(a.due, 0);
    loop_set_timer(loop, &a.timer, loop_now(loop));
    loop_turn(loop, MONO_NEVER);
    assert_int_equal(a.due, 1);
    tear_down(&a);
    tear_down(&b);
}

static void set_again(void *context, mono_ms now)
{
    struct fixture *f = context;

    f->due++;
    loop_set_timer(f->loop, &f->timer, now);
}

static void a_timer_set_again_for_now_waits_for_the_next_turn(void **state)
{
    (void)state;
    AUTO(loop_free) struct loop *loop = new_loop();
    struct fixture f;

    set_up(&f, loop);
    f.timer.due = set_again;
    loop_set_timer(loop, &f.timer, loop_now(loop));
    loop_turn(loop, MONO_NEVER);
    assert_int_equal(f.due, 1);
    loop_turn(loop, MONO_NEVER);
    assert_int_equal(f.due, 2);
    tear_down(&f);
}

static void a_cleared_timer_stays_silent(void **state)
{
    (void)state;
    AUTO(loop_free) struct loop *loop = new_loop();
    struct fixture f;

    set_up(&f, loop);
    loop_set_timer(loop, &f.timer, loop_now(loop));
    loop_clear_timer(loop, &f.timer);
    loop_clear_timer(loop, &f.timer);
    loop_turn(loop, 0);
    assert_int_equal(f.due, 0);
    tear_down(&f);
}

static void a_written_wake_fd_ends_the_waiting_once(void **state)
{
    (void)state;
    AUTO(loop_free) struct loop *loop = new_loop();
    uint64_t one = 1;

    assert_int_equal(write(loop_wake_fd(loop), &one, sizeof(one)), sizeof(one));
    mono_ms begin = loop_now(loop);
    loop_turn(loop, begin + LONG_MS);
    assert_true(loop_now(loop) < begin + LONG_MS);
    begin = loop_now(loop);
    loop_turn(loop, begin + SOON_MS);
    assert_true(loop_now(loop) >= begin + SOON_MS);
}

static void caught(void *context, int signal)
{
    struct fixture *f = context;

    f->signal = signal;
}

static void a_signal_reaches_its_handler(void **state)
{
    (void)state;
    AUTO(loop_free) struct loop *loop = new_loop();
    struct fixture f = { 0 };
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    loop_catch_signals(loop, &signals, caught, &f);
    assert_int_equal(raise(SIGUSR1), 0);
    loop_turn(loop, in_a_while(loop));
    assert_int_equal(f.signal, SIGUSR1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ready_descriptor_calls_its_handler),
        cmocka_unit_test(a_source_that_another_took_out_is_not_called),
        cmocka_unit_test(timers_come_due_once_and_in_order),
        cmocka_unit_test(a_timer_set_again_for_now_waits_for_the_next_turn),
        cmocka_unit_test(a_cleared_timer_stays_silent),
        cmocka_unit_test(a_written_wake_fd_ends_the_waiting_once),
        cmocka_unit_test(a_signal_reaches_its_handler),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
