#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/host_list.h"

/* How a host is listed in a list of one pattern. */
static enum host_listing listing(const char *pattern, const char *host, int port)
{
    AUTO(host_list_free) struct host_list *list = NULL;
    struct fault fault;

    assert_int_equal(host_list_new(&pattern, 1, &list, &fault), 0);
    return host_list_find(list, host, port);
}

static void assert_refused(const char *pattern)
{
    const char *const patterns[] = { "files.example.com", pattern };
    struct host_list *list = NULL;
    struct fault fault;

    assert_int_equal(host_list_new(patterns, 2, &list, &fault), -1);
    assert_null(list);
    assert_int_equal(fault.words[0], '"');
    assert_memory_equal(fault.words + 1, pattern, strlen(pattern) < 80 ? strlen(pattern) : 80);
}

static void an_empty_list_allows_nothing(void **state)
{
    AUTO(host_list_free) struct host_list *list = NULL;
    struct fault fault;
    (void)state;

    assert_int_equal(host_list_new(NULL, 0, &list, &fault), 0);
    assert_int_equal(host_list_find(list, "files.example.com", 443), HOST_NOT_LISTED);
    assert_int_equal(host_list_find(list, "127.0.0.1", 80), HOST_NOT_LISTED);
    assert_int_equal(host_list_find(list, "", 80), HOST_NOT_LISTED);
}

static void a_name_stands_for_itself(void **state)
{
    (void)state;

    assert_int_equal(listing("files.example.com", "files.example.com", 443), HOST_BY_NAME);
    assert_int_equal(listing("localhost", "localhost", 443), HOST_BY_NAME);
    assert_int_equal(listing("a_b.example", "a_b.example", 443), HOST_BY_NAME);
    assert_int_equal(listing("files.example.com", "a.files.example.com", 443), HOST_NOT_LISTED);
    assert_int_equal(listing("files.example.com", "example.com", 443), HOST_NOT_LISTED);
    assert_int_equal(listing("files.example.com", "files.example.com.evil.nl", 443),
                     HOST_NOT_LISTED);
    assert_int_equal(listing("files.example.com", "filesxexample.com", 443), HOST_NOT_LISTED);
}

static void a_wildcard_stands_for_one_label_or_more(void **state)
{
    (void)state;

    assert_int_equal(listing("*.i-reserve.nl", "zeezicht.i-reserve.nl", 443), HOST_BY_WILDCARD);
    assert_int_equal(listing("*.i-reserve.nl", "a.b.c.i-reserve.nl", 443), HOST_BY_WILDCARD);
    assert_int_equal(listing("*.i-reserve.nl", "i-reserve.nl", 443), HOST_NOT_LISTED);
    assert_int_equal(listing("*.i-reserve.nl", ".i-reserve.nl", 443), HOST_NOT_LISTED);
    assert_int_equal(listing("*.i-reserve.nl", "evil-i-reserve.nl", 443), HOST_NOT_LISTED);
    assert_int_equal(listing("*.i-reserve.nl", "zeezicht.i-reserve.nl.evil.nl", 443),
                     HOST_NOT_LISTED);
    assert_int_equal(listing("*.i-reserve.nl", "*.i-reserve.nl", 443), HOST_NOT_LISTED);
}

static void letters_and_the_last_dot_make_no_difference(void **state)
{
    (void)state;

    assert_int_equal(listing("Files.Example.com.", "fILES.example.COM", 443), HOST_BY_NAME);
    assert_int_equal(listing("files.example.com", "files.example.com.", 443), HOST_BY_NAME);
    assert_int_equal(listing("*.EXAMPLE.com", "A.example.COM.", 443), HOST_BY_WILDCARD);
    assert_int_equal(listing("files.example.com", "files.example.com..", 443), HOST_NOT_LISTED);
}

static void addresses_stand_for_themselves(void **state)
{
    (void)state;

    assert_int_equal(listing("127.0.0.1", "127.0.0.1", 80), HOST_BY_NAME);
    assert_int_equal(listing("127.0.0.1", "127.0.0.2", 80), HOST_NOT_LISTED);
    assert_int_equal(listing("127.0.0.1", "[::1]", 80), HOST_NOT_LISTED);
    assert_int_equal(listing("127.0.0.1", "[::ffff:127.0.0.1]", 80), HOST_NOT_LISTED);
    assert_int_equal(listing("[::1]", "[::1]", 80), HOST_BY_NAME);
    assert_int_equal(listing("[::1]", "[0:0:0::0:1]", 80), HOST_BY_NAME);
    assert_int_equal(listing("[2001:DB8::A]", "[2001:db8:0:0::a]", 80), HOST_BY_NAME);
    assert_int_equal(listing("[::1]", "[::2]", 80), HOST_NOT_LISTED);
    assert_int_equal(listing("[::1]", "::1", 80), HOST_NOT_LISTED);
    assert_int_equal(listing("[::1]", "[::1", 80), HOST_NOT_LISTED);
    assert_int_equal(listing("[::1]", "[]", 80), HOST_NOT_LISTED);
    assert_int_equal(listing("*.example.com", "[::1]", 80), HOST_NOT_LISTED);
}

