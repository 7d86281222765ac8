/*
 * Notifications that may have been posted: who looks for them, where, and what follows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"
#include "tests/unit/dispatch_stage.h"

#define DESK "cccccccccccccccccccccccccc"
#define BOT  "bbbbbbbbbbbbbbbbbbbbbbbbbb"

enum { EPOCH = 100, END = 1000, BEFORE = 50 };

static const struct channel_mapping mappings[] = { { "booking", DESK } };
static const struct integration list[] = { { .licence = "zeezicht",
                                             .active = true,
                                             .server_url = "http://chat.example",
                                             .mappings = mappings,
                                             .mapping_count = 1 } };
static const struct integrations integrations = { list, 1 };
static const struct assigned_partition assigned = { .topic = "in" };

static int open_stage(void **state)
{
    struct stage *stage = stage_new(&integrations, &assigned);

    stage->acknowledges = true;
    stage->made_at = stage->now.wall;
    *state = stage;
    return 0;
}

static int open_restored(void **state)
{
    (void)open_stage(state);
    stage_restore(*state);
    return 0;
}

static int close_stage(void **state)
{
    stage_free(*state);
    return 0;
}

/* ---- what happens ---- */

static void restore(struct stage *stage)
{
    dispatch_restored(stage->dispatch, stage->partition, EPOCH);
    dispatch_saw_end(stage->dispatch, stage->partition, END);
}

static void read_text(struct stage *stage, int64_t offset, const char *key, size_t length)
{
    AUTO(text_free) struct text value = text_of(1 << 20);

    text_printf(&value,
                "{\"specversion\":\"1.0\",\"id\":\"e-%d\",\"source\":\"urn:x\","
                "\"type\":\"nl.ireserve.notification.v1\",\"licence\":\"zeezicht\","
                "\"data\":{\"type\":\"booking\",\"text\":\"",
                (int)offset);
    for (size_t i = 0; i < length; i++)
        text_add_string(&value, i % 80 ? "a" : " ");
    text_add_string(&value, "Boeking\"}}");
    stage_read(stage, offset, key, text_string(&value));
}

static void read_booking(struct stage *stage, int64_t offset, const char *key)
{
    read_text(stage, offset, key, 0);
}

static bool is_asked(const struct stage *stage, const char *path)
{
    return stage->ask_count > 0 && strncmp(stage->asks[0]->path, path, strlen(path)) == 0;
}

static void say_who(struct stage *stage)
{
    assert_true(is_asked(stage, "/users/me"));
    stage_answer(stage, 0, ANSWER_HTTP, 200, "{\"id\":\"" BOT "\"}");
}

/* A page of the channel: `count` posts, each a second older, of which the newest is at `newest`. */
static void show_page(struct stage *stage, wall_ms newest, int count, int64_t event, int part)
{
    AUTO(text_free) struct text posts = text_of(1 << 20);
    AUTO(text_free) struct text order = text_of(1 << 20);

    assert_true(is_asked(stage, "/channels/" DESK "/posts?per_page=200"));
    for (int i = 0; i < count; i++) {
        const char *comma = i ? "," : "";
        text_printf(&order, "%s\"%026d\"", comma, i);
        text_printf(&posts,
                    "%s\"%026d\":{\"id\":\"%026d\",\"create_at\":%lld,\"delete_at\":0,"
                    "\"user_id\":\"" BOT "\",\"channel_id\":\"" DESK "\",\"root_id\":\"\","
                    "\"props\":{\"ireserve\":{\"event\":\"urn:x|e-%d\",\"part\":%d,"
                    "\"licence\":\"zeezicht\"}}}",
                    comma, i, i, (long long)(newest - 1000 * i), i == count - 1 ? (int)event : 9999,
                    part);
    }
    AUTO(text_free) struct text body = text_of(4 << 20);
    text_printf(&body, "{\"order\":[%s],\"posts\":{%s}}", text_string(&order), text_string(&posts));
    stage_answer(stage, 0, ANSWER_HTTP, 200, text_string(&body));
}

static void show_nothing(struct stage *stage)
{
    show_page(stage, 0, 0, -1, 1);
}

/* ---- an attempt of our own ---- */

static void a_cut_attempt_is_looked_for_before_it_is_repeated(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    stage_wait(stage, STAGE_RETRY_MS * 2);
    say_who(stage);
    show_page(stage, stage->now.wall, 3, 0, 1);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->outcome, OUTCOME_ALREADY_POSTED);
    assert_int_equal(stage->lookup, LOOKUP_FOUND);
    assert_int_equal(stage->stored, 1);
}

static void what_is_not_there_is_looked_for_until_the_server_cannot_be_at_it_any_more(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    stage_wait(stage, STAGE_RETRY_MS * 2);
    say_who(stage);
    show_nothing(stage);
    assert_int_equal(stage->lookup, LOOKUP_NOT_FOUND);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, 3000);
    show_nothing(stage);
    assert_int_equal(stage->ask_count, 1);
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
    stage_accept(stage, 0);
    assert_int_equal(stage->outcome, OUTCOME_POSTED);
}

