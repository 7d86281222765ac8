/*
 * routes: which channel a licence's events can go to now.
 *
 * A route is one integration's channel.  It may have to be resolved first (a channel given by
 * name), it is open, or it is closed because the server refuses: then its deliveries are held, and
 * one of them tries from time to time for all.  Pure.
 */
#ifndef WORKER_CORE_ROUTES_H
#define WORKER_CORE_ROUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "common/map.h"
#include "worker/core/delivery.h"
#include "worker/core/integration.h"
#include "worker/core/poison.h"
#include "worker/core/servers.h"

enum route_state {
    ROUTE_UNRESOLVED, /* the channel is a name whose id nobody asked for yet */
    ROUTE_RESOLVING,  /* asked, or resting after a failure to ask */
    ROUTE_OPEN,
    ROUTE_CLOSED, /* the server refuses; tried again when `due` comes */
};

struct route {
    enum route_state state;
    const struct integration *integration;
    char *channel; /* as the settings name it */
    char channel_id[27];
    struct server *server;
    struct share *share; /* of the licence, at the server */
    struct poison_tally fares;
    bool is_heard;   /* something is known of it that is newer than an earlier owner's note */
    bool is_unknown; /* RESOLVING, and the server says that there is no such channel */
    bool probing;    /* closed, and a delivery is out to try it */
    mono_ms rest;    /* between tries, the last one */
    struct due due;
    struct ask ask; /* to resolve it */
    struct delivery_queue held;
    SLIST_ENTRY(route) all;
};

struct routes {
    SLIST_HEAD(route_list, route) all;
    struct map by_name; /* the integration's licence, a NUL, the channel */
};

void routes_open(struct routes *routes);

/* Frees all routes; none holds a delivery any more. */
void routes_close(struct routes *routes);

/* The route to a channel of an integration; made when it is new. */
struct route *routes_get(struct routes *routes, struct servers *servers,
                         const struct integration *integration, const char *channel);

/* Holds a HELD delivery, behind the others or before them. */
void route_hold(struct route *route, struct delivery *delivery);
void route_hold_first(struct route *route, struct delivery *delivery);

/* Takes out the delivery that has been held longest; NULL when there is none. */
struct delivery *route_take(struct route *route);

/* Writes the request that resolves the route's name.  -1: it is not team/channel. */
int route_write_ask(struct route *route, mono_ms timeout);

/* Whether it can be posted to only when somebody has mended something. */
bool route_is_closed(const struct route *route);

/* How many routes are closed now. */
size_t routes_count_closed(const struct routes *routes);

#endif
