/*
 * burials: dead letters on their way to their topic.
 *
 * Connects core/dispatch with edge/sink.  A letter that is too large for the topic is written
 * again with less in it, and says so: a dead-letter topic must not block for ever over that.
 */
#ifndef WORKER_APP_BURIALS_H
#define WORKER_APP_BURIALS_H

#include "worker/core/dispatch.h"
#include "worker/edge/sink.h"

struct burials {
    struct sink *sink;
    const char *topic;
    void *context;
    /* A letter is acknowledged (`why` NULL), or `why` it is not. */
    void (*done)(void *context, struct delivery *delivery, const char *why);
};

/* Writes delivery->letter; reported once by `done`, unless it is forgotten. */
void burials_start(struct burials *burials, struct delivery *delivery);

/* Nobody waits for a delivery's letter any more. */
void burials_forget(struct delivery *delivery);

#endif
