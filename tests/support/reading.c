#include "tests/support/reading.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

#define INVISIBLE_SPACE "\xE2\x80\x8B"

/* A character reference that is known here, and what it stands for. */
static const struct {
    const char *name;
    const char *character;
} references[] = {
    { "&lt;", "<" }, { "&#36;", "$" }, { "&amp;", "&" }, { "&commat;", "@" }, { "&#32;", " " },
};

/* The length of a numeric reference at `text` to an ASCII character; 0: there is none. */
static size_t read_number(const char *text, char *ret)
{
    bool is_hex = text[0] == '&' && text[1] == '#' && tolower((unsigned char)text[2]) == 'x';
    char *end = NULL;

    if (strncmp(text, "&#", 2) != 0)
        return 0;
    const char *digits = text + (is_hex ? 3 : 2);
    if (!isxdigit((unsigned char)*digits)) /* no sign and no blank, which strtoul() would take */
        return 0;
    unsigned long code = strtoul(digits, &end, is_hex ? 16 : 10);
    if (*end != ';' || code == 0 || code >= 0x80)
        return 0;
    *ret = (char)code;
    return (size_t)(end + 1 - text);
}

static size_t read_reference(const char *text, char *ret)
{
    for (size_t i = 0; i < sizeof(references) / sizeof(*references); i++) {
        if (strncmp(text, references[i].name, strlen(references[i].name)) == 0) {
            *ret = *references[i].character;
            return strlen(references[i].name);
        }
    }
    return read_number(text, ret);
}

/* Resolves escapes and character references, as readers do before they look for mentions. */
static char *resolve(const char *text)
{
    struct text resolved = text_of(strlen(text));

    while (*text) {
        char character = *text;
        size_t length = 1;
        if (*text == '\\' && ispunct((unsigned char)text[1])) {
            character = text[1];
            length = 2;
        } else if (*text == '&') {
            size_t reference = read_reference(text, &character);
            length = reference ? reference : 1;
        }
        text_add_char(&resolved, character);
        text += length;
    }
    return text_take(&resolved);
}

static bool is_word(char byte)
{
    return isalnum((unsigned char)byte) || (unsigned char)byte >= 0x80;
}

bool reading_notifies(const char *text)
{
    char *resolved = resolve(text);
    bool notifies = false;

    for (const char *at = resolved; (at = strchr(at, '@')) && !notifies; at++) {
        bool begins = at == resolved || !isalnum((unsigned char)at[-1]);
        bool goes_on = is_word(at[1]) || (at[1] && strchr(".-_", at[1]));
        bool is_split = strncmp(at + 1, INVISIBLE_SPACE, strlen(INVISIBLE_SPACE)) == 0;
        notifies = begins && goes_on && !is_split;
    }
    free(resolved);
    return notifies;
}

/* How many of the sign begin a line of code or text, behind at most three spaces. */
static size_t signs_of_fence(const char *line, char sign)
{
    size_t indentation = strspn(line, " ");
    size_t signs = 0;

    if (indentation > 3)
        return 0;
    while (line[indentation + signs] == sign)
        signs++;
    return signs;
}

/* What servers strip of the end of a line: every kind of space. */
static bool is_blank(const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t code = 0;
        size_t size = utf8_read(bytes + at, length - at, &code);
        bool is_space = code == ' ' || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
                        code == 0x202F || code == 0x205F || code == 0x3000;
        if (size == 0 || !is_space)
            return false;
        at += size;
    }
    return true;
}

/* Servers take signs and spaces behind the signs for a part of the end. */
static bool closes_code(const char *line, size_t length, char sign, size_t signs)
{
    size_t end = length;

    if (signs_of_fence(line, sign) < signs)
        return false;
    while (end > 0 && line[end - 1] == sign)
        end--;
    size_t begin = strspn(line, " ");
    while (begin < end && line[begin] == sign)
        begin++;
    return begin >= end || is_blank(line + begin, end - begin);
}

static bool opens_code(const char *line, size_t length, char sign, size_t *ret)
{
    size_t begin = strspn(line, " ");

    *ret = signs_of_fence(line, sign);
    return *ret >= 3 && !memchr(line + begin + *ret, '`', length - begin - *ret);
}

/* A fence inside a list or a quote: what is code then, this reader does not know. */
static bool has_inner_fence(const char *line, size_t length)
{
    size_t begin = strspn(line, " >-+*.)|0123456789");

    return begin > 0 && begin + 3 <= length &&
           (strncmp(line + begin, "```", 3) == 0 || strncmp(line + begin, "~~~", 3) == 0);
}

