#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/text.h"
#include "tests/support/reading.h"
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
        "jan.de-vries@example.nl",
        "+31 6 12345678",
        "-5 graden, #12",
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
        { "*graag laat*", "\\*graag laat\\*" },
        { "_x_ `y` `z`", "\\_x\\_ \\`y\\` \\`z\\`" },
        { "![x](http://a.nl/b.png)", "!" ZWSP "[x]" ZWSP "(http:" ZWSP "//a" ZWSP ".nl/b.png)" },
        { "![x] and ![x][r]", "!" ZWSP "[x] and !" ZWSP "[x][r]" },
        { "www.evil.nl", "www" ZWSP ".evil.nl" },
        { "# kop", ZWSP "# kop" },
        { "- punt\n1. een\n> citaat", ZWSP "- punt\n" ZWSP "1. een\n" ZWSP "> citaat" },
        { "- - -\n_ _ _\n===\n:-|-", ZWSP "- - -\n" ZWSP "_ _ _\n" ZWSP "===\n" ZWSP ":-|-" },
        { "a | b\n--|--", "a | b\n" ZWSP "--|--" },
        { "    code", "code" },
        { "&#64;all", "&" ZWSP "#64;all" },
        { "<b>x</b>", "&lt;b>x&lt;/b>" },
        { "$a$", "&#36;a&#36;" },
        { ":smile: ~town-square #tag", ":" ZWSP "smile: ~" ZWSP "town-square #" ZWSP "tag" },
        { "\\*", "\\" ZWSP "*" },
        { "a\n\n\n\nb\r\nc\rd", "a\n\nb\nc\nd" },
    };

    for (size_t i = 0; i < sizeof(expectations) / sizeof(*expectations); i++)
        assert_defused(expectations[i].typed, DEFUSE_TEXT, expectations[i].defused);
}

static void an_email_address_can_be_copied(void **state)
{
    (void)state;

    assert_defused("jan_de.vries@example.nl", DEFUSE_TEXT, "jan_de.vries@example.nl");
    assert_defused(".@anna", DEFUSE_TEXT, ".@" ZWSP "anna");
    assert_defused("é@anna", DEFUSE_TEXT, "é@" ZWSP "anna");
    assert_defused("x@_anna", DEFUSE_TEXT, "x@" ZWSP "_anna");
}

static void a_single_mark_is_left_alone(void **state)
{
    (void)state;

    assert_defused("2*3 en 5_ en `k", DEFUSE_TEXT, "2*3 en 5_ en `k");
    assert_defused("2 * 3 * 4", DEFUSE_TEXT, "2 * 3 * 4");
    assert_defused("2*3*4", DEFUSE_TEXT, "2\\*3\\*4");
}

static void a_line_guards_what_may_pair_up_around_it(void **state)
{
    (void)state;

    assert_defused("5*, $ 10", DEFUSE_LINE, "5\\*, &#36; 10");
    assert_defused("een\n\ntwee\n", DEFUSE_LINE, "een twee");
}

static void a_plain_place_gets_nothing_that_would_be_seen(void **state)
{
    (void)state;

    assert_defused("*a* _b_ <c> $d$ \\e", DEFUSE_PLAIN, "*a* _b_ <c> $d$ \\e");
    assert_defused("- @all #tag", DEFUSE_PLAIN, "- @" ZWSP "all #" ZWSP "tag");
    assert_defused(" een\n twee ", DEFUSE_PLAIN, "een twee");
}

