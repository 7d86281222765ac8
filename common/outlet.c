#include "common/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/must.h"

void outlet_fill_closed_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        /* The wrong way round: whoever uses it gets EBADF, as if it were still closed. */
        must(open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) == fd);
    }
}

struct outlet outlet_open(int fd)
{
    struct outlet outlet = { .fd = fd };
    struct stat stat;
    char path[32];

    if (fstat(fd, &stat) != 0)
        return outlet;
    outlet.is_socket = S_ISSOCK(stat.st_mode);
    if (!S_ISFIFO(stat.st_mode) && !isatty(fd))
        return outlet;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    int again = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (again < 0) {
        outlet.may_wait = true;
        return outlet;
    }
    outlet.fd = again;
    outlet.is_ours = true;
    return outlet;
}

/* A pipe that says that it is writable takes up to PIPE_BUF bytes without waiting. */
static size_t room_of(const struct outlet *outlet, size_t length)
{
    struct pollfd pollfd = { .fd = outlet->fd, .events = POLLOUT };

    if (!outlet->may_wait)
        return length;
    if (poll(&pollfd, 1, 0) <= 0)
        return 0;
    return length < PIPE_BUF ? length : PIPE_BUF;
}

/* One attempt: the count, 0 for "not now", -1 for "no more". */
static ssize_t write_some(const struct outlet *outlet, const char *bytes, size_t length)
{
    size_t room = room_of(outlet, length);

    if (room == 0)
        return 0;
    ssize_t count = outlet->is_socket ? send(outlet->fd, bytes, room, MSG_DONTWAIT | MSG_NOSIGNAL)
                                      : write(outlet->fd, bytes, room);
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : count;
}

ssize_t outlet_write(struct outlet *outlet, const char *bytes, size_t length)
{
    size_t done = 0;

    while (done < length) {
        ssize_t count = write_some(outlet, bytes + done, length - done);
        if (count < 0 && done == 0)
            return -1;
        if (count <= 0)
            break;
        done += (size_t)count;
    }
    return (ssize_t)done;
}

void outlet_wait(const struct outlet *outlet, mono_ms wait)
{
    struct pollfd pollfd = { .fd = outlet->fd, .events = POLLOUT };

    (void)poll(&pollfd, 1, (int)wait);
}

void outlet_close(struct outlet *outlet)
{
    if (outlet->is_ours)
        close(outlet->fd);
    *outlet = (struct outlet){ .fd = -1 };
}
