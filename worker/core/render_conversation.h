/*
 * render_conversation: the events of a conversation → the requests that mirror them.
 *
 * Like core/render, whose rules hold here, too: whole JSON bodies, the same input gives the same
 * bytes, text from outside is defused.  Every post carries props.ireserve = {event, record, part,
 * licence, conversation, message (of those that mirror one)}.  A message without a root makes two
 * kinds of posts of one event: a root is part 0 and has no message.  An edit's props name the event
 * of the edit, so a message that was edited is found by its message and part.
 *
 * What visitors and systems write, and all names, are defused wholly.  What agents write is trusted
 * to look as they like, but calls nobody (DEFUSE_TRUSTED).  Addresses in a text stand once more
 * below it, as links (core/render_links).
 *
 * What a colleague at the desk sees:
 *
 *     **Jan Jansen** · Gesprek c-10293 (c10293)           the root
 *     ┃ Zo boekt u een kamer                              (a link to the page where it began)
 *     ┃ E-mail  jan@example.nl
 *        🙂 **Jan Jansen**                                 a reply: who, at a glance, and in
 * words Is er nog plek op 4 december?
 *
 * What is old says when it happened behind the head (core/age), a root by the event that made it.
 *
 * Pure.
 */
#ifndef WORKER_CORE_RENDER_CONVERSATION_H
#define WORKER_CORE_RENDER_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>

#include "worker/core/fetch.h"
#include "worker/core/render.h"
#include "worker/core/words.h"

enum {
    RENDER_FILES_A_POST = 10,
    RENDER_PART_OF_ROOT = 0, /* props.ireserve.part of a root; the parts of a message are 1, 2, … */
};

struct conversation_target {
    struct render_target post; /* its channel is the thread's */
    const char *root_id;       /* of the thread that is replied in; not used for roots */
    const char *server_url;    /* for links to other posts */
    enum language language;
};

/* Why a root is made. */
enum root_reason {
    ROOT_STARTED,      /* by the event that starts the conversation */
    ROOT_UNSEEN_START, /* its start never came */
    ROOT_LOST,         /* the thread before is gone: it says that it continues */
    ROOT_FULL,         /* the thread before is long: it says so, and links to it */
};

/*
 * Renders the one body of a root, from an event of any conversation type: what the event does not
 * know is left out.  `previous`: the root before, for ROOT_FULL, else NULL.  The message holds the
 * conversation's id, and the word by which a search finds it (core/search_word).
 */
int render_root(const struct event *event, const struct conversation_target *target,
                enum root_reason reason, const char *previous, struct rendering *ret) ATTR_MUST_USE;

/* An attachment of the message, once it was fetched. */
struct render_file {
    const char *file_id; /* "" when it cannot be had: then `problem` says why */
    enum fetch_problem problem;
};

/*
 * Renders a message (or the edit of one) into replies: text parts, "(2/3)" behind the name, and
 * further posts when there are more than RENDER_FILES_A_POST files.  `files`: one for each
 * attachment of the event, in order; files that cannot be had are told below the text, by name,
 * size and reason, with a link when that is safe.  A message of which nothing is to be seen says
 * so.
 */
int render_message(const struct event *event, const struct conversation_target *target,
                   const struct render_file *files, struct rendering *ret) ATTR_MUST_USE;

/*
 * Renders an edited message into bodies for PUT /posts/{id}/patch, of message and props: part for
 * part what render_message() makes of its text, without channel, root, files and pending id, which
 * servers would refuse or ignore there.  props are whole, because a patch replaces them all.
 */
int render_edit(const struct event *event, const struct conversation_target *target,
                struct rendering *ret) ATTR_MUST_USE;

/* The name that an attachment's file gets: what the event calls it, without path, control and other
 * deceiving characters, not empty, at most 200 bytes of UTF-8, its extension kept. */
void render_file_name(const struct attachment *attachment, enum language language,
                      struct text *ret);

#endif