static void a_port_allows_that_port_only(void **state)
{
    (void)state;

    assert_int_equal(listing("files.example.com", "files.example.com", 8443), HOST_BY_NAME);
    assert_int_equal(listing("files.example.com:8443", "files.example.com", 8443), HOST_BY_NAME);
    assert_int_equal(listing("files.example.com:8443", "files.example.com", 443), HOST_NOT_LISTED);
    assert_int_equal(listing("*.example.com:80", "a.example.com", 80), HOST_BY_WILDCARD);
    assert_int_equal(listing("*.example.com:80", "a.example.com", 8080), HOST_NOT_LISTED);
    assert_int_equal(listing("[::1]:80", "[::1]", 80), HOST_BY_NAME);
    assert_int_equal(listing("[::1]:80", "[::1]", 81), HOST_NOT_LISTED);
    assert_int_equal(listing("127.0.0.1:65535", "127.0.0.1", 65535), HOST_BY_NAME);
}

static void the_strongest_listing_counts(void **state)
{
    static const char *const patterns[] = { "*.example.com", "a.example.com:443",
                                            "*.a.example.com" };
    AUTO(host_list_free) struct host_list *list = NULL;
    struct fault fault;
    (void)state;

    assert_int_equal(host_list_new(patterns, 3, &list, &fault), 0);
    assert_int_equal(host_list_find(list, "a.example.com", 443), HOST_BY_NAME);
    assert_int_equal(host_list_find(list, "a.example.com", 80), HOST_BY_WILDCARD);
    assert_int_equal(host_list_find(list, "b.a.example.com", 443), HOST_BY_WILDCARD);
}

static void names_of_other_letters_are_listed_as_they_are_asked_for(void **state)
{
    (void)state;

    assert_int_equal(listing("xn--caf-dma.example", "xn--caf-dma.example", 443), HOST_BY_NAME);
    assert_int_equal(listing("*.xn--caf-dma.example", "a.XN--CAF-dma.example", 443),
                     HOST_BY_WILDCARD);
    assert_int_equal(listing("*.example", "café.example", 443), HOST_NOT_LISTED);
    assert_int_equal(listing("*.example.com", "a.example.com\xE3\x80\x82nl", 443), HOST_NOT_LISTED);
}

static void hosts_that_are_none_are_not_listed(void **state)
{
    static const char *const hosts[] = {
        "",
        ".",
        "a..example.com",
        "user@a.example.com",
        "evil.nl/a.example.com",
        "evil.nl\\a.example.com",
        "evil.nl?.example.com",
        "evil.nl%00.example.com",
        "a b.example.com",
        "[fe80::1%25eth0]",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
        assert_int_equal(listing("*.example.com", hosts[i], 443), HOST_NOT_LISTED);
}

static void a_pattern_that_is_none_is_named(void **state)
{
    static const char *const patterns[] = {
        "",
        "*",
        "*.",
        ".",
        "*example.com",
        "a.*.example.com",
        "*.*.example.com",
        "*.127.0.0.1",
        "*.[::1]",
        "https://files.example.com",
        "files.example.com/",
        "files.example.com/a",
        "user:secret@files.example.com",
        "user@files.example.com",
        "files..example.com",
        ".example.com",
        "files.example.com:",
        "files.example.com:0",
        "files.example.com:65536",
        "files.example.com:4294967739",
        "files.example.com:44x",
        "files.example.com:+443",
        "files example.com",
        " files.example.com",
        "café.example",
        "::1",
        "[::1",
        "[]",
        "[127.0.0.1]",
        "[::1]x",
        "[fe80::1%eth0]",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "127.0.0.0x1",
        "1.2.3.4.5",
        "256.0.0.1",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
        assert_refused(patterns[i]);
}

static void a_name_that_is_too_long_is_refused(void **state)
{
    char name[256];
    (void)state;

    for (size_t i = 0; i < sizeof(name); i++)
        name[i] = i % 8 == 7 ? '.' : 'a';
    name[254] = '\0';
    assert_refused(name);
    name[253] = '\0';
    assert_int_equal(listing(name, name, 443), HOST_BY_NAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_list_allows_nothing),
        cmocka_unit_test(a_name_stands_for_itself),
        cmocka_unit_test(a_wildcard_stands_for_one_label_or_more),
        cmocka_unit_test(letters_and_the_last_dot_make_no_difference),
        cmocka_unit_test(addresses_stand_for_themselves),
        cmocka_unit_test(a_port_allows_that_port_only),
        cmocka_unit_test(the_strongest_listing_counts),
        cmocka_unit_test(names_of_other_letters_are_listed_as_they_are_asked_for),
        cmocka_unit_test(hosts_that_are_none_are_not_listed),
        cmocka_unit_test(a_pattern_that_is_none_is_named),
        cmocka_unit_test(a_name_that_is_too_long_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
