#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
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

/* How often `part` stands in `whole`. */
static size_t count(const char *whole, const char *part)
{
    size_t found = 0;

    for (; (whole = strstr(whole, part)); whole += strlen(part))
        found++;
    return found;
}

static void a_long_text_goes_on_in_further_posts(void **state)
{
    (void)state;
    struct text words = text_of(64 * 1024);
    struct event event = event_of_test();
    struct render_limits limits = { .max_runes = 1000, .max_body_bytes = 300000, .priority = true };

    for (int i = 0; i < 500; i++)
        text_printf(&words, "woord%03d ", i);
    AUTO(free) char *typed = text_take(&words);
    event.notification.text = typed;
    event.notification.title = "Lang";
    event.notification.severity = SEVERITY_URGENT;
    AUTO(free) char *bodies = render_with(&event, &limits);

    assert_int_equal(count(bodies, "\n{"), 4);
    assert_contains(bodies, "\"message\":\"**Lang** (1/5)\\nwoord000 ");
    assert_contains(bodies, "\"message\":\"**Lang** (5/5)\\n");
    assert_contains(bodies, "\"part\":5,");
    assert_int_equal(count(bodies, "\"attachments\""), 1);
    assert_int_equal(count(bodies, "\"priority\":\"urgent\""), 1);
    assert_int_equal(count(bodies, "\"pending_post_id\""), 5);
    const char *at = bodies;
    for (int i = 0; i < 500; i++) {
        char word[16];
        (void)snprintf(word, sizeof(word), "woord%03d", i);
        at = strstr(at, word);
        assert_non_null(at);
    }
}

static void an_event_that_needs_too_many_posts_is_refused(void **state)
{
    (void)state;
    AUTO(free) char *text = mem_new(400001);
    struct event event = event_of_test();
    struct record record = record_of_test();
    struct render_target target = target_of_test(&record);
    struct rendering rendering = { 0 };

    memset(text, '$', 400000);
    event.notification.text = text;
    assert_int_equal(render_event(&event, &target, &rendering), -1);
    rendering_free(&rendering);
    memset(text, 'x', 400000);
    assert_int_equal(render_event(&event, &target, &rendering), 0);
    rendering_free(&rendering);
    target.limits.max_body_bytes = 2000;
    assert_int_equal(render_event(&event, &target, &rendering), -1);
    rendering_free(&rendering);
}

/* Gives a string of `length` times the byte, with something before it. */
static char *repeat(const char *before, char byte, size_t length)
{
    struct text text = text_of(strlen(before) + length);

    text_add_string(&text, before);
    for (size_t i = 0; i < length; i++)
        text_add_char(&text, byte);
    return text_take(&text);
}

static void props_fit_a_server_that_takes_little(void **state)
{
    (void)state;
    AUTO(free) char *source = repeat("https://a.nl/", '&', EVENT_MAX_SOURCE - 13);
    AUTO(free) char *id = repeat("", '<', EVENT_MAX_ID);
    AUTO(free) char *title = repeat("", '$', EVENT_MAX_TITLE);
    AUTO(free) char *label = repeat("", '<', EVENT_MAX_LABEL);
    AUTO(free) char *url = repeat("https://a.nl/", '&', 190);
    AUTO(free) char *value = repeat("", '&', 90);
    struct event_field fields[EVENT_MAX_FIELDS];
    struct event event = event_of_test();

    for (size_t i = 0; i < EVENT_MAX_FIELDS; i++)
        fields[i] = (struct event_field){ .title = "Opmerking", .value = value };
    event.source = source;
    event.id = id;
    event.notification.title = title;
    event.notification.label = label;
    event.notification.url = url;
    event.notification.fields = fields;
    event.notification.field_count = EVENT_MAX_FIELDS;
    AUTO(free) char *body = render_with(&event, NULL);

    assert_contains(body, "title_link");
    assert_contains(body, "\"fields\":[");
    const char *props = strstr(body, "\"props\":");
    const char *end = strstr(body, ",\"pending_post_id\"");
    size_t runes = 0;
    for (const char *at = props + strlen("\"props\":"); at < end; at++)
        runes += strchr("<>&", *at) ? 6 : ((unsigned char)*at & 0xC0) != 0x80;
    assert_in_range(runes, 4000, 7600); /* of 7982; the server adds to an attachment */
}

static void old_news_says_when_it_happened(void **state)
{
    (void)state;
    struct event event = event_of_test();
    struct record record = record_of_test();
    struct render_target target = target_of_test(&record);
    struct rendering rendering = { 0 };

    target.happened = "van 23 november 2026 09:15 UTC";
    assert_int_equal(render_event(&event, &target, &rendering), 0);
    assert_contains(text_string(&rendering.parts[0]),
                    "\"**Booking created** (van 23 november 2026 09:15 UTC)\\nFamilie De Vries\"");
    rendering_free(&rendering);
}

/* Where the messages of a long text end, when it is old or not. */
static void what_ages_half_way_stays_whole(void **state)
{
    (void)state;
    struct event event = event_of_test();
    struct record record = record_of_test();
    struct render_target target = target_of_test(&record);
    static struct rendering fresh;
    static struct rendering old;
    static char words[40000];

    memset(words, 'x', sizeof(words) - 1);
    event.notification.text = words;
    assert_int_equal(render_event(&event, &target, &fresh), 0);
    target.happened = "van 23 september 2026 09:15 UTC";
    assert_int_equal(render_event(&event, &target, &old), 0);
    assert_int_equal(old.count, fresh.count);
    size_t more = strlen(" (van 23 september 2026 09:15 UTC)");
    for (size_t i = 0; i < old.count; i++)
        assert_int_equal(old.parts[i].length, fresh.parts[i].length + more);
    rendering_free(&fresh);
    rendering_free(&old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_event_gives_the_same_bytes),
        cmocka_unit_test(a_post_tells_which_record_it_came_from),
        cmocka_unit_test(a_priority_is_sent_only_when_it_means_something),
        cmocka_unit_test(each_post_has_a_pending_id_of_its_own),
        cmocka_unit_test(a_long_text_goes_on_in_further_posts),
        cmocka_unit_test(an_event_that_needs_too_many_posts_is_refused),
        cmocka_unit_test(props_fit_a_server_that_takes_little),
        cmocka_unit_test(old_news_says_when_it_happened),
        cmocka_unit_test(what_ages_half_way_stays_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
