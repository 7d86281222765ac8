/*
 * servers: which Mattermost server may be asked now, and who asks next.
 *
 * Deliveries that are ready wait at their server.  Servers take turns, so that a busy one does not
 * crowd out the others; at a server the licences that share it take turns, so that a flooded one
 * does not hold up its neighbours; of a licence the delivery that was read first goes first, also
 * when it is ready late, so that little is done above what is not.  (Its keys take turns already:
 * one delivery of a key at a time is ready at all.)
 *
 * How much goes out at once, and how fast, is the server's pace; whether anything does, its
 * breaker. A gate keeps everything back until a moment: a 429 shuts it, a limit that draws near, or
 * the breaker.  Pure.
 */
#ifndef WORKER_CORE_SERVERS_H
#define WORKER_CORE_SERVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "common/map.h"
#include "worker/core/breaker.h"
#include "worker/core/delivery.h"
#include "worker/core/pace.h"
#include "worker/core/poison.h"

struct server;

/* What is ready of one licence. */
struct share {
    struct server *server;
    struct heap ready; /* by delivery->number */
    bool in_turn;      /* in `turns` of its server */
    TAILQ_ENTRY(share) turn;
};

struct server {
    char *url;
    size_t in_flight;
    mono_ms gate;     /* nothing goes out before */
    mono_ms heard_at; /* the last answer, or the first request that waits for one */
    struct pace pace;
    struct breaker breaker;
    struct poison_tally fares;
    const struct ask *probe;              /* while the breaker waits for its answer */
    const struct ask *failed_probe;       /* the last one, if it failed; only to be compared */
    const struct integration *refused;    /* whose token was refused last, since all was well */
    const struct ask *broke;              /* what got a 500 last, likewise; only to be compared */
    struct due due;                       /* when the gate opens, while somebody waits for it */
    bool priority;                        /* whether it takes post priorities: until it says no */
    bool in_turn;                         /* in `turns` of its owner */
    TAILQ_HEAD(share_turns, share) turns; /* those with something ready */
    struct map shares;                    /* by licence */
    TAILQ_ENTRY(server) turn;
    SLIST_ENTRY(server) all;
};

struct servers_options {
    size_t in_flight; /* at once, over all servers */
    size_t in_flight_per_server;
    struct heap *due;      /* borrowed: moments at which servers_reopen() is wanted */
    struct random *random; /* borrowed */
};

struct servers {
    struct servers_options options;
    size_t in_flight;
    TAILQ_HEAD(server_turns, server) turns; /* those with something ready and a place for it */
    SLIST_HEAD(server_list, server) all;
    struct map by_url;
};

/* No servers yet. */
void servers_open(struct servers *servers, const struct servers_options *options);

/* Frees all servers; no delivery waits at one any more. */
void servers_close(struct servers *servers);

/* The share of a licence in its server; both are made when they are new. */
struct share *servers_get(struct servers *servers, const struct integration *integration);

/* Has a READY delivery wait for its turn. */
void servers_enqueue(struct servers *servers, struct share *share, struct delivery *delivery);

/* Takes a waiting delivery out. */
void servers_dequeue(struct servers *servers, struct share *share, struct delivery *delivery);

/* The next delivery that may go on the wire, whose place is then taken; NULL: nobody may. */
struct delivery *servers_take(struct servers *servers, mono_ms now);

/* Gives back the place of a delivery whose request left the wire, or never went out. */
void servers_release(struct servers *servers, struct server *server, const struct ask *ask);

/* Whether a request that takes no place may go out now; it is the probe then, if one is due. */
bool servers_let_through(struct servers *servers, struct server *server, const struct ask *ask,
                         mono_ms now);

/* Learns from an answer, before the place is given back: whether the breaker has moved. */
enum breaker_news servers_hear(struct servers *servers, struct server *server,
                               const struct ask *ask, const struct answer *answer, mono_ms now);

/* Whether nothing but a probe goes out. */
bool servers_is_open(const struct server *server);

/* Whether nothing is done there for longer than `span`: it is away, shut, or does not answer. */
bool servers_is_stuck(const struct server *server, mono_ms now, mono_ms span);

/* Whether there is more than one, so that one may have to wait for another. */
bool servers_are_several(const struct servers *servers);

/* Closes a server's gate until `gate`, unless it is closed for longer already. */
void servers_shut(struct server *server, mono_ms gate);

/* Lets a server whose gate may have opened take its turn again. */
void servers_reopen(struct servers *servers, struct server *server);

/* How many servers' breakers are open, and how many requests at once all paces allow together. */
size_t servers_count_open(const struct servers *servers);
size_t servers_limit(const struct servers *servers);

#endif
