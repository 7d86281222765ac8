/*
 * Whatever an event of the log holds: its line is one line of printable ASCII of the length that
 * was promised, and as JSON an object whose members are there once.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/log_line.h"
#include "common/mem.h"
#include "common/must.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"

enum { STRINGS = 11, EXTRAS = 3 };

/* Strings that are freed together. */
struct strings {
    char *list[STRINGS + 2 * EXTRAS];
    size_t count;
};

static const char *take(struct input *input, struct strings *strings)
{
    char *string = input_take_string(input);

    strings->list[strings->count++] = string;
    return string;
}

/* Names of extras are ours: words of lower-case letters. */
static const char *name_of(size_t index)
{
    static const char *const names[EXTRAS] = { "first", "second", "third" };

    return names[index];
}

static void check_line(const char *line, size_t length)
{
    must(length > 0 && length <= LOG_MAX_LINE && line[length - 1] == '\n');
    for (size_t i = 0; i < length - 1; i++)
        must(line[i] >= ' ' && line[i] <= '~');
}

static void check_written(const struct log_entry *entry)
{
    char line[LOG_MAX_LINE];
    struct log_stamp stamp = { 0 };

    log_stamp_set(&stamp, 1779527700123);
    size_t length = log_line_write(line, LOG_TEXT, &stamp, entry);
    check_line(line, length);
    length = log_line_write(line, LOG_JSON, &stamp, entry);
    check_line(line, length);
    json_t *tree = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    must(json_is_object(tree));
    json_decref(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = input_of(data, size);
    struct strings strings = { .count = 0 };
    struct log_extra extras[EXTRAS + 1] = { { .name = NULL } };
    uint8_t choice = input_take_choice(&input);
    int64_t number = (int64_t)((uint64_t)choice << (choice % 57));
    const struct log_fields fields = {
        .licence = take(&input, &strings),
        .type = take(&input, &strings),
        .key = take(&input, &strings),
        .topic = take(&input, &strings),
        .channel = take(&input, &strings),
        .post = take(&input, &strings),
        .verdict = take(&input, &strings),
        .why = take(&input, &strings),
        .partition = number,
        .offset = -number,
        .part = number,
        .attempt = choice,
        .http = number,
        .took_ms = number - 1,
        .extra = extras,
    };

    for (size_t i = 0; i < EXTRAS && input.at; i++)
        extras[i] = (struct log_extra){ name_of(i), take(&input, &strings), number };
    check_written(&(struct log_entry){ .level = (enum log_level)(choice % LOG_LEVELS),
                                       .event = "delivered",
                                       .fields = &fields,
                                       .repeated = choice });
    for (size_t i = 0; i < strings.count; i++)
        free(strings.list[i]);
    return 0;
}
