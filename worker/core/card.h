/*
 * card: the attachment of a notification's post (see core/render for what is in it).
 */
#ifndef WORKER_CORE_CARD_H
#define WORKER_CORE_CARD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "worker/core/event.h"

/*
 * Whether the fields are short enough for the card.  All that a card takes of the props, with the
 * fields, is at most 4900 runes as the server counts: it writes < > and & as six.
 */
bool card_holds_fields(const struct notification *notification);

/*
 * Adds the attachment as a JSON object, named `name` (plain text, not defused yet) where the event
 * has no label.  False, and nothing added: there is nothing to put in it.
 */
bool card_add(const struct notification *notification, const char *name, struct text *ret);

#endif
