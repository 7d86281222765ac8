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

/* Row: name, Dutch, English.  Nothing in them is markup, so they fit wherever they are put. */
#define WORDS(X)                                                                              \
    X(VISITOR, "Bezoeker", "Visitor") /* of whom no name is known */                          \
    X(AGENT, "Medewerker", "Agent")                                                           \
    X(SYSTEM, "Systeem", "System")                                                            \
    X(CONVERSATION, "Gesprek", "Conversation") /* before its id */                            \
    X(EMAIL, "E-mail", "E-mail")                                                              \
    X(THREAD_LOST, "Vervolg: de eerdere draad van dit gesprek is verwijderd.",                \
      "Continued: the earlier thread of this conversation is gone.")                          \
    X(THREAD_FULL, "Vervolg: de eerdere draad van dit gesprek is lang.",                      \
      "Continued: the earlier thread of this conversation is long.")                          \
    X(EARLIER, "Het eerdere deel van dit gesprek", "The earlier part of this conversation")   \
    X(EDITED, "bewerkt", "edited")              /* behind a name */                           \
    X(NOTHING, "Leeg bericht", "Empty message") /* instead of a text */                       \
    X(FILE, "bestand", "file")                  /* the name of a file that has none */        \
    X(MISSING, "ontbreekt", "is missing")       /* behind the name of a file; then why: */    \
    X(NO_ADDRESS, "er is geen bruikbaar adres bij", "it comes without an address that works") \
    X(HOST_FORBIDDEN, "het staat op een plek die niet is toegestaan",                         \
      "it is in a place that is not allowed")                                                 \
    X(NOT_FOUND, "het is er niet of niet meer", "it is not there, or not any more")           \
    X(REFUSED, "de bron geeft het niet", "its source does not give it")                       \
    X(FAILED, "het ophalen is mislukt", "fetching it failed")                                 \
    X(TOO_SLOW, "het ophalen duurde te lang", "fetching it took too long")                    \
    X(TOO_LARGE, "het is te groot", "it is too large")                                        \
    X(EMPTY, "het is leeg", "it is empty")                                                    \
    X(NOT_TAKEN, "Mattermost neemt het niet aan", "Mattermost does not take it")              \
    X(DECIMAL, ",", ".") /* in 1,5 MB */                                                      \
    X(OF, "van", "from") /* before the moment of what is old */                               \
    X(JANUARY, "januari", "January")                                                          \
    X(FEBRUARY, "februari", "February")                                                       \
    X(MARCH, "maart", "March")                                                                \
    X(APRIL, "april", "April")                                                                \
    X(MAY, "mei", "May")                                                                      \
    X(JUNE, "juni", "June")                                                                   \
    X(JULY, "juli", "July")                                                                   \
    X(AUGUST, "augustus", "August")                                                           \
    X(SEPTEMBER, "september", "September")                                                    \
    X(OCTOBER, "oktober", "October")                                                          \
    X(NOVEMBER, "november", "November")                                                       \
    X(DECEMBER, "december", "December")

enum word {
#define X(name, dutch, english) WORD_##name,
    WORDS(X)
#undef X
};

enum { WORD_COUNT = WORD_DECEMBER + 1 };

/* The text of a word in a language; never NULL. */
const char *word_in(enum language language, enum word word);

#endif
