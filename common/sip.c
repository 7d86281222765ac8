#include "common/sip.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "common/must.h"

struct sip_secret sip_secret_new(void)
{
    struct sip_secret secret;

    must(getentropy(&secret, sizeof(secret)) == 0);
    return secret;
}

static inline uint64_t rotate(uint64_t bits, unsigned by)
{
    return bits << by | bits >> (64 - by);
}

static inline void sip_round(uint64_t v[static 4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

uint64_t sip_hash(const struct sip_secret *secret, const void *bytes, size_t length)
{
    uint64_t v[4] = {
        secret->words[0] ^ UINT64_C(0x736f6d6570736575),
        secret->words[1] ^ UINT64_C(0x646f72616e646f6d),
        secret->words[0] ^ UINT64_C(0x6c7967656e657261),
        secret->words[1] ^ UINT64_C(0x7465646279746573),
    };
    bool is_last = false;

    for (size_t at = 0; !is_last; at += sizeof(uint64_t)) {
        uint64_t word = 0;
        is_last = length - at < sizeof(word);
        if (length > at)
            memcpy(&word, (const char *)bytes + at, is_last ? length - at : sizeof(word));
        if (is_last)
            word |= (uint64_t)length << 56;
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
