#include "worker/core/servers.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

void servers_open(struct servers *servers, const struct servers_options *options)
{
    must(options->in_flight > 0 && options->in_flight_per_server > 0);
    *servers = (struct servers){ .options = *options };
    TAILQ_INIT(&servers->turns);
    SLIST_INIT(&servers->all);
}

static void free_server(struct server *server)
{
    struct map_entry entry;

    must(TAILQ_EMPTY(&server->turns) && !heap_has(&server->due.node));
    for (size_t at = 0; map_next(&server->shares, &at, &entry);) {
        struct share *share = entry.value;
        heap_free(&share->ready);
        free(share);
    }
    map_free(&server->shares);
    free(server->url);
    free(server);
}

void servers_close(struct servers *servers)
{
    while (!SLIST_EMPTY(&servers->all)) {
        struct server *server = SLIST_FIRST(&servers->all);
        SLIST_REMOVE_HEAD(&servers->all, all);
        free_server(server);
    }
    map_free(&servers->by_url);
}

static struct server *get_server(struct servers *servers, const char *url)
{
    struct server *server = map_find(&servers->by_url, url, strlen(url));

    if (server)
        return server;
    server = mem_new(sizeof(*server));
    map_put(&servers->by_url, url, strlen(url), server);
    server->url = mem_string(url);
    server->due.owner = DUE_SERVER;
    server->priority = true;
    pace_open(&server->pace, servers->options.in_flight_per_server);
    TAILQ_INIT(&server->turns);
    SLIST_INSERT_HEAD(&servers->all, server, all);
    return server;
}

struct share *servers_get(struct servers *servers, const struct integration *integration)
{
    struct server *server = get_server(servers, integration->server_url);
    const char *licence = integration->licence;
    struct share *share = map_find(&server->shares, licence, strlen(licence));

    if (share)
        return share;
    share = mem_new(sizeof(*share));
    share->server = server;
    map_put(&server->shares, licence, strlen(licence), share);
    return share;
}

static bool has_place(const struct server *server)
{
    switch (server->breaker.state) {
    case BREAKER_CLOSED:
        return server->in_flight < server->pace.limit;
    case BREAKER_OPEN: /* for the probe, when the gate opens */
        return true;
    case BREAKER_PROBING:
        return false;
    }
    return false;
}

static void leave_turn(struct servers *servers, struct server *server)
{
    TAILQ_REMOVE(&servers->turns, server, turn);
    server->in_turn = false;
}

/* Puts a server into the round, or takes it out, as it has something to send and a place for it. */
static void review_turn(struct servers *servers, struct server *server)
{
    bool wants = !TAILQ_EMPTY(&server->turns) && has_place(server);

    if (wants == server->in_turn)
        return;
    if (!wants) {
        leave_turn(servers, server);
        return;
    }
    TAILQ_INSERT_TAIL(&servers->turns, server, turn);
    server->in_turn = true;
}

/* As review_turn(), of a share in its server. */
static void review_share(struct share *share)
{
    bool wants = heap_first(&share->ready);

    if (wants == share->in_turn)
        return;
    if (wants)
        TAILQ_INSERT_TAIL(&share->server->turns, share, turn);
    else
        TAILQ_REMOVE(&share->server->turns, share, turn);
    share->in_turn = wants;
}

void servers_enqueue(struct servers *servers, struct share *share, struct delivery *delivery)
{
    must(delivery->state == DELIVERY_READY);
    heap_put(&share->ready, &delivery->due.node, delivery->number);
    review_share(share);
    review_turn(servers, share->server);
}

void servers_dequeue(struct servers *servers, struct share *share, struct delivery *delivery)
{
    heap_remove(&share->ready, &delivery->due.node);
    review_share(share);
    review_turn(servers, share->server);
}

/* The oldest delivery of the licence whose turn it is; the turn goes on to the next. */
static struct delivery *take_ready(struct server *server)
{
    struct share *share = TAILQ_FIRST(&server->turns);
    struct heap_node *first = heap_first(&share->ready);

    heap_remove(&share->ready, first);
    TAILQ_REMOVE(&server->turns, share, turn);
    share->in_turn = false;
    review_share(share);
    return container_of(first, struct delivery, due.node);
}

/* A request goes out that is the probe if the breaker is open. */
static void note_probe(struct server *server, const struct ask *ask)
{
    if (server->breaker.state != BREAKER_OPEN)
        return;
    breaker_probe(&server->breaker);
    server->probe = ask;
    server->failed_probe = NULL;
}

struct delivery *servers_take(struct servers *servers, mono_ms now)
{
    struct server *server = NULL;

    if (servers->in_flight >= servers->options.in_flight)
        return NULL;
    while ((server = TAILQ_FIRST(&servers->turns)) && server->gate > now) {
        leave_turn(servers, server);
        heap_put(servers->options.due, &server->due.node, server->gate);
    }
    if (!server)
        return NULL;

