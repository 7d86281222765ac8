#include "worker/demo/standin_httpd.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/mem.h"
#include "worker/demo/standin_httpd_inner.h"

enum {
    IDLE_S = 60, /* recorded: 59.5 s */
    BACKLOG = 511,
    CONNECTION_BYTES = 64 * 1024,
    MAX_CONNECTIONS = 2000,
};

/* Lets libmicrohttpd do what is ready, and asks when it wants to be called again. */
static void run(struct httpd *httpd)
{
    MHD_UNSIGNED_LONG_LONG wait;

    if (!httpd->daemon)
        return;
    MHD_run(httpd->daemon);
    if (MHD_get_timeout(httpd->daemon, &wait) == MHD_YES)
        loop_set_timer(httpd->loop, &httpd->timeout, loop_now(httpd->loop) + (mono_ms)wait);
    else
        loop_clear_timer(httpd->loop, &httpd->timeout);
}

static void events_ready(void *context, uint32_t events)
{
    (void)events;
    run(context);
}

static void timeout_due(void *context, mono_ms now)
{
    (void)now;
    run(context);
}

void httpd_poke(struct httpd *httpd)
{
    loop_set_timer(httpd->loop, &httpd->timeout, loop_now(httpd->loop));
}

static void set_idle_timer(struct client *client)
{
    struct httpd *httpd = client->httpd;

    if (httpd->idle_limit)
        loop_set_timer(httpd->loop, &client->idle, loop_now(httpd->loop) + httpd->idle_limit);
    else
        loop_clear_timer(httpd->loop, &client->idle);
}

static struct client *client_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void request_ended(void *context, struct MHD_Connection *connection, void **memory,
                          enum MHD_RequestTerminationCode code)
{
    struct turn *turn = *memory;
    struct client *client = client_of(connection);

    (void)context;
    (void)code;
    if (!turn)
        return;
    *memory = NULL;
    turn_free(turn);
    if (client)
        set_idle_timer(client);
}

static void idle_too_long(void *context, mono_ms now)
{
    struct client *client = context;

    (void)now;
    shutdown(client->fd, SHUT_RDWR); /* seen by libmicrohttpd as the end of the stream */
}

static void connection_changed(void *context, struct MHD_Connection *connection, void **memory,
                               enum MHD_ConnectionNotificationCode code)
{
    struct httpd *httpd = context;
    struct client *client = *memory;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        client = mem_new(sizeof(*client));
        client->httpd = httpd;
        client->fd =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        client->idle = (struct loop_timer){ .due = idle_too_long, .context = client };
        LIST_INSERT_HEAD(&httpd->clients, client, link);
        httpd->client_count++;
        *memory = client;
        set_idle_timer(client);
    } else if (client) {
        loop_clear_timer(httpd->loop, &client->idle);
        LIST_REMOVE(client, link);
        httpd->client_count--;
        free(client);
        *memory = NULL;
    }
}

/* A socket bound to the port that others of ours may be bound to as well; -1: taken. */
static int bound_socket(uint16_t port)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
                    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes)) != 0 ||
                    bind(fd, (const void *)&address, sizeof(address)) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

static int start(struct httpd *httpd, struct fault *reterr)
{
    int fd = bound_socket(httpd->port);

    if (fd < 0 || listen(fd, BACKLOG) != 0) {
        fault_set(reterr, "cannot listen on port %u: %s", httpd->port, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    httpd->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, turn_go_on, httpd,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, turn_begin, httpd,
        MHD_OPTION_NOTIFY_COMPLETED, request_ended, httpd, MHD_OPTION_NOTIFY_CONNECTION,
        connection_changed, httpd, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)MAX_CONNECTIONS, MHD_OPTION_END);
    if (!httpd->daemon) {
        fault_set(reterr, "cannot start an HTTP server on port %u", httpd->port);
        close(fd);
        return -1;
    }
    httpd->events.fd = MHD_get_daemon_info(httpd->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    loop_watch(httpd->loop, &httpd->events, EPOLLIN);
    run(httpd);
    return 0;
}

static void stop(struct httpd *httpd)
{
    struct turn *turn;

    if (!httpd->daemon)
        return;
    LIST_FOREACH(turn, &httpd->turns, link)
    turn_cut(turn);
    loop_unwatch(httpd->loop, &httpd->events);
    loop_clear_timer(httpd->loop, &httpd->timeout);
    MHD_stop_daemon(httpd->daemon);
    httpd->daemon = NULL;
}

int httpd_new(struct loop *loop, uint16_t port, const struct httpd_callbacks *callbacks,
              struct httpd **ret, struct fault *reterr)
{
    struct httpd *httpd = mem_new(sizeof(*httpd));
    struct sockaddr_in address = { 0 };
    socklen_t size = sizeof(address);

    httpd->loop = loop;
    httpd->callbacks = *callbacks;
    httpd->events = (struct loop_source){ .ready = events_ready, .context = httpd };
    httpd->timeout = (struct loop_timer){ .due = timeout_due, .context = httpd };
    httpd->reserved = bound_socket(port);
    if (httpd->reserved < 0 || getsockname(httpd->reserved, (void *)&address, &size) != 0) {
        fault_set(reterr, "cannot have port %u: %s", port, strerror(errno));
        httpd_free(httpd);
        return -1;
    }
    httpd->port = ntohs(address.sin_port);
    if (start(httpd, reterr) != 0) {
        httpd_free(httpd);
        return -1;
    }
    *ret = httpd;
    return 0;
}

void httpd_free(struct httpd *httpd)
{
    if (!httpd)
        return;
    stop(httpd);
    if (httpd->reserved >= 0)
        close(httpd->reserved);
    free(httpd);
}

uint16_t httpd_port(const struct httpd *httpd)
{
    return httpd->port;
}

int httpd_set_listening(struct httpd *httpd, bool listening, struct fault *reterr)
{
    if (listening == (httpd->daemon != NULL))
        return 0;
    if (listening)
        return start(httpd, reterr);
    stop(httpd);
    return 0;
}

void httpd_set_idle_limit(struct httpd *httpd, mono_ms limit)
{
    struct client *client;

    httpd->idle_limit = limit;
    LIST_FOREACH(client, &httpd->clients, link)
    set_idle_timer(client);
}

size_t httpd_connection_count(const struct httpd *httpd)
{
    return httpd->client_count;
}
