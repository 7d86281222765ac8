#include "worker/core/peek.h"

#include <string.h>

/* Functions that skip give the place behind what they skipped, or NULL: the text ended in it. */

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

/* `at` is behind the opening quote.  A quote closes unless an odd number of backslashes leads it.
 */
static const char *skip_string(const char *at, const char *end)
{
    const char *quote;

    while ((quote = memchr(at, '"', (size_t)(end - at)))) {
        const char *before = quote;
        while (before > at && before[-1] == '\\')
            before--;
        if ((quote - before) % 2 == 0)
            return quote + 1;
        at = quote + 1;
    }
    return NULL;
}

/* `at` is behind the opening bracket. */
static const char *skip_nested(const char *at, const char *end)
{
    size_t depth = 1;

    while (at && at < end) {
        char c = *at++;
        if (c == '"')
            at = skip_string(at, end);
        else if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 0)
            return at;
    }
    return NULL;
}

static const char *skip_value(const char *at, const char *end)
{
    const char *start = at;

    if (at == end)
        return NULL;
    if (*at == '"')
        return skip_string(at + 1, end);
    if (*at == '{' || *at == '[')
        return skip_nested(at + 1, end);
    while (at < end && !is_space(*at) && !strchr(",:]}[{\"", *at))
        at++;
    return at > start ? at : NULL;
}

struct peek peek_at(const char *text, size_t length)
{
    const char *end = text + length;
    const char *start = skip_space(text, end);

    while (end > start && is_space(end[-1]))
        end--;
    /* An object is not read twice: whoever reads its members sees whether it ends here. */
    if ((start == end || *start != '{') && skip_value(start, end) != end)
        return (struct peek){ NULL, 0 };
    return (struct peek){ start, (size_t)(end - start) };
}

/* `name` is with its quotes. */
static void keep(struct peek name, struct peek value, const struct peek_wanted *wanted,
                 size_t count)
{
    bool escaped = memchr(name.at, '\\', name.length);

    for (size_t i = 0; i < count; i++) {
        const char *sought = wanted[i].name;
        size_t length = strlen(sought);
        if (escaped ? peek_equals(name, sought)
                    : length == name.length - 2 && memcmp(sought, name.at + 1, length) == 0)
            *wanted[i].value = value;
    }
}

/* `at` is where a member begins; gives the comma or bracket behind it. */
static const char *take_member(const char *at, const char *end, struct peek *name,
                               struct peek *value)
{
    if (at == end || *at != '"')
        return NULL;
    name->at = at;
    at = skip_string(at + 1, end);
    if (!at)
        return NULL;
    name->length = (size_t)(at - name->at);
    at = skip_space(at, end);
    if (at == end || *at != ':')
        return NULL;
    value->at = skip_space(at + 1, end);
    at = skip_value(value->at, end);
    if (!at)
        return NULL;
    value->length = (size_t)(at - value->at);
    at = skip_space(at, end);
    return at < end && (*at == ',' || *at == '}') ? at : NULL;
}

static void forget(const struct peek_wanted *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *wanted[i].value = (struct peek){ NULL, 0 };
}

bool peek_members(struct peek object, const struct peek_wanted *wanted, size_t count)
{
    struct peek name;
    struct peek value;
    const char *at = NULL;
    bool broken;

    forget(wanted, count);
    while (peek_next_member(object, &at, &name, &value, &broken))
        keep(name, value, wanted, count);
    if (broken)
        forget(wanted, count);
    return !broken;
}

/* Behind the opening bracket, or where the last member ended; NULL: this is no object. */
static const char *go_on(struct peek object, const char *at)
{
    if (at || !object.at || *object.at != '{')
        return at;
    return skip_space(object.at + 1, object.at + object.length);
}

bool peek_next_member(struct peek object, const char **at, struct peek *retname,
                      struct peek *retvalue, bool *retbroken)
{
    const char *end = object.at ? object.at + object.length : NULL;
    const char *next = go_on(object, *at);

