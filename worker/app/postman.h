/*
 * postman: the core's requests on their way to Mattermost and back.
 *
 * Connects core/dispatch with edge/mattermost; makes each integration's bot when it is first
 * needed.
 */
#ifndef WORKER_APP_POSTMAN_H
#define WORKER_APP_POSTMAN_H

#include "common/map.h"
#include "worker/core/ask.h"
#include "worker/edge/mattermost.h"

struct postman {
    struct mattermost *mattermost; /* borrowed */
    void *context;
    void (*answered)(void *context, struct ask *ask, const struct answer *answer);
    struct map bots; /* by licence */
};

/* Makes a request; reported once by `answered`, unless it is cancelled. */
void postman_ask(struct postman *postman, struct ask *ask);

/* Nobody waits for a request any more. */
void postman_cancel(struct ask *ask);

/* Frees the bots; no request is open. */
void postman_close(struct postman *postman);

#endif
