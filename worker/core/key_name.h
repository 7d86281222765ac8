/*
 * key_name: the key of a Kafka record as a name without NUL, of limited length.
 *
 * "-": the record has no key.  "k" and the key itself; or "#" and the digest of one that is long or
 * holds a NUL.  Two keys with one name are one key.  Pure.
 */
#ifndef WORKER_CORE_KEY_NAME_H
#define WORKER_CORE_KEY_NAME_H

#include <stddef.h>

#include "common/text.h"

enum { KEY_NAME_MAX_BYTES = 513 };

/* Adds the name of a key; NULL: there is none. */
void key_name(const char *key, size_t length, struct text *ret);

#endif
