/*
 * standin: a small stand-in for a Mattermost server, on our own loop.
 *
 * It answers what a real server was recorded to answer (tests/contract says what is covered), keeps
 * every accepted post as the ground truth of tests, and has a switchboard for faults.  The API
 * listens on one port, the controls on another, both on the loopback address only.
 *
 * Controls, over HTTP (POST with a JSON body unless it says GET) and by standin_command():
 *
 *   setup    {"bots":[{"id","username","token"}],"people":[…the same…],
 *             "teams":[{"id","name","display_name","type"}],
 *             "channels":[{"id","name","display_name","team","type","members":[…],"archived"}],
 *             "config":{…}}; answers the ids by name
 *   members  {"channel" or "team","user","in"}
 *   archive  {"channel" or "team","archived"}
 *   users    {"user","active"}
 *   tokens   {"token","active"}
 *   clock    {"advance_ms","stopped"}; of the stand-in itself; stopped, nothing else moves it
 *   restart  {}; forgets what a server forgets when it restarts: the guard against repeats, and
 *            whose tokens were used
 *   faults   see standin_faults.h; answers what is in force
 *   state    GET; counts of requests, open connections, faults
 *   journal  GET ?from=N&limit=M; one line of JSON per accepted post
 *
 * Channels are named by id or by "team/name"; without a team the first channel of that name.
 */
#ifndef WORKER_DEMO_STANDIN_H
#define WORKER_DEMO_STANDIN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/loop.h"
#include "common/text.h"
#include "common/units.h"

enum standin_version {
    STANDIN_11_2,
    STANDIN_5_37,
};

struct standin_options {
    enum standin_version version;
    uint16_t port;         /* of the API; 0: a free one */
    uint16_t control_port; /* 0: a free one */
    const char *setup;     /* JSON as for "setup"; NULL: team zeezicht with a bot and channels */
    const char *token;     /* of the bot of that default; NULL: a random one */
    uint64_t seed;         /* of the percentages of the switchboard */
};

/* A post that was accepted; strings are borrowed until standin_close(). */
struct standin_post {
    uint64_t n; /* counts from 0 */
    const char *id;
    const char *channel_id;
    const char *channel_name;
    const char *root_id; /* "" when it is no reply */
    const char *user_id;
    const char *username;
    const char *pending_post_id;
    const char *message;
    const char *props; /* JSON */
    wall_ms create_at;
    bool deleted;
};

struct standin;

/*
 * Gives a stand-in that listens.  -1: a port is taken, or the set-up is not understood.  The loop
 * is borrowed until standin_close().
 */
int standin_open(struct loop *loop, const struct standin_options *options, struct standin **ret,
                 struct fault *reterr) ATTR_MUST_USE;

/* Ends a stand-in, open connections and all; outside its own callbacks.  NULL is fine. */
void standin_close(struct standin *standin);
DEFINE_AUTO(struct standin *, standin_close)

uint16_t standin_port(const struct standin *standin);
uint16_t standin_control_port(const struct standin *standin);

/*
 * Carries out one control and adds its answer, JSON, to `ret` (NULL: not wanted).  `json` may be
 * NULL for "no body".  -1: no such control, or the body is not understood; then nothing changed,
 * but for "setup", which stops where it does not understand.
 */
int standin_command(struct standin *standin, const char *name, const char *json, struct text *ret,
                    struct fault *reterr) ATTR_MUST_USE;

/* Has `accepted` called for each post that is accepted from now on; NULL: for none. */
void standin_observe(struct standin *standin,
                     void (*accepted)(void *context, const struct standin_post *post),
                     void *context);

/* How many posts were accepted. */
uint64_t standin_accepted(const struct standin *standin);

/* The `n`-th accepted post, below standin_accepted(). */
struct standin_post standin_post_at(const struct standin *standin, uint64_t n);

#endif
