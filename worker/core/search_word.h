/*
 * search_word: the word by which a conversation's root is found again in Mattermost.
 *
 * Servers search by the words of PostgreSQL, which are not what one would think: `c-10293` is the
 * words `c` and `-10293`, and a search for it, in quotes or not, finds nothing.  A word that begins
 * with a letter and goes on in letters and digits is found.  Pure.
 */
#ifndef WORKER_CORE_SEARCH_WORD_H
#define WORKER_CORE_SEARCH_WORD_H

#include <stdbool.h>

enum { SEARCH_WORD_SIZE = 64 };

/*
 * The search word of a conversation: the letters and digits of ASCII in its id, in lower case, with
 * a c before a digit; of an id that has none of these, a digest.  True: it is the id itself.
 */
bool search_word_of(const char *conversation, char ret[static SEARCH_WORD_SIZE]);

#endif
