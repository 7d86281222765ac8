/*
 * Any headers in front of a value that is good in binary mode: pieces are names and values in turn;
 * a name without a piece behind it has no value.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "tests/fuzz/event_claims.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"

enum { MAX_HEADERS = 40 };

static const char value[] = "{\"type\":\"booking_created\",\"text\":\"Familie De Vries\"}";

/* A name is a C string; a value is exactly its bytes, so that reading beyond it is noticed. */
static struct record_header take_header(struct input *input)
{
    struct record_header header = { .name = input_take_string(input) };
    struct input_piece piece = input_take(input);

    if (piece.bytes)
        header.value = mem_copy(piece.bytes, piece.length);
    header.length = piece.length;
    return header;
}

static void free_header(const struct record_header *header)
{
    free((void *)(uintptr_t)header->name);
    free((void *)(uintptr_t)header->value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct record_header headers[MAX_HEADERS];
    struct input input = input_of(data, size);
    size_t count = 0;

    while (input.at && count < MAX_HEADERS)
        headers[count++] = take_header(&input);
    event_claims_check(&(struct record){ .topic = "ireserve.notifications",
                                         .value = value,
                                         .value_length = strlen(value),
                                         .headers = headers,
                                         .header_count = count });
    for (size_t i = 0; i < count; i++)
        free_header(&headers[i]);
    return 0;
}
