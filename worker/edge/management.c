#include "worker/edge/management.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "common/address.h"
#include "common/mem.h"
#include "common/must.h"

enum {
    MAX_CONNECTIONS = 32,
    MAX_HEADER_BYTES = 16 * 1024,
    MAX_ANSWER_BYTES = 4 * 1024 * 1024,
    IDLE_LIMIT_S = 5,
    REQUEST_LIMIT_MS = 10000,
    STALL_LIMIT_MS = 10000,
    TICK_MS = 1000,
    PAUSE_MS = 100,
};

/* A connection; libmicrohttpd's own time limit is of idleness only, and a dripping client is not
 * idle. */
struct visitor {
    LIST_ENTRY(visitor) in_visitors;
    int fd;
    mono_ms deadline;
};

struct management {
    struct loop *loop;
    struct management_options options;
    struct MHD_Daemon *daemon;
    struct loop_source source; /* libmicrohttpd's epoll */
    struct loop_timer timer;
    mono_ms ticked_at; /* the last turn that a timer was due in */
    LIST_HEAD(visitor_list, visitor) visitors;
    bool has_left; /* a visitor did, since this was last looked at */
    char address[ADDRESS_SIZE];
};

/* An answer in the making. */
struct reply {
    unsigned status;
    const char *content_type;
    struct text body;
};

/* Adds one line per check; true when all are fine. */
static bool add_checks(struct text *text, const struct management_check *checks, size_t count)
{
    bool all = true;

    for (size_t i = 0; i < count; i++) {
        const struct management_check *check = &checks[i];
        all = all && check->is_ok;
        if (check->is_ok)
            text_printf(text, "[+]%s ok\n", check->name);
        else
            text_printf(text, "[-]%s failed: %s\n", check->name, check->words);
    }
    return all;
}

/* The form is that of Kubernetes' own probes; machines use the status alone. */
static void answer_probe(struct reply *reply, const struct management_check *checks, size_t count,
                         bool is_verbose)
{
    bool all = add_checks(&reply->body, checks, count);

    if (all && !is_verbose) {
        text_clear(&reply->body);
        text_add_string(&reply->body, "ok\n");
    } else {
        text_add_string(&reply->body, all ? "passed\n" : "failed\n");
    }
    reply->status = all ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
}

/* That this runs shows that the loop turns now; the timer tells whether it did all the time. */
static void answer_livez(struct management *management, struct reply *reply,
                         struct MHD_Connection *connection, bool is_verbose)
{
    mono_ms still_for = loop_now(management->loop) - management->ticked_at;
    const struct management_check check = { .name = "loop",
                                            .is_ok = still_for <= management->options.stall_limit,
                                            .words = "it stood still" };

    (void)connection;
    answer_probe(reply, &check, 1, is_verbose);
}

static void answer_readyz(struct management *management, struct reply *reply,
                          struct MHD_Connection *connection, bool is_verbose)
{
    struct management_check checks[MANAGEMENT_MAX_CHECKS];
    size_t count = management->options.checks(management->options.context, checks);

    (void)connection;
    must(count <= MANAGEMENT_MAX_CHECKS);
    answer_probe(reply, checks, count, is_verbose);
}

static void answer_metrics(struct management *management, struct reply *reply,
                           struct MHD_Connection *connection, bool is_verbose)
{
    enum metrics_format format = metrics_format_of(
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT));

    (void)is_verbose;
    management->options.metrics(management->options.context, format, &reply->body);
    reply->content_type = metrics_content_type(format);
    if (!reply->body.overflowed)
        return;
    text_clear(&reply->body);
    text_add_string(&reply->body, "too many metrics\n");
    reply->content_type = "text/plain";
    reply->status = MHD_HTTP_INTERNAL_SERVER_ERROR;
}

typedef void (*answer_function)(struct management *management, struct reply *reply,
                                struct MHD_Connection *connection, bool is_verbose);

