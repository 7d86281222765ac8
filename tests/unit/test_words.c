#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/reading.h"
#include "worker/core/words.h"

static void every_word_is_there_in_every_language(void **state)
{
    (void)state;

    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        assert_true(strlen(language_names[language]) == 2);
        for (int word = 0; word < WORD_COUNT; word++)
            assert_true(*word_in((enum language)language, (enum word)word));
    }
}

static void a_word_is_no_markup_and_calls_nobody(void **state)
{
    (void)state;

    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        for (int i = 0; i < WORD_COUNT; i++) {
            const char *word = word_in((enum language)language, (enum word)i);
            assert_false(reading_notifies(word));
            assert_false(reading_links(word));
            assert_false(reading_deceives(word, strlen(word)));
            assert_null(strpbrk(word, "*_`~#<>[]|\\&$\n"));
        }
    }
}

static void dutch_is_dutch_and_english_english(void **state)
{
    (void)state;

    assert_string_equal(word_in(LANGUAGE_NL, WORD_CONVERSATION), "Gesprek");
    assert_string_equal(word_in(LANGUAGE_EN, WORD_CONVERSATION), "Conversation");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_there_in_every_language),
        cmocka_unit_test(a_word_is_no_markup_and_calls_nobody),
        cmocka_unit_test(dutch_is_dutch_and_english_english),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
