/*
 * standin_words: texts as the words that the server's search compares.
 *
 * Letters and digits in a row are a word, in lower case; all else separates words, so that c-d10293
 * is the phrase "c d10293".  But a hyphen before a number belongs to the number in the texts that
 * are searched, as it does for PostgreSQL, while Mattermost takes all hyphens out of what it is
 * asked for: there c-10293 is the words "c" and "-10293", and nobody finds the latter.
 * Not played: endings that count as the same word, words that are too common to count.
 */
#ifndef WORKER_DEMO_STANDIN_WORDS_H
#define WORKER_DEMO_STANDIN_WORDS_H

#include <stdbool.h>

#include "common/text.h"

/* Makes `ret` the words of a text, each between two spaces; a single space when it has none.
 * Numbers are signed in what is searched, and not in what it is searched for. */
void words_read(const char *string, bool signed_numbers, struct text *ret);

/* Whether words, as words_read() gives them, are among others, in that order and side by side. */
bool words_contain(const struct text *words, const struct text *wanted);

#endif
