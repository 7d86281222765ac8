#include "worker/demo/child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: the signals that the parent's loop catches are free again. */
static void become(const struct child *child)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(child->log_fd, STDOUT_FILENO);
    dup2(child->log_fd, STDERR_FILENO);
    execv("/proc/self/exe", child->arguments);
    _exit(127);
}

void child_start(struct child *child)
{
    child->pid = fork();
    if (child->pid == 0)
        become(child);
    if (child->pid < 0) {
        fprintf(stderr, "cannot start the worker: %s\n", strerror(errno));
        child->pid = 0;
        return;
    }
    child->starts++;
}

static void start_again(void *context, mono_ms now)
{
    struct child *child = context;

    (void)now;
    if (!child->ending && child->pid == 0)
        child_start(child);
}

void child_reap(struct child *child)
{
    if (child->pid == 0 || waitpid(child->pid, NULL, WNOHANG) != child->pid)
        return;
    child->pid = 0;
    if (child->ending)
        return;
    child->again.due = start_again;
    child->again.context = child;
    loop_set_timer(child->loop, &child->again, loop_now(child->loop) + CHILD_REST_MS);
}

void child_signal(const struct child *child, int signal)
{
    if (child->pid > 0)
        kill(child->pid, signal);
}

void child_end(struct child *child)
{
    child->ending = true;
    loop_clear_timer(child->loop, &child->again);
    child_signal(child, SIGTERM);
}
