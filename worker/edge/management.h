/*
 * management: probes and metrics over HTTP, on the loop.
 *
 * GET and HEAD of /livez (and its other name /healthz), /readyz and /metrics.  /livez says whether
 * the loop turns and asks nobody; /readyz asks its checks.  Each connection carries one request and
 * is cut when that takes too long.
 */
#ifndef WORKER_EDGE_MANAGEMENT_H
#define WORKER_EDGE_MANAGEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/loop.h"
#include "common/metrics_format.h"
#include "common/text.h"
#include "common/units.h"

struct management;

/* Something that has to be so before work can be sent here. */
struct management_check {
    const char *name;
    bool is_ok;
    const char *words; /* why it is not; borrows until the next call */
};

enum { MANAGEMENT_MAX_CHECKS = 16 };

struct management_options {
    const char *address; /* host:port; port 0 takes a free one */
    /* Fills in the checks of /readyz and says how many; ready is who passes all. */
    size_t (*checks)(void *context, struct management_check ret[static MANAGEMENT_MAX_CHECKS]);
    /* Adds the metrics. */
    void (*metrics)(void *context, enum metrics_format format, struct text *ret);
    void *context;
    mono_ms request_limit; /* from accept to the end of the answer; 0: 10 s */
    mono_ms stall_limit;   /* between turns of a loop that is alive; 0: 10 s */
};

/* Gives the listening port.  -1: the address is wrong or taken. */
int management_new(struct loop *loop, const struct management_options *options,
                   struct management **ret, struct fault *reterr) ATTR_MUST_USE;

/* Cuts open connections and closes the port.  NULL is fine. */
void management_free(struct management *management);
DEFINE_AUTO(struct management *, management_free)

/* Where it really listens; borrows until it is freed. */
const char *management_address(const struct management *management);

#endif
