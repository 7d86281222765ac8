/*
 * The rules of delivery one by one: tests/model has the random schedules, this has the sentences.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/unit/dispatch_stage.h"

#define FIRST_ID         "cccccccccccccccccccccccccc"
#define SECOND_ID        "dddddddddddddddddddddddddd"
#define PRIORITY_REFUSED "api.post.post_priority.priority_post_not_allowed_for_user.request_error"
#define NO_PERMISSION    "api.context.permissions.app_error"
#define REFUSED          "api.context.invalid_body_param.app_error"

static const struct channel_mapping mappings[] = {
    { "booking", FIRST_ID }, { "named", "team/desk" }, { "payment", SECOND_ID }, { "quiet", "" }
};
static const struct integration list[] = {
    { .licence = "closed", .server_url = "http://chat.example" },
    { .licence = "elsewhere",
      .active = true,
      .server_url = "http://elsewhere.example",
      .mappings = mappings,
      .mapping_count = 4 },
    { .licence = "zeezicht",
      .active = true,
      .server_url = "http://chat.example",
      .mappings = mappings,
      .mapping_count = 4 },
};
static const struct integrations integrations = { list, 3 };

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

/* ---- what happens ---- */

static void read_event(struct stage *stage, int64_t offset, const char *key, const char *licence,
                       const char *type)
{
    char value[512];

    (void)snprintf(value, sizeof(value),
                   "{\"specversion\":\"1.0\",\"id\":\"e-%d\",\"source\":\"urn:x\","
                   "\"type\":\"nl.ireserve.notification.v1\",\"licence\":\"%s\","
                   "\"data\":{\"type\":\"%s\",\"text\":\"Boeking\",\"severity\":\"urgent\"}}",
                   (int)offset, licence, type);
    stage_read(stage, offset, key, value);
}

static void read_booking(struct stage *stage, int64_t offset, const char *key)
{
    read_event(stage, offset, key, "zeezicht", "booking");
}

static int64_t offset_on_wire(const struct stage *stage, size_t at)
{
    const struct delivery *delivery = stage->asks[at]->owner;

    assert_true(at < stage->ask_count);
    return delivery->record->offset;
}

static char *pending_id(const struct stage *stage, size_t at)
{
    json_t *post = json_loadb(stage->asks[at]->body, stage->asks[at]->body_length, 0, NULL);
    const char *id = json_string_value(json_object_get(post, "pending_post_id"));

    must(id);
    char *copy = mem_string(id);
    json_decref(post);
    return copy;
}

/* ---- order and progress ---- */

static void a_key_waits_for_its_own_and_others_pass(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    read_booking(stage, 1, "a");
    read_booking(stage, 2, "b");
    assert_int_equal(stage->ask_count, 2);
    assert_int_equal(offset_on_wire(stage, 0), 0);
    assert_int_equal(offset_on_wire(stage, 1), 2);
    stage_accept(stage, 0);
    assert_int_equal(offset_on_wire(stage, 1), 1);
}

static void what_was_read_first_goes_first_also_when_it_is_ready_late(void **state)
{
    struct stage *stage = *state;

    for (int i = 0; i < 4; i++)
        read_booking(stage, i, (const char[]){ (char)('a' + i), '\0' });
    read_booking(stage, 4, "a");
    read_booking(stage, 5, "e");
    read_booking(stage, 6, "f");
    assert_int_equal(stage->ask_count, 4); /* all that the server may have */
    stage_accept(stage, 0);
    assert_int_equal(offset_on_wire(stage, 3), 5); /* what is done of a is not recorded yet */
    stage_accept(stage, 0);
    assert_int_equal(offset_on_wire(stage, 3), 4);
}

static void an_empty_key_is_not_the_same_as_none(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "");
    read_booking(stage, 1, "");
    assert_int_equal(stage->ask_count, 1);
    read_booking(stage, 2, NULL);
    assert_int_equal(stage->ask_count, 2);
}

