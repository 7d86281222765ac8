#include <string.h>
#include <strings.h>

#include "worker/app/settings_inner.h"

enum { MAX_URL = 1024 };

static bool is_loopback(const char *host, size_t length)
{
    static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strlen(names[i]) == length && strncasecmp(host, names[i], length) == 0)
            return true;
    return false;
}

static bool has_strange_character(const char *url)
{
    for (; *url; url++)
        if ((unsigned char)*url <= ' ' || (unsigned char)*url >= 0x7f ||
            strchr("\"<>\\^`{|}", *url))
            return true;
    return false;
}

/* The host of a URL; [::1] with its brackets. */
static size_t length_of_host(const char *host)
{
    return *host == '[' ? strcspn(host, "]/") + 1 : strcspn(host, ":/");
}

/* What is wrong with what follows https:// or http://; NULL when nothing is. */
static const char *fault_of_place(const char *url, const char *host)
{
    if (has_strange_character(url) || strlen(url) > MAX_URL)
        return "has a character that no URL has, or more than 1024";
    if (strpbrk(url, "?#@"))
        return "must be without user, query and fragment: https://mattermost.example.com";
    return length_of_host(host) == 0 ? "names no host" : NULL;
}

const char *settings_fault_of_url(const char *url, bool allow_http)
{
    bool plain = strncmp(url, "http://", 7) == 0;
    const char *host = url + (plain ? 7 : 8);

    if (!plain && strncmp(url, "https://", 8) != 0)
        return "has to begin with https://";
    if (plain && !allow_http && !is_loopback(host, length_of_host(host)))
        return "is http:// beyond the loopback address: the token would travel in the clear; use "
               "https://, or allow_http = true in this integration";
    return fault_of_place(url, host);
}
