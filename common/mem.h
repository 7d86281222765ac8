/*
 * mem: allocation that cannot fail.
 *
 * Running out of memory is a crash, and a crash is safe (Kafka re-delivers).  In return every size
 * that comes from outside is capped before it gets here.
 */
#ifndef COMMON_MEM_H
#define COMMON_MEM_H

#include <stddef.h>
#include <stdlib.h>

#include "common/attrs.h"

/* Gives `size` zeroed bytes; never NULL, also for 0. */
void *mem_new(size_t size) ATTR_MUST_USE;

/* Gives `count` zeroed elements of `size` bytes each. */
void *mem_new_array(size_t count, size_t size) ATTR_MUST_USE;

/* Takes `old` (NULL is fine) and gives `size` bytes that begin with its content; the rest is not
 * zeroed. */
void *mem_resize(void *old, size_t size) ATTR_MUST_USE;

/* Gives `size` bytes that are not zeroed: for libraries that can be told what to allocate with. */
void *mem_raw(size_t size) ATTR_MUST_USE;

/* Gives a copy of `size` bytes. */
void *mem_copy(const void *bytes, size_t size) ATTR_MUST_USE;

/* Gives a copy of a string; NULL gives NULL. */
char *mem_string(const char *string) ATTR_MUST_USE;

/* Gives a NUL-terminated copy of `length` bytes. */
char *mem_string_of(const char *bytes, size_t length) ATTR_MUST_USE;

/* Gives a printf-formatted string. */
char *mem_printf(const char *format, ...) ATTR_MUST_USE ATTR_PRINTF(1, 2);

/* AUTO(free) for strings and other plain memory. */
static inline void free_auto(void *variable)
{
    free(*(void **)variable);
}

#endif
