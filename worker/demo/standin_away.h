/*
 * standin_away: what the server says while its database, or one table of it, cannot be read.
 */
#ifndef WORKER_DEMO_STANDIN_AWAY_H
#define WORKER_DEMO_STANDIN_AWAY_H

#include <stdbool.h>

#include "common/attrs.h"
#include "worker/demo/standin_inner.h"

/* The moments at which the database is asked. */
enum away_call {
    AWAY_CALL_CREATE, /* may a post be made? */
    AWAY_CALL_ROOT,   /* is the root of a reply there? */
    AWAY_CALL_SAVE,
    AWAY_CALL_POST,
    AWAY_CALL_LISTING,
    AWAY_CALL_ME,
    AWAY_CALL_MY_CHANNELS,
    AWAY_CALL_CHANNEL,
    AWAY_CALL_MEMBERSHIP,
};

/* Refuses when that question has no answer now; `channel_id` may be named in the words. */
bool away_refuses(const struct standin *standin, struct exchange *exchange, enum away_call call,
                  const char *channel_id) ATTR_MUST_USE;

#endif
