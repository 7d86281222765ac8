#include "worker/core/media_type.h"

#include <string.h>
#include <strings.h>

struct media_type media_type_of(const char *bytes, size_t length)
{
    const char *semicolon = memchr(bytes, ';', length);
    const char *end = semicolon ? semicolon : bytes + length;

    while (end > bytes && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    while (bytes < end && (*bytes == ' ' || *bytes == '\t'))
        bytes++;
    return (struct media_type){ bytes, (size_t)(end - bytes) };
}

bool media_type_begins(struct media_type type, const char *prefix)
{
    return type.length >= strlen(prefix) && strncasecmp(type.bytes, prefix, strlen(prefix)) == 0;
}

bool media_type_is_json(struct media_type type)
{
    static const char json[] = "json";
    const size_t tail = sizeof(json) - 1;

    if (type.length < tail + 2 || *type.bytes == '/' || !memchr(type.bytes, '/', type.length))
        return false;
    const char *end = type.bytes + type.length - tail;
    return strncasecmp(end, json, tail) == 0 && (end[-1] == '/' || end[-1] == '+');
}
