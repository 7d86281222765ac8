#include "worker/core/piece.h"

#include <stddef.h>
#include <string.h>

bool piece_skip(struct piece *piece, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(piece->end - piece->at) < length || memcmp(piece->at, word, length) != 0)
        return false;
    piece->at += length;
    return true;
}

struct piece piece_take(struct piece *piece, char separator)
{
    const char *found = memchr(piece->at, separator, (size_t)(piece->end - piece->at));
    struct piece taken = { piece->at, found ? found : piece->end };

    piece->at = found ? found + 1 : piece->end;
    return taken;
}

/* Adds a digit to a number of the given sign. */
static bool add_digit(char c, int sign, int64_t *number)
{
    return c >= '0' && c <= '9' && !__builtin_mul_overflow(*number, 10, number) &&
           !__builtin_add_overflow(*number, sign * (c - '0'), number);
}

bool piece_read_number(struct piece piece, int64_t *ret)
{
    int sign = piece_skip(&piece, "-") ? -1 : 1;
    ptrdiff_t length = piece.end - piece.at;

    if (length == 0 || (*piece.at == '0' && (length > 1 || sign < 0)))
        return false;
    *ret = 0;
    while (piece.at < piece.end) {
        if (!add_digit(*piece.at++, sign, ret))
            return false;
    }
    return true;
}

bool piece_read_number_to(struct piece piece, int64_t most, int64_t *ret)
{
    return piece_read_number(piece, ret) && *ret >= 0 && *ret <= most;
}
