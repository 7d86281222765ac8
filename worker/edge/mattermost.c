#include "worker/edge/mattermost.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/clock.h"
#include "common/heap.h"
#include "common/mem.h"
#include "common/must.h"
#include "common/text.h"
#include "worker/edge/mattermost_exchange.h"
#include "worker/edge/mattermost_transfers.h"

enum { URL_MAX_BYTES = 8 * 1024 };

SLIST_HEAD(call_list, mattermost_call);

struct mattermost {
    struct loop *loop;
    struct transfers *transfers;
    struct call_list idle;
    size_t open; /* calls and bots that are not given back */
};

/* The first header is for requests with a body, the others for all; the second is the token. */
struct mattermost_bot {
    struct mattermost *owner;
    char *url;
    struct curl_slist *headers;
    size_t open;
};

/* Kept when it is done, for the next request. */
struct mattermost_call {
    struct exchange exchange;
    struct mattermost_bot *bot;
    void (*done)(void *context, const struct answer *answer);
    void *context;
    mono_ms started;
    struct text url;
    struct curl_slist traceparent;
    char traceparent_line[80];
    SLIST_ENTRY(mattermost_call) link;
};

static struct mattermost_call *take_call(struct mattermost *mattermost)
{
    struct mattermost_call *call = SLIST_FIRST(&mattermost->idle);

    if (call) {
        SLIST_REMOVE_HEAD(&mattermost->idle, link);
        return call;
    }
    call = mem_new(sizeof(*call));
    call->url = text_of(URL_MAX_BYTES);
    exchange_open(&call->exchange);
    return call;
}

static void give_back(struct mattermost_call *call)
{
    struct mattermost *mattermost = call->bot->owner;

    exchange_end(&call->exchange);
    call->bot->open--;
    mattermost->open--;
    call->bot = NULL;
    SLIST_INSERT_HEAD(&mattermost->idle, call, link);
}

static void on_ended(void *context, CURL *easy, CURLcode result)
{
    struct mattermost *mattermost = context;
    struct mattermost_call *call =
        container_of(exchange_of(easy), struct mattermost_call, exchange);
    struct answer answer = exchange_answer(&call->exchange, result);

    answer.took_ms = loop_now(mattermost->loop) - call->started;
    call->done(call->context, &answer);
    give_back(call);
}

int mattermost_new(struct loop *loop, const struct mattermost_options *options,
                   struct mattermost **ret, struct fault *reterr)
{
    struct mattermost *mattermost = mem_new(sizeof(*mattermost));
    const struct transfers_options transfers = { .connections = options->connections,
                                                 .done = on_ended,
                                                 .context = mattermost };

    if (transfers_new(loop, &transfers, &mattermost->transfers, reterr)) {
        free(mattermost);
        return -1;
    }
    mattermost->loop = loop;
    SLIST_INIT(&mattermost->idle);
    *ret = mattermost;
    return 0;
}

void mattermost_free(struct mattermost *mattermost)
{
    struct mattermost_call *call;

    if (!mattermost)
        return;
    must(mattermost->open == 0);
    while ((call = SLIST_FIRST(&mattermost->idle))) {
        SLIST_REMOVE_HEAD(&mattermost->idle, link);
        exchange_close(&call->exchange);
        text_free(&call->url);
        free(call);
    }
    transfers_free(mattermost->transfers);
    free(mattermost);
}

static void add_header(struct mattermost_bot *bot, const char *line)
{
    bot->headers = curl_slist_append(bot->headers, line);
    must(bot->headers);
}

static bool has_control(const char *string)
{
    for (; *string; string++)
        if ((unsigned char)*string <= ' ' || *string == 0x7f)
            return true;
    return false;
}

