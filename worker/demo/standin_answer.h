/*
 * standin_answer: the reply of an exchange on its way out: whole, drop by drop, or without end.
 */
#ifndef WORKER_DEMO_STANDIN_ANSWER_H
#define WORKER_DEMO_STANDIN_ANSWER_H

#include <microhttpd.h>
#include <stdbool.h>

#include "common/attrs.h"
#include "worker/demo/standin_exchange.h"

struct httpd;

/* Hands the reply, which it takes from the exchange, to libmicrohttpd; false: not possible. */
bool answer_queue(struct MHD_Connection *connection, struct httpd *httpd,
                  struct exchange *exchange) ATTR_MUST_USE;

/* Ends the waiting for the next drop, so that the connection can be closed. */
void answer_wake(struct exchange *exchange);

#endif
