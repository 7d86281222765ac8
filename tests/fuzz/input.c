#include "tests/fuzz/input.h"

#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"

struct input input_of(const uint8_t *data, size_t size)
{
    const char *bytes = size ? (const char *)data : "";

    return (struct input){ .at = bytes, .end = bytes + size };
}

struct input_piece input_take(struct input *input)
{
    struct input_piece piece = { .bytes = input->at };

    if (!piece.bytes)
        return piece;
    const char *separator = memchr(piece.bytes, INPUT_SEPARATOR, (size_t)(input->end - input->at));
    piece.length = (size_t)((separator ? separator : input->end) - piece.bytes);
    input->at = separator ? separator + 1 : NULL;
    return piece;
}

char *input_take_string(struct input *input)
{
    struct input_piece piece = input_take(input);

    return piece.bytes ? mem_string_of(piece.bytes, piece.length) : NULL;
}

char *input_take_words(struct input *input)
{
    struct input_piece piece = input_take(input);
    char *words = piece.bytes ? mem_new(piece.length + 1) : NULL;
    size_t length = 0;
    uint32_t point = 0;

    for (size_t at = 0; at < piece.length;) {
        size_t size = utf8_read(piece.bytes + at, piece.length - at, &point);
        if (size > 0 && point != 0) {
            memcpy(words + length, piece.bytes + at, size);
            length += size;
        }
        at += size ? size : 1;
    }
    return words;
}

uint8_t input_take_choice(struct input *input)
{
    struct input_piece piece = input_take(input);

    return piece.length ? (uint8_t)*piece.bytes : 0;
}
