#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "worker/core/parked_record.h"

static const struct record place = { .topic = "in", .partition = 3, .offset = 42 };

static void a_record_comes_back_as_it_was(void **state)
{
    (void)state;
    const struct record_header headers[] = { { "ce_id", "e\0:1", 4 },
                                             { "empty", "", 0 },
                                             { "none", NULL, 0 } };
    const struct record record = { .topic = "in",
                                   .partition = 3,
                                   .offset = 42,
                                   .timestamp = 1764000000123,
                                   .key = "IRES\n1",
                                   .key_length = 6,
                                   .value = "\0{}-",
                                   .value_length = 4,
                                   .headers = headers,
                                   .header_count = 3 };
    const struct parked_note note = { 7, 3, 1764000000456, 1764000000789, "team/desk" };
    AUTO(text_free) struct text text = text_of(parked_value_size(&record));
    struct parked_note back;

    parked_value_write(&record, &note, &text);
    assert_false(text.overflowed);
    AUTO(free) struct record *read = parked_value_read(text.bytes, text.length, &place, &back);
    assert_non_null(read);
    assert_int_equal(back.epoch, note.epoch);
    assert_int_equal(back.attempts, note.attempts);
    assert_int_equal(back.first_attempt_at, note.first_attempt_at);
    assert_int_equal(back.not_before, note.not_before);
    assert_string_equal(back.channel, note.channel);
    assert_string_equal(read->topic, "in");
    assert_int_equal(read->partition, 3);
    assert_int_equal(read->offset, 42);
    assert_int_equal(read->timestamp, record.timestamp);
    assert_int_equal(read->key_length, 6);
    assert_memory_equal(read->key, record.key, 6);
    assert_int_equal(read->value_length, 4);
    assert_memory_equal(read->value, record.value, 4);
    assert_int_equal(read->header_count, 3);
    assert_string_equal(read->headers[0].name, "ce_id");
    assert_int_equal(read->headers[0].length, 4);
    assert_memory_equal(read->headers[0].value, "e\0:1", 4);
    assert_non_null(read->headers[1].value);
    assert_int_equal(read->headers[1].length, 0);
    assert_null(read->headers[2].value);
}

static void all_headers_come_back(void **state)
{
    (void)state;
    enum { COUNT = 15000 };
    static struct record_header headers[COUNT];
    const struct record record = { .topic = "in", .headers = headers, .header_count = COUNT };
    AUTO(text_free) struct text text = { 0 };
    struct parked_note note = { 0 };

    for (int i = 0; i < COUNT; i++)
        headers[i] = (struct record_header){ .name = "h", .value = "", .length = 0 };
    text = text_of(parked_value_size(&record));
    parked_value_write(&record, &note, &text);
    AUTO(free) struct record *read = parked_value_read(text.bytes, text.length, &place, &note);
    assert_int_equal(read->header_count, COUNT);
}

static void without_key_and_value_it_is_one_all_the_same(void **state)
{
    (void)state;
    const struct record record = { .topic = "in", .timestamp = -1 };
    AUTO(text_free) struct text text = text_of(parked_value_size(&record));
    struct parked_note note = { 0 };

    parked_value_write(&record, &note, &text);
    assert_string_equal(text_string(&text), "v1 s=-1\n--");
    AUTO(free) struct record *read = parked_value_read(text.bytes, text.length, &place, &note);
    assert_null(read->key);
    assert_null(read->value);
    assert_int_equal(read->timestamp, -1);
    assert_int_equal(note.attempts, 0);
}

static void what_is_not_whole_is_none(void **state)
{
    (void)state;
    static const char *const values[] = {
        "",
        "v1",
        "v1\n",
        "v1\n-",
        "v2 e=1\n--",
        "v1 e=x\n--",
        "v1 n=-1\n--",
        "v1 n=4294967296\n--",
        "v1\n3:ab",
        "v1\n-2:a",
        "v1\n-01:a",
        "v1\n--1:a",
        "v1\n---",
        "v1\n--99999999999999999999:a-",
        "v1\n---1:a",
    };
    struct parked_note note;

    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
        assert_null(parked_value_read(values[i], strlen(values[i]), &place, &note));
    assert_null(parked_value_read("v1\n--3:a\0b1:v", 13, &place, &note));
}

static void the_note_can_be_read_alone_and_may_say_more(void **state)
{
    (void)state;
    static const char value[] = "v1 e=12 z=later n=2 tail\nnot read";
    struct parked_note note;

    assert_true(parked_note_read(value, strlen(value), &note));
    assert_int_equal(note.epoch, 12);
    assert_int_equal(note.attempts, 2);
    assert_false(parked_note_read("v3", 2, &note));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_comes_back_as_it_was),
        cmocka_unit_test(all_headers_come_back),
        cmocka_unit_test(without_key_and_value_it_is_one_all_the_same),
        cmocka_unit_test(what_is_not_whole_is_none),
        cmocka_unit_test(the_note_can_be_read_alone_and_may_say_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
