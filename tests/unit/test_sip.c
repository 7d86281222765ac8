#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/sip.h"

/* The bytes 0 to 15, as the vectors of SipHash have it. */
static const struct sip_secret counting = { { UINT64_C(0x0706050403020100),
                                              UINT64_C(0x0f0e0d0c0b0a0908) } };

/* Lengths around the edges of a word; the values are a second implementation's. */
static void hashes_are_those_of_siphash_1_3(void **state)
{
    (void)state;
    static const char bytes[] = "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17";

    assert_true(sip_hash(&counting, bytes, 0) == UINT64_C(0xabac0158050fc4dc));
    assert_true(sip_hash(&counting, bytes, 1) == UINT64_C(0xc9f49bf37d57ca93));
    assert_true(sip_hash(&counting, bytes, 7) == UINT64_C(0xd3927d989bb11140));
    assert_true(sip_hash(&counting, bytes, 8) == UINT64_C(0x369095118d299a8e));
    assert_true(sip_hash(&counting, bytes, 15) == UINT64_C(0xd320d86d2a519956));
}

static void every_secret_has_its_own_hashes(void **state)
{
    (void)state;
    struct sip_secret one = sip_secret_new();
    struct sip_secret other = sip_secret_new();

    assert_true(sip_hash(&one, "key", 3) == sip_hash(&one, "key", 3));
    assert_true(sip_hash(&one, "key", 3) != sip_hash(&other, "key", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_siphash_1_3),
        cmocka_unit_test(every_secret_has_its_own_hashes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
