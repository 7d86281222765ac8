#include "worker/core/link.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "worker/core/event.h"

/* Where the host begins; NULL: not a web address. */
static const char *find_host(const char *url)
{
    static const char *const schemes[] = { "https://", "http://" };

    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
        size_t length = strlen(schemes[i]);
        if (strncasecmp(url, schemes[i], length) == 0)
            return url + length;
    }
    return NULL;
}

static bool stands_for_itself(unsigned char byte)
{
    if (byte >= 0x80)
        return false;
    return isalnum(byte) || (byte && strchr("-._~:/?#@!$&*+,;=%", byte));
}

static void add_byte(unsigned char byte, struct text *ret)
{
    static const char digits[] = "0123456789ABCDEF";

    if (stands_for_itself(byte)) {
        text_add_char(ret, (char)byte);
        return;
    }
    text_add_char(ret, '%');
    text_add_char(ret, digits[byte >> 4]);
    text_add_char(ret, digits[byte & 15]);
}

bool link_add(const char *url, struct text *ret)
{
    size_t before = ret->length;
    const char *host = find_host(url);
    size_t runes = 0;

    if (!host)
        return false;
    size_t host_length = strcspn(host, "/?#\\");
    if (host_length == 0 || memchr(host, '@', host_length))
        return false;
    for (const char *at = url; *at && runes <= LINK_MAX_RUNES; at++) {
        size_t length = ret->length;
        add_byte((unsigned char)*at, ret);
        runes += *at == '&' ? 6 : ret->length - length;
    }
    if (runes <= LINK_MAX_RUNES)
        return true;
    text_truncate(ret, before);
    return false;
}

/* Where the scheme begins that ends before `at`; `at`: there is none. */
static size_t begin_of_scheme(const char *text, size_t from, size_t at)
{
    static const char *const names[] = { "https", "http" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        size_t length = strlen(names[i]);
        size_t begin = at >= from + length ? at - length : at;
        bool is_word = begin == 0 || !isalnum((unsigned char)text[begin - 1]);
        if (begin < at && is_word && strncasecmp(text + begin, names[i], length) == 0)
            return begin;
    }
    return at;
}

/* Whether the bracket that closes at the end was opened before. */
static bool is_balanced(const char *text, size_t begin, size_t end)
{
    size_t open = 0;
    size_t closed = 0;

    for (size_t i = begin; i < end; i++) {
        open += text[i] == '(';
        closed += text[i] == ')';
    }
    return closed <= open;
}

static size_t end_of_url(const char *text, size_t length, size_t begin)
{
    size_t end = begin;

    while (end < length && end - begin <= EVENT_MAX_URL && (unsigned char)text[end] > ' ' &&
           !strchr("<>\"`|\\[]{}^", text[end]))
        end++;
    if (end - begin > EVENT_MAX_URL)
        return begin; /* none that can be shown */
    while (end > begin && (strchr(".,;:!?'*_~", text[end - 1]) ||
                           (text[end - 1] == ')' && !is_balanced(text, begin, end))))
        end--;
    return end;
}

bool link_find(const char *text, size_t length, size_t from, struct link_place *ret)
{
    static const char separator[] = "://";
    const size_t size = strlen(separator);

    for (size_t at = from; at < length;) {
        const char *found = memmem(text + at, length - at, separator, size);
        if (!found)
            return false;
        size_t place = (size_t)(found - text);
        size_t begin = begin_of_scheme(text, from, place);
        size_t end = begin < place ? end_of_url(text, length, begin) : 0;
        if (end > place + size) {
            *ret = (struct link_place){ .begin = begin, .end = end };
            return true;
        }
        at = place + size;
    }
    return false;
}
