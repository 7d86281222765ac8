/*
 * defuse: text from outside → text that notifies nobody, fetches nothing and looks the same.
 *
 * What a guest typed is shown as it was typed: no mention, hashtag, channel link, emoji, link,
 * image, heading, list, quote, table, code, emphasis or formula comes out of it.  What servers and
 * clients were seen to do with each decides how:
 *
 * - Mostly an invisible space (U+200B) at the one place where it breaks the construct.  It is
 *   shown nowhere, not even where Markdown is not understood, as in push notifications.  A
 *   backslash would not do: mentions, hashtags, channel links and emoji are looked for after
 *   escapes have been resolved.
 * - A backslash before * _ and `, which an invisible space does not stop, if there are two that
 *   could pair up.
 * - A character reference for < and $, which clients do not let one escape.
 *
 * An @ between letters or digits stays as it is: servers take it for an e-mail address, which
 * notifies nobody, and a colleague wants to copy it.  What cannot be defused: a word that somebody
 * chose as a keyword of their own.
 *
 * What a colleague wrote may have formatting, links and code, but must not call anybody either:
 * DEFUSE_TRUSTED breaks mentions in every spelling, and nothing else but two things.  An image
 * becomes a link (an invisible space behind its !), because servers of 5.37 fetch images whatever
 * the props say.  And a fence that not all readers would take for one (in a list or a quote,
 * indented) is shown as it was typed, so that it is sure what is code: only there an @ may stay as
 * it is.  A fence that is open at the end is closed.  Pure.
 */
#ifndef WORKER_CORE_DEFUSE_H
#define WORKER_CORE_DEFUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

enum defuse_place {
    DEFUSE_TEXT,    /* Markdown, from the beginning of a line: lines and paragraphs are kept */
    DEFUSE_LINE,    /* Markdown inside a line with markup of our own: line ends become spaces */
    DEFUSE_PLAIN,   /* a place without Markdown, such as the title of a field; one line */
    DEFUSE_TRUSTED, /* Markdown that is obeyed, from the beginning of a paragraph */
};

/*
 * Adds the defused text to *ret: clean (core/clean), without empty lines and spaces around it, and
 * never with more than one empty line in a row.  DEFUSE_TRUSTED keeps lines and spaces, but for
 * empty lines before and white space behind the whole.
 */
void defuse(const char *bytes, size_t length, enum defuse_place place, struct text *ret);

enum {
    DEFUSE_MAX_COST = 5,       /* of a character: &#36; */
    DEFUSE_BYTES_PER_RUNE = 4, /* at most, in a JSON string */
};

/* How many runes a character that begins with this byte is at most when it is defused. */
static inline size_t defuse_cost(char byte)
{
    bool is_alnum = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                    (byte >= 'a' && byte <= 'z');

    return byte > ' ' && byte < 0x7F && !is_alnum ? DEFUSE_MAX_COST : 1;
}

/* The same for DEFUSE_TRUSTED; FENCE_ROOM for closing a fence comes on top. */
static inline size_t defuse_cost_trusted(char byte)
{
    switch (byte) {
    case '@': /* %40 */
        return 3;
    case '!':
    case ';':
    case '`':
    case '~':
        return 2;
    default:
        return 1;
    }
}

#endif
