/*
 * link: a URL from outside → one that a click may follow.
 */
#ifndef WORKER_CORE_LINK_H
#define WORKER_CORE_LINK_H

#include <stdbool.h>

#include "common/text.h"

enum { LINK_MAX_RUNES = 1200 }; /* as the server counts, which takes an & for six */

/*
 * Adds the URL to *ret in ASCII; what could end a link or hide where it leads is percent-encoded.
 * False, and nothing added: not http or https, no host, a name or password before the host (which
 * is made to look like one), or too long.
 */
bool link_add(const char *url, struct text *ret);

#endif
