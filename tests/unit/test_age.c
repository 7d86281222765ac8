#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/core/age.h"

enum { HOUR_S = 3600 };
static const wall_ms HOUR = 3600 * 1000;
static const wall_ms NOW = 1795424400000; /* 2026-11-23T09:00:00Z */

static const struct old_news_rule rules[] = {
    { "*", 24 * HOUR_S, OLD_NEWS_MARK },
    { "booking_created", HOUR_S, OLD_NEWS_DROP },
    { "conversation", 2 * HOUR_S, OLD_NEWS_MARK },
};
static const struct old_news news = { rules, 3 };

static struct event notification(const char *type)
{
    return (struct event){ .kind = EVENT_NOTIFICATION,
                           .time = -1,
                           .notification = { .type = type, .occurred_at = -1 },
                           .conversation = { .at = -1 } };
}

static enum age judge(const struct event *event, wall_ms age)
{
    return age_judge(&news, event, NOW - age, NOW);
}

static void each_type_has_its_age_and_its_fate(void **state)
{
    (void)state;
    const struct event message = { .kind = EVENT_MESSAGE };
    const struct event closed = { .kind = EVENT_CONVERSATION_CLOSED };
    const struct event booking = notification("booking_created");
    const struct event other = notification("customer_changed");
    const struct {
        const struct event *event;
        wall_ms age;
        enum age is;
    } cases[] = {
        { &booking, 0, AGE_FRESH },
        { &booking, HOUR, AGE_FRESH },
        { &booking, HOUR + 1, AGE_DROPPED },
        { &booking, 48 * HOUR, AGE_DROPPED },
        { &other, HOUR + 1, AGE_FRESH },
        { &other, 24 * HOUR, AGE_FRESH },
        { &other, 24 * HOUR + 1, AGE_MARKED },
        { &message, HOUR, AGE_FRESH },
        { &message, 3 * HOUR, AGE_MARKED },
        { &closed, 3 * HOUR, AGE_MARKED },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(judge(cases[i].event, cases[i].age), cases[i].is);
}

static void without_a_rule_all_is_fresh(void **state)
{
    (void)state;
    const struct old_news none = { 0 };
    const struct old_news of_bookings = { &rules[1], 1 };
    const struct event booking = notification("booking_created");
    const struct event other = notification("customer_changed");
    const struct event message = { .kind = EVENT_MESSAGE };

    assert_int_equal(age_judge(&none, &booking, 1, NOW), AGE_FRESH);
    assert_int_equal(age_judge(&of_bookings, &other, 1, NOW), AGE_FRESH);
    assert_int_equal(age_judge(&of_bookings, &message, 1, NOW), AGE_FRESH);
}

static void what_is_dropped_for_notifications_is_not_for_conversations(void **state)
{
    (void)state;
    const struct old_news_rule all = { "*", 1, OLD_NEWS_DROP };
    const struct old_news drop_all = { &all, 1 };
    const struct event message = { .kind = EVENT_MESSAGE };
    const struct event posing = notification("conversation");

    assert_int_equal(age_judge(&drop_all, &message, 1, NOW), AGE_FRESH);
    assert_int_equal(age_judge(&drop_all, &posing, 1, NOW), AGE_DROPPED);
    assert_int_equal(judge(&posing, 3 * HOUR), AGE_FRESH);
}

static void what_is_still_to_come_or_has_no_moment_is_fresh(void **state)
{
    (void)state;
    const struct event booking = notification("booking_created");

    assert_int_equal(judge(&booking, -48 * HOUR), AGE_FRESH);
    assert_int_equal(age_judge(&news, &booking, INT64_MAX, NOW), AGE_FRESH);
    assert_int_equal(age_judge(&news, &booking, -1, NOW), AGE_FRESH);
}

static void the_best_that_says_when_counts(void **state)
{
    (void)state;
    struct event event = notification("booking_created");
    struct event message = { .kind = EVENT_MESSAGE, .time = 20, .conversation = { .at = 10 } };
    struct record record = { .timestamp = 30 };

    assert_int_equal(age_moment(&event, &record), 30);
    event.time = 20;
    assert_int_equal(age_moment(&event, &record), 20);
    event.notification.occurred_at = 0;
    assert_int_equal(age_moment(&event, &record), 0);
    assert_int_equal(age_moment(&message, &record), 10);
    message.conversation.at = -1;
    assert_int_equal(age_moment(&message, &record), 20);
    event = notification("booking_created");
    record.timestamp = -1;
    assert_int_equal(age_moment(&event, &record), -1);
}

static void a_moment_is_said_in_the_language_of_the_licence(void **state)
{
    (void)state;
    static const struct {
        wall_ms moment;
        const char *dutch;
        const char *english;
    } cases[] = {
        { 0, "van 1 januari 1970 00:00 UTC", "from 1 January 1970 00:00 UTC" },
        { 1795425359999, "van 23 november 2026 09:15 UTC", "from 23 November 2026 09:15 UTC" },
        { 1709164799000, "van 28 februari 2024 23:59 UTC", "from 28 February 2024 23:59 UTC" },
        { 253402300799999, "van 31 december 9999 23:59 UTC", "from 31 December 9999 23:59 UTC" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char words[AGE_WORDS_SIZE];
        age_write_words(LANGUAGE_NL, cases[i].moment, words);
        assert_string_equal(words, cases[i].dutch);
        age_write_words(LANGUAGE_EN, cases[i].moment, words);
        assert_string_equal(words, cases[i].english);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_has_its_age_and_its_fate),
        cmocka_unit_test(without_a_rule_all_is_fresh),
        cmocka_unit_test(what_is_dropped_for_notifications_is_not_for_conversations),
        cmocka_unit_test(what_is_still_to_come_or_has_no_moment_is_fresh),
        cmocka_unit_test(the_best_that_says_when_counts),
        cmocka_unit_test(a_moment_is_said_in_the_language_of_the_licence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
