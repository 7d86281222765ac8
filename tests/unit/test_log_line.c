#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/log_line.h"

static const wall_ms NOW = INT64_C(1795425300123); /* 2026-11-23T09:15:00.123Z */

static const struct log_fields ALL = {
    .licence = "zeezicht",
    .type = "booking_created",
    .key = "IRES3691",
    .topic = "ireserve.notifications",
    .partition = 0,
    .offset = 41,
    .channel = "t1xpq1ki4f8ijrtr4xdi5o3sqh",
    .post = "4xp9fdt77pncbef59f4k1qe83o",
    .part = 1,
    .attempt = 2,
    .verdict = "delivered",
    .http = 201,
    .took_ms = 12,
    .why = "it went well",
};

static char room[LOG_MAX_LINE + 1];

static const char *written(enum log_format format, const struct log_entry *entry)
{
    struct log_stamp stamp = { 0 };

    log_stamp_set(&stamp, NOW);
    size_t length = log_line_write(room, format, &stamp, entry);
    assert_true(length <= LOG_MAX_LINE);
    room[length] = '\0';
    return room;
}

static const char *json_of(const struct log_fields *fields)
{
    return written(LOG_JSON, &(struct log_entry){ LOG_INFO, "delivered", fields, 0 });
}

static const char *text_of_fields(const struct log_fields *fields)
{
    return written(LOG_TEXT, &(struct log_entry){ LOG_INFO, "delivered", fields, 0 });
}

/* The line of an event whose only field is `why`, without what stands before its value. */
static const char *json_why(const char *why)
{
    return strstr(json_of(&(struct log_fields){ .why = why }), "\"why\":") + 6;
}

static const char *text_why(const char *why)
{
    return strstr(text_of_fields(&(struct log_fields){ .why = why }), " why=") + 5;
}

static void json_lines_have_all_keys_in_their_order(void **state)
{
    (void)state;

    assert_string_equal(
        json_of(&ALL),
        "{\"time\":\"2026-11-23T09:15:00.123Z\",\"level\":\"info\",\"event\":\"delivered\","
        "\"licence\":\"zeezicht\",\"type\":\"booking_created\",\"key\":\"IRES3691\","
        "\"topic\":\"ireserve.notifications\",\"partition\":0,\"offset\":41,"
        "\"channel\":\"t1xpq1ki4f8ijrtr4xdi5o3sqh\",\"post\":\"4xp9fdt77pncbef59f4k1qe83o\","
        "\"part\":1,\"attempt\":2,\"verdict\":\"delivered\",\"http\":201,\"took_ms\":12,"
        "\"why\":\"it went well\"}\n");
}

static void text_lines_have_the_same_keys(void **state)
{
    (void)state;

    assert_string_equal(text_of_fields(&ALL),
                        "time=2026-11-23T09:15:00.123Z level=info event=delivered licence=zeezicht "
                        "type=booking_created key=IRES3691 topic=ireserve.notifications "
                        "partition=0 offset=41 channel=t1xpq1ki4f8ijrtr4xdi5o3sqh "
                        "post=4xp9fdt77pncbef59f4k1qe83o part=1 attempt=2 verdict=delivered "
                        "http=201 took_ms=12 why=\"it went well\"\n");
}

static void what_is_not_known_is_left_out(void **state)
{
    (void)state;

    assert_string_equal(text_of_fields(&(struct log_fields){ 0 }),
                        "time=2026-11-23T09:15:00.123Z level=info event=delivered\n");
    assert_string_equal(text_of_fields(&(struct log_fields){ .topic = "t", .offset = -1 }),
                        "time=2026-11-23T09:15:00.123Z level=info event=delivered topic=t "
                        "partition=0\n");
    assert_string_equal(text_of_fields(NULL),
                        "time=2026-11-23T09:15:00.123Z level=info event=delivered\n");
}

static void an_attempt_that_took_no_time_says_so(void **state)
{
    (void)state;

    assert_string_equal(text_of_fields(&(struct log_fields){ .attempt = 1 }),
                        "time=2026-11-23T09:15:00.123Z level=info event=delivered attempt=1 "
                        "took_ms=0\n");
    assert_string_equal(text_of_fields(&(struct log_fields){ .attempt = 1, .took_ms = -1 }),
                        "time=2026-11-23T09:15:00.123Z level=info event=delivered attempt=1\n");
}

