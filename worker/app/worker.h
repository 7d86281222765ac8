/*
 * worker: the running program: the one place that knows all parts.
 *
 * Builds them, connects each edge to the core by callbacks, turns the loop, and takes everything
 * apart again.
 */
#ifndef WORKER_APP_WORKER_H
#define WORKER_APP_WORKER_H

#include "common/attrs.h"
#include "common/fault.h"
#include "common/loop.h"
#include "worker/app/settings.h"

struct worker;

/* Builds a worker and starts to join the group.  -1: something cannot be opened. */
int worker_new(const struct settings *settings, struct loop *loop, struct worker **ret,
               struct fault *reterr) ATTR_MUST_USE;

/*
 * Runs until it has drained after worker_stop(), or cannot go on.  Gives an exit code: 0, or 70
 * when Kafka declared the consumer dead.
 */
int worker_run(struct worker *worker) ATTR_MUST_USE;

/* Starts to drain: finishes what is on the wire, stores, leaves the group; within drain_ms. */
void worker_stop(struct worker *worker);

/* Has all channels tried at once that could not be posted to. */
void worker_try_routes(struct worker *worker);

/* Logs one line of state. */
void worker_tell(struct worker *worker);

/* Frees a worker; librdkafka may take its time: the caller bounds it.  NULL is fine. */
void worker_free(struct worker *worker);

#endif
