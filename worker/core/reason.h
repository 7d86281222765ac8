/*
 * reason: why a record went to the dead letters.
 *
 * The names are frozen: they stand in `ireserve.reason`, in metrics and in people's alerts.
 */
#ifndef WORKER_CORE_REASON_H
#define WORKER_CORE_REASON_H

#define REASONS(X)                                                                                 \
    X(TOMBSTONE, "tombstone")             /* a null value where an event belongs */                \
    X(EMPTY_VALUE, "empty_value")         /* a value of no bytes */                                \
    X(TOO_LARGE, "too_large")             /* a value or field above its limit */                   \
    X(NOT_JSON, "not_json")               /* not UTF-8, not JSON, NUL, duplicate keys, too deep */ \
    X(BAD_ENVELOPE, "bad_envelope")       /* not a CloudEvent 1.0 */                               \
    X(BAD_DATA, "bad_data")               /* `data` is not what its type promises */               \
    X(WRONG_KEY, "wrong_key")             /* the key is not the event's conversation */            \
    X(WRONG_TOPIC, "wrong_topic")         /* an event of conversations in another topic */         \
    X(UNKNOWN_LICENCE, "unknown_licence") /* no integration of that licence */                     \
    X(REFUSED_BY_SERVER, "refused_by_server") /* Mattermost will never take this post */           \
    X(TOO_LONG, "too_long")             /* the server refuses the size, also after splitting */    \
    X(SERVER_REJECTS, "server_rejects") /* the server fails on this post, and takes others */

enum reason {
#define X(name, code) REASON_##name,
    REASONS(X)
#undef X
};

enum { REASON_COUNT = REASON_SERVER_REJECTS + 1 };

/* The code of a reason, as other programs read it. */
const char *reason_code(enum reason reason);

/* All codes, REASON_COUNT of them, in the order of the enum. */
extern const char *const reason_codes[];

#endif
