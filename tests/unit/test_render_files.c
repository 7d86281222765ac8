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

enum { MANY = 25 };

static void many_files_go_on_in_further_replies(void **state)
{
    (void)state;
    static struct attachment attachments[MANY];
    static struct render_file files[MANY];
    struct event event = message("Foto's");
    for (size_t i = 0; i < MANY; i++)
        files[i].file_id = "file";
    event.conversation.attachments = attachments;
    event.conversation.attachment_count = MANY;
    AUTO(free) char *bodies = reply_within(&event, files, 16383);

    assert_contains(bodies, "\"🙂 **Jan Jansen** (1/3)\\nFoto's\",\"file_ids\":[\"file\",");
    assert_contains(bodies, "\"🙂 **Jan Jansen** (2/3)\",\"file_ids\":[\"file\",");
    assert_int_equal(count(bodies, "\"file\""), MANY);
    assert_int_equal(count(bodies, "file_ids"), 3);
}

static void files_that_are_missing_are_told(void **state)
{
    (void)state;
    static const struct attachment attachments[] = {
        { .url = "https://a.nl/foto.png", .name = "foto.png", .size = 1536000 },
        { .url = "https://10.0.0.1/x", .name = "@all](x", .size = 999 },
        { .url = NULL, .name = NULL, .size = -1 },
    };
    static const struct render_file files[] = {
        { .file_id = "", .problem = FETCH_TOO_LARGE },
        { .file_id = "", .problem = FETCH_HOST_FORBIDDEN },
        { .file_id = "", .problem = FETCH_NO_ADDRESS },
    };
    struct event event = message("Kijk:");
    event.conversation.attachments = attachments;
    event.conversation.attachment_count = 3;
    AUTO(free) char *body = reply_within(&event, files, 16383);

    assert_contains(body,
                    "\\nKijk:\\n\\n📎 **foto.png** (1,5 MB) ontbreekt: het is te groot\\n"
                    "📎 **@" ZWSP "all]" ZWSP "(x** (999 bytes) ontbreekt: het staat op een plek");
    assert_contains(body, "\\n📎 **bestand** ontbreekt: er is geen bruikbaar adres bij\"");
    assert_contains(body, "\"title_link\":\"https://a.nl/foto.png\"");
    assert_int_equal(count(body, "title_link"), 1);
    assert_lacks(body, "file_ids");
}

static void code_of_an_agent_does_not_swallow_what_stands_below(void **state)
{
    (void)state;
    static const struct attachment attachment = { .name = "a", .size = -1 };
    static const struct render_file file = { .file_id = "", .problem = FETCH_FAILED };
    struct event event = message("```\n@all");
    event.conversation.sender_role = SENDER_AGENT;
    event.conversation.attachments = &attachment;
    event.conversation.attachment_count = 1;
    AUTO(free) char *body = reply_within(&event, &file, 16383);

    assert_contains(body, "\\n\\n```\\n@all\\n```\\n\\n📎 **a** ontbreekt: ");
}

static void notes_that_do_not_fit_go_on_in_further_replies(void **state)
{
    (void)state;
    static struct attachment attachments[MANY];
    static struct render_file files[MANY];
    struct event event = message("Kijk");
    for (size_t i = 0; i < MANY; i++) {
        attachments[i] =
            (struct attachment){ .name = "een heel lange naam van een bestand", .size = -1 };
        files[i] = (struct render_file){ .file_id = "", .problem = FETCH_EMPTY };
    }
    event.conversation.attachments = attachments;
    event.conversation.attachment_count = MANY;
    AUTO(free) char *bodies = reply_within(&event, files, 1000);

    assert_int_equal(count(bodies, "ontbreekt"), MANY);
    assert_true(count(bodies, "\n{") >= 1);
    struct conversation_target target = target_of_test();
    struct rendering rendering = { 0 };
    target.post.limits.max_runes = 96;
    assert_int_equal(render_message(&event, &target, files, &rendering), -1);
    rendering_free(&rendering);
}

static void a_file_gets_a_name_that_servers_take(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *expected;
    } names[] = {
        { NULL, "bestand" },
        { "", "bestand" },
        { "..", "bestand" },
        { ".htaccess", "htaccess" },
        { "../../etc/passwd", "passwd" },
        { "C:\\boot\\a..b.ini", "a.b.ini" },
        { "map/", "bestand" },
        { " foto 1.png ", "foto 1.png" },
        { "foto\xE2\x80\xAEgnp.exe", "fotognp.exe" },
        { "a\nb" ZWSP ".png", "a b.png" },
        { "Zoë 👩‍👩‍👧.jpg", "Zoë 👩‍👩‍👧.jpg" },
        { "naam. . .", "naam" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        AUTO(text_free) struct text name = text_of(1000);
        struct attachment attachment = { .name = names[i].name };
        render_file_name(&attachment, LANGUAGE_NL, &name);
        assert_string_equal(text_string(&name), names[i].expected);
    }
}

static void a_long_name_of_a_file_keeps_its_extension(void **state)
{
    (void)state;
    AUTO(text_free) struct text name = text_of(1000);
    struct text typed = text_of(2000);

    text_add_char(&typed, 'x');
    for (int i = 0; i < 240; i++)
        text_add_string(&typed, "é");
    text_add_string(&typed, ".jpeg");
    AUTO(free) char *long_name = text_take(&typed);
    struct attachment attachment = { .name = long_name };
    render_file_name(&attachment, LANGUAGE_NL, &name);
    assert_int_equal(name.length, 200);
    assert_string_equal(name.bytes + 193, "é.jpeg");
    text_clear(&name);
    AUTO(free) char *dots = mem_printf("x.%0300d.pdf", 0);
    attachment.name = dots;
    render_file_name(&attachment, LANGUAGE_NL, &name);
    assert_int_equal(name.length, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_files_go_on_in_further_replies),
        cmocka_unit_test(files_that_are_missing_are_told),
        cmocka_unit_test(code_of_an_agent_does_not_swallow_what_stands_below),
        cmocka_unit_test(notes_that_do_not_fit_go_on_in_further_replies),
        cmocka_unit_test(a_file_gets_a_name_that_servers_take),
        cmocka_unit_test(a_long_name_of_a_file_keeps_its_extension),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
