#include "worker/core/parked_record.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/core/piece.h"

enum {
    LINE_MOST = 200 + PARKED_MAX_CHANNEL, /* the line of text */
    FIELD_MOST = 24,                      /* a field but for its bytes */
    FEW_HEADERS = 16,
};

size_t parked_value_size(const struct record *record)
{
    return record_bytes(record) + LINE_MOST + (2 + 2 * record->header_count) * FIELD_MOST;
}

static void add_number(struct text *ret, const char *member, int64_t number)
{
    if (number == 0)
        return;
    text_add_string(ret, member);
    text_add_int(ret, number);
}

static void add_field(struct text *ret, const char *bytes, size_t length)
{
    if (!bytes) {
        text_add_char(ret, '-');
        return;
    }
    text_add_int(ret, (int64_t)length);
    text_add_char(ret, ':');
    text_add(ret, bytes, length);
}

void parked_note_write(const struct parked_note *note, struct text *ret)
{
    text_add_string(ret, "v1");
    add_number(ret, " e=", note->epoch);
    add_number(ret, " n=", note->attempts);
    add_number(ret, " f=", note->first_attempt_at);
    add_number(ret, " u=", note->not_before);
    if (note->channel[0] && !strpbrk(note->channel, " \n")) {
        text_add_string(ret, " c=");
        text_add_string(ret, note->channel);
    }
}

void parked_value_write(const struct record *record, const struct parked_note *note,
                        struct text *ret)
{
    parked_note_write(note, ret);
    add_number(ret, " s=", record->timestamp);
    text_add_char(ret, '\n');
    add_field(ret, record->key, record->key_length);
    add_field(ret, record->value, record->value_length);
    for (size_t i = 0; i < record->header_count; i++) {
        const struct record_header *header = &record->headers[i];
        add_field(ret, header->name, strlen(header->name));
        add_field(ret, header->value, header->length);
    }
}

/* Reads the member `name`=`piece`; what is unknown is fine. */
static bool read_member(char name, struct piece piece, struct parked_note *ret, wall_ms *timestamp)
{
    int64_t number;

    switch (name) {
    case 'e':
        return piece_read_number(piece, &ret->epoch);
    case 's':
        return piece_read_number(piece, timestamp);
    case 'n':
        if (!piece_read_number_to(piece, UINT_MAX, &number))
            return false;
        ret->attempts = (unsigned)number;
        return true;
    case 'f':
        return piece_read_number(piece, &ret->first_attempt_at);
    case 'u':
        return piece_read_number(piece, &ret->not_before);
    case 'c':
        if (piece.end - piece.at > PARKED_MAX_CHANNEL)
            return false;
        memcpy(ret->channel, piece.at, (size_t)(piece.end - piece.at));
        return true;
    default:
        return true;
    }
}

static bool read_line(struct piece line, struct parked_note *ret, wall_ms *timestamp)
{
    struct piece version = piece_take(&line, ' ');

    if (!piece_skip(&version, "v1") || version.at != version.end)
        return false;
    *ret = (struct parked_note){ 0 };
    *timestamp = 0;
    while (line.at < line.end) {
        struct piece member = piece_take(&line, ' ');
        if (member.end - member.at < 2 || member.at[1] != '=')
            continue;
        member.at += 2;
        if (!read_member(member.at[-2], member, ret, timestamp))
            return false;
    }
    return true;
}

/* Takes a field; its `at` NULL: none.  False: it is not whole. */
static bool take_field(struct piece *rest, struct piece *ret)
{
    int64_t length;

    *ret = (struct piece){ NULL, NULL };
    if (piece_skip(rest, "-"))
        return true;
    struct piece said = piece_take(rest, ':');
    if (!piece_read_number_to(said, rest->end - rest->at, &length))
        return false;
    *ret = (struct piece){ rest->at, rest->at + length };
    rest->at += length;
    return true;
}

static size_t length_of(const struct piece *field)
{
    return (size_t)(field->end - field->at);
}

/* A name is a string: it has no NUL in it.  Gives a copy of it (owned); NULL: it has. */
static char *copy_name(const struct piece *field)
{
    if (!field->at || memchr(field->at, '\0', length_of(field)))
        return NULL;
    char *name = mem_new(length_of(field) + 1);
    memcpy(name, field->at, length_of(field));
    return name;
}

static bool add_header(struct piece *rest, struct record *view, struct record_header *headers)
{
    struct piece name;
    struct piece value;

    if (!take_field(rest, &name) || !take_field(rest, &value))
        return false;
    char *copy = copy_name(&name);
    if (!copy)
        return false;
    headers[view->header_count++] = (struct record_header){ copy, value.at, length_of(&value) };
    return true;
}

/* Reads the headers and copies all; NULL: they are not whole. */
static struct record *read_headers(struct piece rest, struct record *view)
{
    struct record_header *headers = NULL;
    struct record *record = NULL;
    bool is_whole = true;

    for (size_t room = 0; is_whole && rest.at < rest.end;) {
        if (view->header_count == room) {
            room = room ? 2 * room : FEW_HEADERS;
            headers = mem_resize(headers, room * sizeof(*headers));
        }
        is_whole = add_header(&rest, view, headers);
    }
    view->headers = headers;
    if (is_whole)
        record = record_copy(view);
    for (size_t i = 0; i < view->header_count; i++)
        free((char *)(uintptr_t)headers[i].name);
    free(headers);
    return record;
}

struct record *parked_value_read(const char *bytes, size_t length, const struct record *place,
                                 struct parked_note *ret)
{
    struct piece rest = { bytes, bytes + length };
    struct record view = { .topic = place->topic,
                           .partition = place->partition,
                           .offset = place->offset };
    struct piece key;
    struct piece value;

    if (!read_line(piece_take(&rest, '\n'), ret, &view.timestamp) || !take_field(&rest, &key) ||
        !take_field(&rest, &value))
        return NULL;
    view.key = key.at;
    view.key_length = length_of(&key);
    view.value = value.at;
    view.value_length = length_of(&value);
    return read_headers(rest, &view);
}

bool parked_note_read(const char *bytes, size_t length, struct parked_note *ret)
{
    struct piece rest = { bytes, bytes + length };
    wall_ms timestamp;

    return read_line(piece_take(&rest, '\n'), ret, &timestamp);
}
