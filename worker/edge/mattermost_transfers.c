#include "worker/edge/mattermost_transfers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/must.h"

/*
 * What libcurl waits for on one descriptor.  Between two requests on a connection it waits for
 * nothing; the kernel is not told, for the next request mostly comes before anything happens there.
 */
struct socket {
    struct loop_source source;
    uint32_t events;    /* that the source is watched for */
    bool is_wanted;     /* libcurl waits for them */
    bool is_connection; /* that stands, so on_close() will tell when it ends */
    struct transfers *owner;
};

struct transfers {
    struct loop *loop;
    struct transfers_options options;
    CURLM *multi;
    struct loop_timer timer;
    struct socket **sockets; /* by descriptor; NULL: never seen */
    size_t socket_count;
    bool may_stand; /* a descriptor may be a connection that is kept */
};

static struct socket *find_socket(const struct transfers *transfers, curl_socket_t fd)
{
    return (size_t)fd < transfers->socket_count ? transfers->sockets[fd] : NULL;
}

/* libcurl 7.88 closes without a word what it gives up before it stands: only now it is known. */
static void note_connection(struct transfers *transfers, CURL *easy)
{
    curl_socket_t fd = CURL_SOCKET_BAD;

    if (!transfers->may_stand || curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK)
        return;
    struct socket *socket = fd == CURL_SOCKET_BAD ? NULL : find_socket(transfers, fd);
    if (socket)
        socket->is_connection = true;
}

/* Lets libcurl work on a descriptor, or on what its time has come, and reports what ended. */
static void drive(struct transfers *transfers, curl_socket_t fd, int events)
{
    int running;
    int left;
    CURLMsg *message;

    must(curl_multi_socket_action(transfers->multi, fd, events, &running) == CURLM_OK);
    while ((message = curl_multi_info_read(transfers->multi, &left))) {
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        note_connection(transfers, easy);
        transfers_remove(transfers, easy);
        transfers->options.done(transfers->options.context, easy, result);
    }
    transfers->may_stand = false;
}

static void on_ready(void *context, uint32_t events)
{
    struct socket *socket = context;
    bool broken = events & (EPOLLERR | EPOLLHUP);
    int in = broken || (events & EPOLLIN) ? CURL_CSELECT_IN : 0;
    int out = broken || (events & EPOLLOUT) ? CURL_CSELECT_OUT : 0;

    if (socket->is_wanted)
        drive(socket->owner, socket->source.fd, in | out);
    else
        loop_unwatch(socket->owner->loop, &socket->source);
}

static void on_due(void *context, mono_ms now)
{
    (void)now;
    drive(context, CURL_SOCKET_TIMEOUT, 0);
}

static struct socket *make_socket(struct transfers *transfers, curl_socket_t fd)
{
    struct socket *socket = mem_new(sizeof(*socket));
    size_t count = transfers->socket_count;

    if ((size_t)fd >= count) {
        size_t more = (size_t)fd + 1 - count;
        transfers->sockets =
            mem_resize(transfers->sockets, (count + more) * sizeof(struct socket *));
        memset(transfers->sockets + count, 0, more * sizeof(struct socket *));
        transfers->socket_count += more;
    }
    socket->source = (struct loop_source){ .ready = on_ready, .context = socket, .fd = fd };
    socket->owner = transfers;
    transfers->sockets[fd] = socket;
    return socket;
}

static void end_interest(struct socket *socket)
{
    if (!socket)
        return;
    socket->is_wanted = false;
    if (socket->is_connection)
        return;
    socket->owner->may_stand = true;
    loop_unwatch(socket->owner->loop, &socket->source);
}

