/*
 * rfc3339: a moment as text, such as 2026-11-23T10:15:00.250+01:00 → milliseconds.
 */
#ifndef COMMON_RFC3339_H
#define COMMON_RFC3339_H

#include <stdbool.h>

#include "common/attrs.h"
#include "common/units.h"

/*
 * Whether the whole string is an RFC 3339 date and time of the years 0 to 9999; only then *ret is
 * set.  A second of 60 is the first of the next minute; what is finer than a millisecond is cut.
 */
bool rfc3339_read(const char *string, wall_ms *ret) ATTR_MUST_USE;

#endif
