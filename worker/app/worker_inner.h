/*
 * worker_inner: what worker.c (running), worker_wiring.c (building) and worker_ports.c (what the
 * core asks for) share; nobody else includes it.
 */
#ifndef WORKER_APP_WORKER_INNER_H
#define WORKER_APP_WORKER_INNER_H

#include "common/metrics.h"
#include "worker/app/assignments.h"
#include "worker/app/burials.h"
#include "worker/app/overview.h"
#include "worker/app/ownership.h"
#include "worker/app/postman.h"
#include "worker/app/recordings.h"
#include "worker/app/reporter.h"
#include "worker/app/worker.h"
#include "worker/core/dispatch.h"
#include "worker/edge/download.h"
#include "worker/edge/management.h"
#include "worker/edge/mattermost.h"
#include "worker/edge/sink.h"
#include "worker/edge/source.h"
#include "worker/edge/table.h"

/* From running to draining (finish what is on the wire, and commit it) to leaving (the group). */
enum worker_state { RUNNING, DRAINING, LEAVING };

struct worker {
    const struct settings *settings;
    struct loop *loop;
    struct moment now; /* of this turn */
    enum worker_state state;
    mono_ms deadline; /* of the state */
    int exit_code;
    struct dispatch *dispatch;
    struct source *source;
    struct sink *sink;
    struct mattermost *mattermost;
    struct downloads *downloads;
    struct table *table;
    const char *topics[3]; /* that are read; ends in NULL */
    struct postman postman;
    struct recordings recordings;
    struct management *management;
    struct metrics *metrics;
    struct ownership ownership;
    struct overview overview;
    struct assignments assignments;
    struct burials burials;
    struct reporter reporter;
};

/*
 * The moment of this turn.  Handlers of the loop run before worker_run() looks at the clock, so
 * they ask here.
 */
const struct moment *worker_moment(struct worker *worker);

/* What the dispatcher asks of the edges; the worker is its context. */
struct dispatch_port worker_dispatch_port(struct worker *worker);

/* How long a request that changes something may take; for struct dispatch_port. */
mono_ms worker_room(void *context);

#endif