    *retbroken = true;
    if (!next || next == end)
        return false;
    if (*next == '}') {
        *retbroken = next + 1 != end;
        return false;
    }
    if (*at && *next++ != ',')
        return false;
    *at = take_member(skip_space(next, end), end, retname, retvalue);
    *retbroken = !*at;
    return *at;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads four hexadecimal digits; -1: there are none. */
static int32_t read_unit(const char *at, const char *end)
{
    int32_t unit = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static size_t encode(int32_t rune, char ret[static 4])
{
    if (rune < 0x80) {
        ret[0] = (char)rune;
        return 1;
    }
    if (rune < 0x800) {
        ret[0] = (char)(0xc0 | rune >> 6);
        ret[1] = (char)(0x80 | (rune & 0x3f));
        return 2;
    }
    if (rune < 0x10000) {
        ret[0] = (char)(0xe0 | rune >> 12);
        ret[1] = (char)(0x80 | (rune >> 6 & 0x3f));
        ret[2] = (char)(0x80 | (rune & 0x3f));
        return 3;
    }
    ret[0] = (char)(0xf0 | rune >> 18);
    ret[1] = (char)(0x80 | (rune >> 12 & 0x3f));
    ret[2] = (char)(0x80 | (rune >> 6 & 0x3f));
    ret[3] = (char)(0x80 | (rune & 0x3f));
    return 4;
}

/* Decodes `XXXX`, or `XXXX\uXXXX`, behind `\u`; gives how many bytes it read, 0: nonsense. */
static size_t decode_unit(const char *at, const char *end, char ret[static 4], size_t *retlength)
{
    int32_t rune = read_unit(at, end);
    size_t used = 4;

    if (rune < 0)
        return 0;
    if (rune >= 0xd800 && rune < 0xdc00 && end - at >= 10 && at[4] == '\\' && at[5] == 'u') {
        int32_t low = read_unit(at + 6, end);
        if (low >= 0xdc00 && low < 0xe000) {
            rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
            used = 10;
        }
    }
    *retlength = encode(rune, ret);
    return used;
}

/* Decodes what stands behind a backslash; gives how many bytes it read, 0: nonsense. */
static size_t decode_escape(const char *at, const char *end, char ret[static 4], size_t *retlength)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *letter;

    if (at == end)
        return 0;
    if (*at == 'u') {
        size_t used = decode_unit(at + 1, end, ret, retlength);
        return used ? used + 1 : 0;
    }
    letter = *at ? strchr(letters, *at) : NULL;
    if (!letter)
        return 0;
    ret[0] = meanings[letter - letters];
    *retlength = 1;
    return 1;
}

/* One step through the inside of a string; gives how many bytes it read, 0: nonsense. */
static size_t decode(const char *at, const char *end, char ret[static 4], size_t *retlength)
{
    if (*at != '\\') {
        ret[0] = *at;
        *retlength = 1;
        return 1;
    }
    size_t used = decode_escape(at + 1, end, ret, retlength);
    return used ? used + 1 : 0;
}

static bool is_string(struct peek value)
{
    return value.at && value.length >= 2 && value.at[0] == '"';
}

bool peek_equals(struct peek value, const char *string)
{
    char bytes[4];
    size_t length;

    if (!is_string(value))
        return false;
    const char *end = value.at + value.length - 1;
    if (!memchr(value.at, '\\', value.length))
        return strlen(string) == value.length - 2 &&
               memcmp(string, value.at + 1, value.length - 2) == 0;
    for (const char *at = value.at + 1; at < end;) {
        size_t used = decode(at, end, bytes, &length);
        if (!used || strncmp(string, bytes, length) != 0 || bytes[0] == '\0')
            return false;
        at += used;
        string += length;
    }
    return *string == '\0';
}

bool peek_string(struct peek value, char *ret, size_t size)
{
    char bytes[4];
    size_t length;
    size_t filled = 0;

    if (!is_string(value))
        return false;
    const char *end = value.at + value.length - 1;
    for (const char *at = value.at + 1; at < end;) {
        size_t used = decode(at, end, bytes, &length);
        if (!used || bytes[0] == '\0' || length >= size - filled)
            return false;
        memcpy(ret + filled, bytes, length);
        filled += length;
        at += used;
    }
    ret[filled] = '\0';
    return true;
}

bool peek_integer(struct peek value, int64_t *ret)
{
    int64_t number = 0;
    size_t i = 0;

    if (!value.at || value.length > 18)
        return false;
    bool negative = value.at[0] == '-';
    for (i = negative; i < value.length && value.at[i] >= '0' && value.at[i] <= '9'; i++)
        number = number * 10 + (value.at[i] - '0');
    if (i < value.length || i == (size_t)negative)
        return false;
    *ret = negative ? -number : number;
    return true;
}

bool peek_is_empty(struct peek value)
{
    if (!value.at || (value.length == 4 && memcmp(value.at, "null", 4) == 0))
        return true;
    if (!strchr("\"[{", value.at[0]))
        return false;
    const char *last = value.at + value.length - 1;
    return value.at[0] == '"' ? value.length == 2 : skip_space(value.at + 1, last) == last;
}