static void a_colleague_may_write_markdown(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "# Kop\n\n- **een**\n- _twee_\n\n> citaat\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        "[klik](https://a.nl/b?c=d&e=f#g) of https://www.a.nl, `code` en $x$ :smile: #tag ~weg",
        "    ingesprongen\n\n\n\ntwee  spaties",
        "```sh\nnpm i @types/node && echo ![x] &#64;\n```",
        "mail jan@example.nl &amp; &euro; 5",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_defused(texts[i], DEFUSE_TRUSTED, texts[i]);
}

static void a_colleague_calls_nobody(void **state)
{
    (void)state;
    static const struct expectation expectations[] = {
        { "**@all** \\@here", "**@" ZWSP "all** \\@" ZWSP "here" },
        { "&#64;all &#x0040;all &commat;all",
          "&#64;" ZWSP "all &#x0040;" ZWSP "all &commat;" ZWSP "all" },
        { "@&#97;ll &#64;@all", "@" ZWSP "&#97;ll &#64;" ZWSP "@" ZWSP "all" },
        { "```\n@anna\n```\n@anna", "```\n@anna\n```\n@" ZWSP "anna" },
        { "[@all](https://a.nl/@b)", "[@" ZWSP "all](https://a.nl/%40b)" },
        { "https://www.youtube.com/@hotel en www.a.nl/@b",
          "https://www.youtube.com/%40hotel en www.a.nl/%40b" },
    };

    for (size_t i = 0; i < sizeof(expectations) / sizeof(*expectations); i++)
        assert_defused(expectations[i].typed, DEFUSE_TRUSTED, expectations[i].defused);
}

static void an_image_of_a_colleague_is_a_link(void **state)
{
    (void)state;

    assert_defused("![plan](https://a.nl/b.png)!", DEFUSE_TRUSTED,
                   "!" ZWSP "[plan](https://a.nl/b.png)!");
    assert_defused("![x][r]\n\n[r]: https://a.nl/b", DEFUSE_TRUSTED,
                   "!" ZWSP "[x][r]\n\n[r]: https://a.nl/b");
}

static void code_ends_where_the_text_ends(void **state)
{
    (void)state;

    assert_defused("```\n@anna\n\n", DEFUSE_TRUSTED, "```\n@anna\n```");
    assert_defused("~~~~ js\n```", DEFUSE_TRUSTED, "~~~~ js\n```\n~~~~");
}

static void code_is_only_what_is_code_to_every_reader(void **state)
{
    (void)state;

    assert_defused("- ```\n  @all", DEFUSE_TRUSTED, "- " ZWSP "```\n  @" ZWSP "all");
    assert_defused("  ~~~\n```\n~~~\n@all\n```", DEFUSE_TRUSTED,
                   "  " ZWSP "~~~\n```\n~~~\n@all\n```");
    assert_defused("```\n```\xE3\x80\x80\n@all", DEFUSE_TRUSTED,
                   "```\n" ZWSP "```\xE3\x80\x80\n@all\n```");
    assert_defused("```\n    ```\n@all\n```", DEFUSE_TRUSTED, "```\n    " ZWSP "```\n@all\n```");
}

static void nothing_gives_nothing(void **state)
{
    (void)state;

    assert_defused("", DEFUSE_TEXT, "");
    assert_defused(" \n\n \n", DEFUSE_TEXT, "");
    assert_defused(" \n\n \n", DEFUSE_TRUSTED, "");
    assert_defused(ZWSP "\n" ZWSP, DEFUSE_LINE, "");
}

/* Texts that were posted to real servers, and whether somebody was notified by one of them. */
static void no_text_that_was_recorded_notifies_anybody(void **state)
{
    (void)state;
    size_t notifying = 0;
    size_t i = 0;
    const json_t *recorded = NULL;
    json_t *all = json_load_file(RECORDED_MENTIONS, 0, NULL);

    assert_non_null(all);
    json_array_foreach (all, i, recorded) {
        const char *text = json_string_value(json_object_get(recorded, "text"));
        assert_non_null(text);
        bool notifies = json_is_true(json_object_get(recorded, "notifies"));
        if (notifies && !reading_notifies(text))
            fail_msg("the reader of these tests is kinder than a server: %s", text);
        notifying += notifies;

        AUTO(text_free) struct text defused = text_of(64 * 1024);
        defuse(text, strlen(text), DEFUSE_TEXT, &defused);
        if (reading_notifies(text_string(&defused)))
            fail_msg("%s notifies as %s", text, text_string(&defused));
        text_clear(&defused);
        defuse(text, strlen(text), DEFUSE_TRUSTED, &defused);
        if (reading_notifies_beside_code(text_string(&defused)))
            fail_msg("%s notifies as %s, when trusted", text, text_string(&defused));
    }
    json_decref(all);
    assert_true(notifying > 40);
}

/* Texts that made real servers fetch something, before they answered. */
static void no_text_that_was_recorded_fetches_anything(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "zie http://images.example/pagina",
        "![plaatje](http://images.example/b.png)",
        "http://images.example/1 en http://images.example/2",
        "<http://images.example/pagina>",
        "![x][r]\n\n[r]: http://images.example/f.png",
        "![x](http&#58;//images.example/h.png)",
        "![x]\xE2\x80\x8B(http://images.example/i.png)",
        "> ![x](http://images.example/j.png)",
        "[![x](http://images.example/k.png)](http://images.example/pagina)",
        "<img src=\"http://images.example/l.png\">",
        "zie http://mattermost.example/ireserve/pl/ikkjn4udz7du9dxcr377ar5tjw",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        AUTO(text_free) struct text defused = text_of(64 * 1024);
        assert_true(reading_links(texts[i]));
        defuse(texts[i], strlen(texts[i]), DEFUSE_TEXT, &defused);
        if (reading_links(text_string(&defused)))
            fail_msg("%s links as %s", texts[i], text_string(&defused));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_remark_stays_as_it_was_typed),
        cmocka_unit_test(markup_is_shown_and_not_obeyed),
        cmocka_unit_test(an_email_address_can_be_copied),
        cmocka_unit_test(a_single_mark_is_left_alone),
        cmocka_unit_test(a_line_guards_what_may_pair_up_around_it),
        cmocka_unit_test(a_plain_place_gets_nothing_that_would_be_seen),
        cmocka_unit_test(a_colleague_may_write_markdown),
        cmocka_unit_test(a_colleague_calls_nobody),
        cmocka_unit_test(an_image_of_a_colleague_is_a_link),
        cmocka_unit_test(code_ends_where_the_text_ends),
        cmocka_unit_test(code_is_only_what_is_code_to_every_reader),
        cmocka_unit_test(nothing_gives_nothing),
        cmocka_unit_test(no_text_that_was_recorded_notifies_anybody),
        cmocka_unit_test(no_text_that_was_recorded_fetches_anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