/* Adds what is not in a block of code; the sign of one that is open at the end, or NUL. */
static char strip_code(const char *text, struct text *ret)
{
    char sign = '\0';
    size_t signs = 0;

    for (const char *next; *text; text = next) {
        const char *end = strchrnul(text, '\n');
        size_t length = (size_t)(end - text);
        next = *end ? end + 1 : end;
        if (sign) {
            if (closes_code(text, length, sign, signs))
                sign = '\0';
            continue;
        }
        if (opens_code(text, length, '`', &signs) || opens_code(text, length, '~', &signs))
            sign = text[strspn(text, " ")];
        else
            text_add(ret, text, (size_t)(next - text));
        if (has_inner_fence(text, length))
            text_add_string(ret, "\n@all\n"); /* for all this reader knows */
    }
    return sign;
}

bool reading_notifies_beside_code(const char *text)
{
    struct text beside = text_of(strlen(text) * 8 + 64);

    (void)strip_code(text, &beside);
    bool notifies = reading_notifies(text_string(&beside));
    text_free(&beside);
    return notifies;
}

bool reading_ends_in_code(const char *text)
{
    struct text beside = text_of(strlen(text) * 8 + 64);
    bool ends_in_code = strip_code(text, &beside);

    text_free(&beside);
    return ends_in_code;
}

bool reading_shows_image(const char *text)
{
    struct text beside = text_of(strlen(text) * 8 + 64);

    (void)strip_code(text, &beside);
    bool shows = strstr(text_string(&beside), "![");
    text_free(&beside);
    return shows;
}

static bool has_bare_domain(const char *text)
{
    for (const char *at = text; (at = strstr(at, "www")); at++) {
        const char *end = at + 3;
        while (isdigit((unsigned char)*end))
            end++;
        if (*end == '.')
            return true;
    }
    return false;
}

/* [name]: destination, at the beginning of a line. */
static bool has_definition(const char *text)
{
    for (const char *at = text; (at = strchr(at, '[')); at++) {
        if ((at == text || at[-1] == '\n') && strstr(at, "]:"))
            return true;
    }
    return false;
}

/* <destination> or <tag>; neither begins with what is ours behind a name: a star, or "…". */
static bool has_angle(const char *text)
{
    for (const char *at = text; (at = strchr(at, '<')); at++) {
        if (isgraph((unsigned char)at[1]) && at[1] != '*')
            return true;
    }
    return false;
}

bool reading_links(const char *text)
{
    char *resolved = resolve(text);
    bool has_scheme = strstr(resolved, "://");

    free(resolved);
    return has_scheme || strstr(text, "](") || has_bare_domain(text) || has_definition(text) ||
           has_angle(text);
}

static bool is_deceptive(uint32_t code)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } ranges[] = {
        { 0x00, 0x09 },     { 0x0B, 0x1F },       { 0x7F, 0x9F },     { 0x061C, 0x061C },
        { 0x200E, 0x200F }, { 0x202A, 0x202E },   { 0x2060, 0x206F }, { 0xFEFF, 0xFEFF },
        { 0xFFF9, 0xFFFC }, { 0xE0000, 0xE007F },
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    }
    return false;
}

bool reading_deceives(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t code = 0;
        size_t size = utf8_read(text + at, length - at, &code);
        if (size == 0 || is_deceptive(code))
            return true;
        at += size;
    }
    return false;
}

static bool ends_line(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\0';
}

/* How many of the first kind of sign are in a line of nothing but these signs. */
static size_t count_in_line_of(const char *signs, const char *line)
{
    size_t length = strspn(line, signs);
    size_t count = 0;

    if (line[length] != '\n' && line[length] != '\0')
        return 0;
    for (size_t i = 0; i < length; i++)
        count += line[i] == *signs;
    return count;
}

/* A rule, or what makes a heading or a table of the line above. */
static bool is_rule(const char *line)
{
    return count_in_line_of("-:| ", line) > 0 || count_in_line_of("= ", line) > 0 ||
           count_in_line_of("* ", line) >= 3 || count_in_line_of("_ ", line) >= 3;
}

static bool is_item(const char *line)
{
    size_t digits = strspn(line, "0123456789");

    if (digits > 0)
        return (line[digits] == '.' || line[digits] == ')') && ends_line(line[digits + 1]);
    return *line && strchr("-+*", *line) && ends_line(line[1]);
}

static bool begins_block(const char *line)
{
    size_t hashes = strspn(line, "#");

    return (*line && strchr(">| ", *line)) || (hashes > 0 && ends_line(line[hashes])) ||
           is_item(line) || is_rule(line);
}

bool reading_has_blocks(const char *text)
{
    bool has_blocks = *text && begins_block(text);

    for (const char *at = text; (at = strchr(at, '\n')) && !has_blocks; at++)
        has_blocks = begins_block(at + 1) || strncmp(at, "\n```", 4) == 0;
    return has_blocks || strstr(text, "~~");
}

void reading_show(const char *text, struct text *ret)
{
    char *resolved = resolve(text);

    for (const char *at = resolved; *at;) {
        if (strncmp(at, INVISIBLE_SPACE, strlen(INVISIBLE_SPACE)) == 0) {
            at += strlen(INVISIBLE_SPACE);
            continue;
        }
        if (!isspace((unsigned char)*at))
            text_add_char(ret, *at);
        at++;
    }
    free(resolved);
}
