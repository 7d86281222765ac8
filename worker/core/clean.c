#include "worker/core/clean.h"

#include <stdint.h>

#include "common/utf8.h"

enum {
    ZERO_WIDTH_NON_JOINER = 0x200C,
    ZERO_WIDTH_JOINER = 0x200D,
    FIRST_THAT_JOINS = 0x0600, /* the Arabic script; the emoji come later, too */
};

/* No character at all. */
#define NOTHING UINT32_MAX

/* What becomes of characters that are not kept, in order, above ASCII. */
static const struct {
    uint32_t first;
    uint32_t last;
    uint32_t becomes;
} changed[] = {
    { 0x0080, 0x0084, NOTHING },   { 0x0085, 0x0085, '\n' },    { 0x0086, 0x009F, NOTHING },
    { 0x00A0, 0x00A0, ' ' },       { 0x061C, 0x061C, NOTHING }, { 0x180E, 0x180E, NOTHING },
    { 0x200B, 0x200F, NOTHING },   { 0x2028, 0x2029, '\n' },    { 0x202A, 0x202E, NOTHING },
    { 0x2060, 0x206F, NOTHING },   { 0x2424, 0x2424, '\n' }, /* the picture of a new line: web
                                                                clients make a real one of it */
    { 0xFDD0, 0xFDEF, NOTHING },   { 0xFEFF, 0xFEFF, NOTHING }, { 0xFFF9, 0xFFFC, NOTHING },
    { 0xE0000, 0xE007F, NOTHING },
};

/* One character of the text. */
struct character {
    uint32_t code; /* NOTHING: bytes that are none */
    size_t bytes;
};

static struct character read_character(const char *bytes, size_t length)
{
    struct character character = { .code = (unsigned char)*bytes, .bytes = 1 };

    if (character.code < 0x80)
        return character;
    character.bytes = utf8_read(bytes, length, &character.code);
    return character.bytes ? character : (struct character){ .code = NOTHING, .bytes = 1 };
}

static bool is_visible_ascii(char byte)
{
    return byte >= 0x20 && byte < 0x7F;
}

static uint32_t change_ascii(uint32_t code)
{
    if (is_visible_ascii((char)code))
        return code;
    if (code == '\n' || code == '\r')
        return '\n';
    return code == '\t' ? ' ' : NOTHING;
}

static uint32_t change(uint32_t code)
{
    const size_t count = sizeof(changed) / sizeof(*changed);

    if (code < 0x80)
        return change_ascii(code);
    if ((code & 0xFFFE) == 0xFFFE)
        return NOTHING; /* the last two of each plane are no characters */
    for (size_t i = 0; i < count && changed[i].first <= code; i++) {
        if (code <= changed[i].last)
            return changed[i].becomes;
    }
    return code;
}

/* Whether a joiner between `before`, in the clean text, and the `rest` has something to join. */
static bool joins(uint32_t before, const char *rest, size_t length)
{
    if (before == NOTHING || before < FIRST_THAT_JOINS || length == 0)
        return false;
    uint32_t after = read_character(rest, length).code;
    return after != NOTHING && after >= FIRST_THAT_JOINS && change(after) == after;
}

/* What a character becomes between `before`, in the clean text, and the `rest` of the text. */
static uint32_t change_between(uint32_t before, uint32_t code, const char *rest, size_t length)
{
    if (code == '\r' && length > 0 && *rest == '\n')
        return NOTHING;
    if (code == ZERO_WIDTH_NON_JOINER || code == ZERO_WIDTH_JOINER)
        return joins(before, rest, length) ? code : NOTHING;
    return change(code);
}

bool clean(const char *bytes, size_t length, struct text *ret)
{
    uint32_t before = NOTHING;
    size_t kept = 0; /* where the run begins that is copied as it is */

    text_clear(ret);
    for (size_t at = 0; at < length;) {
        if (is_visible_ascii(bytes[at])) {
            before = (unsigned char)bytes[at++];
            continue;
        }
        struct character character = read_character(bytes + at, length - at);
        size_t next = at + character.bytes;
        uint32_t code = change_between(before, character.code, bytes + next, length - next);
        if (code != character.code || code == NOTHING) {
            text_add(ret, bytes + kept, at - kept);
            if (code != NOTHING)
                text_add_char(ret, (char)code);
            kept = next;
        }
        if (code != NOTHING)
            before = code;
        at = next;
    }
    if (kept == 0)
        return true;
    text_add(ret, bytes + kept, length - kept);
    return false;
}
