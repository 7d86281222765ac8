#include "worker/demo/standin_words.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/utf8.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether a character is part of words. */
static bool is_letter(uint32_t rune)
{
    enum { FIRST_LETTER = 0xc0, PUNCTUATION = 0x2000, SYMBOLS_END = 0x2bff, CJK_SPACE = 0x3000 };

    if (rune < 0x80)
        return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z') || is_digit((char)rune);
    return rune >= FIRST_LETTER && (rune < PUNCTUATION || rune > SYMBOLS_END) && rune != CJK_SPACE;
}

/* Adds a letter in lower case; only of the Latin alphabets of Western Europe. */
static void add_letter(struct text *text, const char *bytes, size_t size)
{
    char lower[4];

    memcpy(lower, bytes, size);
    if (size == 1 && *lower >= 'A' && *lower <= 'Z')
        lower[0] = (char)(lower[0] - 'A' + 'a');
    else if (size == 2 && (unsigned char)lower[0] == 0xc3 && (unsigned char)lower[1] < 0x9f &&
             (unsigned char)lower[1] != 0x97)
        lower[1] = (char)(lower[1] + 0x20);
    text_add(text, lower, size);
}

/* Whether a hyphen begins a number that nothing but digits belongs to. */
static bool begins_number(const char *at)
{
    size_t digits = strspn(at + 1, "0123456789");

    return *at == '-' && digits > 0 && !is_letter((unsigned char)at[1 + digits]);
}

void words_read(const char *string, bool signed_numbers, struct text *ret)
{
    const char *end = string + strlen(string);

    text_clear(ret);
    text_add_char(ret, ' ');
    while (string < end) {
        uint32_t rune = 0;
        size_t size = utf8_read(string, (size_t)(end - string), &rune);
        bool between = ret->bytes[ret->length - 1] == ' ';

        if (size && is_letter(rune)) {
            add_letter(ret, string, size);
        } else {
            if (!between)
                text_add_char(ret, ' ');
            if (signed_numbers && begins_number(string))
                text_add_char(ret, '-');
        }
        string += size ? size : 1;
    }
    if (ret->bytes[ret->length - 1] != ' ')
        text_add_char(ret, ' ');
}

bool words_contain(const struct text *words, const struct text *wanted)
{
    return strstr(text_string(words), text_string(wanted)) != NULL;
}