static void only_the_done_prefix_is_stored(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 5, "a");
    read_booking(stage, 6, "b");
    read_booking(stage, 7, "c");
    stage_accept(stage, 1);
    assert_int_equal(stage->stored, 5);
    stage_accept(stage, 0);
    assert_int_equal(stage->stored, 7);
    stage_accept(stage, 0);
    assert_int_equal(stage->stored, 8);
}

static void the_window_ends_above_the_last_acknowledged_commit(void **state)
{
    struct stage *stage = *state;

    for (int64_t offset = 0; offset < 10; offset++) {
        read_booking(stage, offset, "a");
        stage_accept(stage, 0);
    }
    read_booking(stage, 10, "a");
    assert_int_equal(stage->ask_count, 0);
    assert_false(dispatch_wants(stage->dispatch, stage->partition));
    dispatch_committed(stage->dispatch, stage->partition, 4, &stage->now);
    stage_tick(stage);
    assert_int_equal(stage->ask_count, 1);
    assert_true(dispatch_wants(stage->dispatch, stage->partition));
}

static void no_more_goes_out_than_a_server_may_have(void **state)
{
    struct stage *stage = *state;

    for (int64_t offset = 0; offset < 6; offset++) {
        const char key[] = { (char)('a' + offset), '\0' };
        read_booking(stage, offset, key);
    }
    assert_int_equal(stage->ask_count, 4);
    read_event(stage, 6, "x", "elsewhere", "booking");
    assert_int_equal(stage->ask_count, 5);
}

/* ---- verdicts ---- */

static void a_failed_attempt_is_repeated_with_the_same_pending_id(void **state)
{
    struct stage *stage = *state;
    char *first;

    read_booking(stage, 0, "a");
    first = pending_id(stage, 0);
    for (int i = 0; i < 5; i++) {
        if (i % 2)
            stage_fail(stage, 0, ANSWER_NOT_SENT);
        else
            stage_refuse(stage, 0, 503, "app.busy.app_error");
        assert_int_equal(stage->ask_count, 0);
        stage_wait(stage, 60000);
        assert_int_equal(stage->ask_count, 1);
        char *again = pending_id(stage, 0);
        assert_string_equal(again, first);
        free(again);
    }
    free(first);
    assert_int_equal(stage->letter_count, 0);
    assert_int_equal(stage->stored, -1);
}

static void a_rest_is_its_keys_alone(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_answer(stage, 0, ANSWER_NOT_SENT, 0, "");
    read_booking(stage, 1, "a");
    read_booking(stage, 2, "b");
    assert_int_equal(stage->ask_count, 1);
    assert_int_equal(offset_on_wire(stage, 0), 2);
}

static void a_rate_limit_stops_that_server_for_that_long(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_answer(stage, 0, ANSWER_HTTP, 429, "limit exceeded\n");
    read_booking(stage, 1, "b");
    read_event(stage, 2, "c", "elsewhere", "booking");
    assert_int_equal(stage->ask_count, 1);
    assert_int_equal(offset_on_wire(stage, 0), 2);
    stage_wait(stage, 1999);
    assert_int_equal(stage->ask_count, 1);
    stage_wait(stage, 1500);
    assert_int_equal(stage->ask_count, 3);
    assert_int_equal(offset_on_wire(stage, 1), 0);
}

static void a_closed_route_holds_its_own_and_is_tried_by_one(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    read_booking(stage, 1, "b");
    read_event(stage, 2, "c", "zeezicht", "payment");
    assert_int_equal(stage->ask_count, 1);
    assert_int_equal(offset_on_wire(stage, 0), 2);
    stage_accept(stage, 0);
    stage_wait(stage, 300000);
    assert_int_equal(stage->ask_count, 1);
    assert_int_equal(offset_on_wire(stage, 0), 0);
    stage_accept(stage, 0);
    assert_int_equal(stage->reports[REPORT_RESUMED], 1);
    assert_int_equal(offset_on_wire(stage, 0), 1);
    assert_int_equal(stage->letter_count, 0);
}

static void neither_a_refused_token_nor_a_missing_channel_is_a_dead_letter(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_refuse(stage, 0, 401, "api.context.session_expired.app_error");
    stage_wait(stage, 300000);
    stage_refuse(stage, 0, 404, "app.channel.get.existing.app_error");
    stage_wait(stage, 300000);
    assert_int_equal(stage->ask_count, 1);
    assert_int_equal(stage->letter_count, 0);
}

