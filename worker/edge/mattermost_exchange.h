/*
 * mattermost_exchange: one libcurl handle, with what never changes about our requests, and how the
 * answer came in on it.  Used for one request after the other.
 */
#ifndef WORKER_EDGE_MATTERMOST_EXCHANGE_H
#define WORKER_EDGE_MATTERMOST_EXCHANGE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "common/units.h"
#include "worker/core/answer.h"

struct exchange {
    CURL *easy;
    bool may_repeat;
    mono_ms
        until; /* when it may be sent at the latest; 0: whenever libcurl's own time is not over */
    int sends; /* how often libcurl set out to send the request */
    size_t header_bytes;
    bool head_ended;                          /* the empty line behind the headers came */
    void (*heard)(struct exchange *exchange); /* the headers have come; NULL: nobody cares */
    struct answer_limits limits;
    struct text body;
    char reason[CURL_ERROR_SIZE];
};

/* Gives a handle with what never changes about our requests, whoever they go to. */
CURL *exchange_handle(void);

/* Sets an exchange up; it does not move until it is closed. */
void exchange_open(struct exchange *exchange);

void exchange_close(struct exchange *exchange);

/*
 * Forgets the last answer.  `may_repeat`: libcurl may send the next request more than once. `most`:
 * bytes of the next answer's body; 0: ANSWER_MAX_BODY.
 */
void exchange_begin(struct exchange *exchange, bool may_repeat, size_t most);

/* Gives back room that a large answer took. */
void exchange_end(struct exchange *exchange);

/* The exchange of a handle. */
struct exchange *exchange_of(CURL *easy);

/* Says how the request ended, but for the time it took; borrows the exchange's memory. */
struct answer exchange_answer(const struct exchange *exchange, CURLcode result);

#endif
