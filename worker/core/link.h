/*
 * link: a URL from outside → one that a click may follow; and the URLs in a text.
 */
#ifndef WORKER_CORE_LINK_H
#define WORKER_CORE_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

enum { LINK_MAX_RUNES = 1200 }; /* as the server counts, which takes an & for six */

/*
 * Adds the URL to *ret in ASCII; what could end a link or hide where it leads is percent-encoded.
 * False, and nothing added: not http or https, no host, a name or password before the host (which
 * is made to look like one), or too long.
 */
bool link_add(const char *url, struct text *ret);

/* Where a URL stands in a text. */
struct link_place {
    size_t begin;
    size_t end;
};

/*
 * Finds the first URL at or after `from` that begins with http:// or https:// and is no longer than
 * EVENT_MAX_URL bytes.  What follows a URL in a sentence is none of it: a full stop, a bracket that
 * was opened before it.  False: there is none.
 */
bool link_find(const char *text, size_t length, size_t from, struct link_place *ret);

#endif
