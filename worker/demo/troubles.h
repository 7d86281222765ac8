/*
 * troubles: what can be broken in the demo, by a button or in turn.
 */
#ifndef WORKER_DEMO_TROUBLES_H
#define WORKER_DEMO_TROUBLES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "worker/demo/child.h"
#include "worker/demo/standin.h"

enum trouble {
    TROUBLE_REFUSE,
    TROUBLE_UNAVAILABLE,
    TROUBLE_RATE_LIMIT,
    TROUBLE_REMOVE_BOT,
    TROUBLE_DELETE_ROOT, /* of a moment: the next message makes a new one */
    TROUBLE_STOP_WORKER, /* of a moment: it starts again by itself */
    TROUBLES
};

struct troubles {
    struct standin *standin;
    struct child *child;
    /* Gives the id of the root that is to be deleted; NULL: there is none. */
    const char *(*pick_root)(void *context);
    void *context;
    bool on[TROUBLES];
};

/* Makes or ends a trouble. */
void troubles_set(struct troubles *troubles, enum trouble trouble, bool on);

/* The trouble of that name; TROUBLES: there is none. */
enum trouble troubles_find(const char *name);

const char *troubles_name(enum trouble trouble);

/* Adds a JSON object: which are on. */
void troubles_write(const struct troubles *troubles, struct text *json);

#endif
