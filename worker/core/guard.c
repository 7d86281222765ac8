#include "worker/core/guard.h"

#include <string.h>
#include <strings.h>

/* The byte `by` places from `at`; a line feed beyond the ends of the text. */
static char near(const struct scan *scan, size_t at, int by)
{
    if (by < 0 && at < (size_t)-by)
        return '\n';
    size_t place = by < 0 ? at - (size_t)-by : at + (size_t)by;
    if (place >= scan->length)
        return '\n';
    return scan->bytes[place];
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_alnum(char byte)
{
    return is_letter(byte) || is_digit(byte);
}

/* Part of a character beyond ASCII, which may be a letter for all we know. */
static bool is_beyond_ascii(char byte)
{
    return (unsigned char)byte >= 0x80;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\n';
}

/* An e-mail address is no mention: a word that begins before the @ was seen to notify nobody. */
static enum guard guard_mention(const struct scan *scan, size_t at)
{
    bool is_address = is_alnum(near(scan, at, -1)) && is_alnum(near(scan, at, 1));

    return is_address ? GUARD_NONE : GUARD_AFTER;
}

static enum guard guard_hashtag(const struct scan *scan, size_t at)
{
    char next = near(scan, at, 1);

    return is_letter(next) || is_beyond_ascii(next) ? GUARD_AFTER : GUARD_NONE;
}

/* ~channel, ~~struck out~~ and ~~~ fences. */
static enum guard guard_tilde(const struct scan *scan, size_t at)
{
    return is_space(near(scan, at, 1)) ? GUARD_NONE : GUARD_AFTER;
}

/* [text](destination), images included: without a definition no other form is a link. */
static enum guard guard_link(const struct scan *scan, size_t at)
{
    return near(scan, at, 1) == '(' ? GUARD_AFTER : GUARD_NONE;
}

/* Whether what ends before `at` looks like the scheme of a URL. */
static bool follows_scheme(const struct scan *scan, size_t at)
{
    for (size_t i = at; i-- > 0;) {
        char byte = scan->bytes[i];
        if (is_letter(byte))
            return true;
        if (!is_digit(byte) && !strchr("+-.", byte))
            return false;
    }
    return false;
}

/* Whether an emoji such as :smile: begins at `at`; not so the middle of a time such as 10:30:00. */
static bool begins_emoji(const struct scan *scan, size_t at)
{
    size_t end = at + 1;

    while (end < scan->length && (is_alnum(scan->bytes[end]) || strchr("_+-", scan->bytes[end])))
        end++;
    if (end == at + 1 || near(scan, end, 0) != ':')
        return false;
    return !(is_digit(near(scan, at, -1)) && is_digit(near(scan, end, 1)));
}

static enum guard guard_colon(const struct scan *scan, size_t at)
{
    char next = near(scan, at, 1);
    bool goes_on = next == '/' || next == '%' || is_alnum(next) || is_beyond_ascii(next);
    bool is_web = next == '/' && near(scan, at, 2) == '/';

    if (is_web || (goes_on && follows_scheme(scan, at)))
        return GUARD_AFTER;
    return begins_emoji(scan, at) ? GUARD_AFTER : GUARD_NONE;
}

/* Whether www, or www and digits, ends before `at`. */
static bool follows_www(const struct scan *scan, size_t at)
{
    while (at > 0 && is_digit(scan->bytes[at - 1]))
        at--;
    return at >= 3 && strncasecmp(scan->bytes + at - 3, "www", 3) == 0;
}

/* Whether something like the nl/ of example.nl/path begins at `at`. */
static bool begins_domain_and_path(const struct scan *scan, size_t at)
{
    enum { LONGEST = 4 * 4 }; /* four letters, in bytes */
    size_t end = at;

    while (end < scan->length && end - at <= LONGEST &&
           (is_letter(scan->bytes[end]) || is_beyond_ascii(scan->bytes[end])))
        end++;
    return end > at && near(scan, end, 0) == '/';
}

/* Web addresses without a scheme become links, too. */
static enum guard guard_dot(const struct scan *scan, size_t at)
{
    return follows_www(scan, at) || begins_domain_and_path(scan, at + 1) ? GUARD_BEFORE
                                                                         : GUARD_NONE;
}

/* Character references: &#64; is an @ to some servers. */
static enum guard guard_ampersand(const struct scan *scan, size_t at)
{
    size_t begin = at + 1 + (near(scan, at, 1) == '#');
    size_t end = begin;

    while (end < scan->length && (is_alnum(scan->bytes[end]) || scan->bytes[end] == '_'))
        end++;
    return end > begin && near(scan, end, 0) == ';' ? GUARD_AFTER : GUARD_NONE;
}

/* Tags, comments, and the links that are written <so>. */
static enum guard guard_angle(const struct scan *scan, size_t at)
{
    return is_space(near(scan, at, 1)) ? GUARD_NONE : GUARD_REFERENCE;
}

/*
 * Whether the character can be one of a pair.  A single one in a text is harmless; in a line there
 * may be more of them around it.
 */
static bool can_pair(const struct scan *scan, size_t at)
{
    char byte = scan->bytes[at];

    return scan->place == DEFUSE_LINE ||
           memchr(scan->bytes + at + 1, byte, scan->length - at - 1) ||
           memrchr(scan->bytes, byte, at);
}

static enum guard guard_formula(const struct scan *scan, size_t at)
{
    return can_pair(scan, at) ? GUARD_REFERENCE : GUARD_NONE;
}

static enum guard guard_code(const struct scan *scan, size_t at)
{
    return can_pair(scan, at) ? GUARD_ESCAPE : GUARD_NONE;
}

static enum guard guard_star(const struct scan *scan, size_t at)
{
    bool stands_alone = is_space(near(scan, at, -1)) && is_space(near(scan, at, 1));

    return !stands_alone && can_pair(scan, at) ? GUARD_ESCAPE : GUARD_NONE;
}

static enum guard guard_underscore(const struct scan *scan, size_t at)
{
    bool is_in_word = is_alnum(near(scan, at, -1)) && is_alnum(near(scan, at, 1));

    return is_in_word ? GUARD_NONE : guard_star(scan, at);
}

/* A backslash hides what follows, or itself; before letters and digits it never does. */
static enum guard guard_backslash(const struct scan *scan, size_t at)
{
    char next = near(scan, at, 1);

    return is_alnum(next) || is_beyond_ascii(next) ? GUARD_NONE : GUARD_AFTER;
}

/* ![image] → a ! and a link; also in a name, whose address a colleague's text may define. */
static enum guard guard_image(const struct scan *scan, size_t at)
{
    return near(scan, at, 1) == '[' ? GUARD_AFTER : GUARD_NONE;
}

static const struct {
    enum guard (*find)(const struct scan *scan, size_t at);
    bool also_plain; /* works without Markdown, too */
} guards[128] = {
    ['@'] = { guard_mention, true },     ['#'] = { guard_hashtag, true },
    [':'] = { guard_colon, true },       ['~'] = { guard_tilde, true },
    [']'] = { guard_link, true },        ['.'] = { guard_dot, true },
    ['&'] = { guard_ampersand, true },   ['<'] = { guard_angle, false },
    ['$'] = { guard_formula, false },    ['*'] = { guard_star, false },
    ['_'] = { guard_underscore, false }, ['`'] = { guard_code, false },
    ['\\'] = { guard_backslash, false }, ['!'] = { guard_image, false },
};

/* Whether `at` is in a web address, where an invisible space would lead elsewhere. */
static bool is_in_address(const struct scan *scan, size_t at)
{
    enum { FURTHEST = 256 }; /* many @ in a row shall not take for ever */

    for (size_t i = at; i-- > 0 && at - i < FURTHEST;) {
        if (strchr(" \n<>\"()[]", scan->bytes[i]))
            return false;
        if (scan->bytes[i] == ':' && near(scan, i, 1) == '/' && near(scan, i, 2) == '/')
            return follows_scheme(scan, i);
        if (scan->bytes[i] == '.' && follows_www(scan, i))
            return true;
    }
    return false;
}

static enum guard guard_trusted_mention(const struct scan *scan, size_t at)
{
    enum guard guard = guard_mention(scan, at);

    return guard != GUARD_NONE && is_in_address(scan, at) ? GUARD_PERCENT : guard;
}

/* Whether what stands between & and ; means an @. */
static bool means_at_sign(const char *name, size_t length)
{
    bool is_hex = length > 1 && (name[1] == 'x' || name[1] == 'X');
    size_t zeros = 1 + is_hex;

    if (length > 0 && *name != '#')
        return length == strlen("commat") && strncmp(name, "commat", length) == 0;
    while (zeros < length && name[zeros] == '0')
        zeros++;
    return length == zeros + 2 && strncmp(name + zeros, is_hex ? "40" : "64", 2) == 0;
}

/* What follows a character reference to an @. */
static enum guard guard_reference_end(const struct scan *scan, size_t at)
{
    size_t begin = at;

    while (begin > 0 && (is_alnum(scan->bytes[begin - 1]) || scan->bytes[begin - 1] == '#'))
        begin--;
    if (near(scan, begin, -1) != '&' || !means_at_sign(scan->bytes + begin, at - begin))
        return GUARD_NONE;
    return GUARD_AFTER;
}

static enum guard guard_of_trusted(const struct scan *scan, size_t at)
{
    switch (scan->bytes[at]) {
    case '@':
        return guard_trusted_mention(scan, at);
    case ';':
        return guard_reference_end(scan, at);
    case '!':
        return guard_image(scan, at);
    default:
        return GUARD_NONE;
    }
}

enum guard guard_of(const struct scan *scan, size_t at)
{
    unsigned char byte = (unsigned char)scan->bytes[at];

    if (scan->place == DEFUSE_TRUSTED)
        return guard_of_trusted(scan, at);
    if (byte >= 128 || !guards[byte].find)
        return GUARD_NONE;
    if (scan->place == DEFUSE_PLAIN && !guards[byte].also_plain)
        return GUARD_NONE;
    return guards[byte].find(scan, at);
}

/* Whether 1. or 1) stands at `at`. */
static bool is_number_of_list(const struct scan *scan, size_t at)
{
    size_t end = at;

    while (end < scan->length && is_digit(scan->bytes[end]))
        end++;
    char next = near(scan, end, 0);
    return end > at && (next == '.' || next == ')') && is_space(near(scan, end, 1));
}

bool guard_opens_block(const struct scan *scan, size_t at)
{
    static const char *const followers[128] = {
        ['#'] = "# \n", ['-'] = "-|: \n", ['+'] = " \n",    ['*'] = "* \n",
        ['_'] = "_ \n", ['='] = "= \n",   [':'] = "-|: \n", ['>'] = "",
        ['|'] = "",     ['['] = "", /* of any character */
    };
    char first = near(scan, at, 0);
    const char *next = is_beyond_ascii(first) ? NULL : followers[(unsigned char)first];

    if (next)
        return !*next || strchr(next, near(scan, at, 1));
    return is_number_of_list(scan, at);
}
