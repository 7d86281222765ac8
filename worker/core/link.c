#include "worker/core/link.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

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
