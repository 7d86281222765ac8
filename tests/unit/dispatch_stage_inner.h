/*
 * dispatch_stage_inner: what the files of the stage share; nobody else includes it.
 */
#ifndef TESTS_UNIT_DISPATCH_STAGE_INNER_H
#define TESTS_UNIT_DISPATCH_STAGE_INNER_H

#include "tests/unit/dispatch_stage.h"

/* The request is not on the wire any more. */
void stage_take_ask(struct stage *stage, const struct ask *ask);

/* The write that the delivery waits for; NULL: the oldest that any waits for. */
struct stage_write *stage_find_write(struct stage *stage, const struct delivery *delivery);

/* As stage_acknowledge(), without a tick. */
void stage_acknowledge_one(struct stage *stage);

#endif
