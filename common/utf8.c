#include "common/utf8.h"

#include <stdbool.h>

/* A first byte at or above `from` leads `size` bytes, which spell `least` or more. */
static const struct lead {
    unsigned char from;
    unsigned char size;
    uint32_t least;
} leads[] = {
    { 0xf8, 0, 0 },    { 0xf0, 4, 0x10000 }, { 0xe0, 3, 0x800 },
    { 0xc0, 2, 0x80 }, { 0x80, 0, 0 },       { 0x00, 1, 0 },
};

static bool is_scalar(uint32_t point)
{
    return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

size_t utf8_read(const char *bytes, size_t length, uint32_t *ret)
{
    unsigned char first = (unsigned char)bytes[0];
    const struct lead *lead = leads;

    while (first < lead->from)
        lead++;
    if (lead->size == 0 || lead->size > length)
        return 0;

    uint32_t point = lead->size == 1 ? first : first & (0x7fU >> lead->size);
    for (size_t i = 1; i < lead->size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if ((byte & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (byte & 0x3fU);
    }
    if (point < lead->least || !is_scalar(point))
        return 0;
    *ret = point;
    return lead->size;
}
