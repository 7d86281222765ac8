/*
 * standin_httpd: an HTTP/1.1 server on our loop, for the API and for the controls.
 *
 * Libmicrohttpd does the protocol; its epoll descriptor is watched by the loop, so that there is no
 * other thread.
 */
#ifndef WORKER_DEMO_STANDIN_HTTPD_H
#define WORKER_DEMO_STANDIN_HTTPD_H

#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/loop.h"
#include "worker/demo/standin_exchange.h"

struct httpd;

struct httpd_callbacks {
    /* The head of a request came: sets body_limit; a status set here is the answer to all of it. */
    void (*begun)(void *context, struct exchange *exchange);
    /* All of it came: sets the reply. */
    void (*handle)(void *context, struct exchange *exchange);
    void *context;
};

/*
 * Gives a server that is bound to `port` (0: a free one) of the loopback address and listens.
 * Both pointers are borrowed until httpd_free().
 */
int httpd_new(struct loop *loop, uint16_t port, const struct httpd_callbacks *callbacks,
              struct httpd **ret, struct fault *reterr) ATTR_MUST_USE;

/* Ends it, open connections and all.  NULL is fine. */
void httpd_free(struct httpd *httpd);

uint16_t httpd_port(const struct httpd *httpd);

/*
 * Listens, or refuses connections after cutting the open ones; the port stays reserved.  Not from
 * within its own callbacks.
 */
int httpd_set_listening(struct httpd *httpd, bool listening, struct fault *reterr) ATTR_MUST_USE;

/* Closes connections that were idle for so long; 0: after a minute, as recorded. */
void httpd_set_idle_limit(struct httpd *httpd, mono_ms limit);

size_t httpd_connection_count(const struct httpd *httpd);

#endif
