/*
 * What answers mean.  The bodies are those of real servers (11.2 and 5.37) and of what stands in
 * front of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/verdict.h"

#define ERROR_BODY(id, message)                                               \
    "{\"id\":\"" id "\",\"message\":\"" message "\",\"detailed_error\":\"\"," \
    "\"request_id\":\"izni47yt6id8f8dwo3ostjfm9h\",\"status_code\":0}"
#define PROXY_BODY "<html>\r\n<head><title>Sorry</title></head><body>nginx</body></html>\r\n"

#define POST_ID    "fe7nzz5okfgx8gzkxgqbu491wa"
#define CHANNEL_ID "yd95d4wqs7r77qeprbjfc1qecy"
#define POST_BODY(channel, message, props)                                             \
    "{\"id\":\"" POST_ID "\",\"create_at\":1795433236964,\"update_at\":1795433236964," \
    "\"edit_at\":0,\"delete_at\":0,\"is_pinned\":false,\"user_id\":"                   \
    "\"my1amemzp78xuxkeypnsrhe9bo\",\"channel_id\":\"" channel "\",\"root_id\":\"\","  \
    "\"original_id\":\"\",\"message\":" message ",\"type\":\"\",\"props\":" props ","  \
    "\"hashtags\":\"\",\"file_ids\":[],\"pending_post_id\":\"\",\"remote_id\":\"\","   \
    "\"reply_count\":0,\"last_reply_at\":0,\"participants\":null,\"metadata\":{}}\n"
#define OUR_PROPS                                                                               \
    "{\"from_bot\":\"true\",\"ireserve\":{\"event\":\"//ireserve/bookings?a=1\\u0026b|evt-1\"," \
    "\"licence\":\"hotel-de-pauw\",\"part\":1},\"unsafe_links\":\"true\"}"

static const struct expected_post expected = { .channel_id = CHANNEL_ID,
                                               .event_name = "//ireserve/bookings?a=1&b|evt-1" };

static struct answer answer_of(int status, const char *body)
{
    return (struct answer){ .kind = ANSWER_HTTP,
                            .status = status,
                            .body = body,
                            .body_length = strlen(body),
                            .retry_after_s = -1,
                            .rate_limit_remaining = -1,
                            .rate_limit_reset_s = -1,
                            .why = "" };
}

static struct verdict judge(const struct answer *answer)
{
    struct verdict verdict;

    memset(&verdict, 0x5a, sizeof(verdict));
    verdict_of_post(answer, &expected, &verdict);
    return verdict;
}

enum { AT_ONCE, CHECK, NO_PRIORITY, LOOK_AT_ROOT };

static const struct {
    int status;
    const char *body;
    enum verdict_kind kind;
    int then;
} refusals[] = {
    { 200, PROXY_BODY, VERDICT_AMBIGUOUS, AT_ONCE },
    { 202, "", VERDICT_AMBIGUOUS, AT_ONCE },
    { 301, "", VERDICT_UNAVAILABLE, AT_ONCE },
    { 307, PROXY_BODY, VERDICT_UNAVAILABLE, AT_ONCE },

    { 400, ERROR_BODY("api.post.create_post.can_not_post_to_deleted.error", "Can not post"),
      VERDICT_ROUTE_CLOSED, AT_ONCE },
    { 400, ERROR_BODY("api.post.create_post.can_not_post_in_restricted_dm.error", "x"),
      VERDICT_ROUTE_CLOSED, AT_ONCE },
    { 400, ERROR_BODY("api.context.invalid_param.app_error", "Invalid post.channel_id"),
      VERDICT_UNAVAILABLE, AT_ONCE },
    { 400, ERROR_BODY("api.post.create_post.root_id.app_error", "Invalid RootId"), VERDICT_REFUSED,
      LOOK_AT_ROOT },
    { 400, ERROR_BODY("api.post.create_post.channel_root_id.app_error", "x"), VERDICT_REFUSED,
      LOOK_AT_ROOT },
    { 400, ERROR_BODY("api.context.invalid_body_param.app_error", "x"), VERDICT_REFUSED, CHECK },
    { 400, ERROR_BODY("app.post.save.existing.app_error", "x"), VERDICT_REFUSED, CHECK },
    { 400, ERROR_BODY("model.post.is_valid.file_ids.app_error", "x"), VERDICT_REFUSED, CHECK },
    { 400, ERROR_BODY("model.post.is_valid.type.app_error", "x"), VERDICT_REFUSED, CHECK },
    { 400, ERROR_BODY("Post rejected by plugin. No swearing", "x"), VERDICT_REFUSED, CHECK },
    { 400, ERROR_BODY("model.post.is_valid.message_length.app_error", "x"), VERDICT_TOO_LARGE,
      CHECK },
    { 400, ERROR_BODY("model.post.is_valid.msg.app_error", "x"), VERDICT_TOO_LARGE, CHECK },
    { 400, ERROR_BODY("model.post.is_valid.props.app_error", "x"), VERDICT_TOO_LARGE, CHECK },
    { 400,
      ERROR_BODY("api.post.post_priority.priority_post_only_allowed_for_root_post.request_error",
                 "x"),
      VERDICT_REFUSED, NO_PRIORITY },
    { 400, "400 Bad Request", VERDICT_UNAVAILABLE, AT_ONCE },
    { 400, PROXY_BODY, VERDICT_UNAVAILABLE, AT_ONCE },

    { 401, ERROR_BODY("api.context.session_expired.app_error", "x"), VERDICT_UNAUTHORISED,
      AT_ONCE },
    { 401, PROXY_BODY, VERDICT_UNAUTHORISED, AT_ONCE },
    { 403, ERROR_BODY("api.context.permissions.app_error", "x"), VERDICT_ROUTE_CLOSED, AT_ONCE },
    { 403, ERROR_BODY("api.post.create_post.town_square_read_only", "x"), VERDICT_ROUTE_CLOSED,
      AT_ONCE },
    { 403,
      ERROR_BODY("api.post.post_priority.priority_post_not_allowed_for_user.request_error", "x"),
      VERDICT_REFUSED, NO_PRIORITY },
    { 403, PROXY_BODY, VERDICT_ROUTE_CLOSED, AT_ONCE },
    { 404, ERROR_BODY("api.context.404.app_error", "x"), VERDICT_ROUTE_CLOSED, AT_ONCE },
    { 404, PROXY_BODY, VERDICT_ROUTE_CLOSED, AT_ONCE },
    { 405, PROXY_BODY, VERDICT_UNAVAILABLE, AT_ONCE },
    { 413, ERROR_BODY("api.context.request_body_too_large.app_error", "x"), VERDICT_TOO_LARGE,
      CHECK },
    { 413, PROXY_BODY, VERDICT_TOO_LARGE, CHECK },
    { 417, "", VERDICT_UNAVAILABLE, AT_ONCE },
    { 429, "limit exceeded\n", VERDICT_RATE_LIMITED, AT_ONCE },
    { 431, "431 Request Header Fields Too Large", VERDICT_UNAVAILABLE, AT_ONCE },

    { 500, ERROR_BODY("app.post.save.app_error", "x"), VERDICT_AMBIGUOUS, AT_ONCE },
    { 500, ERROR_BODY("api.post.deduplicate_create_post.pending", "x"), VERDICT_AMBIGUOUS,
      AT_ONCE },
    { 500, ERROR_BODY("api.post.deduplicate_create_post.failed_to_get", "x"), VERDICT_AMBIGUOUS,
      AT_ONCE },
    { 500, ERROR_BODY("", "Internal Server Error"), VERDICT_AMBIGUOUS, AT_ONCE },
    { 501, ERROR_BODY("license_error.feature_unavailable", "x"), VERDICT_REFUSED, NO_PRIORITY },
    { 501, PROXY_BODY, VERDICT_AMBIGUOUS, AT_ONCE },
    { 502, PROXY_BODY, VERDICT_AMBIGUOUS, AT_ONCE },
    { 503, PROXY_BODY, VERDICT_AMBIGUOUS, AT_ONCE },
    { 503, ERROR_BODY("api.context.server_busy.app_error", "x"), VERDICT_UNAVAILABLE, AT_ONCE },
    { 504, "", VERDICT_AMBIGUOUS, AT_ONCE },
    { 522, PROXY_BODY, VERDICT_AMBIGUOUS, AT_ONCE },
    { 999, "", VERDICT_AMBIGUOUS, AT_ONCE },
    { -20, "", VERDICT_AMBIGUOUS, AT_ONCE },
};

static void every_refusal_has_the_verdict_of_its_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        struct answer answer = answer_of(refusals[i].status, refusals[i].body);
        struct verdict verdict = judge(&answer);
        if (verdict.kind != refusals[i].kind)
            fail_msg("%d %s: %s", refusals[i].status, refusals[i].body,
                     verdict_names[verdict.kind]);
        assert_int_equal(verdict.needs_check, refusals[i].then == CHECK);
        assert_int_equal(verdict.without_priority, refusals[i].then == NO_PRIORITY);
        assert_int_equal(verdict.about_root, refusals[i].then == LOOK_AT_ROOT);
        assert_int_equal(verdict.http_status, refusals[i].status);
        assert_int_not_equal(verdict.words[0], '\0');
        assert_string_equal(verdict.post_id, "");
    }
}

static void words_hold_the_error_id_and_nothing_else_of_the_answer(void **state)
{
    struct answer answer = answer_of(
        500, ERROR_BODY("api.context.invalid_token.error", "Invalid session token=s3cret, err="));
    struct verdict verdict = judge(&answer);

    (void)state;
    assert_string_equal(verdict.error_id, "api.context.invalid_token.error");
    assert_non_null(strstr(verdict.words, "api.context.invalid_token.error"));
    assert_null(strstr(verdict.words, "s3cret"));

    answer = answer_of(400, ERROR_BODY("Post rejected by plugin: s3cret", "s3cret"));
    verdict = judge(&answer);
    assert_string_equal(verdict.error_id, "not-an-id");
    assert_null(strstr(verdict.words, "s3cret"));
}

static void a_request_that_was_not_answered_says_why(void **state)
{
    struct answer answer = { .kind = ANSWER_NOT_SENT, .body = "", .why = "refused\n\x1b[31m\xc3" };
    struct verdict verdict = judge(&answer);

    (void)state;
    assert_int_equal(verdict.kind, VERDICT_UNAVAILABLE);
    assert_string_equal(verdict.words, "refused??[31m?");
    assert_int_equal(verdict.http_status, 0);
    answer.kind = ANSWER_UNKNOWN;
    assert_int_equal(judge(&answer).kind, VERDICT_AMBIGUOUS);
}

static void a_change_that_an_archived_channel_refuses_is_not_refused_for_good(void **state)
{
    static const struct {
        const char *body;
        int status;
        enum verdict_kind kind;
    } cases[] = {
        { "{}", 200, VERDICT_DELIVERED },
        { ERROR_BODY("api.post.patch_post.can_not_update_post_in_deleted.error", "x"), 400,
          VERDICT_ROUTE_CLOSED },
        { ERROR_BODY("api.post.delete_post.can_not_delete_post_in_deleted.error", "x"), 400,
          VERDICT_ROUTE_CLOSED },
        { ERROR_BODY("api.reaction.save.archived_channel.app_error", "x"), 403,
          VERDICT_ROUTE_CLOSED },
        { ERROR_BODY("api.context.permissions.app_error", "x"), 403, VERDICT_REFUSED },
        { ERROR_BODY("app.post.get.app_error", "x"), 404, VERDICT_REFUSED },
        { "busy", 503, VERDICT_UNAVAILABLE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct answer answer = answer_of(cases[i].status, cases[i].body);
        struct verdict verdict;
        verdict_of_request(&answer, &verdict);
        assert_int_equal(verdict.kind, cases[i].kind);
    }
}

static void the_pause_is_what_the_server_asks_for_within_reason(void **state)
{
    static const struct {
        int64_t retry_after_s;
        int64_t reset_s;
        mono_ms wait;
    } cases[] = { { 1, 3, 1000 }, { 7, -1, 7000 },       { -1, 3, 3000 }, { -1, -1, 1000 },
                  { 0, 9, 1000 }, { 86400, -1, 300000 }, { -1, 0, 1000 }, { -1, 7200, 300000 } };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct answer answer = answer_of(429, "limit exceeded\n");
        answer.retry_after_s = cases[i].retry_after_s;
        answer.rate_limit_reset_s = cases[i].reset_s;
        assert_int_equal(judge(&answer).wait_ms, cases[i].wait);
    }
}

static void a_post_is_delivered_when_it_is_ours(void **state)
{
    struct answer answer = answer_of(201, POST_BODY(CHANNEL_ID, "\"Nieuwe boeking\"", OUR_PROPS));
    struct verdict verdict = judge(&answer);

    (void)state;
    assert_int_equal(verdict.kind, VERDICT_DELIVERED);
    assert_string_equal(verdict.post_id, POST_ID);
    assert_string_equal(verdict.words, "");
    assert_false(verdict.needs_check);

    answer = answer_of(201, POST_BODY(CHANNEL_ID, "\"\"",
                                      "{\"attachments\":[{\"text\":\"x\"}],\"ireserve\":{\"event\":"
                                      "\"//ireserve/bookings?a=1&b|evt-1\"}}"));
    assert_int_equal(judge(&answer).kind, VERDICT_DELIVERED);
}

static void a_foreign_or_unreadable_201_is_ambiguous(void **state)
{
    static const char *const bodies[] = {
        POST_BODY("utpa86wcupdx7e555mjpg8zosh", "\"Nieuwe boeking\"", OUR_PROPS),
        POST_BODY(CHANNEL_ID, "\"Van een ander\"", "{\"from_bot\":\"true\"}"),
        POST_BODY(CHANNEL_ID, "\"Van een ander\"", "{\"ireserve\":{\"event\":\"x|evt-2\"}}"),
        POST_BODY(CHANNEL_ID, "\"Van een ander\"", "null"),
        "{\"id\":\"FE7NZZ5OKFGX8GZKXGQBU491WA\"}",
        "{\"id\":\"" POST_ID "\"",
        "{}",
        "",
        PROXY_BODY,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
        struct answer answer = answer_of(201, bodies[i]);
        struct verdict verdict = judge(&answer);
        assert_int_equal(verdict.kind, VERDICT_AMBIGUOUS);
        assert_string_equal(verdict.post_id, "");
        assert_int_not_equal(verdict.words[0], '\0');
    }
}

static void a_post_that_came_out_empty_is_refused_and_not_repeated(void **state)
{
    struct answer answer = answer_of(201, POST_BODY(CHANNEL_ID, "\"\"",
                                                    "{\"attachments\":null,\"ireserve\":{\"event\":"
                                                    "\"//ireserve/bookings?a=1&b|evt-1\"}}"));
    struct verdict verdict = judge(&answer);

    (void)state;
    assert_int_equal(verdict.kind, VERDICT_REFUSED);
    assert_false(verdict.needs_check);
}

#define CHANNEL_BODY(delete_at)                                                                    \
    "{\"id\":\"" CHANNEL_ID "\",\"create_at\":1795432397277,\"delete_at\":" delete_at ","          \
    "\"team_id\":\"ykz1zi6xpjb778fzs6nxhwz67a\",\"type\":\"O\",\"display_name\":\"Oud\",\"name\":" \
    "\"oud\",\"header\":\"\",\"props\":null,\"default_category_name\":\"\"}\n"

static void a_check_tells_record_route_and_server_apart(void **state)
{
    static const struct {
        int status;
        enum check_result result;
        const char *body;
    } cases[] = {
        { 200, CHECK_CHANNEL_FINE, CHANNEL_BODY("0") },
        { 200, CHECK_CHANNEL_FINE, "{\"channel_id\":\"yd95d4wqs7r77qeprbjfc1qecy\"}" },
        { 200, CHECK_ROUTE_CLOSED, CHANNEL_BODY("1795432397310") },
        { 403, CHECK_ROUTE_CLOSED, ERROR_BODY("api.context.permissions.app_error", "x") },
        { 404, CHECK_ROUTE_CLOSED, ERROR_BODY("app.channel.get.existing.app_error", "x") },
        { 403, CHECK_SERVER_FAULT, PROXY_BODY },
        { 404, CHECK_SERVER_FAULT, "" },
        { 200, CHECK_SERVER_FAULT, PROXY_BODY },
        { 200, CHECK_SERVER_FAULT, "{}" },
        { 200, CHECK_SERVER_FAULT, CHANNEL_BODY("\"no\"") },
        { 400, CHECK_SERVER_FAULT, ERROR_BODY("api.context.invalid_url_param.app_error", "x") },
        { 401, CHECK_SERVER_FAULT, ERROR_BODY("api.context.session_expired.app_error", "x") },
        { 429, CHECK_SERVER_FAULT, "limit exceeded\n" },
        { 500, CHECK_SERVER_FAULT, ERROR_BODY("app.channel.get.find.app_error", "x") },
        { 503, CHECK_SERVER_FAULT, PROXY_BODY },
    };
    struct answer unknown = { .kind = ANSWER_UNKNOWN, .body = "", .why = "cut" };

    (void)state;
    assert_int_equal(verdict_of_check(&unknown), CHECK_SERVER_FAULT);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct answer answer = answer_of(cases[i].status, cases[i].body);
        assert_int_equal(verdict_of_check(&answer), cases[i].result);
    }
}

static void a_channel_is_found_by_name_only_in_a_whole_answer(void **state)
{
    struct answer answer = answer_of(200, CHANNEL_BODY("0"));
    char id[27];

    (void)state;
    assert_true(verdict_find_channel(&answer, id));
    assert_string_equal(id, CHANNEL_ID);
    answer.body_length -= 3;
    assert_false(verdict_find_channel(&answer, id));
    assert_string_equal(id, "");
    answer = answer_of(404, ERROR_BODY("app.channel.get_by_name.missing.app_error", "x"));
    assert_false(verdict_find_channel(&answer, id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_has_the_verdict_of_its_kind),
        cmocka_unit_test(words_hold_the_error_id_and_nothing_else_of_the_answer),
        cmocka_unit_test(a_request_that_was_not_answered_says_why),
        cmocka_unit_test(a_change_that_an_archived_channel_refuses_is_not_refused_for_good),
        cmocka_unit_test(the_pause_is_what_the_server_asks_for_within_reason),
        cmocka_unit_test(a_post_is_delivered_when_it_is_ours),
        cmocka_unit_test(a_foreign_or_unreadable_201_is_ambiguous),
        cmocka_unit_test(a_post_that_came_out_empty_is_refused_and_not_repeated),
        cmocka_unit_test(a_check_tells_record_route_and_server_apart),
        cmocka_unit_test(a_channel_is_found_by_name_only_in_a_whole_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
