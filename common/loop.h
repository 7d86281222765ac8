/*
 * loop: one thread's waiting place for descriptors, deadlines, signals and wake-ups.
 *
 * Everything that happens calls a handler from loop_turn(), never from the function that set it up.
 * The clock is read once a turn; handlers ask loop_now().  Sources and timers belong to their
 * owners, who embed them and take them out before they go away; taking out (oneself or another) is
 * fine inside any handler.
 */
#ifndef COMMON_LOOP_H
#define COMMON_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/heap.h"
#include "common/units.h"

struct loop;

/* A descriptor to watch. */
struct loop_source {
    void (*ready)(void *context, uint32_t events); /* events: EPOLLIN, EPOLLOUT, EPOLLERR … */
    void *context;
    int fd;
    bool watched;
};

/* A moment to wait for. */
struct loop_timer {
    struct heap_node node;
    void (*due)(void *context, mono_ms now);
    void *context;
};

/* Gives a loop.  -1: the kernel refused (descriptors used up). */
int loop_new(struct loop **ret, struct fault *reterr) ATTR_MUST_USE;

/* Ends a loop with nothing watched any more. NULL is fine. */
void loop_free(struct loop *loop);
DEFINE_AUTO(struct loop *, loop_free)

/* Watches source->fd for `events` (EPOLLIN, EPOLLOUT), or changes what it is watched for. */
void loop_watch(struct loop *loop, struct loop_source *source, uint32_t events);

/* Stops watching; before the descriptor is closed.  Not being watched is fine. */
void loop_unwatch(struct loop *loop, struct loop_source *source);

/* Calls timer->due once, in the first turn at or after `at`; moves it when it waits already. */
void loop_set_timer(struct loop *loop, struct loop_timer *timer, mono_ms at);

/* Stops waiting; a timer that does not wait is fine. */
void loop_clear_timer(struct loop *loop, struct loop_timer *timer);

/*
 * Has `caught` called for each signal of `signals`, which this blocks in the calling thread: call
 * it before the first thread is started, so that all inherit the mask.  Once per loop.
 */
void loop_catch_signals(struct loop *loop, const sigset_t *signals,
                        void (*caught)(void *context, int signal), void *context);

/*
 * A non-blocking eventfd for other threads: 8 bytes written to it end the waiting.  It is emptied
 * before the turn's handlers run.  Owned by the loop.
 */
int loop_wake_fd(const struct loop *loop);

/* Milliseconds at which this turn began. */
mono_ms loop_now(const struct loop *loop);

/*
 * Waits until something happens, the first timer is due or `until` is reached (0: does not wait),
 * and calls the handlers of all that happened.
 */
void loop_turn(struct loop *loop, mono_ms until);

#endif
