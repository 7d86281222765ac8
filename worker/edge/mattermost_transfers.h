/*
 * mattermost_transfers: libcurl's many transfers at once, on our loop.
 */
#ifndef WORKER_EDGE_MATTERMOST_TRANSFERS_H
#define WORKER_EDGE_MATTERMOST_TRANSFERS_H

#include <curl/curl.h>
#include <stddef.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/loop.h"

struct transfers;

struct transfers_options {
    size_t connections; /* at most, open at once, kept ones included */
    /* A transfer ended, and its handle is its owner's again; called from loop_turn(). */
    void (*done)(void *context, CURL *easy, CURLcode result);
    void *context;
};

/* Gives a place for transfers on `loop`, which it borrows.  -1: libcurl cannot be set up. */
int transfers_new(struct loop *loop, const struct transfers_options *options,
                  struct transfers **ret, struct fault *reterr) ATTR_MUST_USE;

/* Closes the connections; no transfer is on its way any more.  NULL is fine. */
void transfers_free(struct transfers *transfers);

/* Starts a transfer, which borrows the handle until it is done or taken out. */
void transfers_add(struct transfers *transfers, CURL *easy);

/* Takes a transfer out; it is not reported any more. */
void transfers_remove(struct transfers *transfers, CURL *easy);

#endif
