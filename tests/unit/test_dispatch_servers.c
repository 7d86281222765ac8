/*
 * Servers that are away, that share their strength, and that say how much they take.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/dispatch_stage.h"
#include "worker/core/breaker.h"

#define FIRST_ID "cccccccccccccccccccccccccc"

static const struct channel_mapping mappings[] = { { "booking", FIRST_ID },
                                                   { "named", "team/desk" } };
static const struct integration list[] = {
    { .licence = "elsewhere",
      .active = true,
      .server_url = "http://elsewhere.example",
      .mappings = mappings,
      .mapping_count = 2 },
    { .licence = "zeezicht",
      .active = true,
      .server_url = "http://chat.example",
      .mappings = mappings,
      .mapping_count = 2 },
};
static const struct integrations integrations = { list, 2 };
static const struct assigned_partition assigned = { .topic = "in" };

static int open_stage(void **state)
{
    struct stage *stage = stage_new(&integrations, &assigned);

    stage_ease(stage);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    stage_free(*state);
    return 0;
}

/* Every record has a key of its own. */
static void read_event(struct stage *stage, int64_t offset, const char *licence, const char *type)
{
    const char key[] = { (char)('a' + offset), '\0' };
    char value[512];

    (void)snprintf(value, sizeof(value),
                   "{\"specversion\":\"1.0\",\"id\":\"e-%d\",\"source\":\"urn:x\","
                   "\"type\":\"nl.ireserve.notification.v1\",\"licence\":\"%s\","
                   "\"data\":{\"type\":\"%s\",\"text\":\"Boeking\"}}",
                   (int)offset, licence, type);
    stage_read(stage, offset, key, value);
}

static void read_bookings(struct stage *stage, int64_t from, int64_t count)
{
    for (int64_t offset = from; offset < from + count; offset++)
        read_event(stage, offset, "zeezicht", "booking");
}

static int64_t offset_on_wire(const struct stage *stage, size_t at)
{
    const struct delivery *delivery = stage->asks[at]->owner;

    assert_true(at < stage->ask_count);
    return delivery->record->offset;
}

/* Six records are read, of which five fail: the server is away. */
static void close_server(struct stage *stage)
{
    read_bookings(stage, 0, 6);
    for (int i = 0; i < BREAKER_IN_A_ROW; i++)
        stage_fail(stage, 0, ANSWER_NOT_SENT);
    if (stage->ask_count > 0) /* it was on the wire already */
        stage_fail(stage, 0, ANSWER_NOT_SENT);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->reports[REPORT_SERVER_CLOSED], 1);
    assert_int_equal(dispatch_count(stage->dispatch).open_breakers, 1);
}

static void wait_for_probe(struct stage *stage)
{
    stage_wait(stage, BREAKER_FIRST_MS * 3 / 4 - 1);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, BREAKER_FIRST_MS / 4 + 1);
    assert_int_equal(stage->ask_count, 1);
}

/* Whatever is asked is granted, until nothing more is. */
static void grant_all(struct stage *stage)
{
    while (stage->ask_count > 0)
        if (stage->asks[0]->purpose == ASK_FOR_CHANNEL)
            stage_answer(stage, 0, ANSWER_HTTP, 200, "{\"id\":\"" FIRST_ID "\",\"delete_at\":0}");
        else
            stage_accept(stage, 0);
}

static void a_server_that_fails_and_fails_is_left_alone_but_for_a_probe(void **state)
{
    struct stage *stage = *state;

    close_server(stage);
    read_bookings(stage, 6, 1);
    wait_for_probe(stage);
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, 2 * BREAKER_FIRST_MS * 3 / 4 - 1);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, 2 * BREAKER_FIRST_MS / 4 + 1);
    assert_int_equal(stage->ask_count, 1);
    assert_int_equal(stage->reports[REPORT_SERVER_CLOSED], 1);
    assert_int_equal(stage->letter_count, 0);
}

