#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>

#include <cmocka.h>

#include "worker/core/public_address.h"

static bool is_public(const char *words)
{
    uint8_t bytes[16];

    if (inet_pton(AF_INET, words, bytes) == 1)
        return public_address(bytes, 4);
    assert_int_equal(inet_pton(AF_INET6, words, bytes), 1);
    return public_address(bytes, 16);
}

/* The first and the last address of a range, and their neighbours outside it. */
struct edges {
    const char *before;
    const char *first;
    const char *last;
    const char *behind;
};

static void ranges_that_are_not_public_end_where_they_should(void **state)
{
    static const struct edges ranges[] = {
        { NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0" },
        { "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0" },
        { "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0" },
        { "126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0" },
        { "169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0" },
        { "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0" },
        { "191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0" },
        { "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0" },
        { "192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0" },
        { "192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0" },
        { "198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0" },
        { "198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0" },
        { "203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0" },
        { "223.255.255.255", "224.0.0.0", "255.255.255.255", NULL },
        { NULL, "::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::" },
        { "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
          "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::" },
        { "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
          "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::" },
        { "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
          "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::" },
        { "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
          "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::" },
        { "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
          "4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL },
    };
    (void)state;

    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
        const struct edges *range = &ranges[i];
        if (range->before)
            assert_true(is_public(range->before));
        assert_false(is_public(range->first));
        assert_false(is_public(range->last));
        if (range->behind)
            assert_true(is_public(range->behind));
    }
}

static void neighbours_of_this_machine_are_not_public(void **state)
{
    static const char *const neighbours[] = {
        "::1",               /* itself */
        "fe80::1",           /* on its network */
        "fec0::1",           /* on its site, as it once was called */
        "fc00::1",           /* private */
        "fd12:3456:789a::1", /* private */
        "ff02::1",           /* multicast */
        "100::1",            /* a black hole */
        "169.254.169.254",   /* the metadata of a cloud */
        "fd00:ec2::254",     /* the same */
    };
    (void)state;

    for (size_t i = 0; i < sizeof(neighbours) / sizeof(*neighbours); i++)
        assert_false(is_public(neighbours[i]));
}

static void addresses_inside_addresses_are_not_public(void **state)
{
    static const char *const wrapped[] = {
        "::ffff:127.0.0.1",                           /* IPv4-mapped */
        "::ffff:8.8.8.8",     "::127.0.0.1",          /* IPv4-compatible */
        "::ffff:0:127.0.0.1",                         /* translated */
        "64:ff9b::127.0.0.1",                         /* NAT64 */
        "64:ff9b::8.8.8.8",   "64:ff9b:1::127.0.0.1", /* NAT64 of a network of one's own */
        "2002:7f00:1::",                              /* 6to4 */
        "2001:0:7f00:1::",                            /* Teredo */
    };
    (void)state;

    for (size_t i = 0; i < sizeof(wrapped) / sizeof(*wrapped); i++)
        assert_false(is_public(wrapped[i]));
}

static void what_is_no_ip_address_is_not_public(void **state)
{
    static const uint8_t bytes[16] = { 8, 8, 8, 8 };
    (void)state;

    assert_false(public_address(bytes, 0));
    assert_false(public_address(bytes, 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_that_are_not_public_end_where_they_should),
        cmocka_unit_test(neighbours_of_this_machine_are_not_public),
        cmocka_unit_test(addresses_inside_addresses_are_not_public),
        cmocka_unit_test(what_is_no_ip_address_is_not_public),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
