#include "worker/edge/mattermost_transfers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/queue.h>

#include "common/mem.h"
#include "common/must.h"

/* What libcurl waits for on one descriptor; kept for the next one when it needs it no more. */
struct socket {
    struct loop_source source;
    struct transfers *owner;
    SLIST_ENTRY(socket) link; /* in `spare` */
    SLIST_ENTRY(socket) all;
};

SLIST_HEAD(socket_list, socket);

struct transfers {
    struct loop *loop;
    struct transfers_options options;
    CURLM *multi;
    struct loop_timer timer;
    struct socket_list spare;
    struct socket_list all;
};

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
        transfers_remove(transfers, easy);
        transfers->options.done(transfers->options.context, easy, result);
    }
}

static void on_ready(void *context, uint32_t events)
{
    struct socket *socket = context;
    bool broken = events & (EPOLLERR | EPOLLHUP);
    int in = broken || (events & EPOLLIN) ? CURL_CSELECT_IN : 0;
    int out = broken || (events & EPOLLOUT) ? CURL_CSELECT_OUT : 0;

    drive(socket->owner, socket->source.fd, in | out);
}

static void on_due(void *context, mono_ms now)
{
    (void)now;
    drive(context, CURL_SOCKET_TIMEOUT, 0);
}

static struct socket *take_socket(struct transfers *transfers, curl_socket_t fd)
{
    struct socket *socket = SLIST_FIRST(&transfers->spare);

    if (socket) {
        SLIST_REMOVE_HEAD(&transfers->spare, link);
    } else {
        socket = mem_new(sizeof(*socket));
        socket->owner = transfers;
        SLIST_INSERT_HEAD(&transfers->all, socket, all);
    }
    socket->source = (struct loop_source){ .ready = on_ready, .context = socket, .fd = fd };
    must(curl_multi_assign(transfers->multi, fd, socket) == CURLM_OK);
    return socket;
}

/* libcurl says what it waits for on a descriptor; `assigned` is what it was given for it. */
static int on_interest(CURL *easy, curl_socket_t fd, int what, void *context, void *assigned)
{
    struct transfers *transfers = context;
    struct socket *socket = assigned;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (!socket)
            return 0;
        loop_unwatch(transfers->loop, &socket->source);
        SLIST_INSERT_HEAD(&transfers->spare, socket, link);
        return 0;
    }
    if (!socket)
        socket = take_socket(transfers, fd);
    uint32_t in = (what & CURL_POLL_IN) ? EPOLLIN : 0;
    uint32_t out = (what & CURL_POLL_OUT) ? EPOLLOUT : 0;
    loop_watch(transfers->loop, &socket->source, in | out);
    return 0;
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
    CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);

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
    SLIST_INIT(&transfers->spare);
    SLIST_INIT(&transfers->all);
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
    struct socket *socket;

    if (!transfers)
        return;
    must(curl_multi_cleanup(transfers->multi) == CURLM_OK);
    loop_clear_timer(transfers->loop, &transfers->timer);
    while ((socket = SLIST_FIRST(&transfers->all))) {
        SLIST_REMOVE_HEAD(&transfers->all, all);
        loop_unwatch(transfers->loop, &socket->source);
        free(socket);
    }
    free(transfers);
    curl_global_cleanup();
}

void transfers_add(struct transfers *transfers, CURL *easy)
{
    must(curl_multi_add_handle(transfers->multi, easy) == CURLM_OK);
}

void transfers_remove(struct transfers *transfers, CURL *easy)
{
    must(curl_multi_remove_handle(transfers->multi, easy) == CURLM_OK);
}
