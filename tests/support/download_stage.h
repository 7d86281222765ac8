/*
 * download_stage: a source, a Mattermost and what carries files from one to the other, for tests.
 */
#ifndef TESTS_SUPPORT_DOWNLOAD_STAGE_H
#define TESTS_SUPPORT_DOWNLOAD_STAGE_H

#include <stddef.h>

#include "common/loop.h"
#include "tests/support/scripted_server.h"
#include "tests/support/upload_server.h"
#include "worker/edge/download.h"
#include "worker/edge/mattermost.h"

#define STAGE_TOKEN   "canary-token-of-the-bot"
#define STAGE_FILE_ID "kdfreftgntn4bxzn4fqkdffgih"
#define STAGE_STORED                                                                       \
    "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 82\r\n\r\n" \
    "{\"file_infos\":[{\"id\":\"" STAGE_FILE_ID "\",\"name\":\"x\"}],\"client_ids\":null}\n"

/* A Mattermost that takes every file. */
#define STAGE_TAKES_ALL ((struct upload_plan){ STAGE_STORED, UPLOAD_ALL, UPLOAD_KEEP })

enum { STAGE_DEADLINE_MS = 20000, STAGE_MAX_BYTES = 32 * 1024 * 1024 };

struct download_stage {
    struct loop *loop;
    struct mattermost *mattermost;
    struct mattermost_bot *bot;
    struct host_list *hosts;
    struct scripted_server *source;
    struct upload_server *sink;
    struct downloads_options options; /* until the stage is set */
    struct downloads *downloads;
    char url[256]; /* where the source is, and a path */
    struct fetch fetch;
};

/* What was reported of one download. */
struct download_outcome {
    int reports;
    struct fetch_result result; /* what its answer points to is gone */
};

/* Set-up and teardown of a cmocka test, whose state is the stage. */
int download_stage_open(void **state);
int download_stage_close(void **state);

/*
 * Starts a source with a script and a Mattermost with a plan.  Hosts that may be fetched from,
 * unless the options name others: 127.0.0.1, a.localhost, and every other name below localhost if
 * it were in a public place.
 */
void download_stage_set(struct download_stage *stage, const struct script_step *steps, size_t count,
                        struct upload_plan plan);

/* Has the stage's file be at a host (with the source's port) and path. */
void download_stage_aim(struct download_stage *stage, const char *host, const char *path);

/* Starts a download of the stage's file; it must not be reported before the loop turns. */
struct download *download_stage_start(struct download_stage *stage,
                                      struct download_outcome *outcome);

/* Turns the loop until that becomes true; a test fails that waits too long. */
void download_stage_turn_until(struct download_stage *stage, bool (*is_true)(const void *context),
                               const void *context);

/* Turns the loop until the download was reported, once and without the token. */
void download_stage_wait(struct download_stage *stage, const struct download_outcome *outcome);

/* Downloads the stage's file; borrowed strings of the result are gone. */
struct fetch_result download_stage_perform(struct download_stage *stage);

/* Downloads the stage's file, which has to end like that. */
void download_stage_expect_stored(struct download_stage *stage);
void download_stage_expect_problem(struct download_stage *stage, enum fetch_problem problem);

#endif
