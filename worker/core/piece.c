#include "worker/core/piece.h"

#include <stddef.h>
#include <string.h>

#define VERSION "v1"

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

bool piece_skip_version(struct piece *line)
{
    struct piece version = piece_take(line, ' ');

    return piece_skip(&version, VERSION) && version.at == version.end;
}

bool piece_take_member(struct piece *line, char *ret_name, struct piece *ret)
{
    while (line->at < line->end) {
        *ret = piece_take(line, ' ');
        if (ret->end - ret->at < 2 || ret->at[1] != '=')
            continue;
        *ret_name = ret->at[0];
        ret->at += 2;
        return true;
    }
    return false;
}

void piece_add_version(struct text *ret)
{
    text_add_string(ret, VERSION);
}

void piece_add_number(struct text *ret, const char *member, int64_t number)
{
    if (number == 0)
        return;
    text_add_string(ret, member);
    text_add_int(ret, number);
}

void piece_add_string(struct text *ret, const char *member, const char *string)
{
    if (!*string)
        return;
    text_add_string(ret, member);
    text_add_string(ret, string);
}
