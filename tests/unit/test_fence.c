#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/fence.h"

static struct fence at_the_end_of(const char *text)
{
    const struct fence none = { 0 };

    return fence_after(&none, text, strlen(text));
}

static void a_fence_is_open_until_one_closes_it(void **state)
{
    (void)state;

    assert_int_equal(at_the_end_of("```").sign, '`');
    assert_int_equal(at_the_end_of("a\n```js\nb").sign, '`');
    assert_int_equal(at_the_end_of("```\na\n```").sign, 0);
    assert_int_equal(at_the_end_of("```\na\n   ````  \nb").sign, 0);
    assert_int_equal(at_the_end_of("~~~\n```\n~~~\nb").sign, 0);
    assert_int_equal(at_the_end_of("````\n```\n").length, 4);
}

static void what_not_all_readers_take_for_a_fence_is_none(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "``",
        " ```",
        "- ```",
        "> ```",
        "```a`b",
        "~~~a`b",
        "`````````````````````",
        "``` and far too many words for anything that could be the name of a language",
    };
    const struct fence none = { 0 };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        size_t signs = 0;
        assert_int_equal(at_the_end_of(lines[i]).sign, 0);
        if (i > 0)
            assert_true(fence_is_doubtful(&none, lines[i], strlen(lines[i]), &signs));
    }
}

static void what_some_readers_take_for_the_end_is_doubtful(void **state)
{
    (void)state;
    static const char *const lines[] = { "    ```", "```\xE3\x80\x80", "``` ```", "```js" };
    const struct fence fence = at_the_end_of("```");

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        size_t signs = 0;
        assert_int_equal(fence_after_line(&fence, lines[i], strlen(lines[i])).sign, '`');
        assert_true(fence_is_doubtful(&fence, lines[i], strlen(lines[i]), &signs));
        assert_int_equal(lines[i][signs], '`');
    }
}

static void an_ordinary_line_is_not_doubtful(void **state)
{
    (void)state;
    static const char *const lines[] = { "", "a ```b``` c", "- a", "`code`", "~~weg~~" };
    const struct fence none = { 0 };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        size_t signs = 0;
        assert_false(fence_is_doubtful(&none, lines[i], strlen(lines[i]), &signs));
    }
}

static void a_fence_can_be_opened_again_and_closed(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(100);
    const struct fence fence = at_the_end_of("~~~~ js\n");

    fence_add_opening(&fence, &text);
    fence_add_closing(&fence, &text);
    assert_string_equal(text_string(&text), "~~~~ js\n~~~~");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fence_is_open_until_one_closes_it),
        cmocka_unit_test(what_not_all_readers_take_for_a_fence_is_none),
        cmocka_unit_test(what_some_readers_take_for_the_end_is_doubtful),
        cmocka_unit_test(an_ordinary_line_is_not_doubtful),
        cmocka_unit_test(a_fence_can_be_opened_again_and_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
