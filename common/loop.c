#include "common/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/must.h"

enum { EVENTS_A_TURN = 64 };

/*
 * `pending` is what epoll_wait() brought in this turn; an entry of a source that is taken out by
 * another's handler is emptied, so that no handler runs after loop_unwatch().
 */
struct loop {
    int epoll;
    mono_ms now;
    struct heap timers;
    struct loop_source wake;
    struct loop_source signals;
    void (*caught)(void *context, int signal);
    void *caught_context;
    struct epoll_event pending[EVENTS_A_TURN];
    int pending_count;
};

static void empty_wake_fd(void *context, uint32_t events)
{
    struct loop *loop = context;
    uint64_t count;

    (void)events;
    (void)!read(loop->wake.fd, &count, sizeof(count));
}

int loop_new(struct loop **ret, struct fault *reterr)
{
    struct loop *loop = mem_new(sizeof(*loop));

    loop->signals.fd = -1;
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->wake.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop->epoll < 0 || loop->wake.fd < 0) {
        fault_set(reterr, "cannot make an event loop: %s", strerror(errno));
        loop_free(loop);
        return -1;
    }
    loop->wake.ready = empty_wake_fd;
    loop->wake.context = loop;
    loop_watch(loop, &loop->wake, EPOLLIN);
    loop->now = clock_mono();
    *ret = loop;
    return 0;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    if (loop->signals.fd >= 0)
        close(loop->signals.fd);
    if (loop->wake.fd >= 0)
        close(loop->wake.fd);
    if (loop->epoll >= 0)
        close(loop->epoll);
    heap_free(&loop->timers);
    free(loop);
}

void loop_watch(struct loop *loop, struct loop_source *source, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.ptr = source };
    int what = source->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

    must(epoll_ctl(loop->epoll, what, source->fd, &event) == 0);
    source->watched = true;
}

void loop_unwatch(struct loop *loop, struct loop_source *source)
{
    if (!source->watched)
        return;
    /* A descriptor that its library closed already has left the epoll set by itself. */
    (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, source->fd, NULL);
    source->watched = false;
    for (int i = 0; i < loop->pending_count; i++)
        if (loop->pending[i].data.ptr == source)
            loop->pending[i].data.ptr = NULL;
}

void loop_set_timer(struct loop *loop, struct loop_timer *timer, mono_ms at)
{
    heap_put(&loop->timers, &timer->node, at);
}

void loop_clear_timer(struct loop *loop, struct loop_timer *timer)
{
    heap_remove(&loop->timers, &timer->node);
}

static void read_signals(void *context, uint32_t events)
{
    struct loop *loop = context;
    struct signalfd_siginfo info;

    (void)events;
    while (read(loop->signals.fd, &info, sizeof(info)) == sizeof(info))
        loop->caught(loop->caught_context, (int)info.ssi_signo);
}

void loop_catch_signals(struct loop *loop, const sigset_t *signals,
                        void (*caught)(void *context, int signal), void *context)
{
    must(loop->signals.fd < 0);
    must(pthread_sigmask(SIG_BLOCK, signals, NULL) == 0);
    loop->signals.fd = signalfd(-1, signals, SFD_NONBLOCK | SFD_CLOEXEC);
    must(loop->signals.fd >= 0);
    loop->caught = caught;
    loop->caught_context = context;
    loop->signals.ready = read_signals;
    loop->signals.context = loop;
    loop_watch(loop, &loop->signals, EPOLLIN);
}

int loop_wake_fd(const struct loop *loop)
{
    return loop->wake.fd;
}

mono_ms loop_now(const struct loop *loop)
{
    return loop->now;
}

/* How long epoll may wait; -1 is for ever. */
static int waiting_time(const struct loop *loop, mono_ms until)
{
    const struct heap_node *first = heap_first(&loop->timers);
    mono_ms at = first && first->key < until ? first->key : until;

    if (at == MONO_NEVER)
        return -1;
    mono_ms wait = at - clock_mono();
    if (wait <= 0)
        return 0;
    return wait > INT_MAX ? INT_MAX : (int)wait;
}

/* A timer that its handler sets again for now has to wait for the next turn. */
static void run_timers(struct loop *loop)
{
    uint64_t last_turn = loop->timers.turns;

    for (;;) {
        struct heap_node *first = heap_first(&loop->timers);
        if (!first || first->key > loop->now || first->turn > last_turn)
            return;
        struct loop_timer *timer = container_of(first, struct loop_timer, node);
        heap_remove(&loop->timers, first);
        timer->due(timer->context, loop->now);
    }
}

void loop_turn(struct loop *loop, mono_ms until)
{
    int count = epoll_wait(loop->epoll, loop->pending, EVENTS_A_TURN, waiting_time(loop, until));

    must(count >= 0 || errno == EINTR);
    loop->pending_count = count > 0 ? count : 0;
    loop->now = clock_mono();

    for (int i = 0; i < loop->pending_count; i++) {
        struct loop_source *source = loop->pending[i].data.ptr;
        if (source)
            source->ready(source->context, loop->pending[i].events);
    }
    loop->pending_count = 0;
    run_timers(loop);
}
