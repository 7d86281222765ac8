/*
 * healthcheck: asks the worker in this container whether it is alive.
 */
#ifndef WORKER_CMD_HEALTHCHECK_H
#define WORKER_CMD_HEALTHCHECK_H

#include "common/attrs.h"
#include "common/units.h"

/*
 * Asks /livez of the management port at `address`, waiting at most `timeout` for each step; says on
 * stderr what is wrong.  Gives the exit code: 0 alive, 1 not.
 */
int healthcheck_ask(const char *address, mono_ms timeout) ATTR_MUST_USE;

#endif
