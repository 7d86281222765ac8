/*
 * media_type: what a content-type says, apart from its parameters.
 */
#ifndef WORKER_CORE_MEDIA_TYPE_H
#define WORKER_CORE_MEDIA_TYPE_H

#include <stdbool.h>
#include <stddef.h>

/* Type and subtype, without blanks around; borrowed from the content-type.  Letters are as they
 * come: media types compare without case. */
struct media_type {
    const char *bytes;
    size_t length;
};

/* The media type of `length` bytes of a content-type; empty when there is none. */
struct media_type media_type_of(const char *bytes, size_t length);

bool media_type_begins(struct media_type type, const char *prefix);

/* Whether it is one of JSON: its subtype is json, or ends in +json. */
bool media_type_is_json(struct media_type type);

#endif
