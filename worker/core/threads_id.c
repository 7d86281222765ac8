#include "worker/core/threads_id.h"

#include <string.h>

#include "common/must.h"

static const char alphabet[] = "ybndrfg8ejkmcpqxot1uwisza345h769";

/* What a character stands for, counted from 1; 0: it is none of the alphabet. */
static const unsigned char digits[256] = {
    ['y'] = 1,  ['b'] = 2,  ['n'] = 3,  ['d'] = 4,  ['r'] = 5,  ['f'] = 6,  ['g'] = 7,  ['8'] = 8,
    ['e'] = 9,  ['j'] = 10, ['k'] = 11, ['m'] = 12, ['c'] = 13, ['p'] = 14, ['q'] = 15, ['x'] = 16,
    ['o'] = 17, ['t'] = 18, ['1'] = 19, ['u'] = 20, ['w'] = 21, ['i'] = 22, ['s'] = 23, ['z'] = 24,
    ['a'] = 25, ['3'] = 26, ['4'] = 27, ['5'] = 28, ['h'] = 29, ['7'] = 30, ['6'] = 31, ['9'] = 32,
};

/* The last byte holds 2 bits of the last character, and this: there is an id. */
enum { IS_THERE = 0x80 };

bool threads_id_is_whole(const char *bytes, size_t length)
{
    if (length != THREADS_ID_LENGTH)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!digits[(unsigned char)bytes[i]])
            return false;
    }
    return true;
}

void threads_id_pack(const char *id, unsigned char ret[static THREADS_ID_PACKED])
{
    unsigned bits = 0; /* the low `held` bits wait for their turn */
    unsigned held = 0;

    memset(ret, 0, THREADS_ID_PACKED);
    if (!*id)
        return;
    for (size_t i = 0; i < THREADS_ID_LENGTH; i++) {
        unsigned digit = digits[(unsigned char)id[i]];
        must(digit > 0);
        bits = bits << 5 | (digit - 1);
        held += 5;
        if (held >= 8) {
            held -= 8;
            *ret++ = (unsigned char)(bits >> held);
        }
    }
    must(id[THREADS_ID_LENGTH] == '\0');
    *ret = (unsigned char)(IS_THERE | (bits & 3));
}

void threads_id_unpack(const unsigned char packed[static THREADS_ID_PACKED],
                       char ret[static THREADS_ID_LENGTH + 1])
{
    unsigned bits = 0;
    unsigned held = 0;

    ret[0] = '\0';
    if (!packed[THREADS_ID_PACKED - 1])
        return;
    for (size_t i = 0; i < THREADS_ID_LENGTH - 1; i++) {
        if (held < 5) {
            bits = bits << 8 | *packed++;
            held += 8;
        }
        held -= 5;
        ret[i] = alphabet[bits >> held & 31];
    }
    ret[THREADS_ID_LENGTH - 1] = alphabet[(bits << 2 | (*packed & 3)) & 31];
    ret[THREADS_ID_LENGTH] = '\0';
}
