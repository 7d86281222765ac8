/*
 * fuzz: what a fuzz target is.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Tries one input; a broken claim ends the process.  Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
