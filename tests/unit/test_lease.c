/*
 * The lease on the partitions: how long a request may take, when it lapses, and what it takes to
 * have it back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "worker/core/lease.h"

enum { STEPS_MOST = 16 };

/* What happens in a schedule, each at a moment. */
enum happening {
    END,
    ANSWER, /* of a heartbeat that was sent at `value` */
    LATE,   /* the same, and the interceptor counted a lapse */
    SERVE,  /* the group is listened to */
    ROOM,   /* the room is asked for, and has to be `value` */
};

struct step {
    mono_ms at;
    enum happening what;
    mono_ms value;
};

/* In milliseconds; the session is 10 s, the longest pause between polls 20 s. */
static const struct schedule {
    const char *name;
    struct step steps[STEPS_MOST];
} schedules[] = {
    { "nothing was ever heard: no room, and no lapse",
      { { 0, SERVE, 0 }, { 10, ROOM, 0 }, { 90000, ROOM, 0 }, { 90001, SERVE, 0 } } },
    { "the first heartbeat is proof enough, once the group was listened to",
      { { 100, ANSWER, 90 }, { 110, ROOM, 0 }, { 120, SERVE, 0 }, { 190, ROOM, 8900 } } },
    { "the room shrinks to nothing, a second before the session ends",
      { { 1000, ANSWER, 1000 },
        { 1000, SERVE, 0 },
        { 1000, ROOM, 9000 },
        { 9999, ROOM, 1 },
        { 10000, ROOM, 0 },
        { 10001, ROOM, 0 } } },
    { "a heartbeat that was long under way counts from when it was sent",
      { { 100, ANSWER, 100 }, { 100, SERVE, 0 }, { 8000, ANSWER, 3100 }, { 8100, ROOM, 4000 } } },
    { "a worker that polls too rarely has less room than the session gives",
      { { 100, ANSWER, 100 },
        { 100, SERVE, 0 },
        { 15000, ANSWER, 15000 },
        { 15100, ROOM, 4000 },
        { 19101, ROOM, 0 } } },
    { "it is regained by two heartbeats sent since, the group listened to after each",
      { { 0, ANSWER, 0 },
        { 0, SERVE, 0 },
        { 9001, ROOM, 0 },
        { 9500, ANSWER, 9400 },
        { 9600, ROOM, 0 },
        { 9700, SERVE, 0 },
        { 9800, ROOM, 0 },
        { 12400, ANSWER, 12400 },
        { 12500, ROOM, 0 },
        { 12600, SERVE, 0 },
        { 12700, ROOM, 8700 } } },
    { "one heartbeat is one proof, however often the group is listened to",
      { { 0, ANSWER, 0 },
        { 0, SERVE, 0 },
        { 9001, ROOM, 0 },
        { 9500, ANSWER, 9400 },
        { 9600, SERVE, 0 },
        { 9700, SERVE, 0 },
        { 9800, SERVE, 0 },
        { 9900, ROOM, 0 } } },
    { "a heartbeat that was sent before the lapse proves nothing",
      { { 0, ANSWER, 0 },
        { 0, SERVE, 0 },
        { 9001, ROOM, 0 },
        { 9100, ANSWER, 9000 },
        { 9200, SERVE, 0 },
        { 12000, ANSWER, 12000 },
        { 12100, SERVE, 0 },
        { 12200, ROOM, 0 },
        { 15000, ANSWER, 15000 },
        { 15100, SERVE, 0 },
        { 15200, ROOM, 8800 } } },
    { "after a freeze the answer is fresh, and only the interceptor knows",
      { { 0, ANSWER, 0 },
        { 0, SERVE, 0 },
        { 12000, LATE, 11999 },
        { 12001, ROOM, 0 },
        { 12002, SERVE, 0 },
        { 15000, ANSWER, 15000 },
        { 15001, SERVE, 0 },
        { 15002, ROOM, 0 },
        { 18000, ANSWER, 18000 },
        { 18001, SERVE, 0 },
        { 18002, ROOM, 8998 } } },
    { "a thread that is stuck lapses although heartbeats go on",
      { { 0, ANSWER, 0 },
        { 0, SERVE, 0 },
        { 19002, ANSWER, 19000 },
        { 19003, SERVE, 0 },
        { 19004, ROOM, 0 },
        { 22000, ANSWER, 22000 },
        { 22001, SERVE, 0 },
        { 25000, ANSWER, 25000 },
        { 25001, ROOM, 0 },
        { 25002, SERVE, 0 },
        { 25003, ROOM, 8997 } } },
    { "a lapse while it is lapsed starts the wait again",
      { { 0, ANSWER, 0 },
        { 0, SERVE, 0 },
        { 9001, ROOM, 0 },
        { 9500, ANSWER, 9400 },
        { 9600, SERVE, 0 },
        { 22000, LATE, 10000 },
        { 22001, SERVE, 0 },
        { 25000, ANSWER, 25000 },
        { 25001, SERVE, 0 },
        { 25002, ROOM, 0 },
        { 28000, ANSWER, 28000 },
        { 28001, SERVE, 0 },
        { 28002, ROOM, 8998 } } },
    { "a machine that was suspended: the clock jumps, the lease is gone",
      { { 0, ANSWER, 0 },
        { 0, SERVE, 0 },
        { 10, ROOM, 8990 },
        { 3600000, ROOM, 0 },
        { 3600001, SERVE, 0 },
        { 3600002, ROOM, 0 } } },
    { "the heartbeat's thread is ahead of the reader's clock",
      { { 1000, ANSWER, 1000 }, { 900, SERVE, 0 }, { 950, ROOM, 9000 } } },
};

static void play(struct lease *lease, struct lease_signs *signs, const struct step *step)
{
    switch (step->what) {
    case ANSWER:
    case LATE:
        signs->sent = step->value;
        signs->lapses += step->what == LATE;
        return;
    case SERVE:
        lease_served(lease, signs, step->at);
        return;
    case ROOM:
        assert_int_equal(lease_room(lease, signs, step->at), step->value);
        return;
    case END:
        return;
    }
}

static void every_schedule_gives_the_room_that_it_says(void **state)
{
    const struct lease_terms terms = { .session = 10000, .max_poll = 20000 };

    (void)state;
    for (size_t i = 0; i < sizeof(schedules) / sizeof(*schedules); i++) {
        const struct step *step = schedules[i].steps;
        struct lease_signs signs = { .sent = -1 };
        struct lease lease;

        print_message("%s\n", schedules[i].name);
        lease_open(&lease, &terms);
        for (; step < schedules[i].steps + STEPS_MOST && step->what != END; step++)
            play(&lease, &signs, step);
    }
}

static void why_is_that_of_the_first_lapse(void **state)
{
    const struct lease_terms terms = { .session = 10000, .max_poll = 20000 };
    struct lease_signs signs = { .sent = 0 };
    struct lease lease;

    (void)state;
    lease_open(&lease, &terms);
    lease_served(&lease, &signs, 0);
    assert_false(lease.lapsed);
    assert_int_equal(lease_room(&lease, &signs, 9500), 0);
    assert_true(lease.lapsed);
    signs.lapses = 1;
    assert_int_equal(lease_room(&lease, &signs, 9600), 0);
    assert_string_equal(lease.why, "no heartbeat was answered for nearly session.timeout.ms");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_schedule_gives_the_room_that_it_says),
        cmocka_unit_test(why_is_that_of_the_first_lapse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
