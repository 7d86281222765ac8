/*
 * utf8: bytes → code points.
 */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"

/* What stands for bytes that are not UTF-8. */
#define UTF8_REPLACEMENT UINT32_C(0xfffd)

/*
 * Reads the code point at the beginning of `length` (at least 1) bytes and says how many it takes.
 * 0: they do not begin with one (surrogates, overlong forms and what lies above U+10FFFF are none).
 */
size_t utf8_read(const char *bytes, size_t length, uint32_t *ret) ATTR_MUST_USE;

#endif
