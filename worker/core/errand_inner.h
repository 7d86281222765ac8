/*
 * errand_inner: what errand.c (what comes next) and errand_told.c (how it went) share; nobody else
 * includes it.
 */
#ifndef WORKER_CORE_ERRAND_INNER_H
#define WORKER_CORE_ERRAND_INNER_H

#include "worker/core/errand.h"

static inline bool errand_has_root(const struct errand *errand)
{
    return errand->thread.root[0] != '\0';
}

/* Whether it posts replies, when nothing of its message is there. */
static inline bool errand_is_told(const struct errand *errand)
{
    return errand->kind == EVENT_MESSAGE || errand->kind == EVENT_MESSAGE_EDITED;
}

#endif
