/*
 * standin_multipart: the parts of a multipart/form-data body.
 */
#ifndef WORKER_DEMO_STANDIN_MULTIPART_H
#define WORKER_DEMO_STANDIN_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "common/attrs.h"

enum {
    MULTIPART_MAX_BOUNDARY = 70, /* of the standard */
    MULTIPART_MAX_NAME = 1024,
};

/* Where the reading is; the body is borrowed. */
struct multipart {
    char delimiter[MULTIPART_MAX_BOUNDARY + 5]; /* "\r\n--" and the boundary */
    const char *at;
    const char *end;
};

struct part {
    char name[MULTIPART_MAX_NAME];     /* of the field */
    char filename[MULTIPART_MAX_NAME]; /* "" when it is no file */
    const char *bytes;
    size_t length;
};

/* Begins to read a body; false: the Content-Type (NULL is fine) is of another kind. */
bool multipart_open(const char *content_type, const char *body, size_t length,
                    struct multipart *ret) ATTR_MUST_USE;

/* The next part; false: there is none. */
bool multipart_next(struct multipart *multipart, struct part *ret) ATTR_MUST_USE;

#endif
