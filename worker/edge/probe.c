#include "worker/edge/probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "common/address.h"

/* Reads up to the end or until `size` is full; -1: it was cut or took too long. */
static ssize_t read_all(int fd, size_t size, char *ret)
{
    size_t length = 0;
    ssize_t count = 1;

    while (count > 0 && length < size - 1) {
        count = recv(fd, ret + length, size - 1 - length, 0);
        length += count > 0 ? (size_t)count : 0;
    }
    ret[length] = '\0';
    return count < 0 ? -1 : (ssize_t)length;
}

/* Takes the status line and the body out of an answer. */
static int read_answer(const char *bytes, struct probe_answer *ret)
{
    static const char version[] = "HTTP/1.";
    const char *body = strstr(bytes, "\r\n\r\n");

    if (strncmp(bytes, version, strlen(version)) != 0 || strlen(bytes) < 12 || !body)
        return -1;
    ret->status = (int)strtol(bytes + 9, NULL, 10);
    snprintf(ret->body, sizeof(ret->body), "%s", body + 4);
    return ret->status >= 100 ? 0 : -1;
}

static int ask(int fd, const char *path, struct probe_answer *ret, struct fault *reterr)
{
    char request[256];
    char bytes[8192];
    int length =
        snprintf(request, sizeof(request),
                 "GET %.200s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);

    if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length ||
        read_all(fd, sizeof(bytes), bytes) < 0) {
        fault_set(reterr, "no answer: %s",
                  errno == EAGAIN ? "it took too long" : strerrordesc_np(errno));
        return -1;
    }
    if (read_answer(bytes, ret) != 0) {
        fault_set(reterr, "the answer is not HTTP");
        return -1;
    }
    return 0;
}

int probe_get(const char *address, const char *path, mono_ms timeout, struct probe_answer *ret,
              struct fault *reterr)
{
    int fd;

    if (address_connect(address, timeout, &fd, reterr) != 0)
        return -1;
    int result = ask(fd, path, ret, reterr);
    close(fd);
    return result;
}
