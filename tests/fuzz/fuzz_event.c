/*
 * Any record: lines `name: value` are its headers, behind an empty line comes its value.  Without
 * an empty line, all of it is the value.
 */
#include <string.h>

#include "common/mem.h"
#include "tests/fuzz/event_claims.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_HEADERS = 16 };

/* A record in pieces of exact size, so that reading beyond one is noticed. */
struct input {
    struct record_header headers[MAX_HEADERS];
    size_t header_count;
    char *pieces[2 * MAX_HEADERS + 1];
    size_t piece_count;
};

static char *keep(struct input *input, char *piece)
{
    input->pieces[input->piece_count++] = piece;
    return piece;
}

static void take_header(struct input *input, const char *line, size_t length)
{
    const char *colon = memmem(line, length, ": ", 2);

    if (!colon || input->header_count == MAX_HEADERS)
        return;
    size_t name_length = (size_t)(colon - line);
    size_t value_length = length - name_length - 2;
    input->headers[input->header_count++] = (struct record_header){
        .name = keep(input, mem_string_of(line, name_length)),
        .value = keep(input, mem_copy(colon + 2, value_length)),
        .length = value_length,
    };
}

/* The index of the value. */
static size_t take_headers(struct input *input, const char *bytes, size_t size)
{
    const char *empty_line = memmem(bytes, size, "\n\n", 2);

    if (!empty_line)
        return 0;
    for (const char *line = bytes; line <= empty_line;) {
        const char *end = memchr(line, '\n', (size_t)(empty_line + 1 - line));
        take_header(input, line, (size_t)(end - line));
        line = end + 1;
    }
    return (size_t)(empty_line + 2 - bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = { 0 };
    size_t value = take_headers(&input, (const char *)data, size);

    event_claims_check(
        &(struct record){ .topic = "ireserve.notifications",
                          .value = keep(&input, mem_copy(data + value, size - value)),
                          .value_length = size - value,
                          .headers = input.headers,
                          .header_count = input.header_count });
    for (size_t i = 0; i < input.piece_count; i++)
        free(input.pieces[i]);
    return 0;
}