static void a_refusal_is_believed_when_the_channel_agrees(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_refuse(stage, 0, 400, REFUSED);
    assert_int_equal(stage->asks[0]->purpose, ASK_TO_CHECK);
    stage_refuse(stage, 0, 500, "");
    assert_int_equal(stage->letter_count, 0);
    stage_wait(stage, 60000);
    stage_refuse(stage, 0, 400, REFUSED);
    stage_answer(stage, 0, ANSWER_HTTP, 200, "{\"id\":\"" FIRST_ID "\",\"delete_at\":0}");
    assert_int_equal(stage->letter_count, 1);
    assert_int_equal(stage->letters[0]->letter.http_status, 400);
}

static void posts_that_are_refused_for_their_priority_go_again_without(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    read_booking(stage, 1, "b");
    assert_non_null(strstr(stage->asks[0]->body, "\"priority\""));
    stage_refuse(stage, 0, 403, PRIORITY_REFUSED);
    stage_refuse(stage, 0, 403, PRIORITY_REFUSED); /* it was on the wire already */
    assert_int_equal(stage->ask_count, 2);
    assert_null(strstr(stage->asks[0]->body, "\"priority\""));
    assert_null(strstr(stage->asks[1]->body, "\"priority\""));
    assert_int_equal(stage->letter_count, 0);
}

/* ---- dead letters, and what is not sent ---- */

static void a_dead_letter_counts_when_it_is_acknowledged(void **state)
{
    struct stage *stage = *state;

    stage_read(stage, 0, "a", "{");
    read_booking(stage, 1, "b");
    stage_accept(stage, 0);
    assert_int_equal(stage->stored, 0);
    stage_bury(stage, "the topic is full");
    assert_int_equal(stage->reports[REPORT_DEAD_LETTER_FAILED], 1);
    stage_wait(stage, 60000);
    assert_int_equal(stage->letter_count, 1);
    assert_int_equal(stage->stored, 0);
    stage_bury(stage, NULL);
    assert_int_equal(stage->stored, 2);
}

static void what_is_not_mapped_or_not_active_is_done_without_a_post(void **state)
{
    struct stage *stage = *state;

    read_event(stage, 0, "a", "zeezicht", "quiet");
    assert_int_equal(stage->outcome, OUTCOME_UNMAPPED);
    read_event(stage, 1, "a", "zeezicht", "never-heard-of");
    assert_int_equal(stage->outcome, OUTCOME_UNMAPPED);
    read_event(stage, 2, "a", "closed", "booking");
    assert_int_equal(stage->outcome, OUTCOME_INACTIVE);
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->stored, 3);
    read_event(stage, 3, "a", "nobody", "booking");
    assert_int_equal(stage->letters[0]->letter.reason, REASON_UNKNOWN_LICENCE);
}

static void a_conversation_is_only_read_in_its_own_topic(void **state)
{
    static const char closed[] = "{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"urn:x\","
                                 "\"type\":\"nl.ireserve.conversation.closed.v1\","
                                 "\"licence\":\"zeezicht\",\"data\":{\"conversation_id\":\"c-1\"}}";
    struct stage *stage = *state;

    stage_read(stage, 0, "c-1", closed);
    assert_int_equal(stage->letter_count, 1);
    assert_int_equal(stage->letters[0]->letter.reason, REASON_WRONG_TOPIC);
}

static void a_named_channel_is_asked_for_once(void **state)
{
    struct stage *stage = *state;

    read_event(stage, 0, "a", "zeezicht", "named");
    read_event(stage, 1, "b", "zeezicht", "named");
    assert_int_equal(stage->ask_count, 1);
    assert_int_equal(stage->asks[0]->purpose, ASK_FOR_CHANNEL);
    stage_answer(stage, 0, ANSWER_HTTP, 200, "{\"id\":\"" SECOND_ID "\",\"delete_at\":0}");
    assert_int_equal(stage->ask_count, 2);
    assert_non_null(strstr(stage->asks[0]->body, SECOND_ID));
}

