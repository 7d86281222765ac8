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

/* Headers and what they are made of. */
struct headers {
    struct record_header list[MAX_HEADERS];
    char *owned[2 * MAX_HEADERS];
    size_t count;
};

/* A name is a C string; a value is exactly its bytes, so that reading beyond it is noticed. */
static void take_header(struct input *input, struct headers *headers)
{
    char *name = input_take_string(input);
    struct input_piece piece = input_take(input);
    char *bytes = piece.bytes ? mem_copy(piece.bytes, piece.length) : NULL;

    headers->owned[2 * headers->count] = name;
    headers->owned[2 * headers->count + 1] = bytes;
    headers->list[headers->count++] =
        (struct record_header){ .name = name, .value = bytes, .length = piece.length };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct headers headers = { .count = 0 };
    struct input input = input_of(data, size);

    while (input.at && headers.count < MAX_HEADERS)
        take_header(&input, &headers);
    event_claims_check(&(struct record){ .topic = "ireserve.notifications",
                                         .value = value,
                                         .value_length = strlen(value),
                                         .headers = headers.list,
                                         .header_count = headers.count });
    for (size_t i = 0; i < 2 * headers.count; i++)
        free(headers.owned[i]);
    return 0;
}
