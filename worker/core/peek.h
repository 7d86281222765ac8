/*
 * peek: looks single members of a JSON text up, without building a tree of it.
 *
 * For answers of servers, which are read once each and of which little is wanted.  It checks no
 * more than it needs to find its way (strings end, brackets balance, nothing is left over): a text
 * that was cut is noticed, one that is merely bad JSON may pass.  Pure.
 */
#ifndef WORKER_CORE_PEEK_H
#define WORKER_CORE_PEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"

/* A JSON value inside somebody's text; absent when `at` is NULL. */
struct peek {
    const char *at;
    size_t length;
};

/* A member to look for and where to put it; of two with one name the last counts. */
struct peek_wanted {
    const char *name; /* plain ASCII */
    struct peek *value;
};

/* The text as one value; absent when it is none.  An object's members show whether it is whole. */
struct peek peek_at(const char *text, size_t length) ATTR_MUST_USE;

/*
 * Finds members of an object; those it does not have are absent.  False, and all are absent: the
 * value is no object (or absent itself).
 */
bool peek_members(struct peek object, const struct peek_wanted *wanted, size_t count);

/*
 * Goes from member to member of an object: *at is NULL at the beginning.  False: there are no more,
 * or what follows is no JSON (then *broken).
 */
bool peek_next_member(struct peek object, const char **at, struct peek *retname,
                      struct peek *retvalue, bool *retbroken) ATTR_MUST_USE;

/* Whether the value is a string and says exactly this. */
bool peek_equals(struct peek value, const char *string);

/* Reads a string of fewer than `size` bytes; false: it is no string, or longer, or has a NUL. */
bool peek_string(struct peek value, char *ret, size_t size) ATTR_MUST_USE;

/* Reads an integer; false: it is none, or too large. */
bool peek_integer(struct peek value, int64_t *ret) ATTR_MUST_USE;

/* Whether the value is a string, array or object with nothing in it, null, or absent. */
bool peek_is_empty(struct peek value);

#endif
