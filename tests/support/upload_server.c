#include "tests/support/upload_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/support/scripted_server.h"

/* What the next byte of a connection belongs to. */
enum part { PART_HEAD, PART_SIZE, PART_BODY, PART_BEHIND_CHUNK, PART_END };

struct connection {
    struct loop_source source;
    struct upload_server *server;
    enum part part;
    char line[sizeof(((struct upload_seen *)0)->head)]; /* the head, or a chunk's size */
    size_t line_length;
    bool is_chunked;
    size_t left; /* of the body, or its chunk */
    size_t bytes;
    bool is_answered;
    LIST_ENTRY(connection) link;
};

LIST_HEAD(connection_list, connection);

struct upload_server {
    struct loop *loop;
    struct loop_source source;
    struct upload_plan plan;
    struct upload_seen seen;
    struct connection_list connections;
};

static void hang_up(struct connection *connection)
{
    loop_unwatch(connection->server->loop, &connection->source);
    close(connection->source.fd);
    LIST_REMOVE(connection, link);
    free(connection);
}

static void reset(struct connection *connection)
{
    struct linger at_once = { .l_onoff = 1 };

    must(setsockopt(connection->source.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0);
    hang_up(connection);
}

/* Does what is planned once its time has come; the connection may be gone then. */
static void follow_plan(struct connection *connection)
{
    const struct upload_plan *plan = &connection->server->plan;
    bool is_time = connection->part == PART_END ||
                   (connection->part != PART_HEAD && connection->bytes >= plan->after);

    if (!is_time || connection->is_answered)
        return;
    connection->is_answered = true;
    if (plan->answer)
        (void)!send(connection->source.fd, plan->answer, strlen(plan->answer), MSG_NOSIGNAL);
    switch (plan->then) {
    case UPLOAD_KEEP:
        return;
    case UPLOAD_RESET:
        reset(connection);
        return;
    case UPLOAD_STALL:
        loop_unwatch(connection->server->loop, &connection->source);
        return;
    }
}

static void begin_body(struct connection *connection)
{
    struct upload_seen *seen = &connection->server->seen;
    const char *length = strcasestr(connection->line, "\r\nContent-Length:");

    memcpy(seen->head, connection->line, sizeof(seen->head));
    connection->is_chunked = strcasestr(connection->line, "\r\nTransfer-Encoding: chunked");
    seen->begun++;
    seen->is_chunked = connection->is_chunked;
    seen->is_the_file = true;
    seen->bytes = 0;
    memset(seen->beginning, 0, sizeof(seen->beginning));
    if (length)
        connection->left = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
    connection->part = connection->is_chunked  ? PART_SIZE
                       : connection->left == 0 ? PART_END
                                               : PART_BODY;
}

static void end_body(struct connection *connection)
{
    connection->part = PART_END;
    connection->server->seen.whole++;
}

/* A line, or a head, is whole: `connection->line` is it. */
static void take_line(struct connection *connection)
{
    if (connection->part == PART_HEAD) {
        begin_body(connection);
    } else if (connection->part == PART_SIZE) {
        connection->left = strtoul(connection->line, NULL, 16);
        connection->part = PART_BODY;
        if (connection->left == 0)
            end_body(connection);
    } else if (connection->part == PART_BEHIND_CHUNK) {
        connection->part = PART_SIZE;
    }
    connection->line_length = 0;
}

static void take_line_byte(struct connection *connection, char byte)
{
    const char *end = connection->part == PART_HEAD ? "\r\n\r\n" : "\r\n";
    size_t length = strlen(end);

    must(connection->line_length + 1 < sizeof(connection->line));
    connection->line[connection->line_length++] = byte;
    connection->line[connection->line_length] = '\0';
    if (connection->line_length >= length &&
        strcmp(connection->line + connection->line_length - length, end) == 0)
        take_line(connection);
}

static void take_body_byte(struct connection *connection, char byte)
{
    struct upload_seen *seen = &connection->server->seen;
    size_t at = connection->bytes++;

    if ((unsigned char)byte != scripted_server_byte(at))
        seen->is_the_file = false;
    if (at + 1 < sizeof(seen->beginning))
        seen->beginning[at] = byte;
    seen->bytes = connection->bytes;
    if (--connection->left > 0)
        return;
    if (connection->is_chunked)
        connection->part = PART_BEHIND_CHUNK;
    else
        end_body(connection);
}

static void on_connection_ready(void *context, uint32_t events)
{
    struct connection *connection = context;
    static char bytes[16 * 1024];
    ssize_t count = recv(connection->source.fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    (void)events;
    if (count <= 0) {
        hang_up(connection);
        return;
    }
    for (ssize_t i = 0; i < count && connection->part != PART_END; i++) {
        if (connection->part == PART_BODY)
            take_body_byte(connection, bytes[i]);
        else
            take_line_byte(connection, bytes[i]);
    }
    follow_plan(connection);
}

static void on_knock(void *context, uint32_t events)
{
    struct upload_server *server = context;
    int fd = accept4(server->source.fd, NULL, NULL, SOCK_CLOEXEC);

    (void)events;
    if (fd < 0)
        return;
    struct connection *connection = mem_new(sizeof(*connection));
    connection->server = server;
    connection->source =
        (struct loop_source){ .ready = on_connection_ready, .context = connection, .fd = fd };
    LIST_INSERT_HEAD(&server->connections, connection, link);
    loop_watch(server->loop, &connection->source, EPOLLIN);
}

struct upload_server *upload_server_new(struct loop *loop, struct upload_plan plan)
{
    struct upload_server *server = mem_new(sizeof(*server));
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    must(fd >= 0);
    must(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
    must(listen(fd, 16) == 0);
    server->loop = loop;
    server->plan = plan;
    server->source = (struct loop_source){ .ready = on_knock, .context = server, .fd = fd };
    LIST_INIT(&server->connections);
    loop_watch(loop, &server->source, EPOLLIN);
    return server;
}

void upload_server_free(struct upload_server *server)
{
    if (!server)
        return;
    struct connection *connection = LIST_FIRST(&server->connections);
    while (connection) {
        struct connection *next = LIST_NEXT(connection, link);
        hang_up(connection);
        connection = next;
    }
    loop_unwatch(server->loop, &server->source);
    close(server->source.fd);
    free(server);
}

int upload_server_port(const struct upload_server *server)
{
    struct sockaddr_in address = { 0 };
    socklen_t length = sizeof(address);

    must(getsockname(server->source.fd, (struct sockaddr *)&address, &length) == 0);
    return ntohs(address.sin_port);
}

const struct upload_seen *upload_server_seen(const struct upload_server *server)
{
    return &server->seen;
}
