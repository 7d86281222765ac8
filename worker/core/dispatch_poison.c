/*
 * Posts that a server fails on again and again while it takes others.
 */
#include "worker/core/dispatch_inner.h"

static struct poison_place place_of(const struct delivery *delivery)
{
    return (struct poison_place){ &delivery->route->server->fares, &delivery->route->fares };
}

static bool is_failure(const struct answer *answer)
{
    return answer->kind != ANSWER_HTTP || (answer->status >= 500 && answer->status <= 599);
}

void dispatch_count_failure(struct delivery *delivery, const struct answer *answer,
                            const struct moment *now)
{
    const struct poison_place place = place_of(delivery);

    if (is_failure(answer))
        poison_count_failure(&delivery->poison, &place, now->mono);
}

void dispatch_count_accepted(struct delivery *delivery)
{
    const struct poison_place place = place_of(delivery);

    poison_count_accepted(&delivery->poison, &place);
}

void dispatch_retry_post(struct dispatch *dispatch, struct delivery *delivery,
                         const struct answer *answer, const struct moment *now)
{
    const struct poison_place place = place_of(delivery);
    enum poison poison = POISON_UNPROVEN;

    if (answer->kind == ANSWER_HTTP && is_failure(answer))
        poison = poison_weigh(&delivery->poison, &place, &dispatch->options.poison, now->mono);
    switch (poison) {
    case POISON_UNPROVEN:
        dispatch_retry(dispatch, delivery, answer, now);
        return;
    case POISON_IF_CHANNEL_IS_FINE:
        dispatch_check(dispatch, delivery);
        return;
    case POISON_PROVEN:
        dispatch_refuse(dispatch, delivery);
        return;
    }
}
