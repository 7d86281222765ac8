#include "worker/core/split.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/must.h"
#include "common/utf8.h"
#include "worker/core/defuse.h"
#include "worker/core/link.h"

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

/* A text on its way through split_first(). */
struct walk {
    const char *bytes;
    size_t length;
    bool is_trusted;
    struct fence fence;     /* that the line is in, if the text is trusted */
    bool is_marker;         /* the line opens it or closes it */
    struct link_place link; /* that is next, or that the walk is in; begins at the end: none */
    struct past past;
};

/* Where [words](destination) ends that begins at `at`; `at`: it is none. */
static size_t end_of_markdown_link(const struct walk *walk, size_t at)
{
    enum { LONGEST = 1024 };
    size_t most = walk->length - at < LONGEST ? walk->length - at : LONGEST;
    const char *begin = walk->bytes + at;
    const char *paragraph = memmem(begin, most, "\n\n", 2);
    size_t room = paragraph ? (size_t)(paragraph - begin) : most;
    const char *middle = memmem(begin, room, "](", 2);
    const char *end = middle ? memchr(middle, ')', room - (size_t)(middle - begin)) : NULL;

    return end ? at + (size_t)(end - begin) + 1 : at;
}

static void walk_to_link(struct walk *walk, size_t at)
{
    if (at >= walk->link.end && !link_find(walk->bytes, walk->length, at, &walk->link))
        walk->link = (struct link_place){ .begin = walk->length, .end = SIZE_MAX };
    if (!walk->is_trusted || walk->bytes[at] != '[' || at > walk->link.begin)
        return;
    size_t end = end_of_markdown_link(walk, at);
    if (end > at)
        walk->link = (struct link_place){ .begin = at, .end = end };
}

/* At the beginning of a line of trusted text. */
static void walk_to_line(struct walk *walk, size_t at)
{
    const char *line_feed = memchr(walk->bytes + at, '\n', walk->length - at);
    size_t end = line_feed ? (size_t)(line_feed - walk->bytes) : walk->length;
    bool was_in = walk->fence.sign;

    walk->fence = fence_after_line(&walk->fence, walk->bytes + at, end - at);
    walk->is_marker = was_in != (walk->fence.sign != '\0');
}

/* What is left of a cut in a block of code. */
static enum cut lessen(enum cut cut)
{
    if (cut >= CUT_LINE)
        return CUT_WORD;
    return cut == CUT_NONE ? CUT_NONE : CUT_CHARACTER;
}

/* How good a cut is before the character `next` at `at`. */
static enum cut walk_to(struct walk *walk, size_t at, uint32_t next)
{
    bool is_line = at == 0 || walk->past.last == '\n';
    bool was_in = walk->fence.sign;

    walk_to_link(walk, at);
    if (walk->is_trusted && is_line)
        walk_to_line(walk, at);
    if (at > walk->link.begin)
        return CUT_NONE;
    enum cut cut = cut_between(&walk->past, next);
    if (walk->is_marker && (was_in || !is_line))
        return CUT_NONE; /* but before it where a block begins */
    return was_in ? lessen(cut) : cut;
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

/*
 * The best of the last places of each kind in the second half, else the last in the first; all of
 * `most` bytes when there is none.
 */
static size_t best_of(const size_t cuts[static CUT_COUNT], size_t early, size_t most)
{
    for (int cut = CUT_PARAGRAPH; cut > CUT_NONE; cut--) {
        if (cuts[cut] > 0)
            return cuts[cut];
    }
    return early > 0 ? early : most;
}

static size_t cost_of(const struct walk *walk, size_t at)
{
    if (is_continuation(walk->bytes[at]))
        return 0;
    return walk->is_trusted ? defuse_cost_trusted(walk->bytes[at]) : defuse_cost(walk->bytes[at]);
}

static size_t split(struct walk *walk, size_t budget)
{
    size_t cuts[CUT_COUNT] = { 0 }; /* the last place of each kind */
    size_t early = 0;               /* the last place in the first half */
    size_t cost = 0;
    size_t at = 0;

    must(budget >= LOWEST_BUDGET);
    if (walk->length <= budget / DEFUSE_MAX_COST)
        return walk->length; /* most texts are short */
    while (at < walk->length) {
        uint32_t next = 0;
        size_t size = read_one(walk->bytes + at, walk->length - at, &next);
        enum cut cut = walk_to(walk, at, next);
        if (cost >= budget / 2)
            cuts[cut] = at;
        else if (cut != CUT_NONE)
            early = at;
        cost += cost_of(walk, at);
        if (cost > budget)
            return best_of(cuts, early, at);
        past_add(&walk->past, next);
        at += size;
    }
    return walk->length;
}

size_t split_first(const char *bytes, size_t length, size_t budget)
{
    struct walk walk = { .bytes = bytes, .length = length };

    return split(&walk, budget);
}

size_t split_first_trusted(const char *bytes, size_t length, size_t budget,
                           const struct fence *fence)
{
    struct walk walk = { .bytes = bytes, .length = length, .is_trusted = true, .fence = *fence };

    return split(&walk, budget);
}
