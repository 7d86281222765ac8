#include "worker/core/record.h"

#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "common/must.h"

size_t record_bytes(const struct record *record)
{
    size_t bytes = sizeof(*record) + record->header_count * sizeof(*record->headers);

    bytes += strlen(record->topic) + 1 + record->key_length + 1 + record->value_length + 1;
    for (size_t i = 0; i < record->header_count; i++)
        bytes += strlen(record->headers[i].name) + 1 + record->headers[i].length + 1;
    return bytes;
}

/* Copies `length` bytes and a NUL to *room and moves *room behind them; NULL stays NULL. */
static const char *put(char **room, const char *bytes, size_t length)
{
    char *copy = *room;

    if (!bytes)
        return NULL;
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    *room = copy + length + 1;
    return copy;
}

struct record *record_copy(const struct record *view)
{
    size_t bytes = record_bytes(view);
    struct record *copy = mem_new(bytes);
    struct record_header *headers = (struct record_header *)(copy + 1);
    char *room = (char *)(headers + view->header_count);

    *copy = *view;
    copy->headers = headers;
    copy->topic = put(&room, view->topic, strlen(view->topic));
    copy->key = put(&room, view->key, view->key_length);
    copy->value = put(&room, view->value, view->value_length);
    for (size_t i = 0; i < view->header_count; i++) {
        const struct record_header *header = &view->headers[i];
        headers[i].name = put(&room, header->name, strlen(header->name));
        headers[i].value = put(&room, header->value, header->length);
        headers[i].length = header->length;
    }
    must((size_t)(room - (char *)copy) <= bytes);
    return copy;
}

const struct record_header *record_find_header(const struct record *record, const char *name)
{
    for (size_t i = record->header_count; i > 0; i--)
        if (strcasecmp(record->headers[i - 1].name, name) == 0)
            return &record->headers[i - 1];
    return NULL;
}