static void extras_and_repeats_come_last(void **state)
{
    (void)state;
    const struct log_extra extra[] = { { "address", "127.0.0.1:9464", 0 },
                                       { "waiting", NULL, INT64_MIN },
                                       { 0 } };
    struct log_fields fields = { .why = "w", .extra = extra };
    struct log_entry entry = { LOG_WARN, "ready", &fields, 3 };

    assert_string_equal(written(LOG_JSON, &entry),
                        "{\"time\":\"2026-11-23T09:15:00.123Z\",\"level\":\"warn\",\"event\":"
                        "\"ready\",\"why\":\"w\",\"address\":\"127.0.0.1:9464\","
                        "\"waiting\":-9223372036854775808,\"repeated\":3}\n");
    assert_string_equal(written(LOG_TEXT, &entry),
                        "time=2026-11-23T09:15:00.123Z level=warn event=ready why=w "
                        "address=127.0.0.1:9464 waiting=-9223372036854775808 repeated=3\n");
}

static void everything_but_printable_ascii_is_escaped(void **state)
{
    (void)state;

    assert_string_equal(json_why("a\"b\\c\nd\te\x7f\x1b"),
                        "\"a\\\"b\\\\c\\nd\\u0009e\\u007f\\u001b\"}\n");
    assert_string_equal(json_why("caf\xc3\xa9 \xe2\x80\xae \xf0\x9f\x98\x80"),
                        "\"caf\\u00e9 \\u202e \\ud83d\\ude00\"}\n");
    assert_string_equal(json_why("\xff z \xc3"), "\"\\ufffd z \\ufffd\"}\n");
    assert_string_equal(text_why("\xc2\x85"), "\"\\u0085\"\n");
}

static void text_values_are_quoted_only_when_they_need_it(void **state)
{
    (void)state;

    assert_string_equal(text_why("plain-value:1"), "plain-value:1\n");
    assert_string_equal(text_why(""), "\"\"\n");
    assert_string_equal(text_why("a b"), "\"a b\"\n");
    assert_string_equal(text_why("a=b"), "\"a=b\"\n");
    assert_string_equal(text_why("a\nevent=forged"), "\"a\\nevent=forged\"\n");
}

static void long_values_are_cut(void **state)
{
    (void)state;
    static char value[100000];

    memset(value, 'x', sizeof(value) - 1);
    assert_true(strlen(json_why(value)) <= LOG_MAX_VALUE + 5);
    assert_non_null(strstr(json_why(value), "xxx...\"}\n"));
    assert_non_null(strstr(text_why(value), "xxx...\"\n"));
    memset(value, 0x01, sizeof(value) - 1);
    assert_true(strlen(json_why(value)) <= LOG_MAX_VALUE + 5);
}

static void the_longest_line_of_all_fits(void **state)
{
    (void)state;
    static char value[2000];
    struct log_extra extra[LOG_MAX_EXTRAS + 2];
    struct log_fields fields = { value,     value,     value,     value,     INT64_MAX,
                                 INT64_MAX, value,     value,     INT64_MAX, INT64_MAX,
                                 value,     INT64_MAX, INT64_MAX, value,     extra };

    memset(value, 0xff, sizeof(value) - 1);
    for (size_t i = 0; i < LOG_MAX_EXTRAS + 2; i++)
        extra[i] = (struct log_extra){ value, value, 0 };
    extra[LOG_MAX_EXTRAS + 1] = (struct log_extra){ 0 };
    written(LOG_JSON, &(struct log_entry){ LOG_ERROR, value, &fields, UINT32_MAX });
    written(LOG_TEXT, &(struct log_entry){ LOG_ERROR, value, &fields, UINT32_MAX });
}

static void a_stamp_follows_the_clock(void **state)
{
    (void)state;
    struct log_stamp stamp = { 0 };

    log_stamp_set(&stamp, 0);
    assert_string_equal(stamp.words, "1970-01-01T00:00:00.000Z");
    log_stamp_set(&stamp, 999);
    assert_string_equal(stamp.words, "1970-01-01T00:00:00.999Z");
    log_stamp_set(&stamp, NOW);
    assert_string_equal(stamp.words, "2026-11-23T09:15:00.123Z");
    log_stamp_set(&stamp, NOW + 877);
    assert_string_equal(stamp.words, "2026-11-23T09:15:01.000Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_lines_have_all_keys_in_their_order),
        cmocka_unit_test(text_lines_have_the_same_keys),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(an_attempt_that_took_no_time_says_so),
        cmocka_unit_test(extras_and_repeats_come_last),
        cmocka_unit_test(everything_but_printable_ascii_is_escaped),
        cmocka_unit_test(text_values_are_quoted_only_when_they_need_it),
        cmocka_unit_test(long_values_are_cut),
        cmocka_unit_test(the_longest_line_of_all_fits),
        cmocka_unit_test(a_stamp_follows_the_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
