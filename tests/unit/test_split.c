#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/split.h"

static void assert_first(const char *text, size_t budget, const char *expected)
{
    size_t length = split_first(text, strlen(text), budget);

    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, length);
}

static void a_text_that_fits_is_not_cut(void **state)
{
    (void)state;

    assert_first("", 8, "");
    assert_first("twintig tekens lang.", 24, "twintig tekens lang.");
    assert_first("日本語日本語日本", 8, "日本語日本語日本");
}

static void the_best_place_in_the_second_half_wins(void **state)
{
    (void)state;

    assert_first("alinea een\n\nregel een\nregel twee", 24, "alinea een\n\n");
    assert_first("de eerste regel\nen een tweede", 24, "de eerste regel\n");
    assert_first("Dit is een zin. Nog een zin hier", 28, "Dit is een zin. ");
    assert_first("woorden zonder einde achter elkaar", 24, "woorden zonder einde ");
    assert_first("Donaudampfschifffahrtsgesellschaft", 16, "Donaudampfschiff");
}

static void a_good_place_that_comes_too_early_is_not_taken(void **state)
{
    (void)state;

    assert_first("a\n\nen dan een hele lange regel", 24, "a\n\nen dan een hele ");
}

static void what_is_seen_as_one_character_is_not_cut(void **state)
{
    (void)state;

    assert_first("aaaaaaa👩‍👩‍👧bbbb", 9, "aaaaaaa");
    assert_first("aaaaaaae\xCC\x81\xCC\x82"
                 "bb",
                 9, "aaaaaaa");
    assert_first("aaaaa🇳🇱🇧🇪🇩🇪", 8, "aaaaa🇳🇱");
    assert_first("aaaaaaa👍🏽bbb", 8, "aaaaaaa");
}

static void punctuation_counts_for_what_it_may_become(void **state)
{
    (void)state;

    assert_int_equal(split_cost("a$b é\n", 7), 10);
    assert_first("$$$$", 15, "$$$");
}

static void a_heap_of_marks_is_cut_somewhere(void **state)
{
    (void)state;
    char marks[2 * 100];

    for (size_t i = 0; i < sizeof(marks); i++)
        marks[i] = "\xCC\x81"[i % 2];
    size_t length = split_first(marks, sizeof(marks), 10);
    assert_in_range(length, 2, 20);
    assert_int_equal(length % 2, 0);
}

static void a_link_is_not_cut(void **state)
{
    (void)state;

    assert_first("zie https://a.nl/een-pad-dat-lang-is", 60, "zie ");
    assert_first("een twee drie (http://a.nl/b) en", 24, "een twee drie ");
    assert_first("https://a.nl/een-pad-dat-lang-is", 40, "https://a.nl/een");
}

static void assert_first_trusted(const char *text, size_t budget, const char *expected)
{
    const struct fence none = { 0 };
    size_t length = split_first_trusted(text, strlen(text), budget, &none);

    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, length);
}

static void a_link_with_words_is_not_cut(void **state)
{
    (void)state;

    assert_first_trusted("lees [de hele lange uitleg](https://a.nl)", 30, "lees ");
}

static void code_is_cut_between_lines_and_only_if_it_must(void **state)
{
    (void)state;

    assert_first_trusted("Een langere regel.\n```js\neen();\ntwee();\n```", 34,
                         "Een langere regel.\n");
    assert_first_trusted("```js\neen regel\ntwee regels hier\n```", 30, "```js\neen regel\n");
    assert_first_trusted("```\neen\n```\nnog een woord en meer", 26, "```\neen\n```\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_that_fits_is_not_cut),
        cmocka_unit_test(the_best_place_in_the_second_half_wins),
        cmocka_unit_test(a_good_place_that_comes_too_early_is_not_taken),
        cmocka_unit_test(what_is_seen_as_one_character_is_not_cut),
        cmocka_unit_test(punctuation_counts_for_what_it_may_become),
        cmocka_unit_test(a_heap_of_marks_is_cut_somewhere),
        cmocka_unit_test(a_link_is_not_cut),
        cmocka_unit_test(a_link_with_words_is_not_cut),
        cmocka_unit_test(code_is_cut_between_lines_and_only_if_it_must),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
