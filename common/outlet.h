/*
 * outlet: bytes to a descriptor that others share, without ever waiting for its reader.
 *
 * stdout may be a pipe that nobody reads, a stopped terminal, a full disk or closed.  O_NONBLOCK
 * is a flag of the open file, which the parent's shell shares, so it is not set on what we were
 * given: a pipe or a terminal is opened once more, and where that is refused (another user's) only
 * as much is written as its reader has made room for.
 */
#ifndef COMMON_OUTLET_H
#define COMMON_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/attrs.h"
#include "common/units.h"

struct outlet {
    int fd;
    bool is_ours; /* opened once more: to be closed */
    bool is_socket;
    bool may_wait; /* ask for room before each write */
};

/*
 * Puts something unusable in the place of whichever of stdin, stdout and stderr is closed, so that
 * no descriptor of ours gets its number and then our log.  First thing in main().
 */
void outlet_fill_closed_streams(void);

/* An outlet into `fd`, which stays the caller's and open until outlet_close(). */
struct outlet outlet_open(int fd) ATTR_MUST_USE;

/*
 * Writes as many of the bytes as go without waiting and says how many; 0: none at the moment.
 * -1: it takes no more (no reader, no space, closed).  SIGPIPE is ignored by the process.
 */
ssize_t outlet_write(struct outlet *outlet, const char *bytes, size_t length) ATTR_MUST_USE;

/* Waits until it may take more, at most `wait`; for the end of the process only. */
void outlet_wait(const struct outlet *outlet, mono_ms wait);

void outlet_close(struct outlet *outlet);

#endif
