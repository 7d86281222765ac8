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

static void who_speaks_is_seen_at_a_glance(void **state)
{
    (void)state;
    struct event event = message("Is er nog plek?");
    AUTO(free) char *visitor = reply(&event);
    event.conversation.sender_role = SENDER_AGENT;
    event.conversation.sender_name = "Anna";
    AUTO(free) char *agent = reply(&event);
    event.conversation.sender_role = SENDER_SYSTEM;
    event.conversation.sender_name = NULL;
    AUTO(free) char *system = reply(&event);

    assert_contains(visitor, "\"message\":\"🙂 **Jan Jansen**\\nIs er nog plek?\"");
    assert_contains(agent, "\"message\":\"🎧 **Anna** · Medewerker\\n\\nIs er nog plek?\"");
    assert_contains(system, "\"message\":\"⚙️ **Systeem**\\nIs er nog plek?\"");
    assert_contains(visitor, "\"root_id\":\"utpa86wcupdx7e555mjpg8zosh\"");
    assert_contains(visitor, "\"part\":1,\"licence\":\"zeezicht\",\"conversation\":\"c-10293\","
                             "\"message\":\"m-7\"}");
    assert_lacks(visitor, "attachments");
    assert_lacks(visitor, "from_bot");
}

static void a_name_cannot_pass_for_another(void **state)
{
    (void)state;
    struct event event = message("Hallo");

    event.conversation.sender_name = "Anna** · Medewerker\n@all";
    AUTO(free) char *body = reply(&event);
    assert_contains(body, "\"🙂 **Anna\\\\*\\\\* · Medewerker @" ZWSP "all**\\nHallo\"");
    event.conversation.sender_name = ZWSP;
    AUTO(free) char *nobody = reply(&event);
    assert_contains(nobody, "\"🙂 **Bezoeker**\\nHallo\"");
}

static void a_message_of_which_nothing_is_seen_says_so(void **state)
{
    (void)state;
    static const char *const texts[] = { NULL, "", " \n\t", ZWSP };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct event event = message(texts[i]);
        AUTO(free) char *body = reply(&event);
        assert_contains(body, "\"message\":\"🙂 **Jan Jansen**\\n_Leeg bericht_\"");
    }
}

static void addresses_in_a_text_are_links_below_it(void **state)
{
    (void)state;
    struct event event = message("zie https://a.nl/b en https://a.nl/b, niet https://x@b.nl");
    AUTO(free) char *body = reply(&event);

    assert_int_equal(count(body, "title_link"), 1);
    assert_contains(body, "\"attachments\":[{\"title\":\"https:" ZWSP "//a" ZWSP ".nl/b\","
                          "\"title_link\":\"https://a.nl/b\"}]");
    assert_contains(body, "zie https:" ZWSP "//a" ZWSP ".nl/b en");
    event.conversation.text = "http://a.nl/1 http://a.nl/2 http://a.nl/3 http://a.nl/4 "
                              "http://a.nl/5 http://a.nl/6";
    AUTO(free) char *many = reply(&event);
    assert_int_equal(count(many, "title_link"), 5);
}

static void a_letter_that_looks_like_another_is_seen_in_a_link(void **state)
{
    (void)state;
    struct event event = message("https://\xD0\xB0pple.com/");
    AUTO(free) char *body = reply(&event);

    assert_contains(body, "\"title\":\"https:" ZWSP "//%D0%B0pple" ZWSP ".com/\"");
}

static void a_long_text_goes_on_in_further_replies(void **state)
{
    (void)state;
    struct text words = text_of(64 * 1024);
    for (int i = 0; i < 300; i++)
        text_printf(&words, "woord%03d ", i);
    AUTO(free) char *typed = text_take(&words);
    struct event event = message(typed);
    struct attachment attachment = { .name = "a.png", .size = -1 };
    struct render_file file = { .file_id = "file" };
    event.conversation.attachments = &attachment;
    event.conversation.attachment_count = 1;
    AUTO(free) char *bodies = reply_within(&event, &file, 1000);

    assert_int_equal(count(bodies, "\n{"), 2);
    assert_contains(bodies, "\"🙂 **Jan Jansen** (1/3)\\nwoord000 ");
    assert_contains(bodies, "\"🙂 **Jan Jansen** (3/3)\\n");
    assert_contains(bodies, "woord299\",\"file_ids\":[\"file\"]");
    assert_int_equal(count(bodies, "file_ids"), 1);
    assert_contains(bodies, "\"part\":3,");
}

