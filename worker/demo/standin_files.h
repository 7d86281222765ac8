/*
 * standin_files: files that were uploaded, and the posts that carry them.
 *
 * Their bytes are kept in memory for as long as the stand-in runs, those of deleted ones, too.
 */
#ifndef WORKER_DEMO_STANDIN_FILES_H
#define WORKER_DEMO_STANDIN_FILES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/attrs.h"
#include "common/text.h"
#include "worker/demo/standin_model.h"

/* Name and bytes belong to it. */
struct file {
    char id[ID_SIZE];
    size_t n; /* counts from 0: two of them may be of one moment */
    struct user *user;
    struct channel *channel; /* it was uploaded to; later, that of its post */
    struct post *post;       /* NULL: not attached yet */
    wall_ms create_at;
    wall_ms delete_at; /* 0: not deleted */
    char *name;
    char *bytes;
    size_t size;
};

/* Takes a file whose id and moment are not set yet, sets them and stores it. */
void files_add(struct model *model, struct file *file);

/* A file that is not deleted; NULL: none such. */
struct file *files_find(const struct model *model, const char *id) ATTR_MUST_USE;

/* Ends them all; for model_free(). */
void files_free(struct model *model);

/*
 * Has a post carry these files and no others; what it carried before is deleted.  Only its author's
 * files that no post has yet are taken, the others are left out without a word.  Whether that was
 * a change.
 */
bool files_attach(struct model *model, struct post *post, const json_t *ids);

/* Deletes the files of a post. */
void files_delete(struct model *model, struct post *post);

/* The media type that goes with a name; "" for none. */
const char *files_mime_type(const char *name);

/* Adds the list of the ids of a post's files. */
void files_write_ids(struct text *text, const struct post *post);

/* Adds what the server tells of a file, of the files of a post. */
void files_write_info(struct text *text, const struct model *model, const struct file *file);
void files_write_infos(struct text *text, const struct model *model, const struct post *post);

#endif
