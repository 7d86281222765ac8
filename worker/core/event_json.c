/*
 * From bytes to JSON, within limits.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/core/event_inner.h"

/* The index behind the string whose opening quote is just before `at`. */
static size_t skip_string(const char *bytes, size_t at, size_t length)
{
    while (at < length) {
        const char *quote = memchr(bytes + at, '"', length - at);
        if (!quote)
            return length;
        size_t end = (size_t)(quote - bytes);
        size_t first = end; /* of the backslashes before the quote: an odd one escapes it */
        while (first > at && bytes[first - 1] == '\\')
            first--;
        at = end + 1;
        if ((end - first) % 2 == 0)
            return at;
    }
    return length;
}

/*
 * Whether the limits of nesting and of values hold.  It counts what a parser would allocate, and
 * on what is not JSON it may count anything.
 */
static int check_shape(const struct place *place, const char *bytes, size_t length)
{
    size_t depth = 0;
    size_t values = 0;

    for (size_t at = 0; at < length;) {
        char c = bytes[at++];
        if (c == '"') {
            at = skip_string(bytes, at, length);
        } else if (c == '{' || c == '[') {
            depth++;
            values++;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
        } else if (c == ',') {
            values++;
        }
        if (depth > EVENT_MAX_NESTING)
            return event_refuse(place, REASON_NOT_JSON, "", "is nested deeper than %d levels",
                                EVENT_MAX_NESTING);
    }
    if (values > EVENT_MAX_VALUES)
        return event_refuse(place, REASON_TOO_LARGE, "", "holds more than %d values",
                            EVENT_MAX_VALUES);
    return 0;
}

/* What jansson means.  Its own words quote the value. */
static const char *words_of(enum json_error_code code)
{
    static const char *const words[] = {
        [json_error_invalid_utf8] = "is not UTF-8",
        [json_error_premature_end_of_input] = "is JSON that ends too early",
        [json_error_end_of_input_expected] = "goes on after its JSON",
        [json_error_null_character] = "holds a NUL character",
        [json_error_null_byte_in_key] = "holds a NUL character in a name",
        [json_error_duplicate_key] = "has a name twice in one object",
        [json_error_numeric_overflow] = "holds a number that is out of range",
    };

    if (code < sizeof(words) / sizeof(*words) && words[code])
        return words[code];
    return "is not JSON";
}

int event_parse(const char *bytes, size_t length, json_t **ret, struct event_problem *reterr)
{
    const struct place place = { REASON_NOT_JSON, "", NULL, reterr };
    json_error_t error;

    if (memchr(bytes, '\0', length)) /* jansson drops one behind a number or literal */
        return event_refuse(&place, place.reason, "", "holds a NUL byte");
    if (check_shape(&place, bytes, length) != 0)
        return -1;

    /* Out of memory jansson may take good JSON for none, and a good record would be given up. */
    json_set_alloc_funcs(mem_raw, free);
    *ret = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
    /* An integer of 2^63 or more is refused.  No member that is read may be one, and as a double it
     * is ignored with the rest of its member; integers that are read do as well as doubles. */
    if (!*ret && json_error_code(&error) == json_error_numeric_overflow)
        *ret = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    if (!*ret)
        return event_refuse(&place, place.reason, "", "%s (byte %d)",
                            words_of(json_error_code(&error)), error.position);
    return 0;
}
