/*
 * must: claims that stay on in every build.
 *
 * Kafka holds the truth, so a restart is safe and a wrong commit is not: a broken claim ends the
 * process, with the place and the claim on stderr.
 */
#ifndef COMMON_MUST_H
#define COMMON_MUST_H

#include "common/attrs.h"

#define must(claim) ((claim) ? (void)0 : must_failed(#claim, __FILE__, __LINE__))

/* Says which claim broke and aborts. */
void must_failed(const char *claim, const char *file, int line) ATTR_NORETURN;

#endif
