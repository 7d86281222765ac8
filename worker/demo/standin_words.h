/*
 * standin_words: texts as the words that the server's search compares.
 *
 * Letters and digits in a row are a word, in lower case; all else separates words, so that c-10293
 * is the phrase "c 10293".  With `signed_numbers` a hyphen before a number belongs to the number,
 * which PostgreSQL does in the texts that it searches, while Mattermost takes all hyphens out of
 * what it is asked for: then c-10293 is the words "c" and "-10293", and nobody finds the latter.
 * Not played: endings that count as the same word, words that are too common to count.
 */
#ifndef WORKER_DEMO_STANDIN_WORDS_H
#define WORKER_DEMO_STANDIN_WORDS_H

#include <stdbool.h>

#include "common/text.h"

/* Makes `ret` the words of a text, each between two spaces; a single space when it has none. */
void words_read(const char *string, bool signed_numbers, struct text *ret);

/* Whether words, as words_read() gives them, are among others, in that order and side by side. */
bool words_contain(const struct text *words, const struct text *wanted);

#endif