static answer_function find_route(const char *path)
{
    static const struct {
        const char *path;
        answer_function answer;
    } routes[] = {
        { "/livez", answer_livez },
        { "/healthz", answer_livez },
        { "/readyz", answer_readyz },
        { "/metrics", answer_metrics },
    };

    for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++)
        if (strcmp(path, routes[i].path) == 0)
            return routes[i].answer;
    return NULL;
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, struct reply *reply)
{
    size_t length = reply->body.length;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, text_take(&reply->body), MHD_RESPMEM_MUST_FREE);

    must(response);
    must(MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->content_type));
    must(MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"));
    must(MHD_add_response_header(response, "X-Content-Type-Options", "nosniff"));
    must(MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close"));
    if (reply->status == MHD_HTTP_METHOD_NOT_ALLOWED)
        must(MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD"));
    enum MHD_Result result = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static bool is_reading(const char *method)
{
    return strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

/* Called once the header is there; the answer is given at once, and a body is not waited for. */
/* NOLINTBEGIN(readability-function-size,readability-non-const-parameter): libmicrohttpd's type */
static enum MHD_Result take_request(void *context, struct MHD_Connection *connection,
                                    const char *path, const char *method, const char *version,
                                    const char *upload, size_t *upload_size, void **request)
{
    struct reply reply = { .status = MHD_HTTP_OK,
                           .content_type = "text/plain; charset=utf-8",
                           .body = text_of(MAX_ANSWER_BYTES) };
    answer_function function = find_route(path);

    (void)version, (void)upload, (void)upload_size, (void)request;
    if (!function) {
        reply.status = MHD_HTTP_NOT_FOUND;
        text_add_string(&reply.body, "not here; try /livez, /readyz or /metrics\n");
    } else if (!is_reading(method)) {
        reply.status = MHD_HTTP_METHOD_NOT_ALLOWED;
        text_add_string(&reply.body, "GET and HEAD only\n");
    } else {
        bool is_verbose = MHD_lookup_connection_value_n(connection, MHD_GET_ARGUMENT_KIND,
                                                        "verbose", strlen("verbose"), NULL, NULL);
        function(context, &reply, connection, is_verbose);
    }
    return send_answer(connection, &reply);
}
/* NOLINTEND(readability-function-size,readability-non-const-parameter) */

static void connection_changed(void *context, struct MHD_Connection *connection, void **visit,
                               enum MHD_ConnectionNotificationCode what)
{
    struct management *management = context;
    struct visitor *visitor = *visit;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        visitor = mem_new(sizeof(*visitor));
        visitor->fd =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        visitor->deadline = loop_now(management->loop) + management->options.request_limit;
        LIST_INSERT_HEAD(&management->visitors, visitor, in_visitors);
        *visit = visitor;
    } else if (visitor) {
        management->has_left = true;
        LIST_REMOVE(visitor, in_visitors);
        free(visitor);
        *visit = NULL;
    }
}

/* Lets libmicrohttpd work and sets the timer for what it, a visitor or the tick wants next. */
static void serve(struct management *management)
{
    mono_ms now = loop_now(management->loop);
    mono_ms next = management->ticked_at + TICK_MS;
    MHD_UNSIGNED_LONG_LONG timeout;

    management->has_left = false;
    (void)MHD_run(management->daemon);
    if (management->has_left) /* a place is free, which it only gives away when it runs again */
        (void)MHD_run(management->daemon);
    for (struct visitor *visitor = LIST_FIRST(&management->visitors); visitor;
         visitor = LIST_NEXT(visitor, in_visitors))
        if (visitor->deadline < next)
            next = visitor->deadline;
    if (MHD_get_timeout(management->daemon, &timeout) && timeout < TICK_MS &&
        now + (mono_ms)timeout < next)
        next = now + (mono_ms)timeout;
    loop_set_timer(management->loop, &management->timer, next);
}

/*
 * Who has come and cannot be taken, because there is no descriptor left, keeps the listening socket
 * ready; libmicrohttpd leaves it alone only while it has other visitors.
 */
static void epoll_ready(void *context, uint32_t events)
{
    struct management *management = context;

    (void)events;
    serve(management);
    if (management->has_left || !LIST_EMPTY(&management->visitors))
        return;
    loop_unwatch(management->loop, &management->source);
    loop_set_timer(management->loop, &management->timer, loop_now(management->loop) + PAUSE_MS);
}

/* A connection that is shut down is closed by libmicrohttpd, when it next runs. */
static void timer_due(void *context, mono_ms now)
{
    struct management *management = context;

    management->ticked_at = now;
    if (!management->source.watched)
        loop_watch(management->loop, &management->source, EPOLLIN);
    for (struct visitor *visitor = LIST_FIRST(&management->visitors); visitor;
         visitor = LIST_NEXT(visitor, in_visitors)) {
        if (visitor->deadline > now)
            continue;
        (void)shutdown(visitor->fd, SHUT_RDWR);
        visitor->deadline = MONO_NEVER;
    }
    serve(management);
}

int management_new(struct loop *loop, const struct management_options *options,
                   struct management **ret, struct fault *reterr)
{
    int listener;

    if (address_listen(options->address, &listener, reterr) != 0)
        return -1;
    struct management *management = mem_new(sizeof(*management));
    management->loop = loop;
    management->options = *options;
    if (options->request_limit == 0)
        management->options.request_limit = REQUEST_LIMIT_MS;
    if (options->stall_limit == 0)
        management->options.stall_limit = STALL_LIMIT_MS;
    management->ticked_at = loop_now(loop);
    LIST_INIT(&management->visitors);
    address_of_socket(listener, management->address);
    management->daemon = MHD_start_daemon(
        MHD_USE_EPOLL, 0, NULL, NULL, take_request, management, MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)MAX_HEADER_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_LIMIT_S,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, management, MHD_OPTION_END);
    must(management->daemon); /* the port is ours: what is left to fail is memory */
    management->source = (struct loop_source){
        .ready = epoll_ready,
        .context = management,
        .fd = MHD_get_daemon_info(management->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
    };
    management->timer = (struct loop_timer){ .due = timer_due, .context = management };
    loop_watch(loop, &management->source, EPOLLIN);
    loop_set_timer(loop, &management->timer, loop_now(loop) + TICK_MS);
    *ret = management;
    return 0;
}

void management_free(struct management *management)
{
    if (!management)
        return;
    loop_unwatch(management->loop, &management->source);
    loop_clear_timer(management->loop, &management->timer);
    MHD_stop_daemon(management->daemon); /* closes the listening socket, too */
    free(management);
}

const char *management_address(const struct management *management)
{
    return management->address;
}
