/*
 * standin_inner: what the parts of the stand-in share.
 */
#ifndef WORKER_DEMO_STANDIN_INNER_H
#define WORKER_DEMO_STANDIN_INNER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/loop.h"
#include "common/map.h"
#include "worker/demo/standin.h"
#include "worker/demo/standin_exchange.h"
#include "worker/demo/standin_faults.h"
#include "worker/demo/standin_guard.h"
#include "worker/demo/standin_httpd.h"
#include "worker/demo/standin_limiter.h"
#include "worker/demo/standin_model.h"
#include "worker/demo/standin_view.h"

/* Settings of the server that "setup" can change; its "config" names them like this. */
struct standin_config {
    int64_t max_post_size;     /* runes of a message */
    int64_t max_payload_bytes; /* of a request's body */
    int64_t max_file_size;
    bool file_attachments;
    int64_t max_reactions; /* different ones under a post */
    bool post_priority;
    char proxy_header[32]; /* that tells the address of the client; "" for none */
};

struct standin {
    struct loop *loop;
    struct model model;
    struct faults faults;
    struct guard guard;
    struct limiter limiter;
    struct standin_config config;
    struct httpd *api;
    struct httpd *control;
    mono_ms opened_at;
    wall_ms wall_at_opening; /* moved by "clock" */
    bool clock_stopped;
    struct map counts; /* "METHOD path status" → uint64_t, of the API */
    struct standin_observer observer;
};

/* Whether the older server is played. */
static inline bool is_old(const struct standin *standin)
{
    return standin->model.version == STANDIN_5_37;
}

/* Lets the model know what time it is. */
void standin_tick(struct standin *standin);

enum { MAX_CAPTURES = 3, CAPTURE_SIZE = 128 };

/* The parts of a path that stand at the {names} of its route. */
struct captures {
    char values[MAX_CAPTURES][CAPTURE_SIZE];
};

/* standin_api: the Mattermost API; callbacks of its HTTP server. */
void api_begun(void *context, struct exchange *exchange);
void api_handle(void *context, struct exchange *exchange);

/* Lets a fault answer instead of the server; false: the request is to be processed. */
bool api_make_trouble(struct standin *standin, struct exchange *exchange) ATTR_MUST_USE;

/* What is done to an answer on its way out: faults, counting.  Once per exchange. */
void api_conclude(struct standin *standin, struct exchange *exchange);

/* standin_reply: for several routes. */
const char *api_version_name(const struct standin *standin);
/* Adds an ETag; true: the client has that one, and is told so. */
bool api_is_known(struct exchange *exchange, const char *etag);
/* Adds an id to a list, and a post to an object of posts, with a comma in front when needed. */
void api_add_id(struct text *text, const char *id);
void api_add_post(struct text *text, const struct model *model, const struct post *post,
                  enum view_of_post occasion);

/* The post that a route names, when it may be read; NULL: refused. */
struct post *api_readable_post(const struct standin *standin, struct exchange *exchange,
                               const char *id) ATTR_MUST_USE;

/* Refuses who asks for what was deleted, which only admins may; true: refused. */
bool api_wants_deleted(const struct standin *standin, struct exchange *exchange);

/* The JSON of a request's body, which gojson_read() gives; NULL: it is none. */
json_t *api_read_json(struct exchange *exchange) ATTR_MUST_USE;

struct draft;

/* Reads the post of a request's body.  -1: refused; `ret` needs no draft_free() then. */
int api_read_draft(const struct standin *standin, struct exchange *exchange,
                   struct draft *ret) ATTR_MUST_USE;

/* The routes. */
typedef void route_handler(struct standin *standin, struct exchange *exchange,
                           const struct captures *captures);
route_handler create_post, get_post, get_thread, get_channel_posts, patch_post, delete_post;
route_handler get_posts_by_ids, search_posts, add_reaction, remove_reaction, get_reactions;
route_handler upload_files, get_file, get_file_info, get_post_files;
route_handler get_me, get_my_teams, get_my_team_channels, get_my_channels, get_channel;
route_handler get_channel_by_name, get_channel_by_names, get_team_by_name, get_my_membership;
route_handler get_config, get_ping;

/* standin_control: the controls; callbacks of their HTTP server. */
void control_begun(void *context, struct exchange *exchange);
void control_handle(void *context, struct exchange *exchange);

/* standin_journal: answers what is only read; false: no such page. */
bool journal_answers(const struct standin *standin, struct exchange *exchange, const char *name);

/* standin_removal: deletes what `json` names, and adds the ids to `ret`. */
int removal_apply(struct standin *standin, const json_t *json, struct text *ret,
                  struct fault *reterr) ATTR_MUST_USE;

/* standin_setup: makes what `json` names, and adds the ids to `ret`. */
int setup_apply(struct standin *standin, const json_t *json, struct text *ret,
                struct fault *reterr) ATTR_MUST_USE;

/* A channel by id, "team/name" or name; NULL: none. */
struct channel *setup_find_channel(const struct model *model, const char *name) ATTR_MUST_USE;

#endif
