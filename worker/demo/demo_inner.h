/*
 * demo_inner: what the parts of the demo share.
 */
#ifndef WORKER_DEMO_DEMO_INNER_H
#define WORKER_DEMO_DEMO_INNER_H

#include "worker/demo/broker.h"
#include "worker/demo/chats.h"
#include "worker/demo/demo.h"
#include "worker/demo/feed.h"
#include "worker/demo/page.h"
#include "worker/demo/stage.h"
#include "worker/demo/tally.h"
#include "worker/demo/troubles.h"

/* From producing with troubles, to waiting for the last posts, to the end of the worker. */
enum demo_progress { PRODUCING, SETTLING, ENDING };

struct demo {
    struct demo_options options;
    struct loop *loop;
    enum demo_progress progress;
    mono_ms started_at;
    mono_ms deadline; /* of settling */
    struct random random;
    struct broker *broker;
    struct standin *standin;
    struct page *page;
    struct stage stage;
    struct child child;
    struct chats chats;
    struct troubles troubles;
    bool made[TROUBLES]; /* which of them --seconds made */
    struct tally tally;
    struct feed feed;
    struct loop_timer notify; /* the next notification is due */
    struct loop_timer chat;   /* the next event of a chat is */
    struct loop_timer clock;
};

/* demo_state: the page's wish to know how things are; a callback of struct page_options. */
void demo_write_state(void *context, uint64_t from, struct text *ret);

#endif
