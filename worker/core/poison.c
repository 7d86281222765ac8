#include "worker/core/poison.h"

/* How one fared since then. */
static struct poison_tally since(const struct poison_tally *now, const struct poison_tally *then)
{
    return (struct poison_tally){ now->accepted - then->accepted, now->failed - then->failed };
}

/* Whether failures are few: up to a third, for some posts may be poison at the same time. */
static bool is_calm(const struct poison_tally *tally)
{
    enum { ACCEPTED_A_FAILURE = 2 };

    return tally->failed * ACCEPTED_A_FAILURE <= tally->accepted;
}

/* A channel that fails on others, too, and takes none, is the one at fault. */
static enum poison judge(const struct poison_case *against, const struct poison_limits *limits)
{
    if (limits->attempts == 0 || against->rejections < limits->attempts ||
        against->span < limits->span)
        return POISON_UNPROVEN;
    if (against->channel_took)
        return POISON_PROVEN;
    return against->channel_failed ? POISON_UNPROVEN : POISON_IF_CHANNEL_IS_FINE;
}

enum poison poison_weigh(struct poison_case *against, const struct poison_place *place,
                         const struct poison_limits *limits, mono_ms now)
{
    if (!against->is_open)
        return POISON_UNPROVEN;
    const struct poison_tally server = since(place->server, &against->server);
    const struct poison_tally channel = since(place->channel, &against->channel);

    against->channel_failed = against->channel_failed || channel.failed > 0;
    if (server.accepted == 0 || !is_calm(&server) || !is_calm(&channel))
        return POISON_UNPROVEN;
    against->channel_took = against->channel_took || channel.accepted > 0;
    against->rejections++;
    against->span += now - against->failed_at;
    return judge(against, limits);
}

void poison_count_failure(struct poison_case *against, const struct poison_place *place,
                          mono_ms now)
{
    place->server->failed++;
    place->channel->failed++;
    against->is_open = true;
    against->failed_at = now;
    against->server = *place->server;
    against->channel = *place->channel;
}

void poison_count_accepted(struct poison_case *against, const struct poison_place *place)
{
    place->server->accepted++;
    place->channel->accepted++;
    *against = (struct poison_case){ 0 };
}
