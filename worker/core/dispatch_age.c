/*
 * Old news: what is dropped, and what says when it happened.
 */
#include "worker/core/dispatch_inner.h"

bool dispatch_is_too_old(struct dispatch *dispatch, struct delivery *delivery,
                         const struct event *event, const struct moment *now)
{
    wall_ms moment = age_moment(event, delivery->record);

    switch (age_judge(&dispatch->options.old_news, event, moment, now->wall)) {
    case AGE_FRESH:
        return false;
    case AGE_MARKED:
        age_write_words(delivery->route->integration->language, moment, delivery->happened);
        return false;
    case AGE_DROPPED:
        return true;
    }
    return false;
}
