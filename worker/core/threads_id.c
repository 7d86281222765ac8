#include "worker/core/threads_id.h"

#include <stdint.h>
#include <string.h>

#include "common/must.h"

/*
 * Two halves of 13 characters, each a number to the base 36 in 68 bits (36^13 < 2^68).  The first
 * is one more than it says, so that all zero is the empty id.
 */
enum { HALF = THREADS_ID_LENGTH / 2, BASE = 36 };

__extension__ typedef unsigned __int128 wide;

static int digit_of(char byte)
{
    if (byte >= 'a' && byte <= 'z')
        return byte - 'a';
    return byte >= '0' && byte <= '9' ? byte - '0' + 26 : -1;
}

bool threads_id_is_whole(const char *bytes, size_t length)
{
    if (length != THREADS_ID_LENGTH)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (digit_of(bytes[i]) < 0)
            return false;
    }
    return true;
}

/* All but the last character fit 64 bits, which is much faster. */
static wide number_of(const char *half)
{
    uint64_t number = 0;

    for (size_t i = 0; i < HALF - 1; i++)
        number = number * BASE + (uint64_t)digit_of(half[i]);
    return (wide)number * BASE + (wide)digit_of(half[HALF - 1]);
}

void threads_id_pack(const char *id, unsigned char ret[static THREADS_ID_PACKED])
{
    memset(ret, 0, THREADS_ID_PACKED);
    if (!*id)
        return;
    must(threads_id_is_whole(id, strlen(id)));
    wide first = number_of(id) + 1;
    wide second = number_of(id + HALF);
    uint64_t high = (uint64_t)(first >> 4);
    uint64_t low = (uint64_t)second;
    memcpy(ret, &high, sizeof(high));
    ret[sizeof(high)] = (unsigned char)((first & 15) << 4 | second >> 64);
    memcpy(ret + sizeof(high) + 1, &low, sizeof(low));
}

static void write_half(wide number, char *ret)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    uint64_t rest = (uint64_t)(number / BASE);

    ret[HALF - 1] = characters[(size_t)(number % BASE)];
    for (size_t i = HALF - 1; i > 0; i--) {
        ret[i - 1] = characters[rest % BASE];
        rest /= BASE;
    }
}

void threads_id_unpack(const unsigned char packed[static THREADS_ID_PACKED],
                       char ret[static THREADS_ID_LENGTH + 1])
{
    uint64_t high;
    uint64_t low;

    memcpy(&high, packed, sizeof(high));
    memcpy(&low, packed + sizeof(high) + 1, sizeof(low));
    wide first = (wide)high << 4 | packed[sizeof(high)] >> 4;
    ret[0] = '\0';
    if (first == 0)
        return;
    write_half(first - 1, ret);
    write_half((wide)(packed[sizeof(high)] & 15) << 64 | low, ret + HALF);
    ret[THREADS_ID_LENGTH] = '\0';
}