static void a_name_that_a_busy_server_cannot_resolve_is_asked_for_again_soon(void **state)
{
    static const struct {
        enum answer_kind kind;
        int status;
    } busy[] = { { ANSWER_HTTP, 503 }, { ANSWER_HTTP, 429 }, { ANSWER_NOT_SENT, 0 } };
    struct stage *stage = *state;

    read_event(stage, 0, "a", "zeezicht", "named");
    stage_answer(stage, 0, busy[0].kind, busy[0].status, "");
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, STAGE_RETRY_MS * 3);
    assert_int_equal(stage->ask_count, 1);
    for (size_t i = 1; i < sizeof(busy) / sizeof(*busy); i++) {
        stage_answer(stage, 0, busy[i].kind, busy[i].status, "");
        stage_wait(stage, 60000);
        assert_int_equal(stage->ask_count, 1);
    }
    assert_int_equal(stage->reports[REPORT_UNRESOLVED], 0);
    assert_int_equal(stage->reports[REPORT_RETRYING], 3);
}

static void a_name_that_no_channel_has_is_asked_for_again_slowly(void **state)
{
    struct stage *stage = *state;

    read_event(stage, 0, "a", "zeezicht", "named");
    stage_refuse(stage, 0, 404, "app.channel.get_by_name.missing.app_error");
    stage_wait(stage, STAGE_ROUTE_MS - 1);
    assert_int_equal(stage->ask_count, 0);
    stage_wait(stage, STAGE_ROUTE_MS * 3);
    assert_int_equal(stage->ask_count, 1);
    assert_int_equal(stage->reports[REPORT_UNRESOLVED], 1);
    assert_int_equal(stage->letter_count, 0);
}

/* ---- partitions that leave ---- */

static void a_partition_that_leaves_ends_what_is_on_the_wire_and_starts_nothing(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    read_booking(stage, 1, "a");
    stage_leave(stage, false);
    assert_false(dispatch_wants(stage->dispatch, stage->partition));
    assert_false(dispatch_is_idle(stage->partition));
    stage_accept(stage, 0);
    assert_int_equal(stage->ask_count, 0);
    assert_true(dispatch_is_idle(stage->partition));
    assert_int_equal(stage->stored, 1);
    dispatch_forget(stage->dispatch, stage->partition, &stage->now);
}

static void a_partition_that_leaves_closes_the_gaps_below_what_is_done(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    read_booking(stage, 1, "a");
    read_booking(stage, 2, "b");
    read_booking(stage, 3, "a");
    stage_refuse(stage, 0, 503, "busy");
    stage_accept(stage, 0); /* of 2: 0 and 1 are gaps, 3 is none */
    stage_leave(stage, false);
    assert_false(dispatch_is_idle(stage->partition));
    stage_wait(stage, STAGE_RETRY_MS * 3);
    stage_refuse(stage, 0, 503, "busy"); /* while it leaves */
    stage_wait(stage, STAGE_RETRY_MS * 9);
    stage_accept(stage, 0);
    assert_int_equal(offset_on_wire(stage, 0), 1);
    stage_accept(stage, 0);
    assert_true(dispatch_is_idle(stage->partition));
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->stored, 3);
    dispatch_forget(stage->dispatch, stage->partition, &stage->now);
}

static void a_gap_that_cannot_be_closed_soon_is_left_with_all_of_its_key(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    read_booking(stage, 1, "a");
    read_booking(stage, 2, "b");
    stage_refuse(stage, 0, 503, "busy");
    stage_accept(stage, 0);
    stage_leave(stage, false);
    stage_wait(stage, STAGE_RETRY_MS * 3);
    stage_refuse(stage, 0, 403, NO_PERMISSION);
    assert_int_equal(stage->ask_count, 0);
    assert_true(dispatch_is_idle(stage->partition));
    assert_int_equal(stage->stored, 0);
    dispatch_forget(stage->dispatch, stage->partition, &stage->now);
}

