/*
 * render_links: addresses that a click may follow, as attachments of a post.
 *
 * What a visitor types is defused, so an address in it is no link; and what a colleague types is
 * none either where `unsafe_links` is obeyed.  So each address stands once more below the message,
 * as an attachment of nothing but a title and a title_link.  Why that is safe on every server: both
 * are the same address, made ASCII by link_add(), so what is seen is where it leads; clients take
 * such a title for plain text; a server fetches nothing for a title_link (seen with 5.37 and 11.2),
 * nor, once a post has an attachment, for an address in its message; and nobody is notified by a
 * title.  An address that link_add() does not trust, or for which there is no room, gets none.
 * Pure.
 */
#ifndef WORKER_CORE_RENDER_LINKS_H
#define WORKER_CORE_RENDER_LINKS_H

#include <stddef.h>

#include "common/text.h"

enum { RENDER_LINKS_OF_TEXT = 5 };

/* The attachments of a post: JSON objects with commas between them. */
struct render_links {
    struct text json;
    size_t room; /* in runes of the props, as the server counts */
};

/* Adds an attachment for an address, unless it has one, is not to be trusted, or does not fit. */
void render_links_add(struct render_links *links, const char *url);

/* Adds attachments for the first RENDER_LINKS_OF_TEXT addresses in a text. */
void render_links_add_all(struct render_links *links, const char *text, size_t length);

#endif
