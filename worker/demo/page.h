/*
 * page: the demo's page, the calls that it makes and the pictures of the chats, over HTTP on the
 * loopback address.
 */
#ifndef WORKER_DEMO_PAGE_H
#define WORKER_DEMO_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/loop.h"
#include "common/text.h"
#include "worker/demo/standin.h"

struct page;

struct page_options {
    uint16_t port;                 /* 0: a free one */
    const struct standin *standin; /* borrowed; whose files are shown */
    void *context;
    /* Adds the state as JSON, with what happened to posts since the `from`-th time. */
    void (*state)(void *context, uint64_t from, struct text *ret);
    /* A button was pressed. false: there is no such trouble. */
    bool (*trouble)(void *context, const char *name, bool on);
};

/* Gives the page's server.  -1: the port is taken. */
int page_new(struct loop *loop, const struct page_options *options, struct page **ret,
             struct fault *reterr) ATTR_MUST_USE;

/* NULL is fine. */
void page_free(struct page *page);

uint16_t page_port(const struct page *page);

#endif
