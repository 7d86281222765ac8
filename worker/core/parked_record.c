#include "worker/core/parked_record.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/core/piece.h"

enum {
    LINE_MOST = 200 + PARKED_MAX_CHANNEL, /* the line of text */
    FIELD_MOST = 24,                      /* a field but for its bytes */
};

size_t parked_value_size(const struct record *record)
{
    return record_bytes(record) + LINE_MOST + (2 + 2 * record->header_count) * FIELD_MOST;
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
    piece_add_version(ret);
    piece_add_number(ret, " e=", note->epoch);
    piece_add_number(ret, " n=", note->attempts);
    piece_add_number(ret, " f=", note->first_attempt_at);
    piece_add_number(ret, " u=", note->not_before);
    if (!strpbrk(note->channel, " \n"))
        piece_add_string(ret, " c=", note->channel);
}

void parked_value_write(const struct record *record, const struct parked_note *note,
                        struct text *ret)
{
    parked_note_write(note, ret);
    piece_add_number(ret, " s=", record->timestamp);
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
    struct piece member;
    char name;

    if (!piece_skip_version(&line))
        return false;
    *ret = (struct parked_note){ 0 };
    *timestamp = 0;
    while (piece_take_member(&line, &name, &member)) {
        if (!read_member(name, member, ret, timestamp))
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

/* What the headers of a record take. */
struct headers_size {
    size_t count;
    size_t name_bytes; /* each with its NUL */
};

/* Takes a header; false: it is not whole.  A name is a string: it has no NUL in it. */
static bool take_header(struct piece *rest, struct piece *name, struct piece *value)
{
    return take_field(rest, name) && take_field(rest, value) && name->at &&
           !memchr(name->at, '\0', length_of(name));
}

static bool measure(struct piece rest, struct headers_size *ret)
{
    struct piece name;
    struct piece value;

    *ret = (struct headers_size){ 0 };
    while (rest.at < rest.end) {
        if (!take_header(&rest, &name, &value))
            return false;
        ret->count++;
        ret->name_bytes += length_of(&name) + 1;
    }
    return true;
}

/* Reads the headers and copies all; NULL: they are not whole. */
static struct record *read_headers(struct piece rest, struct record *view)
{
    struct headers_size size;

    if (!measure(rest, &size))
        return NULL;
    AUTO(free) struct record_header *headers = mem_new_array(size.count, sizeof(*headers));
    AUTO(free) char *names = mem_new(size.name_bytes + 1);
    char *room = names;
    for (size_t i = 0; i < size.count; i++) {
        struct piece name;
        struct piece value;
        if (!take_header(&rest, &name, &value))
            return NULL;
        memcpy(room, name.at, length_of(&name));
        headers[i] = (struct record_header){ room, value.at, length_of(&value) };
        room += length_of(&name) + 1;
    }
    view->headers = headers;
    view->header_count = size.count;
    return record_copy(view);
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
