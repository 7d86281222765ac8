#include "worker/core/split.h"

#include <stdbool.h>
#include <stdint.h>

#include "common/must.h"
#include "common/utf8.h"
#include "worker/core/defuse.h"

/* How good a place for a cut is, from bad to good. */
enum cut { CUT_NONE, CUT_CHARACTER, CUT_WORD, CUT_SENTENCE, CUT_LINE, CUT_PARAGRAPH };

enum { CUT_COUNT = CUT_PARAGRAPH + 1, ZERO_WIDTH_JOINER = 0x200D, LOWEST_BUDGET = 8 };

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

size_t split_cost(const char *bytes, size_t length)
{
    size_t cost = 0;

    for (size_t at = 0; at < length; at++) {
        if (!is_continuation(bytes[at]))
            cost += defuse_cost(bytes[at]);
    }
    return cost;
}

/* Whether a character is drawn onto the one before it. */
static bool is_mark(uint32_t code)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } marks[] = {
        { 0x0300, 0x036F },   { 0x0483, 0x0489 }, { 0x0591, 0x05C7 }, { 0x0610, 0x061A },
        { 0x064B, 0x065F },   { 0x0670, 0x0670 }, { 0x06D6, 0x06ED }, { 0x0900, 0x0903 },
        { 0x093A, 0x094F },   { 0x0E31, 0x0E31 }, { 0x0E34, 0x0E3A }, { 0x0E47, 0x0E4E },
        { 0x1AB0, 0x1AFF },   { 0x1DC0, 0x1DFF }, { 0x200C, 0x200D }, { 0x20D0, 0x20FF },
        { 0x3099, 0x309A },   { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F }, { 0x1F3FB, 0x1F3FF },
        { 0xE0100, 0xE01EF },
    };

    if (code < marks[0].first)
        return false;
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
        if (code >= marks[i].first && code <= marks[i].last)
            return true;
    }
    return false;
}

/* Half of a flag. */
static bool is_regional(uint32_t code)
{
    return code >= 0x1F1E6 && code <= 0x1F1FF;
}

/* The characters before a place; 0: none. */
struct past {
    uint32_t last;
    uint32_t second;
    unsigned regionals; /* in a row */
};

static void past_add(struct past *past, uint32_t code)
{
    past->second = past->last;
    past->last = code;
    past->regionals = is_regional(code) ? past->regionals + 1 : 0;
}

static bool ends_sentence(uint32_t code)
{
    return code == '.' || code == '!' || code == '?' || code == 0x2026;
}

/* How good a cut is between what is past and the character `next`. */
static enum cut cut_between(const struct past *past, uint32_t next)
{
    if (is_mark(next) || past->last == ZERO_WIDTH_JOINER)
        return CUT_NONE;
    if (is_regional(next) && past->regionals % 2 == 1)
        return CUT_NONE;
    if (past->last == '\n')
        return past->second == '\n' ? CUT_PARAGRAPH : CUT_LINE;
    if (past->last == ' ')
        return ends_sentence(past->second) ? CUT_SENTENCE : CUT_WORD;
    return CUT_CHARACTER;
}

/* One character, or one byte where there is none. */
static size_t read_one(const char *bytes, size_t length, uint32_t *ret)
{
    size_t size = utf8_read(bytes, length, ret);

    if (size > 0)
        return size;
    *ret = UTF8_REPLACEMENT;
    return 1;
}

/* The best of the last places of each kind; all of `most` bytes when there is none. */
static size_t best_of(const size_t cuts[static CUT_COUNT], size_t most)
{
    for (int cut = CUT_PARAGRAPH; cut > CUT_NONE; cut--) {
        if (cuts[cut] > 0)
            return cuts[cut];
    }
    return most;
}

size_t split_first(const char *bytes, size_t length, size_t budget)
{
    size_t cuts[CUT_COUNT] = { 0 }; /* the last place of each kind */
    struct past past = { 0 };
    size_t cost = 0;
    size_t at = 0;

    must(budget >= LOWEST_BUDGET);
    if (length <= budget / DEFUSE_MAX_COST)
        return length; /* most texts are short */
    while (at < length) {
        uint32_t next = 0;
        size_t size = read_one(bytes + at, length - at, &next);
        if (cost >= budget / 2)
            cuts[cut_between(&past, next)] = at;
        cost += defuse_cost(bytes[at]);
        if (cost > budget)
            return best_of(cuts, at);
        past_add(&past, next);
        at += size;
    }
    return length;
}
