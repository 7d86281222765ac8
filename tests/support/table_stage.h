/*
 * table_stage: a mock cluster, a table on it and owners who note what they are told, for tests of
 * the edge.
 */
#ifndef TESTS_SUPPORT_TABLE_STAGE_H
#define TESTS_SUPPORT_TABLE_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/clock.h"
#include "tests/support/kafka_stage.h"
#include "worker/edge/table.h"

enum {
    TABLE_STAGE_PARTITIONS = 4,
    TABLE_STAGE_MOST_READ = 512,
};

struct table_stage {
    struct kafka_stage kafka;
    struct table *table;
    mono_ms later;     /* how far the table's clock is ahead */
    int written;       /* how many writes were reported … */
    int last_written;  /* … and the number that the last of them wrote */
    bool is_in_a_call; /* of a function that must not call the port */
};

/* What one part's owner was told. */
struct table_owner {
    struct table_stage *stage;
    struct table_part *part;
    int count;
    char read[TABLE_STAGE_MOST_READ][16]; /* values, as text; "-" is a tombstone */
    int read_before_restored;
    int restored;
    int64_t epoch;
    int hindered;
    char why[512];
    bool leaves_at_once; /* when it is told its first record */
};

/* Set-up and teardown of a cmocka test, whose state is the stage. */
int table_stage_open(void **state);
int table_stage_close(void **state);

/* Serves the table, and waits for a moment when nothing more is there. */
void table_stage_turn(struct table_stage *stage);

/* Serves until `condition` holds. */
#define table_stage_wait(stage, condition)                         \
    do {                                                           \
        mono_ms deadline = clock_mono() + KAFKA_STAGE_DEADLINE_MS; \
        while (!(condition)) {                                     \
            assert_true(clock_mono() < deadline);                  \
            table_stage_turn(stage);                               \
        }                                                          \
    } while (0)

/* Another process writes the values `from`, `from` + 1, … in several batches. */
void table_stage_others_write(struct table_stage *stage, int partition, int from, int count);

void table_stage_join(struct table_stage *stage, struct table_owner *owner, int partition);

/* Joins and waits for the end of the restore. */
void table_stage_restore(struct table_stage *stage, struct table_owner *owner, int partition);

/* Writes a number of one digit, which is the call's context, too. */
struct table_call *table_stage_write(struct table_owner *owner, int number);

/* Writes 1, 2, … up to `last`; on_written asks for that order. */
void table_stage_write_up_to(struct table_owner *owner, int last);

/* That the owner's records from the `at`-th on are `from`, `from` + 1, … */
void table_stage_expect(const struct table_owner *owner, int at, int from, int count);

#endif