static void when_it_is_back_all_that_waited_goes_out_at_once(void **state)
{
    struct stage *stage = *state;

    close_server(stage);
    for (int i = 0; i < 4; i++) {
        stage_wait(stage, BREAKER_MAX_MS);
        stage_refuse(stage, 0, 503, "app.busy.app_error");
    }
    stage_wait(stage, BREAKER_MAX_MS);
    for (int answers = 0; stage->ask_count > 0; answers++) {
        assert_in_range(answers, 0, 6);
        stage_accept(stage, 0);
    }
    stage_wait(stage, STAGE_RETRY_MS); /* of the last probe that failed */
    grant_all(stage);
    assert_int_equal(stage->stored, 6);
    assert_int_equal(stage->reports[REPORT_SERVER_REOPENED], 1);
    assert_int_equal(dispatch_count(stage->dispatch).open_breakers, 0);
    assert_int_equal(stage->reports[REPORT_DELIVERED], 6);
}

static void other_servers_are_not_touched(void **state)
{
    struct stage *stage = *state;

    close_server(stage);
    read_event(stage, 6, "elsewhere", "booking");
    assert_int_equal(stage->ask_count, 1);
    stage_accept(stage, 0);
    assert_int_equal(stage->reports[REPORT_DELIVERED], 1);
}

static void limits_never_close_a_server(void **state)
{
    struct stage *stage = *state;

    read_bookings(stage, 0, 1);
    for (int i = 0; i < 30; i++) {
        stage_answer(stage, 0, ANSWER_HTTP, 429, "limit exceeded\n");
        stage_wait(stage, 2000);
        assert_int_equal(stage->ask_count, 1);
    }
    assert_int_equal(stage->reports[REPORT_SERVER_CLOSED], 0);
}

/* A post may fail for its own sake, and for ever. */
static void a_post_that_always_breaks_closes_no_server(void **state)
{
    struct stage *stage = *state;

    read_bookings(stage, 0, 1);
    for (int i = 0; i < 30; i++) {
        stage_refuse(stage, 0, 500, "");
        stage_wait(stage, 60000);
        assert_int_equal(stage->ask_count, 1);
    }
    assert_int_equal(stage->reports[REPORT_SERVER_CLOSED], 0);
}

static void a_probe_that_fails_lets_another_one_try(void **state)
{
    struct stage *stage = *state;

    close_server(stage);
    wait_for_probe(stage);
    int64_t first = offset_on_wire(stage, 0);
    stage_refuse(stage, 0, 500, "");
    while (stage->ask_count == 0)
        stage_wait(stage, 1);
    assert_int_equal(stage->ask_count, 1);
    assert_true(offset_on_wire(stage, 0) != first);
    stage_accept(stage, 0);
    assert_int_equal(stage->reports[REPORT_SERVER_REOPENED], 1);
}

static void a_probe_whose_partition_is_lost_makes_room_for_another(void **state)
{
    struct stage *stage = *state;

    close_server(stage);
    wait_for_probe(stage);
    stage_leave(stage, true);
    dispatch_forget(stage->dispatch, stage->partition, &stage->now);
    assert_int_equal(stage->ask_count, 0);
    stage->partition = dispatch_assign(stage->dispatch, &assigned);
    stage_restore(stage);
    read_bookings(stage, 0, 2);
    assert_int_equal(stage->ask_count, 1);
    stage_accept(stage, 0);
    assert_int_equal(stage->reports[REPORT_SERVER_REOPENED], 1);
    assert_int_equal(stage->ask_count, 1);
}

static void a_server_that_is_away_is_not_asked_for_names_either(void **state)
{
    struct stage *stage = *state;

    close_server(stage);
    read_event(stage, 6, "zeezicht", "named");
    wait_for_probe(stage);
    for (int i = 0; i < 3; i++) {
        stage_refuse(stage, 0, 502, "");
        assert_int_equal(stage->ask_count, 0);
        stage_wait(stage, BREAKER_MAX_MS);
        assert_int_equal(stage->ask_count, 1);
    }
    grant_all(stage);
    stage_wait(stage, STAGE_RETRY_MS);
    grant_all(stage);
    assert_int_equal(stage->stored, 7);
}

