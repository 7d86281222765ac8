/*
 * standin_faults: the switchboard: which trouble the stand-in makes.
 *
 * Set by a JSON object; a member that is not named stays as it is, null switches it off:
 *
 *   refuse                   true: nobody listens, open connections are cut
 *   answers                  [{"status","percent" or "times","retry_after","id","method","path",
 *                            "contains"}]:
 *                            answered before any processing; `times` answers, then no more; 429 as
 *                            the rate limiter, 502-504 as a proxy in HTML unless "json" is true,
 *                            others as Mattermost with the error id `id`; only for requests of that
 *                            method, with that beginning of the path, and whose body contains
 *                            that: one post may be answered with 500 for ever while others pass
 *   latency_ms               time before the answer; the processing is done at receipt
 *   save_after_ms            a post is stored only after that time; a repeat meanwhile is refused
 *   cut_before_percent       the connection ends before the processing
 *   cut_after_accept_percent a post, or a file, is stored, then the connection ends
 *   accept_then_status       {"status","percent"}: it is stored, then that status; always when
 *                            no percentage is named
 *   hang_percent             no answer ever
 *   close_idle_ms            an idle connection is closed after that time
 *   dedup_guard              false: no guard against repeats
 *   bad_token                true: every token is refused
 *   database_away            true: answers as of a server without its database; or the name of the
 *                            one table that cannot be read: posts, channels, channelmembers,
 *                            users, teams, sessions, tokens
 *   drip_ms                  the answer comes byte by byte, one each so many milliseconds
 *   endless_body             true: the answer never ends
 *   bad_json_percent         it is stored, then 201 with half a body
 *   redirect                 true: 302 to another host
 *   seed                     of the percentages, from here on
 */
#ifndef WORKER_DEMO_STANDIN_FAULTS_H
#define WORKER_DEMO_STANDIN_FAULTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/random.h"
#include "common/text.h"
#include "common/units.h"

enum { FAULTS_MAX_ANSWERS = 16 };

/* An answer that is given instead of processing. */
struct faults_answer {
    int64_t status;
    double percent;
    int64_t times;       /* how often yet; -1: for ever */
    int64_t retry_after; /* seconds; -1: not said */
    bool json;
    char id[96];       /* error id; "" for one that goes with the status */
    char method[8];    /* "" for any */
    char path[128];    /* beginning of the path; "" for any */
    char contains[64]; /* what is in the body; "" for any */
};

enum faults_away {
    AWAY_NOTHING,
    AWAY_DATABASE,
    AWAY_POSTS,
    AWAY_CHANNELS,
    AWAY_MEMBERS,
    AWAY_USERS,
    AWAY_TEAMS,
    AWAY_SESSIONS,
    AWAY_TOKENS,
};

struct faults {
    struct random random;
    int64_t seed;
    bool refuse;
    struct faults_answer answers[FAULTS_MAX_ANSWERS];
    size_t answer_count;
    int64_t latency_ms;
    int64_t save_after_ms;
    double cut_before_percent;
    double cut_after_accept_percent;
    int64_t accept_then_status;
    double accept_then_percent;
    double hang_percent;
    int64_t close_idle_ms;
    bool dedup_guard;
    bool bad_token;
    enum faults_away database_away;
    int64_t drip_ms;
    bool endless_body;
    double bad_json_percent;
    bool redirect;
};

void faults_init(struct faults *faults, uint64_t seed);

/* Changes what `json` names.  -1: an unknown member or a wrong type; then nothing changed. */
int faults_set(struct faults *faults, const json_t *json, struct fault *reterr) ATTR_MUST_USE;

/* Adds what is in force, as JSON. */
void faults_write(const struct faults *faults, struct text *text);

/* Throws the dice. */
bool faults_hit(struct faults *faults, double percent);

/* The answer to give instead of processing that request; NULL: none. */
const struct faults_answer *faults_answer_to(struct faults *faults, const char *method,
                                             const char *path, const char *body) ATTR_MUST_USE;

#endif
