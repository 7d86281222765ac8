/*
 * reading: what the log wrote, at the other end of its pipe.
 */
#ifndef TESTS_UNIT_READING_H
#define TESTS_UNIT_READING_H

#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "common/must.h"

/* What is in the pipe (or socket) at the moment. */
static inline const char *read_all(int fd)
{
    static char bytes[2 * 1024 * 1024];
    size_t length = 0;
    ssize_t count = 0;

    must(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    do {
        length += (size_t)count;
        count = read(fd, bytes + length, sizeof(bytes) - 1 - length);
    } while (count > 0);
    bytes[length] = '\0';
    return bytes;
}

static inline size_t lines_in(const char *bytes)
{
    size_t lines = 0;

    for (; *bytes; bytes++)
        lines += *bytes == '\n';
    return lines;
}

#endif