static void a_question_for_a_name_can_be_the_probe(void **state)
{
    struct stage *stage = *state;

    read_event(stage, 0, "zeezicht", "named");
    for (int i = 0; i < BREAKER_IN_A_ROW; i++) {
        assert_int_equal(stage->ask_count, 1);
        stage_refuse(stage, 0, 502, "");
        stage_wait(stage, 60000);
    }
    assert_int_equal(stage->reports[REPORT_SERVER_CLOSED], 1);
    assert_int_equal(stage->ask_count, 1);
    read_bookings(stage, 1, 1);
    assert_int_equal(stage->ask_count, 1);
    stage_answer(stage, 0, ANSWER_HTTP, 200, "{\"id\":\"" FIRST_ID "\",\"delete_at\":0}");
    assert_int_equal(stage->reports[REPORT_SERVER_REOPENED], 1);
    grant_all(stage);
    assert_int_equal(stage->stored, 2);
}

/* All get 401 while the database is away: the routes need not wait out their own rests then. */
static void a_server_that_is_back_has_its_closed_routes_tried(void **state)
{
    struct stage *stage = *state;

    read_bookings(stage, 0, 6);
    for (int i = 0; i < 4; i++)
        stage_refuse(stage, 0, 401, "api.context.session_expired.app_error");
    assert_int_equal(dispatch_count(stage->dispatch).closed_routes, 1);
    stage_wait(stage, 300000);
    stage_refuse(stage, 0, 401, "api.context.session_expired.app_error");
    assert_int_equal(dispatch_count(stage->dispatch).open_breakers, 1);
    read_event(stage, 6, "zeezicht", "named");
    stage_wait(stage, BREAKER_FIRST_MS);
    assert_int_equal(stage->asks[0]->purpose, ASK_FOR_CHANNEL);
    stage_answer(stage, 0, ANSWER_HTTP, 200, "{\"id\":\"" FIRST_ID "\",\"delete_at\":0}");
    assert_int_equal(stage->reports[REPORT_SERVER_REOPENED], 1);
    grant_all(stage);
    assert_int_equal(stage->stored, 7);
}

static void what_a_server_has_left_is_spread(void **state)
{
    struct stage *stage = *state;

    read_bookings(stage, 0, 1);
    stage->limit_left = 30; /* of 100; so 20 in 7 s */
    stage->limit_reset_s = 7;
    stage_accept(stage, 0);
    read_bookings(stage, 1, 3);
    assert_int_equal(stage->ask_count, 1);
    stage_wait(stage, 349);
    assert_int_equal(stage->ask_count, 1);
    stage_wait(stage, 1);
    assert_int_equal(stage->ask_count, 2);
    stage->limit_left = 90;
    stage->limit_reset_s = 1;
    stage_accept(stage, 0);
    stage_wait(stage, 350);
    read_bookings(stage, 4, 2);
    assert_int_equal(stage->ask_count, 4); /* all that the server may have */
}

static void the_limit_is_summed_up_over_servers(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(dispatch_count(stage->dispatch).concurrency_limit, 0);
    read_bookings(stage, 0, 1);
    assert_int_equal(dispatch_count(stage->dispatch).concurrency_limit, 4);
    read_event(stage, 1, "elsewhere", "booking");
    assert_int_equal(dispatch_count(stage->dispatch).concurrency_limit, 8);
    stage_refuse(stage, 0, 503, "");
    assert_int_equal(dispatch_count(stage->dispatch).concurrency_limit, 6);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_server_that_fails_and_fails_is_left_alone_but_for_a_probe),
        STAGED(when_it_is_back_all_that_waited_goes_out_at_once),
        STAGED(other_servers_are_not_touched),
        STAGED(limits_never_close_a_server),
        STAGED(a_post_that_always_breaks_closes_no_server),
        STAGED(a_probe_that_fails_lets_another_one_try),
        STAGED(a_probe_whose_partition_is_lost_makes_room_for_another),
        STAGED(a_server_that_is_away_is_not_asked_for_names_either),
        STAGED(a_question_for_a_name_can_be_the_probe),
        STAGED(a_server_that_is_back_has_its_closed_routes_tried),
        STAGED(what_a_server_has_left_is_spread),
        STAGED(the_limit_is_summed_up_over_servers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
