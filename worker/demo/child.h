/*
 * child: the worker as a process of its own, started again whenever it ends.
 */
#ifndef WORKER_DEMO_CHILD_H
#define WORKER_DEMO_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/loop.h"

enum { CHILD_REST_MS = 1000 }; /* between its end and the next start */

struct child {
    struct loop *loop;
    char *arguments[8]; /* of the program that runs already; ended by NULL */
    int log_fd;         /* where it writes */
    pid_t pid;          /* 0: it does not run */
    int starts;
    bool ending; /* it is not started again */
    struct loop_timer again;
};

/* Starts the child. */
void child_start(struct child *child);

/* Looks whether it has ended, on SIGCHLD; starts it again after a rest. */
void child_reap(struct child *child);

/* Sends it a signal, if it runs. */
void child_signal(const struct child *child, int signal);

/* Has it end for good: asks it to, then waits for SIGCHLD and child_reap(). */
void child_end(struct child *child);

#endif
