/*
 * park_stage: what the tests of parked records share: two licences on two servers, each with a
 * channel for bookings and one for payments.
 */
#ifndef TESTS_UNIT_PARK_STAGE_H
#define TESTS_UNIT_PARK_STAGE_H

#include "common/text.h"
#include "tests/unit/dispatch_stage.h"

/* Gives a stage where so many records may be parked; what is written is acknowledged at once. */
struct stage *park_open(size_t max_records) ATTR_MUST_USE;

/* Frees the stage that *state is. */
int park_close(void **state);

/* Adds the value of a record. */
void park_write_event(int64_t id, const char *licence, const char *type, struct text *ret);

/* Has a record read; a booking, or a payment, of the licence "zeezicht". */
void park_read_event(struct stage *stage, int64_t offset, const char *key, const char *licence,
                     const char *type);
void park_read_booking(struct stage *stage, int64_t offset, const char *key);
void park_read_payment(struct stage *stage, int64_t offset, const char *key);

/* The server says to the oldest request that the bot is not in the channel. */
void park_close_channel(struct stage *stage);

/* The record that a request is for. */
int64_t park_offset_on_wire(const struct stage *stage, size_t at);

/* The newest write under a key of the state topic; NULL: there is none. */
const struct stage_write *park_written(const struct stage *stage, const char *key);

/* Whether it has a value, or is a tombstone. */
bool park_stands(const struct stage *stage, const char *key);
bool park_is_gone(const struct stage *stage, const char *key);

/* How many records are parked. */
size_t park_count(const struct stage *stage);

#endif
