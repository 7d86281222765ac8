#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "common/text.h"
#include "tests/unit/rendered.h"
#include "worker/core/render_conversation.h"

static void a_root_tells_who_and_where(void **state)
{
    (void)state;
    struct event event = started();
    AUTO(free) char *body = root(&event, ROOT_STARTED);

    assert_contains(body, "\"message\":\"**Jan Jansen** · Gesprek c-10293 (c10293)\"");
    assert_contains(body, "\"title\":\"Zo boekt u een kamer\","
                          "\"title_link\":\"https://zeezicht.nl/boeken?x=1\"");
    assert_contains(body, "{\"title\":\"E-mail\",\"value\":\"jan@example.nl\",\"short\":true}");
    assert_contains(body, "\"ireserve\":{\"event\":\"https://zeezicht.i-reserve.nl|c-10293\","
                          "\"record\":\"ireserve.conversations/3/12345\",\"part\":0,"
                          "\"licence\":\"zeezicht\",\"conversation\":\"c-10293\"}");
    assert_lacks(body, "root_id");
}

static void what_is_not_known_is_left_out_of_a_root(void **state)
{
    (void)state;
    struct event event = started();
    event.conversation = (struct conversation){ .id = "c-1" };
    AUTO(free) char *body = root(&event, ROOT_STARTED);

    assert_contains(body, "\"message\":\"**Bezoeker** · Gesprek c-1 (c1)\"");
    assert_lacks(body, "attachments");
    event.conversation.page_url = "https://zeezicht.nl/";
    event.conversation.page_title = ZWSP;
    AUTO(free) char *page = root(&event, ROOT_STARTED);
    assert_contains(page, "\"title\":\"https:" ZWSP "//zeezicht" ZWSP ".nl/\"");
    event.conversation.page_url = "https://a@zeezicht.nl/";
    AUTO(free) char *refused = root(&event, ROOT_STARTED);
    assert_lacks(refused, "attachments");
}

static void a_search_finds_the_id_in_a_root(void **state)
{
    (void)state;
    struct event event = started();

    event.conversation.id = "_c-1_2";
    AUTO(free) char *plain = root(&event, ROOT_STARTED);
    assert_contains(plain, "Gesprek _c-1_2 (c12)\"");
    event.conversation.id = "*c* @all";
    AUTO(free) char *other = root(&event, ROOT_STARTED);
    assert_contains(other, "Gesprek \\\\*c\\\\* @" ZWSP "all (call)\"");
}

static void a_root_that_continues_says_so(void **state)
{
    (void)state;
    struct event event = message("Hallo");
    AUTO(free) char *lost = root(&event, ROOT_LOST);
    AUTO(free) char *full = root(&event, ROOT_FULL);

    assert_contains(lost,
                    "Gesprek c-10293 (c10293)\\nVervolg: de eerdere draad van dit gesprek is");
    assert_lacks(lost, "_redirect");
    assert_contains(full, "Gesprek c-10293 (c10293)\\nVervolg: ");
    assert_contains(full, "{\"title\":\"Het eerdere deel van dit gesprek\",\"title_link\":"
                          "\"https://mattermost.example/chat/_redirect/pl/" PREVIOUS "\"}");
}

static void a_start_that_never_came_has_the_visitors_name_if_a_visitor_speaks(void **state)
{
    (void)state;
    struct event event = message("Hallo");
    AUTO(free) char *visitor = root(&event, ROOT_UNSEEN_START);
    event.conversation.sender_role = SENDER_AGENT;
    AUTO(free) char *agent = root(&event, ROOT_UNSEEN_START);

    assert_contains(visitor, "\"**Jan Jansen** · Gesprek c-10293 (c10293)\"");
    assert_contains(agent, "\"**Bezoeker** · Gesprek c-10293 (c10293)\"");
    assert_lacks(agent, "\"message\":\"m-7\"");
}

/* The pending id in a body. */
static const char *pending_id(const char *body)
{
    const char *found = strstr(body, "\"pending_post_id\":\"");

    assert_non_null(found);
    return found;
}

static void each_post_of_an_event_has_a_pending_id_of_its_own(void **state)
{
    (void)state;
    struct event event = message("Hallo");
    struct conversation_target target = target_of_test();
    struct rendering rendering = { 0 };
    target.root_id = PREVIOUS;
    AUTO(free) char *unseen = root(&event, ROOT_UNSEEN_START);
    AUTO(free) char *lost = root(&event, ROOT_LOST);
    AUTO(free) char *here = reply(&event);
    AUTO(free) char *again = reply(&event);
    assert_int_equal(render_message(&event, &target, NULL, &rendering), 0);
    AUTO(free) char *elsewhere = lines_of(&rendering);

    assert_string_equal(here, again);
    assert_string_not_equal(pending_id(unseen), pending_id(lost));
    assert_string_not_equal(pending_id(unseen), pending_id(here));
    assert_string_not_equal(pending_id(here), pending_id(elsewhere));
}

/* The runes of the props as a server counts them, without what it adds to attachments. */
static size_t props_runes(const char *body)
{
    const char *props = strstr(body, "\"props\":");
    const char *end = strstr(body, ",\"pending_post_id\"");
    size_t runes = 0;

    assert_true(props && end);
    for (const char *at = props + strlen("\"props\":"); at < end; at++)
        runes += strchr("<>&", *at) ? 6 : ((unsigned char)*at & 0xC0) != 0x80;
    return runes;
}

static void props_fit_a_server_that_takes_little(void **state)
{
    (void)state;
    enum { ADDED = 200 };
    AUTO(free) char *id = repeat('<', EVENT_MAX_CONVERSATION);
    AUTO(free) char *title = repeat('&', EVENT_MAX_PAGE_TITLE);
    AUTO(free) char *email = repeat('>', EVENT_MAX_EMAIL);
    AUTO(free) char *source = repeat('&', EVENT_MAX_SOURCE);
    AUTO(free) char *path = repeat('&', 190);
    AUTO(free) char *url = mem_printf("https://a.nl/%s", path);
    AUTO(free) char *text = mem_printf("%s1 %s2 %s3 %s4 %s5", url, url, url, url, url);
    struct event event = started();

    event.source = source;
    event.id = id;
    event.conversation.id = id;
    event.conversation.page_title = title;
    event.conversation.visitor_email = email;
    event.conversation.page_url = url;
    AUTO(free) char *card = root(&event, ROOT_STARTED);
    assert_in_range(props_runes(card) + ADDED, 4000, 7982);

    event = message(text);
    event.source = source;
    event.id = id;
    event.conversation.id = id;
    event.conversation.message_id = id;
    AUTO(free) char *links = reply(&event);
    assert_in_range(props_runes(links) + ADDED * count(links, "title_link"), 4000, 7982);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_root_tells_who_and_where),
        cmocka_unit_test(what_is_not_known_is_left_out_of_a_root),
        cmocka_unit_test(a_search_finds_the_id_in_a_root),
        cmocka_unit_test(a_root_that_continues_says_so),
        cmocka_unit_test(a_start_that_never_came_has_the_visitors_name_if_a_visitor_speaks),
        cmocka_unit_test(each_post_of_an_event_has_a_pending_id_of_its_own),
        cmocka_unit_test(props_fit_a_server_that_takes_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
