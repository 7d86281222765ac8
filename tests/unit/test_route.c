#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/core/route.h"

static const enum event_kind kinds[] = { EVENT_CONVERSATION_STARTED, EVENT_MESSAGE,
                                         EVENT_MESSAGE_EDITED, EVENT_MESSAGE_DELETED,
                                         EVENT_CONVERSATION_CLOSED };

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

/* *ret is the channel where it goes. */
static enum route_answer route(enum event_kind kind, const char *channel, const char **ret)
{
    const struct integration list[] = {
        { .licence = "zeezicht", .active = true, .conversation_channel = channel }
    };
    const struct integrations integrations = { list, 1 };
    const struct event event = { .kind = kind,
                                 .notification = { .type = "booking_created" },
                                 .conversation = { .id = "c-1" } };

    struct route_target target = { .channel = NULL };
    enum route_answer answer = route_event(&event, &integrations, &target);

    *ret = target.channel;
    return answer;
}

static void all_of_a_conversation_goes_to_the_channel_for_conversations(void **state)
{
    const char *found;

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        assert_int_equal(route(kinds[i], "team/desk", &found), ROUTE_FOUND);
        assert_string_equal(found, "team/desk");
    }
}

static void without_a_channel_for_conversations_they_are_not_sent(void **state)
{
    const char *found;

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        assert_int_equal(route(kinds[i], NULL, &found), ROUTE_UNMAPPED);
        assert_int_equal(route(kinds[i], "", &found), ROUTE_UNMAPPED);
    }
}

static void a_notification_never_goes_to_the_channel_for_conversations(void **state)
{
    const char *found;

    (void)state;
    assert_int_equal(route(EVENT_NOTIFICATION, "team/desk", &found), ROUTE_UNMAPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_a_conversation_goes_to_the_channel_for_conversations),
        cmocka_unit_test(without_a_channel_for_conversations_they_are_not_sent),
        cmocka_unit_test(a_notification_never_goes_to_the_channel_for_conversations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
