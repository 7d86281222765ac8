/*
 * dispatch_stage: a dispatcher, and what it asked of its surroundings, for tests that play these.
 */
#ifndef TESTS_UNIT_DISPATCH_STAGE_H
#define TESTS_UNIT_DISPATCH_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "worker/core/dispatch.h"

enum {
    STAGE_MOST = 32, /* of anything that is under way */
    STAGE_RETRY_MS = 1000,
    STAGE_ROUTE_MS = 5000,
    STAGE_WINDOW = 10,
    STAGE_MAX_REPLIES = 3,
    STAGE_KEEP_MS = 1000 * 1000,
};

/* What was written to the state topic. */
struct stage_write {
    char *key;
    char *value;               /* NULL: a tombstone */
    struct delivery *delivery; /* NULL: none waits (any more) */
    bool parks;                /* it is the delivery's record */
};

struct stage {
    struct dispatch *dispatch;
    struct partition *partition;
    struct moment now;
    mono_ms room;                 /* for a request that changes something */
    wall_ms made_at;              /* the timestamp of what is read */
    int64_t limit_left;           /* X-RateLimit-Remaining of all answers; -1: they do not say it */
    int64_t limit_reset_s;        /* … and X-RateLimit-Reset */
    struct ask *asks[STAGE_MOST]; /* on the wire, oldest first */
    size_t ask_count;
    struct fetch *fetches[STAGE_MOST];
    size_t fetch_count;
    struct delivery *letters[STAGE_MOST];
    size_t letter_count;
    struct stage_write *writes; /* all of them */
    size_t write_count;
    bool acknowledges; /* what is written is acknowledged at once */
    int64_t stored;
    int reports[REPORT_SUPERSEDED + 1];
    enum outcome outcome;
    enum lookup lookup;
    char why[160];
};

/*
 * Gives a stage with one partition that was just assigned; what is old or poison, and what is
 * parked, is as in `extra`.
 */
struct stage *stage_new_with(const struct integrations *integrations,
                             const struct assigned_partition *assigned,
                             const struct dispatch_options *extra) ATTR_MUST_USE;

/* The same, where nothing is old, poison or parked. */
static inline struct stage *stage_new(const struct integrations *integrations,
                                      const struct assigned_partition *assigned)
{
    const struct dispatch_options none = { 0 };

    return stage_new_with(integrations, assigned, &none);
}

/* Tells a record of the state topic; `value` NULL: a tombstone. */
void stage_tell_state(struct stage *stage, const char *key, const char *value, int64_t offset);

/* Has the partition restored: nothing is known of it, and nothing in doubt. */
void stage_restore(struct stage *stage);

/* Likewise, and from now on what is written is acknowledged at once. */
void stage_ease(struct stage *stage);

/* Frees it; claims that nothing of the dispatcher is under way then. */
void stage_free(struct stage *stage);

void stage_tick(struct stage *stage);

/* Lets so much time pass. */
void stage_wait(struct stage *stage, mono_ms span);

/* Has the partition's next record read, which is wanted; `key` NULL: without one. */
void stage_read(struct stage *stage, int64_t offset, const char *key, const char *value);

/* Ends the request `at` that place on the wire. */
void stage_answer(struct stage *stage, size_t at, enum answer_kind kind, int status,
                  const char *body);

/* The request was not sent, or what came of it is not known. */
void stage_fail(struct stage *stage, size_t at, enum answer_kind kind);

/* As a server does that refuses. */
void stage_refuse(struct stage *stage, size_t at, int status, const char *error_id);

/* Who looks for a notification's post finds nothing. */
void stage_show_nothing(struct stage *stage);

/* As a server does that takes the post, and gives it this id of 26 characters. */
void stage_accept_as(struct stage *stage, size_t at, const char *id);
void stage_accept(struct stage *stage, size_t at);

/* The dead letter that is under way longest was acknowledged, or not: `why`. */
void stage_bury(struct stage *stage, const char *why);

/* A writing that is waited for, the oldest of all, is acknowledged. */
void stage_acknowledge(struct stage *stage);

/* How many writes are waited for. */
size_t stage_count_waited(const struct stage *stage);

/* An attachment arrived as this file, or cannot be had, or the server said something to it. */
void stage_store_file(struct stage *stage, const char *file_id);
void stage_lose_file(struct stage *stage, enum fetch_problem problem);
void stage_answer_upload(struct stage *stage, int status, const char *error_id);

/* The partition leaves. */
void stage_leave(struct stage *stage, bool lost);

/* Claims that nothing of the partition is under way, and that its owner can let it go. */
void stage_end(struct stage *stage);

#endif
