/*
 * hygiene: what a process that holds secrets does before anything else.
 */
#ifndef WORKER_CMD_HYGIENE_H
#define WORKER_CMD_HYGIENE_H

#include <stdbool.h>

/*
 * Keeps memory out of core dumps and other processes' reach unless that is allowed, ignores
 * SIGPIPE, and sees to it that descriptors 0 to 2 are open, so that no file gets their numbers.
 */
void hygiene_start(bool may_dump_core);

#endif
