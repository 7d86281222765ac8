/*
 * threads_inner: what the files of core/threads share.
 */
#ifndef WORKER_CORE_THREADS_INNER_H
#define WORKER_CORE_THREADS_INNER_H

#include <stddef.h>

/* What `size` bytes from malloc() take: its own word before them, all rounded up as glibc does. */
static inline size_t threads_cost(size_t size)
{
    size_t cost = (size + sizeof(size_t) + 15) / 16 * 16;

    return cost > 32 ? cost : 32;
}

#endif