static void a_lost_partition_leaves_its_gaps(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    read_booking(stage, 1, "b");
    stage_refuse(stage, 0, 503, "busy");
    stage_accept(stage, 0);
    stage_leave(stage, true);
    assert_true(dispatch_is_idle(stage->partition));
    dispatch_forget(stage->dispatch, stage->partition, &stage->now);
}

static void a_partition_is_committed_when_the_broker_says_so(void **state)
{
    struct stage *stage = *state;

    assert_true(dispatch_is_committed(stage->partition));
    read_booking(stage, 7, "a");
    assert_true(dispatch_is_committed(stage->partition));
    stage_accept(stage, 0);
    assert_int_equal(stage->stored, 8);
    assert_false(dispatch_is_committed(stage->partition));
    dispatch_committed(stage->dispatch, stage->partition, 7, &stage->now);
    assert_false(dispatch_is_committed(stage->partition));
    dispatch_committed(stage->dispatch, stage->partition, 8, &stage->now);
    assert_true(dispatch_is_committed(stage->partition));
}

static void a_lost_partition_has_nothing_to_commit(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_accept(stage, 0);
    stage_leave(stage, true);
    assert_true(dispatch_is_committed(stage->partition));
    dispatch_forget(stage->dispatch, stage->partition, &stage->now);
}

static void a_lost_partition_stores_nothing_any_more(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_leave(stage, true);
    if (stage->ask_count > 0)
        stage_accept(stage, 0);
    assert_int_equal(stage->stored, -1);
    dispatch_forget(stage->dispatch, stage->partition, &stage->now);
}

static void what_was_done_and_not_committed_is_not_done_again_here(void **state)
{
    struct stage *stage = *state;

    read_booking(stage, 0, "a");
    stage_accept(stage, 0);
    stage_leave(stage, true);
    dispatch_forget(stage->dispatch, stage->partition, &stage->now);
    stage->partition = dispatch_assign(stage->dispatch, &assigned);
    stage_restore(stage);
    read_booking(stage, 0, "a");
    assert_int_equal(stage->ask_count, 0);
    assert_int_equal(stage->reports[REPORT_ALREADY_POSTED], 1);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_key_waits_for_its_own_and_others_pass),
        STAGED(what_was_read_first_goes_first_also_when_it_is_ready_late),
        STAGED(an_empty_key_is_not_the_same_as_none),
        STAGED(only_the_done_prefix_is_stored),
        STAGED(the_window_ends_above_the_last_acknowledged_commit),
        STAGED(no_more_goes_out_than_a_server_may_have),
        STAGED(a_failed_attempt_is_repeated_with_the_same_pending_id),
        STAGED(a_rest_is_its_keys_alone),
        STAGED(a_rate_limit_stops_that_server_for_that_long),
        STAGED(a_closed_route_holds_its_own_and_is_tried_by_one),
        STAGED(neither_a_refused_token_nor_a_missing_channel_is_a_dead_letter),
        STAGED(a_refusal_is_believed_when_the_channel_agrees),
        STAGED(posts_that_are_refused_for_their_priority_go_again_without),
        STAGED(a_dead_letter_counts_when_it_is_acknowledged),
        STAGED(what_is_not_mapped_or_not_active_is_done_without_a_post),
        STAGED(a_conversation_is_only_read_in_its_own_topic),
        STAGED(a_named_channel_is_asked_for_once),
        STAGED(a_name_that_a_busy_server_cannot_resolve_is_asked_for_again_soon),
        STAGED(a_name_that_no_channel_has_is_asked_for_again_slowly),
        STAGED(a_partition_that_leaves_ends_what_is_on_the_wire_and_starts_nothing),
        STAGED(a_partition_that_leaves_closes_the_gaps_below_what_is_done),
        STAGED(a_gap_that_cannot_be_closed_soon_is_left_with_all_of_its_key),
        STAGED(a_lost_partition_leaves_its_gaps),
        STAGED(a_partition_is_committed_when_the_broker_says_so),
        STAGED(a_lost_partition_has_nothing_to_commit),
        STAGED(a_lost_partition_stores_nothing_any_more),
        STAGED(what_was_done_and_not_committed_is_not_done_again_here),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
