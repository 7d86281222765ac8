/*
 * Whatever a guest types: the defused text is valid, notifies nobody, links to nothing, shows what
 * was typed, and costs no more than was said.  The pieces of a cut text are the text.
 */
#include <string.h>

#include "common/must.h"
#include "common/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/reading.h"
#include "worker/core/clean.h"
#include "worker/core/defuse.h"
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
    return 0;
}
