/*
 * probe: asks a management port, as a container's health check does.
 */
#ifndef WORKER_EDGE_PROBE_H
#define WORKER_EDGE_PROBE_H

#include "common/attrs.h"
#include "common/fault.h"
#include "common/units.h"

struct probe_answer {
    int status;      /* of HTTP */
    char body[1024]; /* its beginning */
};

/*
 * GETs a path from a port "host:port" and waits for the answer; each wait lasts at most `timeout`.
 * -1: no answer came, or none of HTTP.
 */
int probe_get(const char *address, const char *path, mono_ms timeout, struct probe_answer *ret,
              struct fault *reterr) ATTR_MUST_USE;

#endif
