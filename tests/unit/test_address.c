#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/address.h"

enum { LONG_MS = 10000 };

static void assert_parses(const char *words, const char *host, const char *port)
{
    struct address address;
    struct fault fault;

    assert_int_equal(address_parse(words, &address, &fault), 0);
    assert_string_equal(address.host, host);
    assert_string_equal(address.port, port);
}

static void hosts_are_names_addresses_or_nothing(void **state)
{
    (void)state;

    assert_parses("127.0.0.1:9464", "127.0.0.1", "9464");
    assert_parses("[::1]:9464", "::1", "9464");
    assert_parses("localhost:0", "localhost", "0");
    assert_parses(":65535", "", "65535");
}

static void what_is_no_address_is_refused_in_words(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",         "9464",      "127.0.0.1",    "127.0.0.1:",   "127.0.0.1:x",  "127.0.0.1:65536",
        "::1:9464", "[::1:9464", "[::1]9464",    "127.0.0.1:-1", "127.0.0.1: 1", "a:123456789",
        "[::1]",    "a:b:1",     "http://a:80/",
    };
    struct address address;
    struct fault fault;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        assert_int_equal(address_parse(wrong[i], &address, &fault), -1);
        assert_non_null(strstr(fault.words, "is not host:port"));
    }
}

static void assert_meets(const char *words, const char *beginning)
{
    char real[ADDRESS_SIZE];
    struct fault fault;
    int listener;
    int client;

    assert_int_equal(address_listen(words, &listener, &fault), 0);
    address_of_socket(listener, real);
    assert_memory_equal(real, beginning, strlen(beginning));
    assert_string_not_equal(strrchr(real, ':'), ":0");
    assert_int_equal(address_connect(real, LONG_MS, &client, &fault), 0);
    close(client);
    close(listener);
}

static void a_free_port_can_be_asked_for_and_read_back(void **state)
{
    (void)state;

    assert_meets("127.0.0.1:0", "127.0.0.1:");
    assert_meets("0.0.0.0:0", "0.0.0.0:");
}

/* Not every container has IPv6: then there is nothing to try. */
static void ipv6_addresses_are_in_brackets(void **state)
{
    (void)state;
    struct fault fault;
    int listener;

    if (address_listen("[::1]:0", &listener, &fault) != 0)
        return;
    close(listener);
    assert_meets("[::1]:0", "[::1]:");
}

static void a_port_that_is_taken_is_refused_in_words(void **state)
{
    (void)state;
    char real[ADDRESS_SIZE];
    struct fault fault;
    int first;
    int second;

    assert_int_equal(address_listen("127.0.0.1:0", &first, &fault), 0);
    address_of_socket(first, real);
    assert_int_equal(address_listen(real, &second, &fault), -1);
    assert_non_null(strstr(fault.words, real));
    assert_non_null(strstr(fault.words, "in use"));
    close(first);
    assert_int_equal(address_connect(real, LONG_MS, &second, &fault), -1);
    assert_non_null(strstr(fault.words, "cannot connect to"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_are_names_addresses_or_nothing),
        cmocka_unit_test(what_is_no_address_is_refused_in_words),
        cmocka_unit_test(a_free_port_can_be_asked_for_and_read_back),
        cmocka_unit_test(ipv6_addresses_are_in_brackets),
        cmocka_unit_test(a_port_that_is_taken_is_refused_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
