/*
 * servers: which Mattermost server may be asked now, and who asks next.
 *
 * Deliveries that are ready wait at their server; the one that was read first goes first, also when
 * it is ready late, so that little is done above what is not.  Servers take turns, so
 * that a busy one does not crowd out the others; each has a cap of its own, and a gate that a 429
 * closes for a while.  Pure.
 */
#ifndef WORKER_CORE_SERVERS_H
#define WORKER_CORE_SERVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "common/map.h"
#include "worker/core/delivery.h"
#include "worker/core/poison.h"

struct server {
    char *url;
    size_t in_flight;
    mono_ms gate; /* nothing goes out before */
    struct due due;
    struct poison_tally fares;
    bool priority;     /* whether it takes post priorities: until it says no */
    bool in_turn;      /* in `turns` of its owner */
    struct heap ready; /* by delivery->number */
    TAILQ_ENTRY(server) turn;
    SLIST_ENTRY(server) all;
};

struct servers {
    size_t in_flight;
    size_t in_flight_max;
    size_t in_flight_per_server;
    TAILQ_HEAD(server_turns, server) turns; /* those with something ready and a place for it */
    SLIST_HEAD(server_list, server) all;
    struct map by_url;
};

/* No servers yet, and how many deliveries may be on the wire at once. */
void servers_open(struct servers *servers, size_t in_flight, size_t in_flight_per_server);

/* Frees all servers; no delivery waits at one any more. */
void servers_close(struct servers *servers);

/* The server of a URL; made when it is new. */
struct server *servers_get(struct servers *servers, const char *url);

/* Has a READY delivery wait for its turn. */
void servers_enqueue(struct servers *servers, struct server *server, struct delivery *delivery);

/* Takes a waiting delivery out. */
void servers_dequeue(struct servers *servers, struct server *server, struct delivery *delivery);

/* The next delivery that may go on the wire, whose place is then taken; NULL: nobody may. */
struct delivery *servers_take(struct servers *servers, mono_ms now);

/* Gives back the place of a delivery that left the wire. */
void servers_release(struct servers *servers, struct server *server);

/* Closes a server's gate until `gate`, unless it is closed for longer already. */
void servers_shut(struct server *server, mono_ms gate);

/* Lets a server whose gate may have opened take its turn again. */
void servers_reopen(struct servers *servers, struct server *server);

#endif
