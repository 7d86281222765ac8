#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/search_word.h"

static void a_word_of_letters_and_digits_is_found_whatever_the_id_is(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        const char *word;
    } ids[] = {
        { "c-10293", "c10293" },
        { "10293", "c10293" },
        { "Chat_7/é", "chat7" },
        { "8f0c1d6e-0b7b-4a59-9d6c-2f6f1f5f1c11", "c8f0c1d6e0b7b4a599d6c2f6f1f5f1c11" },
    };
    char word[SEARCH_WORD_SIZE];

    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
        assert_false(search_word_of(ids[i].id, word));
        assert_string_equal(word, ids[i].word);
    }
}

static void an_id_may_be_its_own_word(void **state)
{
    (void)state;
    char word[SEARCH_WORD_SIZE];

    assert_true(search_word_of("chat7", word));
}

static void every_id_has_a_word(void **state)
{
    (void)state;
    char word[SEARCH_WORD_SIZE];
    char other[SEARCH_WORD_SIZE];
    char id[200];

    assert_false(search_word_of("日本", word));
    assert_false(search_word_of("-", other));
    assert_string_not_equal(word, other);
    memset(id, '9', sizeof(id) - 1);
    id[sizeof(id) - 1] = '\0';
    assert_false(search_word_of(id, word));
    assert_int_equal(strlen(word), SEARCH_WORD_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_of_letters_and_digits_is_found_whatever_the_id_is),
        cmocka_unit_test(an_id_may_be_its_own_word),
        cmocka_unit_test(every_id_has_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
