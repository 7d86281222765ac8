/*
 * Old news on its way: decided once, before anything of it is sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "tests/unit/dispatch_stage.h"

static const struct channel_mapping mappings[] = {
    { "booking", "cccccccccccccccccccccccccc" },
    { "named", "team/desk" },
    { "payment", "dddddddddddddddddddddddddd" },
};
static const struct integration list[] = {
    { .licence = "zeezicht",
      .active = true,
      .server_url = "http://chat.example",
      .mappings = mappings,
      .mapping_count = 3 },
};
static const struct integrations integrations = { list, 1 };
static const struct assigned_partition assigned = { .topic = "in" };

enum { AGE_S = 60 };

static const struct old_news_rule rules[] = { { "*", AGE_S, OLD_NEWS_MARK },
                                              { "booking", AGE_S, OLD_NEWS_DROP } };
static const struct dispatch_options options = { .old_news = { rules, 2 } };

static int open_stage(void **state)
{
    struct stage *stage = stage_new_with(&integrations, &assigned, &options);

    stage_ease(stage);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    stage_free(*state);
    return 0;
}

static void read_event(struct stage *stage, int64_t offset, const char *type)
{
    char value[512];

    (void)snprintf(value, sizeof(value),
                   "{\"specversion\":\"1.0\",\"id\":\"e-%d\",\"source\":\"urn:x\","
                   "\"type\":\"nl.ireserve.notification.v1\",\"licence\":\"zeezicht\","
                   "\"data\":{\"type\":\"%s\",\"text\":\"Boeking\",\"severity\":\"urgent\"}}",
                   (int)offset, type);
    stage_read(stage, offset, "key", value);
}

/* The record was made so long ago. */
static void set_age(struct stage *stage, wall_ms seconds)
{
    stage->made_at = stage->now.wall - seconds * 1000;
}

static bool says_when(const struct stage *stage)
{
    return strstr(stage->asks[0]->body, "(van 12 januari 1970 13:4") != NULL;
}

static void what_is_too_old_is_not_sent_and_its_key_goes_on(void **state)
{
    struct stage *stage = *state;

    set_age(stage, AGE_S + 1);
    read_event(stage, 0, "booking");
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->reports[REPORT_NOT_SENT], 1);
    assert_int_equal(stage->outcome, OUTCOME_TOO_OLD);
    assert_string_equal(stage->why, "older than old_news lets its type be");
    assert_int_equal(stage->stored, 1);
    set_age(stage, AGE_S);
    read_event(stage, 1, "booking");
    assert_int_equal(stage->ask_count, 1);
}

static void what_is_old_says_when_it_was_in_each_attempt(void **state)
{
    struct stage *stage = *state;

    set_age(stage, AGE_S + 1);
    read_event(stage, 0, "payment");
    assert_int_equal(stage->ask_count, 1);
    assert_true(says_when(stage));
    AUTO(free) char *body = mem_string(stage->asks[0]->body);
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    stage_wait(stage, 1000 * 1000);
    stage_show_nothing(stage);
    assert_string_equal(stage->asks[0]->body, body);
}

static void what_was_sent_once_does_not_age(void **state)
{
    struct stage *stage = *state;

    set_age(stage, 1);
    read_event(stage, 0, "booking");
    AUTO(free) char *body = mem_string(stage->asks[0]->body);
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    stage_wait(stage, 1000 * 1000);
    stage_show_nothing(stage);
    assert_int_equal(stage->reports[REPORT_NOT_SENT], 0);
    assert_string_equal(stage->asks[0]->body, body);
}

/* Rendered again for a server without priorities, it still says when. */
static void what_is_rendered_again_is_as_old_as_before(void **state)
{
    struct stage *stage = *state;

    set_age(stage, 1);
    read_event(stage, 0, "payment");
    stage_fail(stage, 0, ANSWER_NOT_SENT);
    stage_wait(stage, 1000 * 1000);
    stage_refuse(stage, 0, 501, "license_error.feature_unavailable");
    stage_tick(stage);
    assert_int_equal(stage->ask_count, 1);
    assert_false(says_when(stage));
    stage_accept(stage, 0);

    set_age(stage, AGE_S + 1);
    read_event(stage, 1, "payment");
    assert_true(strstr(stage->asks[0]->body, "(van ") != NULL);
}

/* Nobody has to know where it would go. */
static void what_is_too_old_asks_for_no_channel(void **state)
{
    struct stage *stage = *state;
    static const struct old_news_rule drop = { "*", AGE_S, OLD_NEWS_DROP };
    static const struct dispatch_options all = { .old_news = { &drop, 1 } };

    stage_free(stage);
    *state = stage = stage_new_with(&integrations, &assigned, &all);
    stage_ease(stage);
    set_age(stage, AGE_S + 1);
    read_event(stage, 0, "named");
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->stored, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_too_old_is_not_sent_and_its_key_goes_on, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(what_is_old_says_when_it_was_in_each_attempt, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(what_was_sent_once_does_not_age, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(what_is_rendered_again_is_as_old_as_before, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(what_is_too_old_asks_for_no_channel, open_stage,
                                        close_stage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
