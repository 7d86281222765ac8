/*
 * words: what the worker itself says in Mattermost, in every language it knows.
 *
 * One table: a new language is a column, a new text is a row.  Pure.
 */
#ifndef WORKER_CORE_WORDS_H
#define WORKER_CORE_WORDS_H

enum language { LANGUAGE_NL, LANGUAGE_EN };

enum { LANGUAGE_COUNT = LANGUAGE_EN + 1 };

/* As settings spell them: nl, en. */
extern const char *const language_names[];

/* Row: name, Dutch, English.  Markdown of our own is fine in them; %s stands for text from outside
 * that is defused by whoever puts it in. */
#define WORDS(X)                                                     \
    X(VISITOR, "Bezoeker", "Visitor") /* of whom no name is known */ \
    X(AGENT, "Medewerker", "Agent")                                  \
    X(SYSTEM, "Systeem", "System")                                   \
    X(CONVERSATION, "Gesprek", "Conversation") /* before its id */

enum word {
#define X(name, dutch, english) WORD_##name,
    WORDS(X)
#undef X
};

/* The text of a word in a language; never NULL. */
const char *word_in(enum language language, enum word word);

#endif
