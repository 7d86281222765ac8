/*
 * ask: one request that the core wants made of a Mattermost server.
 *
 * The core embeds it and hands it out; whoever carries it answers exactly once, later, or is told
 * that nobody waits for it any more.
 */
#ifndef WORKER_CORE_ASK_H
#define WORKER_CORE_ASK_H

#include <stddef.h>

#include "common/units.h"
#include "worker/core/integration.h"

enum ask_purpose {
    ASK_TO_POST,     /* POST /posts: the body is a part of a delivery */
    ASK_TO_CHECK,    /* GET /channels/{id}: does the thing that a refusal blames agree? */
    ASK_FOR_MEMBER,  /* GET /channels/{id}/members/me: is the bot in there? */
    ASK_FOR_POST,    /* GET /posts/{id}: is the post there that could not be changed? */
    ASK_FOR_CHANNEL, /* GET …/channels/name/{name}: which id has a channel that is named? */
    ASK_FOR_STEP,    /* a step of an errand that is no post */
};

enum ask_method { ASK_GET, ASK_POST, ASK_PUT, ASK_DELETE };

struct ask {
    enum ask_purpose purpose;
    enum ask_method method;
    const struct integration *integration;
    char path[256];   /* below /api/v4, without a query from outside */
    const char *body; /* NULL: none */
    size_t body_length;
    size_t most; /* bytes of the answer's body; 0: ANSWER_MAX_BODY */
    mono_ms timeout;
    const char *traceparent; /* NULL: none */
    void *owner;             /* the core's */
    void *carrier;           /* the carrier's; NULL while it is not on the wire */
    void *carrier_context;   /* likewise */
};

#endif
