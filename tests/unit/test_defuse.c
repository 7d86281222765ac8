#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"
#include "worker/core/defuse.h"

#define ZWSP "\xE2\x80\x8B"

struct expectation {
    const char *typed;
    const char *defused;
};

static void assert_defused(const char *typed, enum defuse_place place, const char *expected)
{
    AUTO(text_free) struct text text = text_of(1024 * 1024);

    defuse(typed, strlen(typed), place, &text);
    assert_string_equal(text_string(&text), expected);
}

static void an_ordinary_remark_stays_as_it_was_typed(void **state)
{
    (void)state;
    static const char *const remarks[] = {
        "Kamer 12 & 13 – 2x ontbijt (€ 15,-), graag laat!",
        "Aankomst 10:30, vertrek 11:00 (zie snake_case) ~ 3 uur",
        "jan.de-vries@example.nl of +31 6 12345678",
        "R&D, AT&T, 3 > 2, 5* hotel, C#, #12, 50% $",
        "Zoë, Noël & Curaçao: 日本語 Ελλάδα",
        "👩‍👩‍👧 ❤️ 🇳🇱 ok",
        "regel een\nregel twee\n\nnieuwe alinea",
    };

    for (size_t i = 0; i < sizeof(remarks) / sizeof(*remarks); i++)
        assert_defused(remarks[i], DEFUSE_TEXT, remarks[i]);
}

static void markup_is_shown_and_not_obeyed(void **state)
{
    (void)state;
    static const struct expectation expectations[] = {
        { "@all", "@" ZWSP "all" },
        { "*graag laat*", ZWSP "\\*graag laat\\*" },
        { "_x_ `y` `z`", "\\_x\\_ \\`y\\` \\`z\\`" },
        { "![x](http://a.nl/b.png)", "![x]" ZWSP "(http:" ZWSP "//a" ZWSP ".nl/b.png)" },
        { "www.evil.nl", "www" ZWSP ".evil.nl" },
        { "# kop", ZWSP "# kop" },
        { "- punt\n1. een\n> citaat", ZWSP "- punt\n" ZWSP "1. een\n" ZWSP "> citaat" },
        { "a | b\n--|--", "a | b\n" ZWSP "--|--" },
        { "    code", "code" },
        { "&#64;all", "&" ZWSP "#64;all" },
        { "<b>x</b>", "&lt;b>x&lt;/b>" },
        { "$a$", "&#36;a&#36;" },
        { "hoi :smile: ~town-square #tag",
          "hoi :" ZWSP "smile: ~" ZWSP "town-square #" ZWSP "tag" },
        { "\\*", "\\" ZWSP "*" },
        { "a\n\n\n\nb\r\nc\rd", "a\n\nb\nc\nd" },
    };

    for (size_t i = 0; i < sizeof(expectations) / sizeof(*expectations); i++)
        assert_defused(expectations[i].typed, DEFUSE_TEXT, expectations[i].defused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_remark_stays_as_it_was_typed),
        cmocka_unit_test(markup_is_shown_and_not_obeyed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
