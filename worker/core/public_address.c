#include "worker/core/public_address.h"

#include <string.h>

struct range {
    uint8_t first[16];
    unsigned bits; /* that all addresses of the range begin with */
};

/* IANA's registry of special IPv4 addresses, multicast, and what is reserved. */
static const struct range not_public_v4[] = {
    { { 0 }, 8 },             /* this network */
    { { 10 }, 8 },            /* private */
    { { 100, 64 }, 10 },      /* shared by a carrier's customers */
    { { 127 }, 8 },           /* loopback */
    { { 169, 254 }, 16 },     /* link-local; the metadata of clouds */
    { { 172, 16 }, 12 },      /* private */
    { { 192, 0, 0 }, 24 },    /* protocol assignments */
    { { 192, 0, 2 }, 24 },    /* documentation */
    { { 192, 88, 99 }, 24 },  /* 6to4 relays */
    { { 192, 168 }, 16 },     /* private */
    { { 198, 18 }, 15 },      /* benchmarks */
    { { 198, 51, 100 }, 24 }, /* documentation */
    { { 203, 0, 113 }, 24 },  /* documentation */
    { { 224 }, 4 },           /* multicast */
    { { 240 }, 4 },           /* reserved, broadcast */
};

/* Of IPv6 only this is given out. */
static const struct range global_v6 = { { 0x20 }, 3 };

/* And of that not these. */
static const struct range not_public_v6[] = {
    { { 0x20, 0x01 }, 23 },             /* protocol assignments, Teredo among them */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
    { { 0x20, 0x02 }, 16 },             /* 6to4 */
    { { 0x3f, 0xff }, 20 },             /* documentation */
};

static bool is_in(const struct range *range, const uint8_t *bytes)
{
    size_t whole = range->bits / 8;
    unsigned rest = range->bits % 8;

    if (memcmp(bytes, range->first, whole) != 0)
        return false;
    return rest == 0 || (bytes[whole] ^ range->first[whole]) >> (8 - rest) == 0;
}

static bool is_in_any(const struct range *ranges, size_t count, const uint8_t *bytes)
{
    for (size_t i = 0; i < count; i++)
        if (is_in(&ranges[i], bytes))
            return true;
    return false;
}

bool public_address(const uint8_t *bytes, size_t length)
{
    if (length == 4)
        return !is_in_any(not_public_v4, sizeof(not_public_v4) / sizeof(*not_public_v4), bytes);
    return length == 16 && is_in(&global_v6, bytes) &&
           !is_in_any(not_public_v6, sizeof(not_public_v6) / sizeof(*not_public_v6), bytes);
}
