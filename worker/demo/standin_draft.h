/*
 * standin_draft: a post as a client wants it, read the way the recorded servers read it.
 */
#ifndef WORKER_DEMO_STANDIN_DRAFT_H
#define WORKER_DEMO_STANDIN_DRAFT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/attrs.h"
#include "worker/demo/standin.h"

/* Strings are never NULL, and borrowed from `json` until draft_free(). */
struct draft {
    json_t *json; /* the whole body */
    const char *id;
    const char *channel_id;
    const char *root_id;
    const char *parent_id;
    const char *message;
    const char *type;
    const char *pending_post_id;
    const json_t *props;    /* an object, or NULL */
    const json_t *file_ids; /* an array, or NULL */
    const json_t *metadata; /* an object, or NULL */
    const json_t *edit_at;
    const json_t *delete_at;
    const json_t *is_pinned;
    const json_t *has_reactions;
};

/* Reads a body.  -1: the server refuses to read it; `ret` needs no draft_free() then. */
int draft_read(const char *bytes, size_t length, enum standin_version version,
               struct draft *ret) ATTR_MUST_USE;
void draft_free(struct draft *draft);

/* The object metadata.priority, empty or not; NULL: there is none. */
const json_t *draft_priority(const struct draft *draft) ATTR_MUST_USE;

/* Whether U+0000 is anywhere in a value, which may be NULL. */
bool draft_has_nul(const json_t *value);

/* How many runes a text has. */
size_t draft_runes(const char *text);

/* Gives the props as they are stored: what is the server's own is taken out or put in. */
char *draft_props(const json_t *props, bool from_bot, enum standin_version version) ATTR_MUST_USE;

#endif
