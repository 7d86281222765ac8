/*
 * reading: how Mattermost reads a text, for tests of text that is meant to be harmless.
 *
 * Simpler than the real readers and never kinder: what servers and clients were seen to act on is
 * always found, and now and then something that they would have left alone (code, for one).
 */
#ifndef TESTS_SUPPORT_READING_H
#define TESTS_SUPPORT_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

/* Whether somebody is notified, if the names in the text exist. */
bool reading_notifies(const char *text);

/* The same for a text with blocks of code, which call nobody. */
bool reading_notifies_beside_code(const char *text);

/* Whether a block of code is still open at the end. */
bool reading_ends_in_code(const char *text);

/* Whether a link or an image comes out of the text; an e-mail address may. */
bool reading_links(const char *text);

/* Whether an image comes out of the text. */
bool reading_shows_image(const char *text);

/* Whether a control character, one that turns the direction of text, or no UTF-8 is in the text. */
bool reading_deceives(const char *text, size_t length);

/* Whether a line begins a heading, list, quote, table, block of code or rule. */
bool reading_has_blocks(const char *text);

/* Adds what a person sees of a text in Markdown, without what is invisible and without spaces. */
void reading_show(const char *text, struct text *ret);

#endif
