/*
 * render_files: the attachments of a message → files of posts, and notes on those that are missing.
 *
 * The first post that shows any is the one with the last piece of the text.  Pure.
 */
#ifndef WORKER_CORE_RENDER_FILES_H
#define WORKER_CORE_RENDER_FILES_H

#include <stddef.h>

#include "common/text.h"
#include "worker/core/render_conversation.h"
#include "worker/core/render_links.h"

/* Attachments of a message, in order, and what became of them. */
struct render_files {
    const struct attachment *attachments;
    const struct render_file *files;
    size_t count;
    enum language language;
    size_t next_file; /* all before it are in a post, if they have a file */
    size_t next_note; /* all before it are noted, if they have none */
};

/* Whether there is a file or a note that is in no post yet. */
bool render_files_are_left(const struct render_files *files);

/* Adds the ids of the next RENDER_FILES_A_POST files as a JSON list; none: adds nothing. */
void render_files_add_ids(struct render_files *files, struct text *ret);

/*
 * Adds a line for each missing file, as long as `message` stays within `max_runes`, and attachments
 * for the addresses of those files: but not where a host is forbidden, for that may be a trap.
 */
void render_files_add_notes(struct render_files *files, size_t max_runes, struct text *message,
                            struct render_links *links);

#endif
