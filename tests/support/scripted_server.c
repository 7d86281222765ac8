#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
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
#include "common/text.h"

enum { REQUEST_MAX = 1024 * 1024, DRIP_MS = 5 };

struct connection {
    struct loop_source source;
    struct loop_timer drip;
    struct scripted_server *server;
    struct text input;
    enum script_then then;
    size_t served; /* of the file */
    LIST_ENTRY(connection) link;
};

LIST_HEAD(connection_list, connection);

struct scripted_server {
    struct loop *loop;
    struct loop_source source;
    const struct script_step *steps;
    size_t step_count;
    size_t requests;
    size_t accepted;
    size_t file_bytes;
    char *last;
    struct connection_list connections;
};

static void hang_up(struct connection *connection)
{
    struct loop *loop = connection->server->loop;

    loop_clear_timer(loop, &connection->drip);
    loop_unwatch(loop, &connection->source);
    close(connection->source.fd);
    LIST_REMOVE(connection, link);
    text_free(&connection->input);
    free(connection);
}

static void reset(struct connection *connection)
{
    struct linger at_once = { .l_onoff = 1 };

    must(setsockopt(connection->source.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0);
    hang_up(connection);
}

static void on_drip(void *context, mono_ms now)
{
    struct connection *connection = context;

    if (send(connection->source.fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1)
        loop_set_timer(connection->server->loop, &connection->drip, now + DRIP_MS);
}

/* How long the request at the beginning of the input is; 0: it is not whole. */
static size_t request_length(const struct text *input)
{
    const char *end = strstr(text_string(input), "\r\n\r\n");
    const char *length = strcasestr(text_string(input), "\r\nContent-Length:");

    if (!end)
        return 0;
    size_t whole = (size_t)(end - input->bytes) + 4;
    if (length && length < end)
        whole += strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
    return whole <= input->length ? whole : 0;
}

/* Answers a request; false: the connection is gone. */
static bool play(struct connection *connection, const struct script_step *step)
{
    struct scripted_server *server = connection->server;

    if (step->answer)
        (void)!send(connection->source.fd, step->answer, strlen(step->answer), MSG_NOSIGNAL);
    connection->then = step->then;
    switch (step->then) {
    case SCRIPT_KEEP:
        return true;
    case SCRIPT_CLOSE:
        hang_up(connection);
        return false;
    case SCRIPT_RESET:
        reset(connection);
        return false;
    case SCRIPT_DRIP:
        loop_set_timer(server->loop, &connection->drip, loop_now(server->loop) + DRIP_MS);
        return true;
    case SCRIPT_FLOOD:
    case SCRIPT_FILE:
    case SCRIPT_FILE_AND_CLOSE:
        connection->served = 0;
        loop_watch(server->loop, &connection->source, EPOLLIN | EPOLLOUT);
        return true;
    }
    return true;
}

static void take_requests(struct connection *connection)
{
    struct scripted_server *server = connection->server;
    size_t length;

    while ((length = request_length(&connection->input)) > 0) {
        struct text rest = text_of(REQUEST_MAX);
        text_add(&rest, connection->input.bytes + length, connection->input.length - length);
        text_truncate(&connection->input, length);
        free(server->last);
        server->last = text_take(&connection->input);
        connection->input = rest;

        size_t step = server->requests++;
        if (step >= server->step_count)
            step = server->step_count - 1;
        if (!play(connection, &server->steps[step]))
            return;
    }
}

unsigned char scripted_server_byte(size_t at)
{
    return (unsigned char)(at ^ at >> 8 ^ at >> 16);
}

/* Sends what fits now of the file; false: the connection is gone. */
static bool serve(struct connection *connection)
{
    struct scripted_server *server = connection->server;
    static unsigned char bytes[16 * 1024];
    size_t count = 0;

    while (count < sizeof(bytes) && connection->served + count < server->file_bytes) {
        bytes[count] = scripted_server_byte(connection->served + count);
        count++;
    }
    ssize_t sent = send(connection->source.fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0)
        connection->served += (size_t)sent;
    if (connection->served < server->file_bytes)
        return true;
    if (connection->then == SCRIPT_FILE_AND_CLOSE) {
        hang_up(connection);
        return false;
    }
    loop_watch(server->loop, &connection->source, EPOLLIN);
    return true;
}

static bool is_serving(const struct connection *connection)
{
    return connection->then == SCRIPT_FILE || connection->then == SCRIPT_FILE_AND_CLOSE;
}

static void on_connection_ready(void *context, uint32_t events)
{
    static const char filler[16 * 1024];
    struct connection *connection = context;
    static char bytes[4096];

    if (connection->then == SCRIPT_FLOOD && events & EPOLLOUT)
        (void)!send(connection->source.fd, filler, sizeof(filler), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (is_serving(connection) && events & EPOLLOUT && !serve(connection))
        return;
    if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
        return;
    ssize_t count = recv(connection->source.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (count <= 0) {
        hang_up(connection);
        return;
    }
    text_add(&connection->input, bytes, (size_t)count);
    take_requests(connection);
}

static void on_knock(void *context, uint32_t events)
{
    struct scripted_server *server = context;
    int fd = accept4(server->source.fd, NULL, NULL, SOCK_CLOEXEC);

    (void)events;
    if (fd < 0)
        return;
    struct connection *connection = mem_new(sizeof(*connection));
    connection->server = server;
    connection->source =
        (struct loop_source){ .ready = on_connection_ready, .context = connection, .fd = fd };
    connection->drip = (struct loop_timer){ .due = on_drip, .context = connection };
    connection->input = text_of(REQUEST_MAX);
    LIST_INSERT_HEAD(&server->connections, connection, link);
    loop_watch(server->loop, &connection->source, EPOLLIN);
    server->accepted++;
}

struct scripted_server *scripted_server_new(struct loop *loop, const struct script_step *steps,
                                            size_t count)
{
    struct scripted_server *server = mem_new(sizeof(*server));
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    must(fd >= 0);
    must(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
    must(listen(fd, 16) == 0);
    server->loop = loop;
    server->steps = steps;
    server->step_count = count;
    server->source = (struct loop_source){ .ready = on_knock, .context = server, .fd = fd };
    LIST_INIT(&server->connections);
    loop_watch(loop, &server->source, EPOLLIN);
    return server;
}

void scripted_server_serve(struct scripted_server *server, size_t bytes)
{
    server->file_bytes = bytes;
}

void scripted_server_free(struct scripted_server *server)
{
    if (!server)
        return;
    scripted_server_hang_up(server);
    loop_unwatch(server->loop, &server->source);
    close(server->source.fd);
    free(server->last);
    free(server);
}

int scripted_server_port(const struct scripted_server *server)
{
    struct sockaddr_in address = { 0 };
    socklen_t length = sizeof(address);

    must(getsockname(server->source.fd, (struct sockaddr *)&address, &length) == 0);
    return ntohs(address.sin_port);
}

size_t scripted_server_requests(const struct scripted_server *server)
{
    return server->requests;
}

size_t scripted_server_connections(const struct scripted_server *server)
{
    return server->accepted;
}

const char *scripted_server_last(const struct scripted_server *server)
{
    return server->last ? server->last : "";
}

void scripted_server_hang_up(struct scripted_server *server)
{
    struct connection *connection = LIST_FIRST(&server->connections);

    while (connection) {
        struct connection *next = LIST_NEXT(connection, link);
        hang_up(connection);
        connection = next;
    }
}
