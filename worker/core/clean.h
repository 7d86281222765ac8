/*
 * clean: text from outside → text of visible characters.
 *
 * Removes what shows nothing and only deceives: control characters, marks that turn the direction
 * of text, invisible spaces and joiners, tags, noncharacters.  Joiners stay where writing needs
 * them: inside emoji, and between letters of scripts that use them.  Every way to end a line
 * becomes a line feed; tabs and no-break spaces become spaces (Mattermost reads them so).  Pure.
 */
#ifndef WORKER_CORE_CLEAN_H
#define WORKER_CORE_CLEAN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

/*
 * Whether the text is clean already.  If not, *ret becomes the clean text, which is never longer.
 * Bytes that are not UTF-8 are removed, too.
 */
bool clean(const char *bytes, size_t length, struct text *ret);

#endif
