/*
 * answer: how one HTTP request to Mattermost ended.
 *
 * Made by the edge, read by the core.  What is in it is foreign text.
 */
#ifndef WORKER_CORE_ANSWER_H
#define WORKER_CORE_ANSWER_H

#include <stddef.h>
#include <stdint.h>

enum answer_kind {
    ANSWER_HTTP,     /* a whole answer came; `status` and `body` are set */
    ANSWER_NOT_SENT, /* the request certainly was not processed: name, connect or TLS failed */
    ANSWER_UNKNOWN,  /* it may have been: time-out, cut, unreadable answer after it began */
};

struct answer {
    enum answer_kind kind;
    int status;       /* of HTTP; 0 unless ANSWER_HTTP */
    const char *body; /* at most ANSWER_MAX_BODY bytes, or what was asked for; never NULL */
    size_t body_length;
    int64_t retry_after_s;        /* relative seconds; -1: not said */
    int64_t rate_limit;           /* requests in a full bucket, the lowest; -1, 0: not said */
    int64_t rate_limit_remaining; /* the lowest of all such headers; -1: not said */
    int64_t rate_limit_reset_s;   /* the highest of all such headers; -1: not said */
    int64_t took_ms;
    const char *why; /* for a person, without secrets; "" for ANSWER_HTTP */
};

enum {
    ANSWER_MAX_BODY = 256 * 1024,
    ANSWER_DATE_SIZE = 32,
};

/* What the headers of an answer say about limits, gathered line by line. */
struct answer_limits {
    int64_t retry_after_s; /* each -1, or empty, until it was said */
    int64_t retry_at;      /* Retry-After as a date, seconds since 1970 */
    int64_t limit;
    int64_t remaining;
    int64_t reset_s;
    char date[ANSWER_DATE_SIZE]; /* the server's own clock */
};

/* Nothing said yet. */
struct answer_limits answer_limits_none(void);

/*
 * Reads one header line.  Servers may say a limit twice: the most restrictive counts.  Numbers are
 * cut at a billion; what is not understood was not said.
 */
void answer_limits_read(struct answer_limits *limits, const char *line, size_t length);

/* Has the answer say what its headers said. */
void answer_take_limits(struct answer *answer, const struct answer_limits *limits);

#endif
