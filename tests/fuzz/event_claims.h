/*
 * event_claims: what holds of every record, whatever is in it.
 */
#ifndef TESTS_FUZZ_EVENT_CLAIMS_H
#define TESTS_FUZZ_EVENT_CLAIMS_H

#include "worker/core/record.h"

/*
 * Reads the event of a record: strings are UTF-8 and no longer than was said, what is never empty
 * is not, and a problem has words of our own.
 */
void event_claims_check(const struct record *record);

#endif
