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
 *   delete   {"post","user"}: somebody deletes a post; without a user its author does
 *            {"channel","roots_percent","user"}: such a share of the living roots of a channel, at
 *            random by the seed of the faults
 *            {"channel"}: the history is gone; nothing is left of any post, as when a server keeps
 *            posts for a time only.  Answers the ids, but for replies that go with their roots
 *   state    GET; counts of requests, open connections, faults
 *   journal  GET ?from=N&limit=M; one line of JSON per accepted post
 *   posts    GET ?channel=; one line of JSON per post of a channel as it is now, oldest first,
 *            deleted ones, too, with what they said: "id", "root_id", "username", "message",
 *            "props", "file_ids", "files" [{"id","name","mime_type","size","deleted"}], "reactions"
 *            [{"emoji_name","username"}], "create_at", "edit_at", "delete_at", "purged"
 *   file     GET ?id=; the bytes of a file with its media type, deleted or not
 *
 * The "config" of "setup": "max_post_size" (runes), "max_payload_bytes" (of a body),
 * "max_file_size", "file_attachments" (false: switched off), "max_reactions" (different ones under
 * a post), "post_priority", "proxy_header", "rate_limit" {"per_second","burst","by_address",
 * "by_user"}.
 *
 * Channels are named by id or by "team/name"; without a team the first channel of that name.
 */
#ifndef WORKER_DEMO_STANDIN_H
#define WORKER_DEMO_STANDIN_H

#include <stdbool.h>
#include <stddef.h>
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

/* A post that was accepted, as it is now; strings are borrowed until it is edited. */
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
    wall_ms edit_at; /* 0: never edited */
    bool deleted;
    size_t file_count; /* see standin_file_of() */
    const void *row;   /* the stand-in's own */
};

/* A file; strings and bytes are borrowed until standin_close(), deleted or not. */
struct standin_file {
    const char *id;
    const char *name;
    const char *mime_type; /* "" when it is not known */
    const char *bytes;
    uint64_t size;
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

/* Is told what happens to posts, with the post as it is then. */
struct standin_observer {
    void *context;
    void (*accepted)(void *context, const struct standin_post *post);
    /* It was edited or deleted, somebody reacted to it, or a reply of it was deleted. */
    void (*changed)(void *context, const struct standin_post *post);
};

/* Has what happens from now on told; the observer is copied. */
void standin_observe(struct standin *standin, const struct standin_observer *observer);

/* The `n`-th accepted post. */
struct standin_post standin_post_at(const struct standin *standin, uint64_t n);

/* The `i`-th file of a post that was just got, below its file_count. */
struct standin_file standin_file_of(const struct standin_post *post, size_t i);

/* Whether somebody reacted with that emoji to a post that was just got. */
bool standin_has_reaction(const struct standin_post *post, const char *emoji_name);

/* The file of that id.  False: there is none. */
bool standin_find_file(const struct standin *standin, const char *id,
                       struct standin_file *ret) ATTR_MUST_USE;

#endif