/* libcurl says what it waits for on a descriptor. */
static int on_interest(CURL *easy, curl_socket_t fd, int what, void *context, void *assigned)
{
    struct transfers *transfers = context;
    struct socket *socket = find_socket(transfers, fd);
    uint32_t in = (what & CURL_POLL_IN) ? EPOLLIN : 0;
    uint32_t out = (what & CURL_POLL_OUT) ? EPOLLOUT : 0;

    (void)easy;
    (void)assigned;
    if (what == CURL_POLL_REMOVE) {
        end_interest(socket);
        return 0;
    }
    if (!socket)
        socket = make_socket(transfers, fd);
    socket->is_wanted = true;
    if (socket->source.watched && socket->events == (in | out))
        return 0;
    socket->events = in | out;
    loop_watch(transfers->loop, &socket->source, socket->events);
    return 0;
}

/* What had the number before may have been closed without a word, and be taken for watched. */
static int on_open(void *context, curl_socket_t fd, curlsocktype purpose)
{
    struct socket *socket = find_socket(context, fd);

    (void)purpose;
    if (!socket)
        return CURL_SOCKOPT_OK;
    socket->is_connection = false;
    if (socket->source.watched) {
        loop_unwatch(socket->owner->loop, &socket->source);
        loop_watch(socket->owner->loop, &socket->source, socket->events);
    }
    return CURL_SOCKOPT_OK;
}

/* A descriptor's number comes back with the next one that is opened. */
static int on_close(void *context, curl_socket_t fd)
{
    struct socket *socket = find_socket(context, fd);

    if (socket) {
        socket->is_connection = false;
        end_interest(socket);
    }
    return close(fd);
}

/* libcurl says when it wants to be called; -1: not for the time. */
static int on_timeout(CURLM *multi, long timeout_ms, void *context)
{
    struct transfers *transfers = context;

    (void)multi;
    if (timeout_ms < 0)
        loop_clear_timer(transfers->loop, &transfers->timer);
    else
        loop_set_timer(transfers->loop, &transfers->timer, loop_now(transfers->loop) + timeout_ms);
    return 0;
}

int transfers_new(struct loop *loop, const struct transfers_options *options,
                  struct transfers **ret, struct fault *reterr)
{
    /* Its memory cannot fail, as ours cannot: an attachment would be left out for want of it. */
    CURLcode result = curl_global_init_mem(CURL_GLOBAL_DEFAULT, mem_raw, free, mem_resize,
                                           mem_string, mem_new_array);

    if (result) {
        fault_set(reterr, "cannot set up libcurl: %s", curl_easy_strerror(result));
        return -1;
    }
    struct transfers *transfers = mem_new(sizeof(*transfers));
    CURLM *multi = curl_multi_init();
    must(multi);
    transfers->loop = loop;
    transfers->options = *options;
    transfers->multi = multi;
    transfers->timer = (struct loop_timer){ .due = on_due, .context = transfers };
    long connections = (long)options->connections;
    must(!curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_interest));
    must(!curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, transfers));
    must(!curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timeout));
    must(!curl_multi_setopt(multi, CURLMOPT_TIMERDATA, transfers));
    must(!curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING));
    must(!curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections));
    must(!curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections));
    *ret = transfers;
    return 0;
}

void transfers_free(struct transfers *transfers)
{
    if (!transfers)
        return;
    must(curl_multi_cleanup(transfers->multi) == CURLM_OK);
    loop_clear_timer(transfers->loop, &transfers->timer);
    for (size_t i = 0; i < transfers->socket_count; i++) {
        must(!transfers->sockets[i] || !transfers->sockets[i]->source.watched);
        free(transfers->sockets[i]);
    }
    free(transfers->sockets);
    free(transfers);
    curl_global_cleanup();
}

void transfers_add(struct transfers *transfers, CURL *easy)
{
    must(!curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_open));
    must(!curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, transfers));
    must(!curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close));
    must(!curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, transfers));
    must(curl_multi_add_handle(transfers->multi, easy) == CURLM_OK);
}

void transfers_remove(struct transfers *transfers, CURL *easy)
{
    must(curl_multi_remove_handle(transfers->multi, easy) == CURLM_OK);
}
