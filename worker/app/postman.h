/*
 * postman: the core's requests on their way to Mattermost and back, attachments among them.
 *
 * Connects core/dispatch with edge/mattermost and edge/download; makes each integration's bot when
 * it is first needed.
 */
#ifndef WORKER_APP_POSTMAN_H
#define WORKER_APP_POSTMAN_H

#include "common/map.h"
#include "worker/core/ask.h"
#include "worker/core/fetch.h"
#include "worker/edge/download.h"
#include "worker/edge/mattermost.h"

struct postman {
    struct mattermost *mattermost; /* borrowed */
    struct downloads *downloads;   /* borrowed */
    void *context;
    void (*answered)(void *context, struct ask *ask, const struct answer *answer);
    void (*fetched)(void *context, struct fetch *fetch, const struct fetch_result *result);
    struct map bots; /* by licence */
};

/* Makes a request; reported once by `answered`, unless it is cancelled. */
void postman_ask(struct postman *postman, struct ask *ask);

/* Nobody waits for a request any more. */
void postman_cancel(struct ask *ask);

/* Carries an attachment; reported once by `fetched`, unless it is cancelled. */
void postman_fetch(struct postman *postman, struct fetch *fetch);

/* Nobody waits for an attachment any more. */
void postman_cancel_fetch(struct fetch *fetch);

/* Frees the bots; no request is open. */
void postman_close(struct postman *postman);

#endif
