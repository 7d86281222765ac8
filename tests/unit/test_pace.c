/*
 * How many requests at once a server gets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/pace.h"

static struct answer answer_of(int status, int64_t took_ms)
{
    return (struct answer){ .kind = status ? ANSWER_HTTP : ANSWER_UNKNOWN,
                            .status = status,
                            .body = "",
                            .retry_after_s = -1,
                            .rate_limit_remaining = -1,
                            .rate_limit_reset_s = -1,
                            .took_ms = took_ms,
                            .why = "" };
}

/*
 * A server that needs `base` ms for a request, and has `workers` that do them: what is more waits
 * in its queue.  It is sent all that the pace allows for `span` ms.  Gives how many it answered.
 */
struct load {
    mono_ms base;
    int64_t workers;
    mono_ms span;
};

enum { WIRE_MOST = 64 };

struct wire {
    struct {
        mono_ms sent;
        mono_ms ends;
    } requests[WIRE_MOST];
    size_t count;
    mono_ms free_at[WIRE_MOST]; /* when each worker is done with what it has */
};

/* Takes the answers that are there; gives how many. */
static int take_answers(struct wire *wire, struct pace *pace, mono_ms now)
{
    int answered = 0;

    for (size_t i = wire->count; i-- > 0;) {
        if (wire->requests[i].ends > now)
            continue;
        const struct answer answer = answer_of(201, now - wire->requests[i].sent);
        pace_hear(pace, &answer, true, now);
        wire->requests[i] = wire->requests[--wire->count];
        answered++;
    }
    return answered;
}

static void send_one(struct wire *wire, const struct load *load, mono_ms now)
{
    mono_ms *first = wire->free_at;

    for (mono_ms *other = first; other < wire->free_at + load->workers; other++)
        first = *other < *first ? other : first;
    *first = (*first > now ? *first : now) + load->base;
    wire->requests[wire->count].sent = now;
    wire->requests[wire->count++].ends = *first;
}

static int play(struct pace *pace, const struct load *load, mono_ms *now)
{
    struct wire wire = { .count = 0 };
    int answered = 0;

    for (mono_ms end = *now + load->span; *now < end; (*now)++) {
        answered += take_answers(&wire, pace, *now);
        while (wire.count < pace->limit) {
            send_one(&wire, load, *now);
            pace_note(pace, wire.count);
        }
    }
    return answered;
}

static void a_healthy_server_has_all_places_soon(void **state)
{
    static const struct {
        mono_ms base;
        mono_ms span;
    } cases[] = { { 1, 10 }, { 20, 80 }, { 100, 400 }, { 500, 2000 } };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct load load = { .base = cases[i].base, .workers = 64, .span = cases[i].span };
        struct pace pace;
        mono_ms now = 1;
        pace_open(&pace, 64);
        (void)play(&pace, &load, &now);
        assert_int_equal(pace.limit, 64);
    }
}

static void a_healthy_server_is_sent_as_much_as_without_a_pace(void **state)
{
    const struct load load = { .base = 20, .workers = 64, .span = 5000 };
    struct pace pace;
    mono_ms now = 1;

    (void)state;
    pace_open(&pace, 64);
    assert_in_range(play(&pace, &load, &now), 5000 / 20 * 64 * 97 / 100, 5000 / 20 * 64);
}

static void a_server_with_less_to_give_is_sent_that_without_a_long_queue(void **state)
{
    static const struct {
        int64_t workers;
        size_t from; /* that it takes to keep the workers busy */
        size_t to;
    } cases[] = { { 4, 4, 22 }, { 8, 8, 40 }, { 16, 16, 64 } };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct load load = { .base = 40, .workers = cases[i].workers, .span = 3000 };
        struct pace pace;
        mono_ms now = 1;
        pace_open(&pace, 64);
        (void)play(&pace, &load, &now);
        for (int second = 0; second < 20; second++) {
            load.span = 1000;
            int answered = play(&pace, &load, &now);
            assert_in_range(pace.limit, cases[i].from, cases[i].to);
            assert_in_range(answered, 22 * cases[i].workers, 25 * cases[i].workers);
        }
    }
}

