/*
 * mattermost: HTTP requests to Mattermost servers, on curl and our loop.
 *
 * Reports each request once, as a struct answer, never from inside the function that starts it.
 * Connections are kept per server and re-used; HTTP/1.1, TLS verified, no redirects, no cookies, no
 * proxy from the environment; the token travels in a header only.  libcurl repeats a POST by itself
 * when a re-used connection dies before the answer: that is stopped here, and the outcome is
 * reported as unknown.  The process has to ignore SIGPIPE, which TLS raises.
 */
#ifndef WORKER_EDGE_MATTERMOST_H
#define WORKER_EDGE_MATTERMOST_H

#include <stddef.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/loop.h"
#include "worker/core/answer.h"
#include "worker/core/ask.h"
#include "worker/core/integration.h"

struct mattermost;
struct mattermost_bot;
struct mattermost_call;

struct mattermost_options {
    size_t connections; /* at most, over all servers; requests above wait inside */
};

/* Makes what carries the requests.  -1: curl cannot be initialised. */
int mattermost_new(struct loop *loop, const struct mattermost_options *options,
                   struct mattermost **ret, struct fault *reterr) ATTR_MUST_USE;

/* Ends it; no call is open any more and all bots are freed.  NULL is fine. */
void mattermost_free(struct mattermost *mattermost);

/* Gives the bot of an integration: its URL and headers, made once.  Borrows nothing. */
struct mattermost_bot *mattermost_bot_new(struct mattermost *mattermost,
                                          const struct integration *integration) ATTR_MUST_USE;

/* Where a bot's API is, and the header that says who it is; borrowed while the bot lives. */
const char *mattermost_bot_url(const struct mattermost_bot *bot);
char *mattermost_bot_authorization(const struct mattermost_bot *bot);

/* Frees a bot none of whose calls is open.  NULL is fine. */
void mattermost_bot_free(struct mattermost_bot *bot);

/*
 * Starts a request as a bot; `ask` (with its body) is borrowed until `done` was called.  What the
 * answer points to lives during `done` only.
 */
struct mattermost_call *mattermost_start(struct mattermost_bot *bot, const struct ask *ask,
                                         void (*done)(void *context, const struct answer *answer),
                                         void *context) ATTR_MUST_USE;

/* Ends a request that was not reported yet; it is not reported any more. */
void mattermost_cancel(struct mattermost_call *call);

#endif