struct mattermost_bot *mattermost_bot_new(struct mattermost *mattermost,
                                          const struct integration *integration)
{
    struct mattermost_bot *bot = mem_new(sizeof(*bot));
    char *authorization = mem_printf("Authorization: Bearer %s", integration->bot_token);

    must(!has_control(integration->bot_token) && !has_control(integration->server_url));
    bot->owner = mattermost;
    bot->url = mem_printf("%s/api/v4", integration->server_url);
    add_header(bot, "Content-Type: application/json");
    add_header(bot, authorization);
    add_header(bot, "Expect:");
    explicit_bzero(authorization, strlen(authorization));
    free(authorization);
    mattermost->open++;
    return bot;
}

const char *mattermost_bot_url(const struct mattermost_bot *bot)
{
    return bot->url;
}

char *mattermost_bot_authorization(const struct mattermost_bot *bot)
{
    return bot->headers->next->data;
}

void mattermost_bot_free(struct mattermost_bot *bot)
{
    if (!bot)
        return;
    must(bot->open == 0);
    for (struct curl_slist *header = bot->headers; header; header = header->next)
        explicit_bzero(header->data, strlen(header->data));
    curl_slist_free_all(bot->headers);
    bot->owner->open--;
    free(bot->url);
    free(bot);
}

/* A handle keeps its URL, so one that stays the same is not told again. */
static void set_url(struct mattermost_call *call, const char *path)
{
    const struct text *url = &call->url;
    size_t base = strlen(call->bot->url);

    if (url->length > base && memcmp(url->bytes, call->bot->url, base) == 0 &&
        strcmp(url->bytes + base, path) == 0)
        return;
    text_clear(&call->url);
    text_add(&call->url, call->bot->url, base);
    text_add_string(&call->url, path);
    must(!url->overflowed);
    must(!curl_easy_setopt(call->exchange.easy, CURLOPT_URL, text_string(url)));
}

/* A traceparent comes from outside: what does not look like one is left out. */
static struct curl_slist *headers_for(struct mattermost_call *call, const struct ask *ask)
{
    struct curl_slist *headers = ask->body ? call->bot->headers : call->bot->headers->next;

    if (!ask->traceparent || ask->traceparent[strspn(ask->traceparent, "0123456789abcdef-")])
        return headers;
    int length = snprintf(call->traceparent_line, sizeof(call->traceparent_line), "traceparent: %s",
                          ask->traceparent);
    if (length >= (int)sizeof(call->traceparent_line))
        return headers;
    call->traceparent = (struct curl_slist){ .data = call->traceparent_line, .next = headers };
    return &call->traceparent;
}

/* libcurl's own methods are GET, and POST when there is a body; others are named. */
static void set_method(CURL *easy, const struct ask *ask)
{
    static const char *const names[] = { [ASK_PUT] = "PUT", [ASK_DELETE] = "DELETE" };

    must((ask->method == ASK_POST || ask->method == ASK_PUT) == (ask->body != NULL));
    if (ask->body) {
        must(!curl_easy_setopt(easy, CURLOPT_POSTFIELDS, ask->body));
        must(!curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body_length));
    } else {
        must(!curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L));
    }
    must(!curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, names[ask->method]));
}

struct mattermost_call *mattermost_start(struct mattermost_bot *bot, const struct ask *ask,
                                         void (*done)(void *context, const struct answer *answer),
                                         void *context)
{
    struct mattermost_call *call = take_call(bot->owner);
    CURL *easy = call->exchange.easy;

    call->bot = bot;
    call->done = done;
    call->context = context;
    call->started = loop_now(bot->owner->loop);
    exchange_begin(&call->exchange, ask->purpose != ASK_TO_POST, ask->most);
    call->exchange.until = clock_mono() + ask->timeout;
    set_url(call, ask->path);
    set_method(easy, ask);
    must(!curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_for(call, ask)));
    must(!curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)ask->timeout));
    bot->open++;
    bot->owner->open++;
    transfers_add(bot->owner->transfers, easy);
    return call;
}

void mattermost_cancel(struct mattermost_call *call)
{
    transfers_remove(call->bot->owner->transfers, call->exchange.easy);
    give_back(call);
}
