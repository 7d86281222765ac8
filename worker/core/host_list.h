/*
 * host_list: which hosts something may be fetched from.
 *
 * A pattern is a name, `*.` and a name (which stands for every name that ends so, with one label or
 * more in front), an IPv4 address, or an IPv6 address in brackets; `:port` behind it allows that
 * port only.  Names are ASCII: one with other letters is written as its `xn--` form.  Pure.
 */
#ifndef WORKER_CORE_HOST_LIST_H
#define WORKER_CORE_HOST_LIST_H

#include <stddef.h>

#include "common/attrs.h"
#include "common/fault.h"

struct host_list;

enum host_listing {
    HOST_NOT_LISTED,
    HOST_BY_WILDCARD, /* may be fetched from if it is in a public place */
    HOST_BY_NAME,     /* itself, as a name or an address: wherever it is */
};

/* Gives the list of these patterns; none: nothing is allowed.  -1: one, which is named, is none. */
int host_list_new(const char *const *patterns, size_t count, struct host_list **ret,
                  struct fault *reterr) ATTR_MUST_USE;

/* Ends a list.  NULL is fine. */
void host_list_free(struct host_list *list);
DEFINE_AUTO(struct host_list *, host_list_free)

/*
 * How a host is listed, its strongest listing if there are several.  `host` is as in a URL that was
 * parsed: no name or password before it, an IPv6 address in brackets, an IPv4 address in four
 * decimal parts.
 */
enum host_listing host_list_find(const struct host_list *list, const char *host,
                                 int port) ATTR_MUST_USE;

#endif
