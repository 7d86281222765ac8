/*
 * demo: the whole path on a bare machine: a broker, a stand-in for Mattermost, the worker as a
 * child process, streams of notifications and web-chats, and a page that shows it and makes
 * trouble.
 */
#ifndef WORKER_DEMO_DEMO_H
#define WORKER_DEMO_DEMO_H

#include <stdint.h>

struct demo_options {
    int seconds;   /* 0: until it is told to stop; else it makes every trouble in turn and ends */
    uint16_t port; /* of the page; 0: a free one */
};

/*
 * Runs the demo.  Prints how many events were produced, posted, lost, posted twice and out of
 * order, and how many threads had a second root; gives the exit code: 0 only when the last four are
 * 0.
 */
int demo_run(const struct demo_options *options);

#endif
