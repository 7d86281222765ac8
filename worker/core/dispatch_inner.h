/*
 * dispatch_inner: what the files of core/dispatch share; nobody else includes it.
 *
 * dispatch.c knows partitions and time, dispatch_start.c turns a record into something to send,
 * dispatch_answer.c knows what an answer means now.
 */
#ifndef WORKER_CORE_DISPATCH_INNER_H
#define WORKER_CORE_DISPATCH_INNER_H

#include "common/heap.h"
#include "common/random.h"
#include "worker/core/dispatch.h"
#include "worker/core/lanes.h"
#include "worker/core/partition.h"
#include "worker/core/past.h"
#include "worker/core/render.h"
#include "worker/core/routes.h"
#include "worker/core/servers.h"

/* Invariant: a WAITING delivery is in `heads` when it is the first of its lane. */
struct dispatch {
    struct dispatch_options options;
    struct dispatch_port port;
    const struct integrations *integrations;
    struct random random;
    struct heap due; /* struct due: rests of deliveries, tries of routes, gates of servers */
    struct servers servers;
    struct routes routes;
    struct lanes *lanes;
    struct past past;
    struct delivery_queue heads; /* to be started */
    struct partition_queue partitions;
    struct partition_queue dirty;
    int64_t read; /* deliveries so far */
    size_t waiting;
    size_t waiting_bytes;
    struct rendering rendering; /* scratch */
};

/* Decodes, routes and renders a delivery that is the first of its lane. */
void dispatch_start(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now);

/* Renders a delivery that was routed again, as its server wants it now. */
void dispatch_render_again(struct dispatch *dispatch, struct delivery *delivery,
                           const struct moment *now);

/* Has the record buried as a dead letter. */
void dispatch_bury(struct dispatch *dispatch, struct delivery *delivery,
                   const struct letter *letter);

/* The record is done: its offset may pass, the next of its key may start. */
void dispatch_finish(struct dispatch *dispatch, struct delivery *delivery);

/* Takes a delivery out of everything, not done, and frees it. */
void dispatch_withdraw(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now);

/* Sends, or holds, a delivery that may go on the wire and has a place there. */
void dispatch_send(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now);

/* Makes a delivery READY and has it wait at its server. */
void dispatch_enqueue(struct dispatch *dispatch, struct delivery *delivery);

/* Lets a route be tried again at `at`. */
void dispatch_try_route(struct dispatch *dispatch, struct route *route, mono_ms at);

/* A route's moment has come: resolves it, or sends one delivery to try it. */
void dispatch_route_due(struct dispatch *dispatch, struct route *route, const struct moment *now);

/* Has a delivery rest until `at`. */
void dispatch_rest(struct dispatch *dispatch, struct delivery *delivery, mono_ms at);

/* A report about a delivery, with what is known of it. */
struct report dispatch_report_of(enum report_kind kind, const struct delivery *delivery);

#endif
