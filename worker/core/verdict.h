/*
 * verdict: what an answer of a Mattermost server means for a delivery.
 *
 * By tables over HTTP status and error id; the ids and what they really stand for are recorded from
 * real servers.  Only error ids get into words: a message of the server is foreign text and may
 * even hold the token.  Pure.
 */
#ifndef WORKER_CORE_VERDICT_H
#define WORKER_CORE_VERDICT_H

#include <stdbool.h>

#include "common/units.h"
#include "worker/core/answer.h"

/* The names are frozen: metrics and logs. */
#define VERDICTS(X)                                                                             \
    X(DELIVERED, "delivered")       /* the post is there, and it is ours */                     \
    X(RATE_LIMITED, "rate_limited") /* not processed; the whole server wants a pause */         \
    X(UNAVAILABLE, "unavailable")   /* not processed; try again */                              \
    X(AMBIGUOUS, "ambiguous")       /* perhaps processed; try again with the same pending id */ \
    X(UNAUTHORISED, "unauthorised") /* the token is refused */                                  \
    X(ROUTE_CLOSED, "route_closed") /* this channel cannot be posted to now */                  \
    X(REFUSED, "refused")           /* the server will never take this post */                  \
    X(TOO_LARGE, "too_large")       /* nor this one, for its size */

enum verdict_kind {
#define X(name, words) VERDICT_##name,
    VERDICTS(X)
#undef X
};

enum { VERDICT_COUNT = VERDICT_TOO_LARGE + 1 };

/* The names, VERDICT_COUNT of them. */
extern const char *const verdict_names[];

struct verdict {
    enum verdict_kind kind;
    int http_status;       /* 0: no answer */
    char error_id[96];     /* of the server's error, printable; empty: none */
    char post_id[27];      /* of VERDICT_DELIVERED, if the server said it */
    mono_ms wait_ms;       /* of VERDICT_RATE_LIMITED: how long to leave the server alone */
    bool needs_check;      /* a refusal that is believed only when the channel agrees */
    bool without_priority; /* refused for its priority: send it again without */
    bool about_root;       /* refused for its root, which has to be looked at */
    char words[160];       /* for a person; printable ASCII */
};

/* What a post has to be for a 201 to mean that it is there. */
struct expected_post {
    const char *channel_id;
    const char *event_name; /* props.ireserve.event */
    const char *root_id;    /* of a reply; NULL: it is none */
};

/* Judges the answer to a POST /posts. */
void verdict_of_post(const struct answer *answer, const struct expected_post *expected,
                     struct verdict *ret);

/*
 * Judges the answer to a request that can be made again without harm: reading, changing, deleting.
 * DELIVERED: 2xx; ROUTE_CLOSED: nothing is changed while the channel is archived; REFUSED: another
 * 4xx, or 501, which its maker knows what to think of.
 */
void verdict_of_request(const struct answer *answer, struct verdict *ret);

enum check_result {
    CHECK_CHANNEL_FINE, /* so the refusal is about the post */
    CHECK_ROUTE_CLOSED, /* archived, not readable or gone */
    CHECK_SERVER_FAULT, /* the server cannot say now: the refusal meant nothing */
};

/* Judges the answer to a GET /channels/{id}, or of the bot's membership, asked after a refusal. */
enum check_result verdict_of_check(const struct answer *answer);

/* Whether asking the same again soon may help: no answer, or a server in trouble. */
bool verdict_may_pass(const struct answer *answer);

/* Reads the id of a channel that was asked for by name; false: the answer does not say it. */
bool verdict_find_channel(const struct answer *answer, char ret[static 27]);

#endif
