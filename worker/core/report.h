/*
 * report: what happened to a record, for the log and the metrics.
 */
#ifndef WORKER_CORE_REPORT_H
#define WORKER_CORE_REPORT_H

#include "common/units.h"
#include "worker/core/delivery.h"

/* How a record ended; the names are frozen (metrics, dashboards). */
#define OUTCOMES(X)                     \
    X(POSTED, "posted")                 \
    X(ALREADY_POSTED, "already_posted") \
    X(UNMAPPED, "unmapped")             \
    X(INACTIVE, "inactive")             \
    X(TOO_OLD, "too_old")               \
    X(UNKNOWN_TYPE, "unknown_type")     \
    X(DEAD_LETTERED, "dead_lettered")

enum outcome {
#define X(name, words) OUTCOME_##name,
    OUTCOMES(X)
#undef X
};

enum { OUTCOME_COUNT = OUTCOME_DEAD_LETTERED + 1 };

/* The names, OUTCOME_COUNT of them. */
extern const char *const outcome_names[];

enum report_kind {
    REPORT_ATTEMPTED,      /* a POST was answered, or not: for counting; another report follows */
    REPORT_DELIVERED,      /* all parts are posted */
    REPORT_ALREADY_POSTED, /* done by this process before, under an earlier assignment */
    REPORT_NOT_SENT,       /* deliberately: `outcome` says why */
    REPORT_UNKNOWN_TYPE,   /* deliberately; an event type that this version does not know */
    REPORT_RETRYING,       /* an attempt failed; the next comes after `rest` */
    REPORT_HELD,   /* the delivery's route is closed: by an attempt, or by an earlier owner's */
    REPORT_PARKED, /* it stands in the state topic: its offset may pass */
    REPORT_PARKING_FULL,       /* it should, but there is no room, or it is too large: `why` */
    REPORT_RESUMED,            /* a closed route is open again */
    REPORT_UNRESOLVED,         /* the channel's name cannot be resolved; asked again after `rest` */
    REPORT_DEAD_LETTERED,      /* acknowledged */
    REPORT_DEAD_LETTER_FAILED, /* the dead-letter topic refuses: the partition waits */
    REPORT_LOOKED_UP,     /* in Mattermost, for what may be there: `lookup` says what came of it */
    REPORT_NOT_FETCHED,   /* an attachment cannot be had; its message goes without it */
    REPORT_NEW_ROOT,      /* a thread was begun, or goes on in a new one: `why` */
    REPORT_SERVER_CLOSED, /* it is away: nothing goes out to it but a probe after `rest` */
    REPORT_SERVER_REOPENED,   /* it is back */
    REPORT_PARTITION_REFUSED, /* nothing of it is handed out: `why` */
    REPORT_SUPERSEDED         /* somebody else has the partition: nothing more is begun */
};

#define LOOKUPS(X) X(FOUND, "found") X(NOT_FOUND, "not_found") X(FAILED, "failed")

enum lookup {
#define X(name, words) LOOKUP_##name,
    LOOKUPS(X)
#undef X
};

enum { LOOKUP_COUNT = LOOKUP_FAILED + 1 };

/* The names, LOOKUP_COUNT of them. */
extern const char *const lookup_names[];

struct report {
    enum report_kind kind;
    enum outcome outcome;            /* of those that end a record */
    enum lookup lookup;              /* of REPORT_LOOKED_UP */
    const struct delivery *delivery; /* NULL when it is about a route alone */
    const struct route *route;       /* NULL when it was not routed */
    const struct record *record;     /* NULL when it is about a route alone */
    const char *server_url;          /* of a server that is away or back; NULL: another report */
    const char *event_name;          /* "<source>|<id>"; NULL: unknown */
    const char *licence;             /* NULL: unknown */
    const char *type;                /* NULL: unknown */
    const struct verdict *verdict;   /* NULL: no attempt was made */
    int http_status;                 /* 0: none */
    int64_t took_ms;                 /* of the attempt; -1: none */
    mono_ms rest;
    const char *why; /* "" when there is nothing to say */
};

#endif
