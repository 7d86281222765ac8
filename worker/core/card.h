/*
 * card: the attachment of a notification's post (see core/render for what is in it).
 */
#ifndef WORKER_CORE_CARD_H
#define WORKER_CORE_CARD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "worker/core/event.h"

/* Which fields of a notification stand on its card; the others are too long for that. */
struct card_fields {
    bool are_on_card[EVENT_MAX_FIELDS];
    size_t count; /* of those that are */
};

/*
 * Chooses so that a card takes at most 4900 runes of the props, as the server counts: it writes
 * < > and & as six.
 */
struct card_fields card_choose(const struct notification *notification);

/*
 * Adds the attachment as a JSON object, named `name` (plain text, not defused yet) where the event
 * has no label.  False, and nothing added: there is nothing to put in it.
 */
bool card_add(const struct notification *notification, const struct card_fields *fields,
              const char *name, struct text *ret);

#endif
