#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"
#include "worker/core/event.h"
#include "worker/core/link.h"

static void assert_link(const char *url, const char *expected)
{
    AUTO(text_free) struct text text = text_of(8192);

    assert_true(link_add(url, &text));
    assert_string_equal(text_string(&text), expected);
}

static void assert_no_link(const char *url)
{
    AUTO(text_free) struct text text = text_of(8192);

    text_add_string(&text, "before");
    assert_false(link_add(url, &text));
    assert_string_equal(text_string(&text), "before");
}

static void a_web_address_is_kept(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "https://zeezicht.i-reserve.nl/admin.php?booking=3691&tab=1#top",
        "http://localhost:8080/a;b=c,d~e@f%20g",
        "HTTPS://Example.NL",
    };

    for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++)
        assert_link(urls[i], urls[i]);
}

static void what_could_end_a_link_is_encoded(void **state)
{
    (void)state;

    assert_link("https://a.nl/x y)z](\"<>\n\\", "https://a.nl/x%20y%29z%5D%28%22%3C%3E%0A%5C");
    assert_link("https://a.nl/é\xE2\x80\xAE", "https://a.nl/%C3%A9%E2%80%AE");
}

static void anything_but_a_web_address_is_refused(void **state)
{
    (void)state;

    assert_no_link("");
    assert_no_link("javascript:alert(1)");
    assert_no_link(" https://a.nl");
    assert_no_link("//a.nl");
    assert_no_link("https:a.nl");
    assert_no_link("https://");
    assert_no_link("https:///pad");
    assert_no_link("https://\\a.nl");
    assert_no_link("mailto:a@b.nl");
}

static void a_name_before_the_host_is_refused(void **state)
{
    (void)state;

    assert_no_link("https://zeezicht.i-reserve.nl@evil.example/");
    assert_no_link("https://a:b@evil.example");
    assert_link("https://a.nl/@b", "https://a.nl/@b");
}

static void a_link_that_is_too_long_is_refused(void **state)
{
    (void)state;
    char url[LINK_MAX_RUNES + 2] = "https://a.nl/";

    memset(url + strlen(url), 'x', LINK_MAX_RUNES - strlen(url));
    assert_link(url, url);
    url[LINK_MAX_RUNES] = 'x';
    assert_no_link(url);
    memset(url + 20, '&', 300);
    url[320] = '\0';
    assert_no_link(url);
}

/* Finds each address in a text; with a bar behind each. */
static void assert_found(const char *text, const char *expected)
{
    AUTO(text_free) struct text found = text_of(1024);
    struct link_place place = { 0 };

    while (link_find(text, strlen(text), place.end, &place)) {
        text_add(&found, text + place.begin, place.end - place.begin);
        text_add_char(&found, '|');
    }
    assert_string_equal(text_string(&found), expected);
}

static void addresses_are_found_in_a_text(void **state)
{
    (void)state;

    assert_found("", "");
    assert_found("zie https://a.nl/b, en (HTTP://C.nl/d(e)).", "https://a.nl/b|HTTP://C.nl/d(e)|");
    assert_found("[https://a.nl](https://b.nl/x) <http://c.nl>",
                 "https://a.nl|https://b.nl/x|http://c.nl|");
    assert_found("https://a.nl/p?x=1&y=é#z\nhttps://b.nl",
                 "https://a.nl/p?x=1&y=é#z|https://b.nl|");
}

static void what_is_no_web_address_is_not_found(void **state)
{
    (void)state;
    char url[EVENT_MAX_URL + 100] = "https://";

    assert_found("http https:// ://a ftp://a.nl xhttp://a.nl www.a.nl", "");
    memset(url + strlen(url), ')', sizeof(url) - strlen(url) - 1);
    assert_found(url, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_web_address_is_kept),
        cmocka_unit_test(what_could_end_a_link_is_encoded),
        cmocka_unit_test(anything_but_a_web_address_is_refused),
        cmocka_unit_test(a_name_before_the_host_is_refused),
        cmocka_unit_test(a_link_that_is_too_long_is_refused),
        cmocka_unit_test(addresses_are_found_in_a_text),
        cmocka_unit_test(what_is_no_web_address_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