/* Its newest page is what was there when it began, however long the rest of it takes. */
static void a_look_up_that_began_while_the_server_may_be_at_it_is_no_proof(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    stage_wait(stage, STAGE_RETRY_MS * 2);
    say_who(stage);
    show_page(stage, stage->now.wall, 200, -1, 1);
    stage_wait(stage, 60000);
    show_nothing(stage);
    stage_tick(stage);
    assert_true(is_asked(stage, "/channels/" DESK "/posts?per_page=200"));
    show_page(stage, stage->now.wall, 3, 0, 1);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->outcome, OUTCOME_ALREADY_POSTED);
}

static void an_error_of_the_servers_own_is_not_waited_out(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_refuse(stage, 0, 500, "app.post.save.app_error");
    stage_wait(stage, STAGE_RETRY_MS * 2);
    say_who(stage);
    show_nothing(stage);
    assert_int_equal(stage->ask_count, 1);
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
}

static void pages_are_read_until_nothing_can_be_there_any_more(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_refuse(stage, 0, 500, "app.post.save.app_error");
    stage_wait(stage, STAGE_RETRY_MS * 2);
    say_who(stage);
    show_page(stage, stage->now.wall, 200, -1, 1);
    /* The anchor is the oldest but one: others of the oldest's millisecond are on the next page. */
    assert_non_null(strstr(stage->asks[0]->path, "&before=00000000000000000000000198"));
    show_page(stage, stage->now.wall - 200 * 1000, 200, -1, 1);
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST); /* 400 s: that is before the record */
    assert_int_equal(stage->reports[REPORT_LOOKED_UP], 1);
}

static void a_look_up_that_fails_is_repeated_and_never_guessed(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_refuse(stage, 0, 500, "app.post.save.app_error");
    stage_wait(stage, STAGE_RETRY_MS * 2);
    say_who(stage);
    for (int i = 0; i < 3; i++) {
        assert_true(is_asked(stage, "/channels/" DESK "/posts"));
        stage_fail(stage, 0, ANSWER_UNKNOWN);
        stage_wait(stage, 60000);
    }
    stage_answer(stage, 0, ANSWER_HTTP, 200, "{\"order\":[],\"posts\":{\"cut");
    stage_wait(stage, 60000);
    show_page(stage, stage->now.wall, 3, 0, 1);
    assert_int_equal(stage->outcome, OUTCOME_ALREADY_POSTED);
}

static void parts_that_are_there_are_passed_over(void **state)
{
    struct stage *stage = *state;

    read_text(stage, 0, "a", 20000);
    stage_refuse(stage, 0, 500, "app.post.save.app_error");
    stage_wait(stage, STAGE_RETRY_MS * 2);
    say_who(stage);
    show_page(stage, stage->now.wall, 1, 0, 1);
    show_nothing(stage);
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
    assert_non_null(strstr(stage->asks[0]->body, "\"part\":2"));
    stage_accept(stage, 0);
    assert_int_equal(stage->outcome, OUTCOME_POSTED);
}

/* ---- an earlier owner's ---- */

static void after_a_crash_the_first_of_each_key_in_the_window_is_looked_for(void **state)
{
    struct stage *stage = *state;

    stage_tell_state(stage, "epoch/in/0", "", BEFORE);
    restore(stage);
    read_booking(stage, 5, "a");
    say_who(stage);
    show_page(stage, stage->now.wall, 1, 5, 1);
    show_nothing(stage); /* how many parts it has is not known yet */
    assert_int_equal(stage->outcome, OUTCOME_ALREADY_POSTED);
    read_booking(stage, 6, "a"); /* after one that is known to be done by this owner */
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
    stage_accept(stage, 0);
    dispatch_committed(stage->dispatch, stage->partition, 7, &stage->now);
    read_booking(stage, 5 + STAGE_WINDOW, "b");
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
    stage_accept(stage, 0);
    assert_int_equal(stage->reports[REPORT_LOOKED_UP], 1);
}

static void what_was_not_there_when_the_partition_came_is_not_in_doubt(void **state)
{
    struct stage *stage = *state;

    stage_tell_state(stage, "epoch/in/0", "", BEFORE);
    dispatch_restored(stage->dispatch, stage->partition, EPOCH);
    dispatch_saw_end(stage->dispatch, stage->partition, 6);
    read_booking(stage, 5, "a");
    say_who(stage);
    show_nothing(stage);
    stage_accept(stage, 0);
    read_booking(stage, 6, "b");
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
    stage_accept(stage, 0);
    stage_leave(stage, false);
    stage_end(stage);
    assert_string_equal(stage->writes[stage->write_count - 1].key, "left/in/0");
}

