#include "worker/core/routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

enum { ROUTE_MAX_NAME = 1024 }; /* the settings keep licences and channels below */

void routes_open(struct routes *routes)
{
    SLIST_INIT(&routes->all);
}

void routes_close(struct routes *routes)
{
    while (!SLIST_EMPTY(&routes->all)) {
        struct route *route = SLIST_FIRST(&routes->all);
        must(TAILQ_EMPTY(&route->held) && !heap_has(&route->due.node) && !route->ask.carrier);
        SLIST_REMOVE_HEAD(&routes->all, all);
        free(route->channel);
        free(route);
    }
    map_free(&routes->by_name);
}

struct route *routes_get(struct routes *routes, struct servers *servers,
                         const struct integration *integration, const char *channel)
{
    char name[ROUTE_MAX_NAME];
    int length = snprintf(name, sizeof(name), "%s%c%s", integration->licence, '\0', channel);

    must(length > 0 && (size_t)length < sizeof(name));
    struct route *route = map_find(&routes->by_name, name, (size_t)length);
    if (route)
        return route;
    route = mem_new(sizeof(*route));
    map_put(&routes->by_name, name, (size_t)length, route);
    route->integration = integration;
    route->channel = mem_string(channel);
    route->share = servers_get(servers, integration);
    route->server = route->share->server;
    route->due.owner = DUE_ROUTE;
    TAILQ_INIT(&route->held);
    if (channel_is_id(channel)) {
        memcpy(route->channel_id, channel, sizeof(route->channel_id));
        route->state = ROUTE_OPEN;
    }
    SLIST_INSERT_HEAD(&routes->all, route, all);
    return route;
}

void route_hold(struct route *route, struct delivery *delivery)
{
    must(delivery->state == DELIVERY_HELD);
    TAILQ_INSERT_TAIL(&route->held, delivery, in_queue);
}

void route_hold_first(struct route *route, struct delivery *delivery)
{
    must(delivery->state == DELIVERY_HELD);
    TAILQ_INSERT_HEAD(&route->held, delivery, in_queue);
}

struct delivery *route_take(struct route *route)
{
    struct delivery *delivery = TAILQ_FIRST(&route->held);

    if (delivery)
        TAILQ_REMOVE(&route->held, delivery, in_queue);
    return delivery;
}

int route_write_ask(struct route *route, mono_ms timeout)
{
    const char *slash = strchr(route->channel, '/');

    if (!slash)
        return -1;
    route->ask = (struct ask){ .purpose = ASK_FOR_CHANNEL,
                               .integration = route->integration,
                               .timeout = timeout,
                               .owner = route };
    int length =
        snprintf(route->ask.path, sizeof(route->ask.path), "/teams/name/%.*s/channels/name/%s",
                 (int)(slash - route->channel), route->channel, slash + 1);
    return length > 0 && (size_t)length < sizeof(route->ask.path) ? 0 : -1;
}

bool route_is_closed(const struct route *route)
{
    return route->state == ROUTE_CLOSED || (route->state == ROUTE_RESOLVING && route->is_unknown);
}

size_t routes_count_closed(const struct routes *routes)
{
    const struct route *route;
    size_t closed = 0;

    SLIST_FOREACH(route, &routes->all, all)
    closed += route_is_closed(route);
    return closed;
}
