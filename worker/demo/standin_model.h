/*
 * standin_model: what the stand-in for Mattermost knows: accounts, teams, channels and posts.
 *
 * Plain data with a few operations that keep it consistent; who may do what is decided where the
 * routes are.  Nothing is ever forgotten: a deleted post stays, because the list of posts is the
 * ground truth of tests.
 */
#ifndef WORKER_DEMO_STANDIN_MODEL_H
#define WORKER_DEMO_STANDIN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/map.h"
#include "common/random.h"
#include "common/units.h"
#include "worker/demo/standin.h"

enum {
    ID_LENGTH = 26,
    ID_SIZE = ID_LENGTH + 1,
};

/* An account: a bot or a person. */
struct user {
    char id[ID_SIZE];
    char *username;
    bool is_bot;
    bool active;
    wall_ms create_at;
    wall_ms update_at;
};

struct token {
    struct user *user;
    bool active;
    bool cached; /* was used: no database is needed to know it */
};

struct team {
    char id[ID_SIZE];
    char invite_id[ID_SIZE];
    char *name;
    char *display_name;
    char type; /* 'O' open, 'I' by invitation */
    wall_ms create_at;
    wall_ms delete_at;  /* 0: not archived */
    struct map members; /* id of a user → struct user */
};

struct member {
    struct user *user;
    wall_ms joined_at;
};

struct post;
struct file;

/* What an account put under a post. */
struct reaction {
    struct user *user;
    char *emoji_name;
    wall_ms create_at;
};

struct channel {
    char id[ID_SIZE];
    char creator_id[ID_SIZE]; /* "" for the channels that come with a team */
    struct team *team;        /* NULL for direct messages */
    char *name;
    char *display_name;
    char type; /* 'O' public, 'P' private, 'D' direct */
    wall_ms create_at;
    wall_ms update_at;
    wall_ms delete_at; /* 0: not archived */
    wall_ms last_post_at;
    wall_ms last_change_at; /* of any of its posts, for the ETag of its listing */
    size_t root_count;      /* posts that are no reply */
    struct map members;     /* id of a user → struct member */
    struct post **posts;    /* oldest first; with what was said before edits: see `original` */
    size_t post_count;
    size_t post_capacity;
    size_t row_count; /* of them, left by edits */
};

/*
 * A post; the strings belong to it and are never NULL, but for `priority`.
 *
 * An edit leaves a row behind, a deleted post with an id of its own that says what the post said
 * before.  Such a row is in the list of its channel, right behind its post, and in no other list.
 */
struct post {
    char id[ID_SIZE];
    size_t n;              /* counts from 0, in the order of acceptance; a row has none */
    struct post *original; /* of a row that an edit left; NULL for a post */
    struct post *row;      /* that its last edit left, and that one's before it */
    struct user *user;
    struct channel *channel;
    struct post *root; /* NULL when it is no reply */
    struct post **replies;
    size_t reply_count;
    size_t reply_capacity;
    size_t live_replies; /* those that are not deleted */
    wall_ms create_at;
    wall_ms update_at;
    wall_ms edit_at;
    wall_ms delete_at; /* 0: not deleted */
    bool is_purged;    /* not even a deleted row is left of it */
    bool is_pinned;
    bool has_reactions;
    struct reaction *reactions; /* oldest first */
    size_t reaction_count;
    struct file **files; /* that it carries */
    size_t file_count;
    bool file_ids_lost; /* files were named, none could be attached */
    char *message;
    char *type;
    char *props;            /* JSON as it is sent */
    bool shows_attachments; /* in its metadata */
    char *priority;         /* members of the JSON object, without braces; NULL: none */
    char *pending_post_id;
};

struct model {
    enum standin_version version;
    wall_ms now; /* of the exchange that is being handled */
    struct random random;
    struct map users;         /* by id */
    struct map users_by_name; /* by user name */
    struct map tokens;        /* → struct token */
    struct map teams;         /* by id */
    struct map channels;      /* by id */
    struct map posts_by_id;   /* → struct post, rows that edits left included */
    struct map files;         /* by id → struct file, in order of arrival */
    struct post **posts;      /* all that were accepted, in that order */
    size_t post_count;
    size_t post_capacity;
    /* Told of every post that was changed, but not of rows; NULL: nobody is. */
    void (*changed)(void *context, const struct post *post);
    void *changed_context;
};

void model_init(struct model *model, enum standin_version version, uint64_t seed, wall_ms now);
void model_free(struct model *model);

/* Makes a Mattermost id: 26 of its 32 characters. */
void model_new_id(struct model *model, char ret[static ID_SIZE]);

/* Whether a string has the form of an id. */
bool model_is_id(const char *string);

/* The account of that name; made when there is none, with that id (NULL: a new one). */
struct user *model_user(struct model *model, const char *id, const char *username, bool is_bot);
struct user *model_find_user(const struct model *model, const char *username) ATTR_MUST_USE;

/* Lets a token stand for an account (again), or no longer. */
void model_set_token(struct model *model, const char *token, struct user *user, bool active);

/* A token that is in use, of an account that is; NULL: none such. */
struct token *model_find_token(const struct model *model, const char *token) ATTR_MUST_USE;

/* What a team is to be like. */
struct team_wish {
    const char *id; /* NULL: a new one */
    const char *name;
    const char *display_name;
    char type;
};

/* The team of that name; made, with its two first channels, when there is none. */
struct team *model_team(struct model *model, const struct team_wish *wish);
struct team *model_find_team(const struct model *model, const char *name) ATTR_MUST_USE;

/* Takes an account into a team or out of it; who leaves a team leaves its channels. */
void model_set_team_member(struct model *model, struct team *team, struct user *user, bool in);

/* What a channel is to be like. */
struct channel_wish {
    const char *id; /* NULL: a new one */
    const char *name;
    const char *display_name;
    struct team *team; /* NULL for direct messages */
    char type;
    struct user *creator; /* NULL: came with the team */
};

/* The channel of that name in that team, made when there is none, changed to `wish` otherwise. */
struct channel *model_channel(struct model *model, const struct channel_wish *wish);

/* By name in a team (NULL: among the direct ones), or by id. */
struct channel *model_find_channel(const struct model *model, const struct team *team,
                                   const char *name) ATTR_MUST_USE;
struct channel *model_find_channel_id(const struct model *model, const char *id) ATTR_MUST_USE;

/* Takes an account into a channel or out of it. */
void model_set_member(struct model *model, struct channel *channel, struct user *user, bool in);
struct member *model_find_member(const struct channel *channel,
                                 const struct user *user) ATTR_MUST_USE;

/* Archives a channel, or opens it again. */
void model_archive(struct model *model, struct channel *channel, bool archived);

/* Whether an account may read there: a member may, and in public channels of its team anybody. */
bool model_may_read(const struct channel *channel, const struct user *user);

/* Takes a post whose id and times are not set yet, sets them and stores it. */
void model_add_post(struct model *model, struct post *post);
struct post *model_find_post(const struct model *model, const char *id) ATTR_MUST_USE;

/* Notes that a post was changed. */
void model_touch_post(struct model *model, struct post *post);

/* Leaves a row of what a post says now: it is about to be edited. */
void model_keep_row(struct model *model, struct post *post);

/* Deletes a post with its files, and with a root its replies; somebody did that. */
void model_delete_post(struct model *model, struct post *post, const struct user *by);

/* Frees a post that was not added. */
void model_free_post(struct post *post);

#endif