static void after_a_clean_hand_over_nothing_is_looked_for(void **state)
{
    struct stage *stage = *state;

    stage_tell_state(stage, "epoch/in/0", "", BEFORE);
    stage_tell_state(stage, "left/in/0", "v1 e=50", BEFORE + 1);
    restore(stage);
    read_booking(stage, 5, "a");
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_POST);
    stage_accept(stage, 0);
}

static void the_farewell_of_one_before_does_not_count(void **state)
{
    struct stage *stage = *state;

    stage_tell_state(stage, "left/in/0", "v1 e=20", BEFORE - 1);
    stage_tell_state(stage, "epoch/in/0", "", BEFORE);
    restore(stage);
    read_booking(stage, 5, "a");
    say_who(stage);
    show_nothing(stage);
    stage_accept(stage, 0);
}

static void what_the_state_topic_says_to_be_done_is_not_asked_for(void **state)
{
    struct stage *stage = *state;

    stage_tell_state(stage, "done/in/ka", "v1 o=5 t=1000000000 e=50", BEFORE - 1);
    stage_tell_state(stage, "epoch/in/0", "", BEFORE);
    restore(stage);
    read_booking(stage, 5, "a");
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->outcome, OUTCOME_ALREADY_POSTED);
    assert_int_equal(stage->stored, 6);
}

/* ---- what is written ---- */

static const struct stage_write *last_write(const struct stage *stage)
{
    assert_true(stage->write_count > 0);
    return &stage->writes[stage->write_count - 1];
}

static void what_is_done_is_recorded_and_forgotten_when_it_is_committed(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    read_booking(stage, 1, NULL);
    stage_accept(stage, 0);
    assert_string_equal(last_write(stage)->key, "done/in/ka");
    assert_non_null(strstr(last_write(stage)->value, "v1 t=1"));
    stage_accept(stage, 0);
    assert_string_equal(last_write(stage)->key, "done/in/-");
    dispatch_committed(stage->dispatch, stage->partition, 1, &stage->now);
    stage_wait(stage, 1000);
    assert_int_equal(stage->write_count, 3);
    assert_string_equal(last_write(stage)->key, "done/in/ka");
    assert_null(last_write(stage)->value);
}

static void a_record_is_done_when_that_is_acknowledged(void **state)
{
    struct stage *stage = *state;

    stage->acknowledges = false;
    read_booking(stage, 0, "a");
    read_booking(stage, 1, "a");
    stage_accept(stage, 0);
    assert_int_equal(stage->stored, -1);
    assert_int_equal(stage->ask_count, 0);
    stage_acknowledge(stage);
    assert_int_equal(stage->stored, 1);
    assert_int_equal(stage->ask_count, 1);
}

static void who_leaves_nothing_in_doubt_says_so(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_leave(stage, false);
    stage_accept(stage, 0);
    stage_end(stage);
    assert_string_equal(last_write(stage)->key, "left/in/0");
    assert_string_equal(last_write(stage)->value, "v1 e=100");
}

static void who_leaves_a_cut_attempt_says_nothing(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_fail(stage, 0, ANSWER_UNKNOWN);
    stage_leave(stage, false);
    stage_end(stage);
    assert_int_equal(stage->write_count, 0);
}

static void who_has_not_looked_for_what_was_left_says_nothing(void **state)
{
    struct stage *stage = *state;

    stage_tell_state(stage, "epoch/in/0", "", BEFORE);
    restore(stage);
    stage_leave(stage, false);
    stage_end(stage);
    assert_int_equal(stage->write_count, 0);
}

int main(void)
{
#define FRESH(test)    cmocka_unit_test_setup_teardown(test, open_restored, close_stage)
#define TAKEOVER(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)
    const struct CMUnitTest tests[] = {
        FRESH(a_cut_attempt_is_looked_for_before_it_is_repeated),
        FRESH(what_is_not_there_is_looked_for_until_the_server_cannot_be_at_it_any_more),
        FRESH(a_look_up_that_began_while_the_server_may_be_at_it_is_no_proof),
        FRESH(an_error_of_the_servers_own_is_not_waited_out),
        FRESH(pages_are_read_until_nothing_can_be_there_any_more),
        FRESH(a_look_up_that_fails_is_repeated_and_never_guessed),
        FRESH(parts_that_are_there_are_passed_over),
        TAKEOVER(after_a_crash_the_first_of_each_key_in_the_window_is_looked_for),
        TAKEOVER(what_was_not_there_when_the_partition_came_is_not_in_doubt),
        TAKEOVER(after_a_clean_hand_over_nothing_is_looked_for),
        TAKEOVER(the_farewell_of_one_before_does_not_count),
        TAKEOVER(what_the_state_topic_says_to_be_done_is_not_asked_for),
        FRESH(what_is_done_is_recorded_and_forgotten_when_it_is_committed),
        FRESH(a_record_is_done_when_that_is_acknowledged),
        FRESH(who_leaves_nothing_in_doubt_says_so),
        FRESH(who_leaves_a_cut_attempt_says_nothing),
        TAKEOVER(who_has_not_looked_for_what_was_left_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
