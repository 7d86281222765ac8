#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "common/text.h"
#include "worker/core/render.h"

static const uint8_t post_key[32] = { 7 };

static struct record record_of_test(void)
{
    return (struct record){ .topic = "ireserve.notifications", .partition = 3, .offset = 12345 };
}

static struct event event_of_test(void)
{
    return (struct event){
        .source = "https://zeezicht.i-reserve.nl",
        .id = "8f0c1d6e",
        .notification = { .type = "booking_created",
                          .text = "Familie De Vries",
                          .occurred_at = -1 },
    };
}

static struct render_target target_of_test(const struct record *record)
{
    return (struct render_target){
        .channel_id = "4xp9fdt77pncbef59f4k1qe83o",
        .licence = "zeezicht",
        .post_key = post_key,
        .record = record,
        .limits = { .max_runes = 16383, .max_body_bytes = 300000, .priority = true },
    };
}

/* Gives the bodies of an event, one per line. */
static char *render_with(const struct event *event, const struct render_limits *limits)
{
    struct record record = record_of_test();
    struct render_target target = target_of_test(&record);
    struct rendering rendering = { 0 };
    struct text bodies = text_of(8 * 1024 * 1024);

    if (limits)
        target.limits = *limits;
    assert_int_equal(render_event(event, &target, &rendering), 0);
    for (size_t i = 0; i < rendering.count; i++) {
        text_add_string(&bodies, text_string(&rendering.parts[i]));
        text_add_char(&bodies, '\n');
    }
    rendering_free(&rendering);
    return text_take(&bodies);
}

static void assert_contains(const char *whole, const char *part)
{
    if (!strstr(whole, part))
        fail_msg("%s\nis not in\n%s", part, whole);
}

static void assert_lacks(const char *whole, const char *part)
{
    if (strstr(whole, part))
        fail_msg("%s\nis in\n%s", part, whole);
}

static void the_same_event_gives_the_same_bytes(void **state)
{
    (void)state;
    struct event event = event_of_test();
    AUTO(free) char *first = render_with(&event, NULL);
    AUTO(free) char *again = render_with(&event, NULL);

    assert_string_equal(first, again);
}

static void a_post_tells_which_record_it_came_from(void **state)
{
    (void)state;
    struct event event = event_of_test();
    AUTO(free) char *body = render_with(&event, NULL);

    assert_contains(body, "\"ireserve\":{\"event\":\"https://zeezicht.i-reserve.nl|8f0c1d6e\","
                          "\"record\":\"ireserve.notifications/3/12345\",\"part\":1,"
                          "\"licence\":\"zeezicht\"}");
    assert_contains(body, "\"unsafe_links\":\"true\"");
}

static void a_priority_is_sent_only_when_it_means_something(void **state)
{
    (void)state;
    struct event event = event_of_test();
    struct render_limits limits = { .max_runes = 16383, .max_body_bytes = 300000 };

    AUTO(free) char *info = render_with(&event, NULL);
    assert_lacks(info, "priority");
    event.notification.severity = SEVERITY_URGENT;
    AUTO(free) char *urgent = render_with(&event, NULL);
    assert_contains(urgent, "\"metadata\":{\"priority\":{\"priority\":\"urgent\"}}");
    AUTO(free) char *unknown = render_with(&event, &limits);
    assert_lacks(unknown, "priority");
    assert_contains(unknown, "\"color\":\"danger\"");
}

static void each_post_has_a_pending_id_of_its_own(void **state)
{
    (void)state;
    struct event event = event_of_test();
    struct event other = event_of_test();
    other.id = "8f0c1d6f";
    AUTO(free) char *first = render_with(&event, NULL);
    AUTO(free) char *second = render_with(&other, NULL);
    const char *name = "\"pending_post_id\":\"";
    const char *id = strstr(first, name);
    const char *other_id = strstr(second, name);

    assert_non_null(id);
    assert_non_null(other_id);
    id += strlen(name);
    other_id += strlen(name);
    assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789"), 26);
    assert_true(strncmp(id, other_id, 26) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_event_gives_the_same_bytes),
        cmocka_unit_test(a_post_tells_which_record_it_came_from),
        cmocka_unit_test(a_priority_is_sent_only_when_it_means_something),
        cmocka_unit_test(each_post_has_a_pending_id_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
