#include "worker/core/host_list.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

enum { NAME_MAX_BYTES = 253, LABEL_MAX_BYTES = 63, PORT_MAX = 65535, ANY_PORT = 0 };

/* A host in the one spelling that it can be compared in. */
struct host {
    bool is_v6;
    uint8_t v6[16];
    char name[NAME_MAX_BYTES + 1]; /* or IPv4 address; in small letters, no dot at its end */
};

struct pattern {
    struct host host;
    bool is_wildcard; /* the name is what a host has to end with, behind a dot */
    int port;
};

struct host_list {
    size_t count;
    struct pattern patterns[];
};

static bool is_label(const char *label, size_t length)
{
    if (length == 0 || length > LABEL_MAX_BYTES)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isascii(label[i]) || (!isalnum((unsigned char)label[i]) && !strchr("-_", label[i])))
            return false;
    return true;
}

/* Resolvers read a name whose last label is a number as an address, in more spellings than one. */
static bool is_address_like(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *last = dot ? dot + 1 : name;

    return strspn(last, "0123456789") == strlen(last) || strncmp(last, "0x", 2) == 0;
}

static bool is_name(const char *name)
{
    struct in_addr address;
    const char *at = name;

    for (;;) {
        size_t length = strcspn(at, ".");
        if (!is_label(at, length))
            return false;
        if (at[length] == '\0')
            break;
        at += length + 1;
    }
    return !is_address_like(name) || inet_pton(AF_INET, name, &address) == 1;
}

static bool read_v6(const char *bytes, size_t length, uint8_t ret[static 16])
{
    char words[INET6_ADDRSTRLEN];

    if (length < 2 || length - 2 >= sizeof(words) || bytes[length - 1] != ']')
        return false;
    memcpy(words, bytes + 1, length - 2);
    words[length - 2] = '\0';
    return inet_pton(AF_INET6, words, ret) == 1;
}

/* False: it is no host. */
static bool read_host(const char *bytes, size_t length, struct host *ret)
{
    *ret = (struct host){ .is_v6 = length > 0 && *bytes == '[' };
    if (ret->is_v6)
        return read_v6(bytes, length, ret->v6);
    if (length > 1 && bytes[length - 1] == '.')
        length--;
    if (length > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < length; i++)
        ret->name[i] = (char)tolower((unsigned char)bytes[i]);
    return is_name(ret->name);
}

/* `words` is what stands behind the host: nothing, or a colon and a port. */
static bool read_port(const char *words, int *ret)
{
    *ret = ANY_PORT;
    if (*words == '\0')
        return true;
    const char *digits = words + 1;
    size_t length = strlen(digits);
    if (*words != ':' || length == 0 || length > 5 || strspn(digits, "0123456789") != length)
        return false;
    *ret = (int)strtol(digits, NULL, 10);
    return *ret > 0 && *ret <= PORT_MAX;
}

static bool read_pattern(const char *words, struct pattern *ret)
{
    ret->is_wildcard = strncmp(words, "*.", 2) == 0;
    const char *host = ret->is_wildcard ? words + 2 : words;
    size_t length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");

    if (length > strlen(host) || !read_host(host, length, &ret->host) ||
        !read_port(host + length, &ret->port))
        return false;
    return !ret->is_wildcard || (!ret->host.is_v6 && !is_address_like(ret->host.name));
}

int host_list_new(const char *const *patterns, size_t count, struct host_list **ret,
                  struct fault *reterr)
{
    struct host_list *list = mem_new(sizeof(*list) + count * sizeof(*list->patterns));

    for (list->count = 0; list->count < count; list->count++) {
        const char *words = patterns[list->count];
        if (read_pattern(words, &list->patterns[list->count]))
            continue;
        fault_set(reterr,
                  "\"%.80s\" is no host, such as files.example.com, *.example.com, 192.0.2.1 or "
                  "[2001:db8::1], each with or without :port; other letters than a to z are "
                  "written as xn--",
                  words);
        host_list_free(list);
        return -1;
    }
    *ret = list;
    return 0;
}

void host_list_free(struct host_list *list)
{
    free(list);
}

static bool is_below(const char *name, const char *parent)
{
    size_t length = strlen(name);
    size_t tail = strlen(parent);

    return length > tail + 1 && name[length - tail - 1] == '.' &&
           strcmp(name + length - tail, parent) == 0;
}

static enum host_listing match(const struct pattern *pattern, const struct host *host)
{
    const struct host *listed = &pattern->host;

    if (pattern->is_wildcard)
        return !host->is_v6 && is_below(host->name, listed->name) ? HOST_BY_WILDCARD
                                                                  : HOST_NOT_LISTED;
    bool is_same = listed->is_v6 == host->is_v6 && strcmp(listed->name, host->name) == 0 &&
                   memcmp(listed->v6, host->v6, sizeof(host->v6)) == 0;
    return is_same ? HOST_BY_NAME : HOST_NOT_LISTED;
}

enum host_listing host_list_find(const struct host_list *list, const char *host, int port)
{
    enum host_listing strongest = HOST_NOT_LISTED;
    struct host read;

    if (!read_host(host, strlen(host), &read))
        return HOST_NOT_LISTED;
    for (size_t i = 0; i < list->count; i++) {
        const struct pattern *pattern = &list->patterns[i];
        if (pattern->port != ANY_PORT && pattern->port != port)
            continue;
        enum host_listing listing = match(pattern, &read);
        if (listing > strongest)
            strongest = listing;
    }
    return strongest;
}
