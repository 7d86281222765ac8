#include "worker/app/postman.h"

#include <string.h>

static void on_answer(void *context, const struct answer *answer)
{
    struct ask *ask = context;
    struct postman *postman = ask->carrier_context;

    postman->answered(postman->context, ask, answer);
}

static struct mattermost_bot *get_bot(struct postman *postman,
                                      const struct integration *integration)
{
    size_t length = strlen(integration->licence);
    struct mattermost_bot *bot = map_find(&postman->bots, integration->licence, length);

    if (!bot) {
        bot = mattermost_bot_new(postman->mattermost, integration);
        map_put(&postman->bots, integration->licence, length, bot);
    }
    return bot;
}

void postman_ask(struct postman *postman, struct ask *ask)
{
    ask->carrier_context = postman;
    ask->carrier = mattermost_start(get_bot(postman, ask->integration), ask, on_answer, ask);
}

void postman_cancel(struct ask *ask)
{
    mattermost_cancel(ask->carrier);
}

static void on_fetched(void *context, const struct fetch_result *result)
{
    struct fetch *fetch = context;
    struct postman *postman = fetch->carrier_context;

    postman->fetched(postman->context, fetch, result);
}

void postman_fetch(struct postman *postman, struct fetch *fetch)
{
    fetch->carrier_context = postman;
    fetch->carrier = download_start(postman->downloads, get_bot(postman, fetch->integration), fetch,
                                    on_fetched, fetch);
}

void postman_cancel_fetch(struct fetch *fetch)
{
    download_cancel(fetch->carrier);
}

void postman_close(struct postman *postman)
{
    struct map_entry entry;

    for (size_t at = 0; map_next(&postman->bots, &at, &entry);)
        mattermost_bot_free(entry.value);
    map_free(&postman->bots);
}
