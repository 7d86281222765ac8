/*
 * Whatever a guest types: the defused text is valid, notifies nobody, links to nothing, shows what
 * was typed, and costs no more than was said.  The pieces of a cut text are the text.  Whatever a
 * colleague types notifies nobody, shows no image, leaves no code open, and is otherwise the same.
 */
#include <string.h>

#include "common/must.h"
#include "common/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/reading.h"
#include "worker/core/clean.h"
#include "worker/core/defuse.h"
#include "worker/core/fence.h"
#include "worker/core/split.h"

enum { ROOM = 1024 * 1024 };

static size_t count_runes(const struct text *text)
{
    size_t runes = 0;

    for (size_t i = 0; i < text->length; i++)
        runes += ((unsigned char)text->bytes[i] & 0xC0) != 0x80;
    return runes;
}

static void check_harmless(const struct text *defused, enum defuse_place place)
{
    const char *string = text_string(defused);

    must(!defused->overflowed);
    must(strlen(string) == defused->length);
    must(!reading_deceives(string, defused->length));
    must(!reading_notifies(string));
    if (place == DEFUSE_PLAIN)
        return;
    must(!reading_links(string));
    must(!reading_has_blocks(string));
}

/* `typed` is clean. */
static void check_shown(const char *typed, const struct text *defused)
{
    AUTO(text_free) struct text expected = text_of(ROOM);
    AUTO(text_free) struct text shown = text_of(ROOM);

    for (const char *at = typed; *at; at++) {
        if (*at != ' ' && *at != '\n')
            text_add_char(&expected, *at);
    }
    reading_show(text_string(defused), &shown);
    must(strcmp(text_string(&expected), text_string(&shown)) == 0);
}

static void check_defused(const char *typed, size_t length, enum defuse_place place)
{
    AUTO(text_free) struct text defused = text_of(ROOM);
    AUTO(text_free) struct text cleaned = text_of(ROOM);

    defuse(typed, length, place, &defused);
    check_harmless(&defused, place);
    must(count_runes(&defused) <= split_cost(typed, length));
    if (clean(typed, length, &cleaned))
        text_add(&cleaned, typed, length);
    if (place != DEFUSE_PLAIN)
        check_shown(text_string(&cleaned), &defused);
}

static void check_cut(const char *typed, size_t length, size_t budget)
{
    size_t at = 0;

    while (at < length) {
        size_t piece = split_first(typed + at, length - at, budget);
        must(piece > 0 && piece <= length - at);
        must(piece == length - at || split_cost(typed + at, piece) <= budget);
        at += piece;
    }
}

/* Adds a text without what DEFUSE_TRUSTED puts in, and without white space. */
static void undo(const char *text, struct text *ret)
{
    static const char *const insertions[] = { "\xE2\x80\x8B", " ", "\n" };

    while (*text) {
        size_t length = 0;
        for (size_t i = 0; i < sizeof(insertions) / sizeof(*insertions) && length == 0; i++) {
            if (strncmp(text, insertions[i], strlen(insertions[i])) == 0)
                length = strlen(insertions[i]);
        }
        if (strncmp(text, "%40", 3) == 0) {
            text_add_char(ret, '@');
            length = 3;
        } else if (length == 0) {
            text_add_char(ret, *text);
            length = 1;
        }
        text += length;
    }
}

/* Only a fence at the end may be new. */
static void check_same(const char *cleaned, const struct text *defused)
{
    AUTO(text_free) struct text expected = text_of(ROOM);
    AUTO(text_free) struct text found = text_of(ROOM);

    undo(cleaned, &expected);
    undo(text_string(defused), &found);
    must(strncmp(text_string(&expected), text_string(&found), expected.length) == 0);
    const char *more = text_string(&found) + expected.length;
    must(strlen(more) <= FENCE_MAX_SIGNS && strspn(more, "`~") == strlen(more));
}

static size_t cost_trusted(const char *typed, size_t length)
{
    size_t cost = FENCE_ROOM;

    for (size_t i = 0; i < length; i++)
        cost += ((unsigned char)typed[i] & 0xC0) == 0x80 ? 0 : defuse_cost_trusted(typed[i]);
    return cost;
}

static void check_trusted(const char *typed, size_t length)
{
    AUTO(text_free) struct text defused = text_of(ROOM);
    AUTO(text_free) struct text cleaned = text_of(ROOM);
    const char *string;

    defuse(typed, length, DEFUSE_TRUSTED, &defused);
    string = text_string(&defused);
    must(!defused.overflowed && strlen(string) == defused.length);
    must(!reading_deceives(string, defused.length));
    must(!reading_notifies_beside_code(string));
    must(!reading_shows_image(string));
    must(!reading_ends_in_code(string));
    must(count_runes(&defused) <= cost_trusted(typed, length));
    if (clean(typed, length, &cleaned))
        text_add(&cleaned, typed, length);
    check_same(text_string(&cleaned), &defused);
}

/* Piece by piece, each in the block of code that the one before left open. */
static void check_cut_trusted(const char *typed, size_t length, size_t budget)
{
    struct fence fence = { 0 };

    for (size_t at = 0; at < length;) {
        AUTO(text_free) struct text piece = text_of(ROOM);
        size_t size = split_first_trusted(typed + at, length - at, budget, &fence);
        must(size > 0 && size <= length - at);
        if (fence.sign)
            fence_add_opening(&fence, &piece);
        text_add(&piece, typed + at, size);
        check_trusted(text_string(&piece), piece.length);
        must(size == length - at || cost_trusted(typed + at, size) <= budget + FENCE_ROOM);
        fence = fence_after(&fence, typed + at, size);
        at += size;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum defuse_place places[] = { DEFUSE_TEXT, DEFUSE_LINE, DEFUSE_PLAIN };
    const char *typed = (const char *)data;

    if (size > ROOM / 8)
        return 0;
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
        check_defused(typed, size, places[i]);
    check_cut(typed, size, 8);
    check_cut(typed, size, 40);
    check_trusted(typed, size);
    check_cut_trusted(typed, size, 8);
    check_cut_trusted(typed, size, 40);
    return 0;
}
