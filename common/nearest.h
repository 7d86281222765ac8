/*
 * nearest: which known name somebody may have meant.
 */
#ifndef COMMON_NEAREST_H
#define COMMON_NEAREST_H

#include <stddef.h>

#include "common/attrs.h"

/*
 * The one of `count` names that takes the fewest changes of a character to become `slip`; NULL when
 * that is so many that it was hardly a slip.
 */
const char *nearest_name(const char *slip, const char *const *names, size_t count) ATTR_MUST_USE;

#endif