    struct delivery *delivery = take_ready(server);
    leave_turn(servers, server);
    if (server->in_flight == 0)
        server->heard_at = now;
    server->in_flight++;
    servers->in_flight++;
    pace_note(&server->pace, server->in_flight);
    servers_shut(server, now + pace_gap(&server->pace, now));
    note_probe(server, &delivery->ask);
    review_turn(servers, server);
    return delivery;
}

void servers_release(struct servers *servers, struct server *server, const struct ask *ask)
{
    must(server->in_flight > 0 && servers->in_flight > 0);
    server->in_flight--;
    servers->in_flight--;
    if (server->probe == ask) {
        server->probe = NULL;
        breaker_forget_probe(&server->breaker);
    }
    review_turn(servers, server);
}

bool servers_is_stuck(const struct server *server, mono_ms now, mono_ms span)
{
    bool is_silent = server->in_flight > 0 && now - server->heard_at > span;

    return is_silent || servers_is_open(server) || server->gate > now + span;
}

bool servers_are_several(const struct servers *servers)
{
    return servers->by_url.count > 1;
}

bool servers_let_through(struct servers *servers, struct server *server, const struct ask *ask,
                         mono_ms now)
{
    if (server->breaker.state == BREAKER_CLOSED)
        return true;
    if (server->breaker.state == BREAKER_PROBING || server->gate > now)
        return false;
    note_probe(server, ask);
    review_turn(servers, server);
    return true;
}

/*
 * A refused token is the server's fault when all get it, as some do while their database is away.
 * So where licences share a server, one that is refused again and again counts once.
 */
static enum breaker_sign judge_refused_token(struct server *server, const struct ask *ask)
{
    if (server->shares.count > 1 && server->refused == ask->integration)
        return BREAKER_NO_SIGN;
    server->refused = ask->integration;
    return BREAKER_FAIL;
}

/* Some posts get a 500 each time, for their own sake: one that gets it again and again counts once.
 */
static enum breaker_sign judge_broken(struct server *server, const struct ask *ask)
{
    if (server->broke == ask)
        return BREAKER_NO_SIGN;
    server->broke = ask;
    return BREAKER_FAIL;
}

static enum breaker_sign judge(struct server *server, const struct ask *ask,
                               const struct answer *answer)
{
    if (answer->kind != ANSWER_HTTP)
        return BREAKER_FAIL;
    if (answer->status == 429)
        return BREAKER_NO_SIGN;
    if (answer->status == 401)
        return judge_refused_token(server, ask);
    if (answer->status == 500)
        return judge_broken(server, ask);
    if (answer->status > 501)
        return BREAKER_FAIL;
    server->refused = NULL;
    server->broke = NULL;
    return BREAKER_PASS;
}

/* Only posts take about the same time each; a search may take much longer. */
static bool is_measure(const struct ask *ask)
{
    return ask->purpose == ASK_TO_POST;
}

static size_t others_of(const struct server *server, const struct ask *ask)
{
    bool has_place = ask->purpose == ASK_TO_POST || ask->purpose == ASK_FOR_STEP;

    return server->in_flight - (has_place && server->in_flight > 0);
}

enum breaker_news servers_hear(struct servers *servers, struct server *server,
                               const struct ask *ask, const struct answer *answer, mono_ms now)
{
    enum breaker_sign sign = judge(server, ask, answer);
    enum breaker_news news;

    server->heard_at = now;
    pace_hear(&server->pace, answer, is_measure(ask), now);
    pace_hear_limits(&server->pace, answer, others_of(server, ask), now);
    if (server->probe == ask) {
        bool is_failed = sign == BREAKER_FAIL || answer->status == 401 || answer->status == 500;
        server->probe = NULL;
        server->failed_probe = is_failed ? ask : NULL;
        news = breaker_hear_probe(&server->breaker, is_failed, now, servers->options.random);
    } else {
        news = breaker_hear(&server->breaker, sign, now, servers->options.random);
    }
    if (news != BREAKER_SAME)
        pace_restart(&server->pace, now);
    if (servers_is_open(server))
        servers_shut(server, server->breaker.until);
    review_turn(servers, server);
    return news;
}

bool servers_is_open(const struct server *server)
{
    return server->breaker.state != BREAKER_CLOSED;
}

void servers_shut(struct server *server, mono_ms gate)
{
    if (gate > server->gate)
        server->gate = gate;
}

void servers_reopen(struct servers *servers, struct server *server)
{
    review_turn(servers, server);
}

size_t servers_count_open(const struct servers *servers)
{
    const struct server *server;
    size_t open = 0;

    SLIST_FOREACH(server, &servers->all, all)
    open += servers_is_open(server);
    return open;
}

size_t servers_limit(const struct servers *servers)
{
    const struct server *server;
    size_t limit = 0;

    SLIST_FOREACH(server, &servers->all, all)
    limit += server->pace.limit;
    return limit;
}
