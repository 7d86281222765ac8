#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "worker/core/letter.h"

static const struct record record = { .topic = "in", .partition = 3, .offset = 42 };

static const char *find(const struct letter_headers *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++)
        if (strcmp(headers->list[i].name, name) == 0) {
            assert_int_equal(headers->list[i].length, strlen(headers->list[i].value));
            return headers->list[i].value;
        }
    return NULL;
}

static void a_letter_says_where_it_came_from_and_why(void **state)
{
    (void)state;
    const struct letter letter = { .reason = REASON_BAD_DATA,
                                   .stage = "decode",
                                   .scope = "record",
                                   .words = "data.text: is missing" };
    struct letter_headers headers;

    letter_write_headers(&letter, &record, LETTER_WHOLE, &headers);
    assert_string_equal(find(&headers, "__connect.errors.topic"), "in");
    assert_string_equal(find(&headers, "__connect.errors.partition"), "3");
    assert_string_equal(find(&headers, "__connect.errors.offset"), "42");
    assert_string_equal(find(&headers, "__connect.errors.stage"), "decode");
    assert_string_equal(find(&headers, "__connect.errors.exception.class.name"),
                        "ireserve.bad_data");
    assert_string_equal(find(&headers, "__connect.errors.exception.message"),
                        "data.text: is missing");
    assert_string_equal(find(&headers, "ireserve.reason"), "bad_data");
    assert_string_equal(find(&headers, "ireserve.scope"), "record");
    assert_string_equal(find(&headers, "ireserve.http-status"), "0");
    assert_string_equal(find(&headers, "ireserve.attempts"), "0");
    assert_null(find(&headers, "ireserve.first-attempt-at"));
}

static void a_refused_post_says_what_the_server_answered_and_since_when(void **state)
{
    (void)state;
    const struct letter letter = { .reason = REASON_REFUSED_BY_SERVER,
                                   .stage = "deliver",
                                   .scope = "record",
                                   .words = "refused",
                                   .http_status = 400,
                                   .attempts = 3,
                                   .first_attempt_at = 1795433236956 };
    struct letter_headers headers;

    letter_write_headers(&letter, &record, LETTER_WHOLE, &headers);
    assert_string_equal(find(&headers, "ireserve.http-status"), "400");
    assert_string_equal(find(&headers, "ireserve.attempts"), "3");
    assert_string_equal(find(&headers, "ireserve.first-attempt-at"), "2026-11-23T11:27:16.956Z");
}

static void the_longest_of_everything_fits(void **state)
{
    (void)state;
    char topic[250];
    struct letter letter = { .reason = REASON_REFUSED_BY_SERVER,
                             .stage = "deliver",
                             .scope = "server",
                             .http_status = -2147483647,
                             .attempts = 4294967295U,
                             .first_attempt_at = 1 };
    struct record long_record = { .topic = topic, .partition = INT32_MAX, .offset = INT64_MAX };
    struct letter_headers headers;

    memset(topic, 't', sizeof(topic) - 1);
    topic[sizeof(topic) - 1] = '\0';
    memset(letter.words, 'w', sizeof(letter.words) - 1);
    letter_write_headers(&letter, &long_record, LETTER_WITHOUT_KEY, &headers);
    assert_int_equal(headers.count, LETTER_HEADERS);
}

static void a_letter_that_is_cut_says_what_is_left_out(void **state)
{
    (void)state;
    const struct letter letter = { .reason = REASON_BAD_DATA,
                                   .stage = "decode",
                                   .scope = "record" };
    const struct record_header own = { "trace", "abc", 3 };
    const struct record whole = { .topic = "in",
                                  .key = "k",
                                  .key_length = 1,
                                  .value = "v",
                                  .value_length = 1,
                                  .headers = &own,
                                  .header_count = 1 };
    static const char *const words[] = { NULL, "value", "value, headers", "value, headers, key" };

    for (enum letter_cut cut = LETTER_WHOLE; cut <= LETTER_WITHOUT_KEY; cut++) {
        struct letter_headers headers;
        const struct record left = letter_cut_record(&whole, cut);
        letter_write_headers(&letter, &whole, cut, &headers);
        const char *said = find(&headers, "ireserve.left-out");
        if (words[cut])
            assert_string_equal(said, words[cut]);
        else
            assert_null(said);
        assert_true((left.value != NULL) == (cut < LETTER_WITHOUT_VALUE));
        assert_int_equal(left.value_length, left.value ? 1 : 0);
        assert_int_equal(left.header_count, cut < LETTER_WITHOUT_HEADERS ? 1 : 0);
        assert_true((left.key != NULL) == (cut < LETTER_WITHOUT_KEY));
        assert_int_equal(left.key_length, left.key ? 1 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_says_where_it_came_from_and_why),
        cmocka_unit_test(a_refused_post_says_what_the_server_answered_and_since_when),
        cmocka_unit_test(the_longest_of_everything_fits),
        cmocka_unit_test(a_letter_that_is_cut_says_what_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