static void code_that_is_cut_is_code_in_each_reply(void **state)
{
    (void)state;
    struct text words = text_of(64 * 1024);
    text_add_string(&words, "```js\n");
    for (int i = 0; i < 100; i++)
        text_printf(&words, "@regel%02d();\n", i);
    AUTO(free) char *typed = text_take(&words);
    struct event event = message(typed);
    event.conversation.sender_role = SENDER_AGENT;
    event.conversation.sender_name = "Anna";
    AUTO(free) char *bodies = reply_within(&event, NULL, 1000);

    assert_contains(bodies, "\"🎧 **Anna** · Medewerker (1/2)\\n\\n```js\\n@regel00();\\n");
    assert_contains(bodies, "\"🎧 **Anna** · Medewerker (2/2)\\n\\n```js\\n@regel");
    assert_int_equal(count(bodies, "();\\n```\","), 2);
}

static void an_edit_is_a_patch(void **state)
{
    (void)state;
    struct event event = message("Is er nog plek?");
    event.kind = EVENT_MESSAGE_EDITED;
    AUTO(free) char *body = edit(&event);

    assert_string_equal(
        body, "{\"message\":\"🙂 **Jan Jansen** · bewerkt\\nIs er nog plek?\",\"props\":{"
              "\"ireserve\":{\"event\":\"https://zeezicht.i-reserve.nl|c-10293/m-7\",\"record\":"
              "\"ireserve.conversations/3/12345\",\"part\":1,\"licence\":\"zeezicht\","
              "\"conversation\":\"c-10293\",\"message\":\"m-7\"},\"from_bot\":\"true\","
              "\"unsafe_links\":\"true\"}}\n");
}

static void an_edit_that_stands_alone_is_a_reply(void **state)
{
    (void)state;
    struct event event = message("Is er nog plek?");
    event.kind = EVENT_MESSAGE_EDITED;
    AUTO(free) char *body = reply(&event);

    assert_contains(body, "\"🙂 **Jan Jansen** · bewerkt\\nIs er nog plek?\"");
    assert_contains(body, "\"root_id\":");
    assert_lacks(body, "from_bot");
}

static void english_is_spoken_too(void **state)
{
    (void)state;
    struct event event = message("Hello");
    struct conversation_target target = target_of_test();
    struct rendering rendering = { 0 };
    target.language = LANGUAGE_EN;
    event.conversation.sender_name = NULL;
    assert_int_equal(render_message(&event, &target, NULL, &rendering), 0);
    AUTO(free) char *body = lines_of(&rendering);

    assert_contains(body, "\"🙂 **Visitor**\\nHello\"");
}

static void what_is_old_says_when_it_happened(void **state)
{
    (void)state;
    static struct rendering rendering;
    struct conversation_target target = target_of_test();
    const struct event said = message("Hoi");
    const struct event start = started();
    struct event edited = message("Hoi");

    target.post.happened = "van 23 november 2026 09:15 UTC";
    assert_int_equal(render_message(&said, &target, NULL, &rendering), 0);
    AUTO(free) char *as_reply = lines_of(&rendering);
    assert_contains(as_reply, "\"🙂 **Jan Jansen** (van 23 november 2026 09:15 UTC)\\nHoi\"");
    edited.kind = EVENT_MESSAGE_EDITED;
    assert_int_equal(render_edit(&edited, &target, &rendering), 0);
    AUTO(free) char *as_edit = lines_of(&rendering);
    assert_contains(as_edit, " · bewerkt (van 23 november 2026 09:15 UTC)\\nHoi\"");
    assert_int_equal(render_root(&start, &target, ROOT_LOST, NULL, &rendering), 0);
    AUTO(free) char *as_root = lines_of(&rendering);
    assert_contains(as_root, "(c10293) (van 23 november 2026 09:15 UTC)\\nVervolg: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_speaks_is_seen_at_a_glance),
        cmocka_unit_test(a_name_cannot_pass_for_another),
        cmocka_unit_test(a_message_of_which_nothing_is_seen_says_so),
        cmocka_unit_test(addresses_in_a_text_are_links_below_it),
        cmocka_unit_test(a_letter_that_looks_like_another_is_seen_in_a_link),
        cmocka_unit_test(a_long_text_goes_on_in_further_replies),
        cmocka_unit_test(code_that_is_cut_is_code_in_each_reply),
        cmocka_unit_test(an_edit_is_a_patch),
        cmocka_unit_test(an_edit_that_stands_alone_is_a_reply),
        cmocka_unit_test(english_is_spoken_too),
        cmocka_unit_test(what_is_old_says_when_it_happened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
