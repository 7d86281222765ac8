/*
 * Posts that a server fails on while it takes others: dead letters in the end, and their key goes
 * on.  tests/unit/test_poison has when that is so; this has what happens then.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/dispatch_stage.h"

#define FIRST_ID  "cccccccccccccccccccccccccc"
#define SECOND_ID "dddddddddddddddddddddddddd"
#define SAVE      "app.post.save.app_error"

static const struct channel_mapping mappings[] = { { "booking", FIRST_ID },
                                                   { "payment", SECOND_ID } };
static const struct integration list[] = {
    { .licence = "zeezicht",
      .active = true,
      .server_url = "http://chat.example",
      .mappings = mappings,
      .mapping_count = 2 },
};
static const struct integrations integrations = { list, 1 };
static const struct assigned_partition assigned = { .topic = "in" };

enum { ATTEMPTS = 3, LONGER_THAN_A_REST_MS = 60000 };

static const struct dispatch_options options = { .poison = { .attempts = ATTEMPTS, .span = 0 } };

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

static void read_event(struct stage *stage, int64_t offset, const char *key, const char *type)
{
    char value[512];

    (void)snprintf(value, sizeof(value),
                   "{\"specversion\":\"1.0\",\"id\":\"e-%d\",\"source\":\"urn:x\","
                   "\"type\":\"nl.ireserve.notification.v1\",\"licence\":\"zeezicht\","
                   "\"data\":{\"type\":\"%s\",\"text\":\"Boeking\"}}",
                   (int)offset, type);
    stage_read(stage, offset, key, value);
}

/* Lets a rest pass; what follows has looked for its post. */
static void rest(struct stage *stage)
{
    stage_wait(stage, LONGER_THAN_A_REST_MS);
    stage_show_nothing(stage);
}

/* Reads a record of another key, which the server takes. */
static void pass_another(struct stage *stage, int64_t offset, const char *type)
{
    read_event(stage, offset, "other", type);
    stage_accept(stage, stage->ask_count - 1);
}

/* The record of offset 0 fails as often as it has to, while others of that type pass. */
static void fail_among(struct stage *stage, const char *type)
{
    read_event(stage, 0, "key", "booking");
    stage_refuse(stage, 0, 500, SAVE);
    for (int i = 1; i <= ATTEMPTS; i++) {
        pass_another(stage, i, type);
        rest(stage);
        assert_int_equal(stage->letter_count, 0);
        stage_refuse(stage, 0, 500, SAVE);
    }
}

static void it_becomes_a_dead_letter_that_says_that_it_may_be_there(void **state)
{
    struct stage *stage = *state;

    fail_among(stage, "booking");
    assert_int_equal(stage->letter_count, 1);
    const struct letter *letter = &stage->letters[0]->letter;
    assert_int_equal(letter->reason, REASON_SERVER_REJECTS);
    assert_string_equal(letter->scope, "record");
    assert_int_equal(letter->http_status, 500);
    assert_int_equal(letter->attempts, ATTEMPTS + 1);
    assert_non_null(strstr(letter->words, SAVE));
    assert_non_null(strstr(letter->words, "it may be there all the same"));
    stage_bury(stage, NULL);
    stage_tick(stage);
    assert_int_equal(stage->stored, ATTEMPTS + 1);
}

static void its_key_goes_on(void **state)
{
    struct stage *stage = *state;

    fail_among(stage, "booking");
    read_event(stage, ATTEMPTS + 1, "key", "booking");
    assert_int_equal(stage->ask_count, 0);
    stage_bury(stage, NULL);
    stage_tick(stage);
    assert_int_equal(stage->ask_count, 1);
}

static void a_channel_without_others_is_asked_first(void **state)
{
    struct stage *stage = *state;

    fail_among(stage, "payment");
    assert_int_equal(stage->letter_count, 0);
    assert_string_equal(stage->asks[0]->path, "/channels/" FIRST_ID);
    stage_answer(stage, 0, ANSWER_HTTP, 200, "{\"id\":\"" FIRST_ID "\",\"delete_at\":0}");
    assert_int_equal(stage->letter_count, 1);
    assert_int_equal(stage->letters[0]->letter.reason, REASON_SERVER_REJECTS);
    stage_bury(stage, NULL);
}

static void a_channel_that_cannot_be_read_leaves_it_to_be_tried_again(void **state)
{
    struct stage *stage = *state;

    fail_among(stage, "payment");
    stage_refuse(stage, 0, 500, "app.channel.get.find.app_error");
    assert_int_equal(stage->letter_count, 0);
    rest(stage);
    assert_int_equal(stage->ask_count, 1);
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
}

static void what_nobody_answers_is_no_poison(void **state)
{
    struct stage *stage = *state;

    read_event(stage, 0, "key", "booking");
    for (int i = 1; i <= 2 * ATTEMPTS; i++) {
        stage_fail(stage, 0, i % 2 ? ANSWER_UNKNOWN : ANSWER_NOT_SENT);
        pass_another(stage, i, "booking");
        rest(stage);
    }
    assert_int_equal(stage->letter_count, 0);
    assert_int_equal(stage->ask_count, 1);
}

static void nothing_is_poison_in_an_outage(void **state)
{
    struct stage *stage = *state;

    read_event(stage, 0, "a", "booking");
    read_event(stage, 1, "b", "booking");
    read_event(stage, 2, "c", "payment");
    for (int i = 0; i < 100; i++) {
        while (stage->ask_count > 0)
            stage_refuse(stage, 0, 500, SAVE);
        rest(stage);
    }
    assert_int_equal(stage->letter_count, 0);
    assert_int_equal(stage->ask_count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_becomes_a_dead_letter_that_says_that_it_may_be_there,
                                        open_stage, close_stage),
        cmocka_unit_test_setup_teardown(its_key_goes_on, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(a_channel_without_others_is_asked_first, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(a_channel_that_cannot_be_read_leaves_it_to_be_tried_again,
                                        open_stage, close_stage),
        cmocka_unit_test_setup_teardown(what_nobody_answers_is_no_poison, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(nothing_is_poison_in_an_outage, open_stage, close_stage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
