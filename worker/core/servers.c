#include "worker/core/servers.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

void servers_open(struct servers *servers, size_t in_flight, size_t in_flight_per_server)
{
    must(in_flight > 0 && in_flight_per_server > 0);
    *servers = (struct servers){ .in_flight_max = in_flight,
                                 .in_flight_per_server = in_flight_per_server };
    TAILQ_INIT(&servers->turns);
    SLIST_INIT(&servers->all);
}

void servers_close(struct servers *servers)
{
    while (!SLIST_EMPTY(&servers->all)) {
        struct server *server = SLIST_FIRST(&servers->all);
        must(!heap_first(&server->ready) && !heap_has(&server->due.node));
        SLIST_REMOVE_HEAD(&servers->all, all);
        heap_free(&server->ready);
        free(server->url);
        free(server);
    }
    map_free(&servers->by_url);
}

struct server *servers_get(struct servers *servers, const char *url)
{
    struct server *server = map_find(&servers->by_url, url, strlen(url));

    if (server)
        return server;
    server = mem_new(sizeof(*server));
    map_put(&servers->by_url, url, strlen(url), server);
    server->url = mem_string(url);
    server->due.owner = DUE_SERVER;
    server->priority = true;
    SLIST_INSERT_HEAD(&servers->all, server, all);
    return server;
}

/* Puts a server into the round, or takes it out, as it has something to send and a place for it. */
static void review_turn(struct servers *servers, struct server *server)
{
    bool wants = heap_first(&server->ready) && server->in_flight < servers->in_flight_per_server;

    if (wants == server->in_turn)
        return;
    if (wants)
        TAILQ_INSERT_TAIL(&servers->turns, server, turn);
    else
        TAILQ_REMOVE(&servers->turns, server, turn);
    server->in_turn = wants;
}

void servers_enqueue(struct servers *servers, struct server *server, struct delivery *delivery)
{
    must(delivery->state == DELIVERY_READY);
    heap_put(&server->ready, &delivery->due.node, delivery->number);
    review_turn(servers, server);
}

void servers_dequeue(struct servers *servers, struct server *server, struct delivery *delivery)
{
    heap_remove(&server->ready, &delivery->due.node);
    review_turn(servers, server);
}

struct delivery *servers_take(struct servers *servers, mono_ms now)
{
    struct server *server = NULL;

    if (servers->in_flight >= servers->in_flight_max)
        return NULL;
    while ((server = TAILQ_FIRST(&servers->turns)) && server->gate > now) {
        /* Out of the round until its gate opens: servers_reopen(). */
        TAILQ_REMOVE(&servers->turns, server, turn);
        server->in_turn = false;
    }
    if (!server)
        return NULL;

    struct heap_node *first = heap_first(&server->ready);
    struct delivery *delivery = container_of(first, struct delivery, due.node);
    heap_remove(&server->ready, first);
    TAILQ_REMOVE(&servers->turns, server, turn);
    server->in_turn = false;
    server->in_flight++;
    servers->in_flight++;
    review_turn(servers, server);
    return delivery;
}

void servers_release(struct servers *servers, struct server *server)
{
    must(server->in_flight > 0 && servers->in_flight > 0);
    server->in_flight--;
    servers->in_flight--;
    review_turn(servers, server);
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
