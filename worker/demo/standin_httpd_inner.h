/*
 * standin_httpd_inner: what the two halves of the HTTP server share: standin_httpd.c, the server
 * and its connections, and standin_turn.c, one exchange after the other.
 */
#ifndef WORKER_DEMO_STANDIN_HTTPD_INNER_H
#define WORKER_DEMO_STANDIN_HTTPD_INNER_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/loop.h"
#include "worker/demo/standin_exchange.h"
#include "worker/demo/standin_httpd.h"

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

/* Has libmicrohttpd run in the next turn of the loop: a connection was resumed. */
void httpd_poke(struct httpd *httpd);

/* What libmicrohttpd calls for the head of a request, and then for it and for its body. */
void *turn_begin(void *context, const char *target, struct MHD_Connection *connection);
enum MHD_Result turn_go_on(void *context, struct MHD_Connection *connection, const char *path,
                           const char *method, const char *version, const char *upload,
                           size_t *upload_size, void **memory);

/* Ends a turn's waiting, without an answer. */
void turn_cut(struct turn *turn);
void turn_free(struct turn *turn);

#endif
