/*
 * mattermost_stage: a loop, a scripted server and a bot that talks to it, for tests of the edge.
 */
#ifndef TESTS_SUPPORT_MATTERMOST_STAGE_H
#define TESTS_SUPPORT_MATTERMOST_STAGE_H

#include <stddef.h>

#include "common/loop.h"
#include "tests/support/scripted_server.h"
#include "worker/edge/mattermost.h"

#define STAGE_TOKEN   "canary-token-of-the-bot"
#define STAGE_CREATED "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"

enum { STAGE_DEADLINE_MS = 20000 };

struct stage {
    struct loop *loop;
    struct mattermost *mattermost;
    struct mattermost_bot *bot;
    struct scripted_server *server;
};

/* What was reported of one request. */
struct stage_outcome {
    int reports;
    struct answer answer; /* but for what it borrowed: */
    char *body;
    char *why;
};

/* Set-up and teardown of a cmocka test, whose state is the stage. */
int stage_open(void **state);
int stage_close(void **state);

/* Starts a server with a script, and the stage's bot that talks to it. */
void stage_script(struct stage *stage, const struct script_step *steps, size_t count);

/* Gives a bot at a URL. */
struct mattermost_bot *stage_bot(struct stage *stage, const char *url);

/* A request; a GET when `body` is NULL. */
struct ask stage_ask(const char *path, const char *body);

/* The `done` of a request, whose context is a stage_outcome. */
void stage_done(void *context, const struct answer *answer);

/* Turns the loop until the request was reported, once and without the token. */
void stage_wait(struct stage *stage, const struct stage_outcome *outcome);

/* Makes a request, or a POST, and waits for its end. */
struct stage_outcome stage_perform(struct stage *stage, const struct ask *ask);
struct stage_outcome stage_post(struct stage *stage);

/* Frees what an outcome holds. */
void stage_forget(struct stage_outcome *outcome);

/* Makes a POST that has to end like that. */
void stage_expect_created(struct stage *stage);
void stage_expect_unknown(struct stage *stage);

#endif
