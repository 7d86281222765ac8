/*
 * post_body: what the bodies of all posts have in common, whatever they are made of.
 *
 * A message is a head (one line of Markdown, ours but for defused words) and below it a piece of
 * the text.  A text that is too long for one message is cut into pieces; "(2/3)" stands behind the
 * head then.  Who renders sets the members in the first group, cuts, and writes part by part. Pure.
 */
#ifndef WORKER_CORE_POST_BODY_H
#define WORKER_CORE_POST_BODY_H

#include <stddef.h>

#include "common/attrs.h"
#include "common/text.h"
#include "worker/core/defuse.h"
#include "worker/core/fence.h"
#include "worker/core/render.h"

enum {
    POST_BODY_MAX_BYTES = 4 * 1024 * 1024, /* of any text on the way */
    POST_BODY_MAX_PROPS_RUNES = 7900,      /* servers of 5.37 take no more than 7982 */
};

/* A piece of the text, for a post of its own. */
struct post_piece {
    size_t begin;
    size_t end;
    struct fence fence; /* the block of code that it begins in */
};

struct post_body {
    const struct event *event;
    const struct render_target *target;
    enum defuse_place place; /* DEFUSE_TEXT or DEFUSE_TRUSTED: what the text is defused for */
    struct text head;        /* Markdown */
    struct text text;        /* below it, as it came; DEFUSE_TRUSTED: clean */
    struct text apart;       /* what tells this post from others of event and part, if any do */

    struct text name; /* props.ireserve.event */
    struct text scratch;
    struct post_piece pieces[RENDER_MAX_PARTS];
    size_t count; /* of pieces */
};

/* Begins a body for an event; wants post_body_free(). */
void post_body_begin(struct post_body *body, const struct event *event,
                     const struct render_target *target);

void post_body_free(struct post_body *body);

/* How many runes there is room for below the head; 0: none. */
size_t post_body_room(const struct post_body *body);

/* Cuts the text into 1 to RENDER_MAX_PARTS pieces.  -1: it does not fit the target's limits. */
int post_body_cut(struct post_body *body) ATTR_MUST_USE;

/* Adds when it happened, of what is old, to a head.  There is always room for it: a text is cut in
 * the same places whether it is old or not, so that one that ages half-way stays whole. */
void post_body_add_happened(const struct post_body *body, struct text *ret);

/* Adds the head, with its number when there are more posts than one, and when it happened. */
void post_body_add_head(const struct post_body *body, size_t index, size_t count, struct text *ret);

/*
 * Adds a piece of the text, from the end of the head on; false: there is nothing to see of it.
 */
bool post_body_add_piece(struct post_body *body, size_t index, struct text *ret);

/*
 * Adds props.ireserve: {event, record, part, licence} and, of an event of a conversation,
 * conversation and, unless it is NULL, message.
 */
void post_body_add_trace(struct post_body *body, size_t part, const char *message_id,
                         struct text *ret);

/* Adds a pending_post_id: the same for each attempt, different for each post, not to be guessed. */
void post_body_add_pending_id(struct post_body *body, size_t part, struct text *ret);

/* Adds words from outside in a line; false: there is nothing to see of them (NULL, for one). */
bool post_body_add_words(const char *words, struct text *ret);

/* Adds a JSON string of words from outside, cut behind what costs `budget` (see core/split). */
void post_body_add_defused(const char *words, size_t budget, enum defuse_place place,
                           struct text *ret);

/* How many runes bytes are, and how many a server takes them for when they are JSON of props: it
 * writes < > and & as six. */
size_t post_body_runes(const char *bytes, size_t length);
size_t post_body_props_runes(const char *bytes, size_t length);

#endif
