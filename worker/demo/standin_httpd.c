#include "worker/demo/standin_httpd.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/demo/standin_answer.h"

enum {
    IDLE_S = 60, /* recorded: 59.5 s */
    BACKLOG = 511,
    CONNECTION_BYTES = 64 * 1024,
    MAX_CONNECTIONS = 2000,
    HANG_MS = 600 * 1000, /* a hung exchange is given up after that */
};

/* A connection of a client, known so that it can be closed when it is idle. */
struct client {
    LIST_ENTRY(client) link;
    struct httpd *httpd;
    int fd;
    struct loop_timer idle;
};

/* An exchange with what the protocol needs to know of it. */
struct turn {
    struct exchange exchange; /* first: an exchange is found back in its turn */
    LIST_ENTRY(turn) link;
    struct httpd *httpd;
    struct MHD_Connection *connection;
    struct loop_timer timer;
    bool begun;
    bool suspended;
    bool handled;
};

struct httpd {
    struct loop *loop;
    struct httpd_callbacks callbacks;
    struct MHD_Daemon *daemon; /* NULL while it refuses */
    int reserved;              /* bound to the port and never listening, so that it stays ours */
    uint16_t port;
    struct loop_source events;
    struct loop_timer timeout;
    mono_ms idle_limit;
    size_t client_count;
    LIST_HEAD(, client) clients;
    LIST_HEAD(, turn) turns;
};

static struct turn *turn_of(const struct exchange *exchange)
{
    return (struct turn *)(uintptr_t)exchange;
}

const char *exchange_header(const struct exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(turn_of(exchange)->connection, MHD_HEADER_KIND, name);
}

const char *exchange_query(const struct exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(turn_of(exchange)->connection, MHD_GET_ARGUMENT_KIND, name);
}

void exchange_peer(const struct exchange *exchange, size_t size, char *ret)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(turn_of(exchange)->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr_in *address = (const void *)info->client_addr;
    uint32_t ip = ntohl(address->sin_addr.s_addr);

    snprintf(ret, size, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

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

static void resume(struct turn *turn)
{
    if (!turn->suspended)
        return;
    turn->suspended = false;
    loop_clear_timer(turn->httpd->loop, &turn->timer);
    MHD_resume_connection(turn->connection);
}

static void pause_for(struct turn *turn, mono_ms delay)
{
    turn->suspended = true;
    loop_set_timer(turn->httpd->loop, &turn->timer, loop_now(turn->httpd->loop) + delay);
    MHD_suspend_connection(turn->connection);
}

/* A delay is over: what was put off goes on, or the answer goes out. */
static void delay_over(void *context, mono_ms now)
{
    struct turn *turn = context;
    struct exchange *exchange = &turn->exchange;
    void (*go_on)(void *, struct exchange *) = exchange->go_on;

    (void)now;
    exchange->go_on = NULL;
    exchange->delay = 0;
    if (exchange->fate == EXCHANGE_HUNG)
        exchange->fate = EXCHANGE_CUT;
    if (go_on)
        go_on(turn->httpd->callbacks.context, exchange);
    resume(turn);
    run(turn->httpd);
}

static void *head_came(void *context, const char *target, struct MHD_Connection *connection)
{
    struct httpd *httpd = context;
    struct turn *turn = mem_new(sizeof(*turn));

    turn->httpd = httpd;
    turn->connection = connection;
    turn->timer = (struct loop_timer){ .due = delay_over, .context = turn };
    turn->exchange = (struct exchange){ .target_length = strlen(target),
                                        .body = text_of(EXCHANGE_MAX_BODY),
                                        .body_limit = EXCHANGE_MAX_BODY,
                                        .reply = text_of(EXCHANGE_MAX_REPLY) };
    LIST_INSERT_HEAD(&httpd->turns, turn, link);
    return turn;
}

static void take_body(struct exchange *exchange, const char *bytes, size_t length)
{
    size_t room = exchange->body_limit - exchange->body.length;

    text_add(&exchange->body, bytes, length < room ? length : room);
    exchange->body_bytes += length;
}

/* Puts the finished exchange on its way: answers, waits first, or ends the connection. */
static enum MHD_Result carry_out(struct turn *turn)
{
    struct exchange *exchange = &turn->exchange;

    if (exchange->fate == EXCHANGE_HUNG) {
        pause_for(turn, HANG_MS);
        return MHD_YES;
    }
    if (exchange->delay > 0 || exchange->go_on) {
        pause_for(turn, exchange->delay);
        return MHD_YES;
    }
    if (exchange->fate == EXCHANGE_CUT)
        return MHD_NO;
    return answer_queue(turn->connection, turn->httpd->loop, exchange) ? MHD_YES : MHD_NO;
}

static enum MHD_Result request_came(void *context, struct MHD_Connection *connection,
                                    const char *path, const char *method, const char *version,
                                    const char *upload, size_t *upload_size, void **memory)
{
    struct httpd *httpd = context;
    struct turn *turn = *memory;
    struct exchange *exchange = &turn->exchange;

    (void)connection;
    (void)version;
    if (!turn->begun) {
        turn->begun = true;
        exchange->method = method;
        exchange->path = path;
        httpd->callbacks.begun(httpd->callbacks.context, exchange);
        return exchange->status ? carry_out(turn) : MHD_YES;
    }
    if (*upload_size) {
        take_body(exchange, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (!turn->handled) {
        turn->handled = true;
        httpd->callbacks.handle(httpd->callbacks.context, exchange);
    }
    return carry_out(turn);
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
    loop_clear_timer(turn->httpd->loop, &turn->timer);
    if (turn->exchange.work)
        turn->exchange.free_work(turn->exchange.work);
    text_free(&turn->exchange.body);
    text_free(&turn->exchange.reply);
    LIST_REMOVE(turn, link);
    free(turn);
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
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, request_came, httpd,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, head_came, httpd,
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
    {
        turn->exchange.fate = EXCHANGE_CUT;
        turn->exchange.delay = 0;
        turn->exchange.go_on = NULL;
        resume(turn);
        answer_wake(&turn->exchange);
    }
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
