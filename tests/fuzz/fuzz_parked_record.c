/*
 * Whatever stands under a parked record's key in the state topic: what is read writes back to what
 * reads the same, and its note says what the line alone says.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/fuzz/fuzz.h"
#include "worker/core/parked_record.h"

static const struct record place = { .topic = "in", .partition = 3, .offset = 42 };

static void must_be_same_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    must(!a == !b && a_length == b_length);
    must(!a || memcmp(a, b, a_length) == 0);
}

static void must_be_same_note(const struct parked_note *a, const struct parked_note *b)
{
    must(a->epoch == b->epoch && a->attempts == b->attempts);
    must(a->first_attempt_at == b->first_attempt_at && a->not_before == b->not_before);
}

static void must_be_same(const struct record *a, const struct record *b)
{
    must(a->timestamp == b->timestamp && a->header_count == b->header_count);
    must_be_same_bytes(a->key, a->key_length, b->key, b->key_length);
    must_be_same_bytes(a->value, a->value_length, b->value, b->value_length);
    for (size_t i = 0; i < a->header_count; i++) {
        const struct record_header *one = &a->headers[i];
        const struct record_header *other = &b->headers[i];
        must(strcmp(one->name, other->name) == 0);
        must_be_same_bytes(one->value, one->length, other->value, other->length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = size ? (const char *)data : "";
    struct parked_note note;
    struct parked_note alone;
    AUTO(free) struct record *record = parked_value_read(bytes, size, &place, &note);

    if (!record)
        return 0;
    AUTO(text_free) struct text text = text_of(parked_value_size(record));
    must(parked_note_read(bytes, size, &alone));
    must_be_same_note(&note, &alone);
    parked_value_write(record, &note, &text);
    must(!text.overflowed);
    AUTO(free) struct record *back = parked_value_read(text.bytes, text.length, &place, &alone);
    must(back);
    must_be_same_note(&note, &alone);
    must_be_same(record, back);
    return 0;
}