static void what_is_slow_for_good_becomes_usual(void **state)
{
    struct load load = { .base = 20, .workers = 64, .span = 2000 };
    struct pace pace;
    mono_ms now = 1;

    (void)state;
    pace_open(&pace, 16);
    (void)play(&pace, &load, &now);
    load.base = 600;
    load.span = 120 * 1000;
    (void)play(&pace, &load, &now);
    assert_int_equal(pace.limit, 16);
}

static void one_round_trip_of_refusals_halves_once(void **state)
{
    static const int statuses[] = { 429, 502, 503, 504, 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        struct pace pace;
        pace_open(&pace, 16);
        for (int answer = 0; answer < 16; answer++) {
            const struct answer refusal = answer_of(statuses[i], 30 + answer);
            pace_hear(&pace, &refusal, true, 1000 + answer);
        }
        assert_int_equal(pace.limit, 8);
        const struct answer next = answer_of(statuses[i], 30);
        pace_hear(&pace, &next, true, 1000 + 31);
        assert_int_equal(pace.limit, 4);
    }
}

static void other_refusals_are_not_about_the_pace(void **state)
{
    static const int statuses[] = { 400, 401, 403, 404, 500 };
    struct pace pace;

    (void)state;
    pace_open(&pace, 16);
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        const struct answer answer = answer_of(statuses[i], 10);
        pace_hear(&pace, &answer, true, (mono_ms)(100 * (i + 1)));
    }
    assert_int_equal(pace.limit, 16);
}

static void one_is_always_allowed(void **state)
{
    struct pace pace;

    (void)state;
    pace_open(&pace, 3);
    assert_int_equal(pace.limit, 3);
    for (mono_ms now = 100; now < 2000; now += 100) {
        const struct answer refusal = answer_of(503, 10);
        pace_hear(&pace, &refusal, true, now);
    }
    assert_int_equal(pace.limit, 1);
}

static void nothing_grows_that_is_not_used(void **state)
{
    struct pace pace;

    (void)state;
    pace_open(&pace, 64);
    for (mono_ms now = 100; now < 20000; now += 100) {
        const struct answer answer = answer_of(201, 10);
        pace_note(&pace, 15);
        pace_hear(&pace, &answer, true, now);
    }
    assert_int_equal(pace.limit, PACE_START);
}

static void one_slow_answer_decides_nothing(void **state)
{
    struct pace pace;

    (void)state;
    pace_open(&pace, 4);
    for (mono_ms now = 100; now < 20000; now += 10) {
        const struct answer answer = answer_of(201, now % 100 < 30 ? 2500 : 20);
        pace_hear(&pace, &answer, true, now);
    }
    assert_int_equal(pace.limit, 4);
}

static void a_server_that_is_back_is_begun_with_one(void **state)
{
    const struct load load = { .base = 20, .workers = 64, .span = 150 };
    struct pace pace;
    mono_ms now = 1;

    (void)state;
    pace_open(&pace, 16);
    pace_restart(&pace, now);
    assert_int_equal(pace.limit, 1);
    now++;
    (void)play(&pace, &load, &now);
    assert_int_equal(pace.limit, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_server_has_all_places_soon),
        cmocka_unit_test(a_healthy_server_is_sent_as_much_as_without_a_pace),
        cmocka_unit_test(a_server_with_less_to_give_is_sent_that_without_a_long_queue),
        cmocka_unit_test(what_is_slow_for_good_becomes_usual),
        cmocka_unit_test(one_round_trip_of_refusals_halves_once),
        cmocka_unit_test(other_refusals_are_not_about_the_pace),
        cmocka_unit_test(one_is_always_allowed),
        cmocka_unit_test(nothing_grows_that_is_not_used),
        cmocka_unit_test(one_slow_answer_decides_nothing),
        cmocka_unit_test(a_server_that_is_back_is_begun_with_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
