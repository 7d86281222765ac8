/*
 * fault: why something failed, in words for a person.
 */
#ifndef COMMON_FAULT_H
#define COMMON_FAULT_H

#include "common/attrs.h"

struct fault {
    char words[512];
};

/* Says what was tried, on what, and why it failed; cut at the size of `words`. */
void fault_set(struct fault *fault, const char *format, ...) ATTR_PRINTF(2, 3);

#endif
