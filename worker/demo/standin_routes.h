/*
 * standin_routes: which request is whose.
 */
#ifndef WORKER_DEMO_STANDIN_ROUTES_H
#define WORKER_DEMO_STANDIN_ROUTES_H

#include <stdbool.h>

#include "common/attrs.h"
#include "worker/demo/standin_inner.h"

#define ROUTES_PREFIX "/api/v4/"

enum who { ANYBODY, SESSION };

struct route {
    const char *method;
    const char *path; /* behind the prefix; {names} stand for a part of it */
    route_handler *handle;
    enum who who;
    bool only_new; /* the older server does not have it */
};

/* The route of a request, and what stands at its {names}; NULL: there is none. */
const struct route *routes_find(const struct standin *standin, const struct exchange *exchange,
                                struct captures *ret) ATTR_MUST_USE;

#endif
