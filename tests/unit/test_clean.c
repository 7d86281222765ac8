#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"
#include "worker/core/clean.h"

static void assert_clean(const char *text)
{
    AUTO(text_free) struct text changed = text_of(1024);

    assert_true(clean(text, strlen(text), &changed));
    assert_int_equal(changed.length, 0);
}

static void assert_becomes(const char *text, const char *expected)
{
    AUTO(text_free) struct text changed = text_of(1024);

    assert_false(clean(text, strlen(text), &changed));
    assert_string_equal(text_string(&changed), expected);
}

static void what_can_be_seen_is_kept(void **state)
{
    (void)state;

    assert_clean("");
    assert_clean("Kamer 12\nmet ontbijt");
    assert_clean("Zoë – € 15,- … “ja” 日本語 العربية");
    assert_clean("👩‍👩‍👧 ❤️ 🇳🇱 👍🏽");
    assert_clean("می‌شود क्‍ष");
}

static void every_end_of_a_line_is_a_line_feed(void **state)
{
    (void)state;

    assert_becomes("a\r\nb\rc\n", "a\nb\nc\n");
    assert_becomes("a\xC2\x85"
                   "b\xE2\x80\xA8"
                   "c\xE2\x80\xA9"
                   "d\xE2\x90\xA4"
                   "e",
                   "a\nb\nc\nd\ne");
    assert_becomes("\r", "\n");
}

static void spaces_that_clients_read_as_spaces_are_spaces(void **state)
{
    (void)state;

    assert_becomes("a\tb\xC2\xA0"
                   "c",
                   "a b c");
}

static void what_only_deceives_is_removed(void **state)
{
    (void)state;

    assert_becomes("a\x01"
                   "b\x7F"
                   "c\xC2\x9F"
                   "d",
                   "abcd");
    assert_becomes("\xE2\x80\xAE"
                   "evil\xE2\x80\xAC \xE2\x81\xA6x\xE2\x81\xA9\xD8\x9C\xE2\x80\x8F",
                   "evil x");
    assert_becomes("@\xE2\x80\x8B"
                   "all \xEF\xBB\xBF"
                   "b\xE2\x81\xA0"
                   "c\xEF\xBF\xBC",
                   "@all bc");
    assert_becomes("🏴\xF3\xA0\x81\xA7\xF3\xA0\x81\xBF", "🏴");
    assert_becomes("x\xEF\xB7\x90\xEF\xBF\xBF\xF4\x8F\xBF\xBE", "x");
}

static void a_joiner_that_joins_nothing_is_removed(void **state)
{
    (void)state;

    assert_becomes("@\xE2\x80\x8D"
                   "all",
                   "@all");
    assert_becomes("\xE2\x80\x8D👩\xE2\x80\x8D", "👩");
    assert_becomes("👩\xE2\x80\x8D\xE2\x80\x8D👧", "👩\xE2\x80\x8D👧");
    assert_becomes("👩\xE2\x80\x8D"
                   "a",
                   "👩a");
}

static void bytes_that_are_no_characters_are_removed(void **state)
{
    (void)state;

    assert_becomes("a\xFF"
                   "b\xC3",
                   "ab");
    assert_becomes("a\xED\xA0\x80"
                   "b",
                   "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_seen_is_kept),
        cmocka_unit_test(every_end_of_a_line_is_a_line_feed),
        cmocka_unit_test(spaces_that_clients_read_as_spaces_are_spaces),
        cmocka_unit_test(what_only_deceives_is_removed),
        cmocka_unit_test(a_joiner_that_joins_nothing_is_removed),
        cmocka_unit_test(bytes_that_are_no_characters_are_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
