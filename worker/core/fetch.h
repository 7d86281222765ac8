/*
 * fetch: one attachment on its way from where an event says it is into a channel.
 *
 * The core embeds it and hands it out; whoever carries it answers exactly once, later, or is told
 * that nobody waits for it any more.
 */
#ifndef WORKER_CORE_FETCH_H
#define WORKER_CORE_FETCH_H

#include <stdint.h>

#include "common/units.h"
#include "worker/core/answer.h"
#include "worker/core/integration.h"

struct fetch {
    const struct integration *integration; /* whose bot uploads it */
    const char *url;                       /* from outside; borrowed while it is carried */
    const char *name;                      /* of the file, already cleaned: core/file_name */
    const char *channel_id;
    int64_t size;          /* as the event says; -1: it does not; a hint and no more */
    void *owner;           /* the core's */
    void *carrier;         /* the carrier's; NULL while nobody carries it */
    void *carrier_context; /* likewise */
};

/* Why an attachment cannot be had; the words are core/words'. */
#define FETCH_PROBLEMS(X)                                                      \
    X(NONE)                                                                    \
    X(NO_ADDRESS)     /* the event names none, or none that is http(s) */      \
    X(HOST_FORBIDDEN) /* not in the list, or it resolves to a private place */ \
    X(NOT_FOUND)      /* 404, 410 */                                           \
    X(REFUSED)        /* another 4xx of the source */                          \
    X(FAILED)         /* it could not be reached, failed, or was cut */        \
    X(TOO_SLOW)                                                                \
    X(TOO_LARGE) /* above the limit, as it said or as it turned out */         \
    X(EMPTY)                                                                   \
    X(NOT_TAKEN) /* Mattermost refuses the file */

enum fetch_problem {
#define X(name) FETCH_##name,
    FETCH_PROBLEMS(X)
#undef X
};

/* What a problem is called in the log. */
const char *fetch_problem_words(enum fetch_problem problem);

enum fetch_result_kind {
    FETCH_STORED,        /* file_id is set */
    FETCH_CANNOT_BE_HAD, /* problem is set: the message goes without it */
    FETCH_SERVER_SAID,   /* Mattermost's answer to the upload is in `answer`: judge it */
};

struct fetch_result {
    enum fetch_result_kind kind;
    char file_id[27];
    enum fetch_problem problem;
    struct answer answer; /* lives during the call only */
};

#endif
