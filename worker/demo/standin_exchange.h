/*
 * standin_exchange: one HTTP request and what is answered to it.
 *
 * The HTTP server (standin_httpd) fills in the request and carries out the reply; in between the
 * routes know nothing of sockets.
 */
#ifndef WORKER_DEMO_STANDIN_EXCHANGE_H
#define WORKER_DEMO_STANDIN_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/text.h"
#include "common/units.h"

struct user;

enum {
    EXCHANGE_MAX_HEADERS = 16,
    EXCHANGE_MAX_BODY = 16 * 1024 * 1024, /* of a request, and what is kept of it */
    EXCHANGE_MAX_UPLOAD = 128 * 1024 * 1024,
    EXCHANGE_MAX_REPLY = 256 * 1024 * 1024,
};

struct exchange_header {
    const char *name; /* a literal */
    char *value;      /* its own */
};

enum exchange_fate {
    EXCHANGE_ANSWERED, /* with the reply */
    EXCHANGE_CUT,      /* the connection ends without one */
    EXCHANGE_HUNG,     /* nothing happens */
};

struct exchange {
    /* The request. */
    const char *method;
    const char *path;     /* decoded, without the query */
    size_t target_length; /* of path and query as they came */
    struct text body;     /* at most `body_limit` bytes of it */
    size_t body_limit;
    uint64_t body_bytes;   /* that came */
    bool body_was_read;    /* by a route, up to the limit */
    const char *label;     /* of its route, for counting; NULL: none */
    bool token_unreadable; /* nobody can say whose token it is */
    struct user *user;     /* whose token it carries; NULL: nobody's */

    /* The reply. */
    int status;
    const char *content_type;
    struct text reply;
    struct exchange_header headers[EXCHANGE_MAX_HEADERS];
    size_t header_count;
    enum exchange_fate fate;
    bool close;    /* the connection, after the answer */
    mono_ms delay; /* before the answer */
    mono_ms drip;  /* between two bytes of it; 0: at once */
    bool endless;  /* the body never ends */
    char request_id[27];
    void *stream; /* that sends the reply piece by piece; the server's own */

    /* Set by a route that has not finished: called after `delay`, and then the reply counts. */
    void (*go_on)(void *context, struct exchange *exchange);
    void *work; /* of `go_on`; freed with `free_work` when the exchange ends before */
    void (*free_work)(void *work);
};

/* A header or a parameter of the query of the request; NULL: not there.  Borrowed until its end. */
const char *exchange_header(const struct exchange *exchange, const char *name) ATTR_MUST_USE;
const char *exchange_query(const struct exchange *exchange, const char *name) ATTR_MUST_USE;

/* Whether U+0000 is in a parameter of the query; what exchange_query() gives ends there. */
bool exchange_query_has_nul(const struct exchange *exchange, const char *name);

/* The address the request came from, as text. */
void exchange_peer(const struct exchange *exchange, size_t size, char *ret);

/* Adds a header to the reply. */
void exchange_add_header(struct exchange *exchange, const char *name, const char *format, ...)
    ATTR_PRINTF(3, 4);

/* Forgets what was to be answered so far. */
void exchange_start_over(struct exchange *exchange);

#endif
