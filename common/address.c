#include "common/address.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/must.h"

enum { BACKLOG = 128, MAX_PORT = 65535 };

/* Copies `length` bytes into `ret`; false when they do not fit. */
static bool copy_part(const char *from, size_t length, size_t size, char *ret)
{
    if (length >= size)
        return false;
    memcpy(ret, from, length);
    ret[length] = '\0';
    return true;
}

/* Splits off the host; gives where the port begins, NULL when there is no host and port. */
static const char *split_host(const char *words, struct address *ret)
{
    bool is_bracketed = *words == '[';
    const char *host = words + is_bracketed;
    size_t length = strcspn(host, is_bracketed ? "]" : ":");
    const char *after = host + length;

    if (is_bracketed && *after++ != ']')
        return NULL;
    if (*after != ':' || !copy_part(host, length, sizeof(ret->host), ret->host))
        return NULL;
    return after + 1;
}

int address_parse(const char *words, struct address *ret, struct fault *reterr)
{
    const char *port = split_host(words, ret);

    if (port && *port && strspn(port, "0123456789") == strlen(port) &&
        copy_part(port, strlen(port), sizeof(ret->port), ret->port) &&
        strtol(port, NULL, 10) <= MAX_PORT)
        return 0;
    fault_set(reterr, "\"%.80s\" is not host:port, such as 127.0.0.1:9464 or [::1]:9464", words);
    return -1;
}

static int look_up(const char *words, int flags, struct addrinfo **ret, struct fault *reterr)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV };
    struct address address;

    if (address_parse(words, &address, reterr) != 0)
        return -1;
    int error = getaddrinfo(*address.host ? address.host : NULL, address.port, &hints, ret);
    if (error == 0)
        return 0;
    fault_set(reterr, "cannot look up \"%.80s\": %s", address.host, gai_strerror(error));
    return -1;
}

/* Closes a socket that is of no use and keeps errno, which says why. */
static int give_up(int fd)
{
    int error = errno;

    if (fd >= 0)
        close(fd);
    errno = error;
    return -1;
}

static int listen_at(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)
        return give_up(fd);
    return fd;
}

int address_listen(const char *words, int *ret, struct fault *reterr)
{
    struct addrinfo *found = NULL;

    if (look_up(words, AI_PASSIVE, &found, reterr) != 0)
        return -1;
    *ret = -1;
    for (const struct addrinfo *info = found; info && *ret < 0; info = info->ai_next)
        *ret = listen_at(info);
    if (*ret < 0)
        fault_set(reterr, "cannot listen on %s: %s", words, strerrordesc_np(errno));
    freeaddrinfo(found);
    return *ret < 0 ? -1 : 0;
}

/* Linux applies the time limit of sending to connecting, too. */
static int connect_to(const struct addrinfo *info, mono_ms timeout)
{
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC, 0);
    struct timeval limit = { .tv_sec = timeout / 1000, .tv_usec = timeout % 1000 * 1000 };

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0 ||
        connect(fd, info->ai_addr, info->ai_addrlen) != 0)
        return give_up(fd);
    return fd;
}

int address_connect(const char *words, mono_ms timeout, int *ret, struct fault *reterr)
{
    struct addrinfo *found = NULL;

    if (look_up(words, 0, &found, reterr) != 0)
        return -1;
    *ret = -1;
    for (const struct addrinfo *info = found; info && *ret < 0; info = info->ai_next)
        *ret = connect_to(info, timeout);
    if (*ret < 0)
        fault_set(reterr, "cannot connect to %s: %s", words, strerrordesc_np(errno));
    freeaddrinfo(found);
    return *ret < 0 ? -1 : 0;
}

void address_of_socket(int fd, char ret[static ADDRESS_SIZE])
{
    struct sockaddr_storage storage = { 0 };
    socklen_t length = sizeof(storage);
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];

    must(getsockname(fd, (struct sockaddr *)&storage, &length) == 0);
    must(getnameinfo((struct sockaddr *)&storage, length, host, sizeof(host), port, sizeof(port),
                     NI_NUMERICHOST | NI_NUMERICSERV) == 0);
    snprintf(ret, ADDRESS_SIZE, strchr(host, ':') ? "[%.46s]:%.5s" : "%.46s:%.5s", host, port);
}
