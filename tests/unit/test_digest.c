#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/digest.h"

static void a_digest_is_the_sha256(void **state)
{
    (void)state;
    /* FIPS 180-2, B.1 */
    static const unsigned char of_abc[DIGEST_BYTES] = {
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
        0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
        0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
    };
    struct digest digest = digest_of("abc", 3);

    assert_memory_equal(digest.bytes, of_abc, DIGEST_BYTES);
}

static void a_fingerprint_is_the_first_eight_digits(void **state)
{
    (void)state;
    char fingerprint[DIGEST_FINGERPRINT_SIZE];

    digest_fingerprint("abc", fingerprint);
    assert_string_equal(fingerprint, "ba7816bf");
}

static void an_id_spells_the_bits_from_the_first_on(void **state)
{
    (void)state;
    struct digest digest = { .bytes = { 0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf,
                                        0x84, 0x65, 0x3a, 0x56, 0xd7, 0xc6, 0x75 } };
    char id[DIGEST_ID_SIZE];

    /* 0, 1, 2 … 25 in groups of five bits: the alphabet of Mattermost's ids in its order. */
    digest_id(&digest, id);
    assert_string_equal(id, "ybndrfg8ejkmcpqxot1uwisza3");
}

static void ids_of_different_digests_differ(void **state)
{
    (void)state;
    struct digest a = digest_of("a", 1);
    struct digest b = digest_of("b", 1);
    char id_a[DIGEST_ID_SIZE];
    char id_b[DIGEST_ID_SIZE];

    digest_id(&a, id_a);
    digest_id(&b, id_b);
    assert_string_not_equal(id_a, id_b);
    assert_int_equal(strspn(id_a, "abcdefghijklmnopqrstuvwxyz0123456789"), 26);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_digest_is_the_sha256),
        cmocka_unit_test(a_fingerprint_is_the_first_eight_digits),
        cmocka_unit_test(an_id_spells_the_bits_from_the_first_on),
        cmocka_unit_test(ids_of_different_digests_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
