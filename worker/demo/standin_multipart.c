#include "worker/demo/standin_multipart.h"

#include <string.h>
#include <strings.h>

static const char *find(const char *at, const char *end, const char *wanted)
{
    return memmem(at, (size_t)(end - at), wanted, strlen(wanted));
}

bool multipart_open(const char *content_type, const char *body, size_t length,
                    struct multipart *ret)
{
    static const char kind[] = "multipart/form-data";
    const char *boundary;

    if (!content_type || strncasecmp(content_type, kind, strlen(kind)) != 0)
        return false;
    boundary = strcasestr(content_type, "boundary=");
    if (!boundary)
        return false;
    boundary += strlen("boundary=");
    boundary += *boundary == '"';
    size_t size = strcspn(boundary, "\"; ");
    if (size == 0 || size > MULTIPART_MAX_BOUNDARY)
        return false;
    *ret = (struct multipart){ .at = body, .end = body + length };
    memcpy(ret->delimiter, "\r\n--", 4);
    memcpy(ret->delimiter + 4, boundary, size);
    /* the first one has no line before it */
    ret->at = find(ret->at, ret->end, ret->delimiter + 2);
    if (ret->at)
        ret->at += size + 2;
    return true;
}

/* Copies the value of name="value" in a header; "" when it has none. */
static void copy_parameter(const char *header, size_t length, const char *name, char *ret)
{
    const char *end = header + length;
    const char *at = find(header, end, name);
    const char *closing;

    ret[0] = '\0';
    if (!at)
        return;
    at += strlen(name);
    closing = memchr(at, '"', (size_t)(end - at));
    if (!closing || closing - at >= MULTIPART_MAX_NAME)
        return;
    memcpy(ret, at, (size_t)(closing - at));
    ret[closing - at] = '\0';
}

bool multipart_next(struct multipart *multipart, struct part *ret)
{
    const char *head = multipart->at;
    const char *body;
    const char *next;

    if (!head || multipart->end - head < 2 || memcmp(head, "--", 2) == 0)
        return false;
    body = find(head, multipart->end, "\r\n\r\n");
    next = body ? find(body + 4, multipart->end, multipart->delimiter) : NULL;
    if (!next)
        return false;
    copy_parameter(head, (size_t)(body - head), " name=\"", ret->name);
    copy_parameter(head, (size_t)(body - head), " filename=\"", ret->filename);
    ret->bytes = body + 4;
    ret->length = (size_t)(next - ret->bytes);
    multipart->at = next + strlen(multipart->delimiter);
    return true;
}
