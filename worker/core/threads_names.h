/*
 * threads_names: strings of which there are few and which many things have: each is kept once, as
 * long as something has it.  Pure.
 */
#ifndef WORKER_CORE_THREADS_NAMES_H
#define WORKER_CORE_THREADS_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/sip.h"
#include "worker/core/threads_index.h"

struct threads_name;

/* All zero but for the secret is empty. */
struct threads_names {
    struct sip_secret secret;
    struct threads_name *names;
    uint32_t room;
    uint32_t used;       /* names, those that are free included */
    uint32_t first_free; /* counted from 1 */
    size_t string_bytes;
    struct threads_index index;
};

void threads_names_free(struct threads_names *names);

/* The number of a string that one more thing has.  Never 0. */
uint32_t threads_names_hold(struct threads_names *names, const char *string) ATTR_MUST_USE;

/* One thing less has it. */
void threads_names_drop(struct threads_names *names, uint32_t number);

/* The string of a number that is held; borrowed until it is not. */
const char *threads_names_string(const struct threads_names *names, uint32_t number);

size_t threads_names_bytes(const struct threads_names *names);

#endif
