/*
 * Hostile words in every place that words from outside can have in a conversation: whatever comes,
 * nobody is called, nothing is fetched, and nothing looks like what it is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/mem.h"
#include "common/text.h"
#include "tests/support/reading.h"
#include "tests/unit/rendered.h"
#include "worker/core/render_conversation.h"

enum { MAX_RUNES = 4000, LONG = 100 * 1000 };

static const char *const hostile[] = {
    "@all @channel @here @Anna _@anna_ (@anna) \\@all",
    "&#64;all &#x40;all &#0064;all &commat;all @&#97;ll &amp;@all x&#32;@all",
    "![x](http://evil.example/b.png) ![x][r]\n\n[r]: http://evil.example/c.png",
    "[![x](http://evil.example/b.png)](http://evil.example) <img src=http://evil.example/d.png>",
    "http://evil.example/e.png www.evil.example <http://evil.example> evil.example/pad",
    "http&#58;//evil.example hxxp://x javascript:alert(1) https://bank.example@evil.example",
    "[https://bank.example](https://evil.example \"@all\")",
    "# Kop\nKop\n===\nKop\n---\n> @all\n- a\n1. b\n* * *",
    "| a |\n|---|\n| @all |",
    "```\n@all\n```\n@all",
    "```",
    "```\n@all",
    "~~~~\n~~~\n@all",
    "````\n```\n@all",
    "```a`b\n@all\n```\n- ```\n  @all\n> ```\n> @all",
    "```\n    ```\n```\xE3\x80\x80\n``` ```\n@all",
    "`@all` ``@all`` `@all",
    "    @all",
    "<b>@all</b><script>x</script><!-- @all --> &lt;b&gt;",
    "**\n**@all** · Medewerker\n🎧 **Anna** · Medewerker",
    "$$@all$$ ~~@all~~ ||@all|| :smile: ~town-square #tag",
    "\xE2\x80\xAE@anna\xE2\x80\xAC \xE2\x81\xA6x\xE2\x81\xA9 \xD8\x9C",
    "@\xE2\x80\x8B@all \xEF\xBB\xBF@all \xE2\x80\x8D@all @al\xC2\xADl",
    "👩‍👩‍👧 🇳🇱 👍🏽 \xF0\x9F\x8F\xB4\xF3\xA0\x81\xA7\xF3\xA0\x81\xA2\xF3\xA0\x81\xBF",
    "Z\xCC\x81\xCC\x82\xCC\x83\xCC\x84\xCC\x85 a\xE2\x83\xA3 \xCD\x8F@all",
    " \n\t \r\n",
    "\xE2\x80\x8B\xE2\x80\x8B",
    "\r@all\x0B@all\x1B[31m\x7F",
    "../../@all\\..\\x",
    "\"},\"props\":{}}",
};

/* A place for words from outside. */
enum place {
    TEXT_OF_VISITOR,
    TEXT_OF_AGENT,
    TEXT_OF_SYSTEM,
    TEXT_OF_EDIT,
    NAME_OF_VISITOR,
    NAME_OF_AGENT,
    NAME_OF_FILE,
    ADDRESS_OF_FILE,
    NAME_IN_ROOT,
    EMAIL,
    PAGE_TITLE,
    PAGE_ADDRESS,
    CONVERSATION,
};

enum { PLACE_COUNT = CONVERSATION + 1 };

static const struct render_file missing = { .file_id = "", .problem = FETCH_FAILED };

static void check_attachment(json_t *attachment)
{
    static const char *const known[] = { "fallback", "color", "title", "title_link", "fields" };
    const char *title = json_string_value(json_object_get(attachment, "title"));
    const char *link = json_string_value(json_object_get(attachment, "title_link"));
    json_t *fields = json_object_get(attachment, "fields");
    size_t members = 0;
    size_t i = 0;
    json_t *field = NULL;

    for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++)
        members += json_object_get(attachment, known[k]) != NULL;
    assert_int_equal(json_object_size(attachment), members);
    assert_false(title && (reading_notifies(title) || reading_deceives(title, strlen(title))));
    if (link) {
        const char *host = strstr(link, "://");
        assert_non_null(host);
        assert_true(strncasecmp(link, "http", 4) == 0);
        assert_null(memchr(host + 3, '@', strcspn(host + 3, "/?#")));
    }
    json_array_foreach (fields, i, field) {
        const char *value = json_string_value(json_object_get(field, "value"));
        assert_non_null(value);
        assert_false(reading_notifies(value) || reading_links(value));
    }
}

static void check_message(const char *message, enum place place, const char *words)
{
    size_t runes = 0;
    bool is_trusted = place == TEXT_OF_AGENT;
    bool notifies = is_trusted ? reading_notifies_beside_code(message) : reading_notifies(message);
    bool shows = is_trusted ? reading_shows_image(message) : reading_links(message);

    for (const char *at = message; *at; at++)
        runes += ((unsigned char)*at & 0xC0) != 0x80;
    assert_in_range(runes, 1, MAX_RUNES);
    if (notifies || shows || reading_deceives(message, strlen(message)))
        fail_msg("place %d:\n%s\nbecomes\n%s", place, words, message);
    if (is_trusted ? reading_ends_in_code(message) : reading_has_blocks(message))
        fail_msg("place %d:\n%s\nbreaks out in\n%s", place, words, message);
}

static void check_part(const struct text *part, enum place place, const char *words)
{
    json_t *body = json_loadb(text_string(part), part->length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *props = json_object_get(body, "props");
    json_t *attachments = json_object_get(props, "attachments");
    size_t i = 0;
    json_t *attachment = NULL;

    assert_non_null(body);
    assert_string_equal(json_string_value(json_object_get(props, "unsafe_links")), "true");
    check_message(json_string_value(json_object_get(body, "message")), place, words);
    json_array_foreach (attachments, i, attachment) {
        check_attachment(attachment);
    }
    json_decref(body);
}

/* Puts the words in their place; true: it is in a root. */
static bool put(const char *words, enum place place, struct event *event,
                struct attachment *attachment)
{
    struct conversation *conversation = &event->conversation;
    bool is_root = place >= NAME_IN_ROOT;

    *event = is_root ? started() : message("Hallo");
    *attachment = (struct attachment){ .url = "https://a.nl/b", .name = "b.png", .size = 1 };
    if (place == TEXT_OF_AGENT || place == NAME_OF_AGENT)
        conversation->sender_role = SENDER_AGENT;
    if (place == TEXT_OF_SYSTEM)
        conversation->sender_role = SENDER_SYSTEM;
    if (place == TEXT_OF_EDIT)
        event->kind = EVENT_MESSAGE_EDITED;
    const char **const targets[PLACE_COUNT] = {
        [TEXT_OF_VISITOR] = &conversation->text,
        [TEXT_OF_AGENT] = &conversation->text,
        [TEXT_OF_SYSTEM] = &conversation->text,
        [TEXT_OF_EDIT] = &conversation->text,
        [NAME_OF_VISITOR] = &conversation->sender_name,
        [NAME_OF_AGENT] = &conversation->sender_name,
        [NAME_OF_FILE] = &attachment->name,
        [ADDRESS_OF_FILE] = &attachment->url,
        [NAME_IN_ROOT] = &conversation->visitor_name,
        [EMAIL] = &conversation->visitor_email,
        [PAGE_TITLE] = &conversation->page_title,
        [PAGE_ADDRESS] = &conversation->page_url,
        [CONVERSATION] = &conversation->id,
    };
    *targets[place] = words;
    return is_root;
}

static void check(const char *words, enum place place)
{
    struct conversation_target target = target_of_test();
    struct rendering rendering = { 0 };
    struct event event;
    struct attachment attachment;
    int result;

    target.post.limits.max_runes = MAX_RUNES;
    if (put(words, place, &event, &attachment)) {
        result = render_root(&event, &target, ROOT_STARTED, NULL, &rendering);
    } else if (place == TEXT_OF_EDIT) {
        result = render_edit(&event, &target, &rendering);
    } else {
        event.conversation.attachments = &attachment;
        event.conversation.attachment_count = 1;
        result = render_message(&event, &target, &missing, &rendering);
    }
    assert_int_equal(result, 0);
    for (size_t i = 0; i < rendering.count; i++)
        check_part(&rendering.parts[i], place, words);
    rendering_free(&rendering);
}

static void hostile_words_are_harmless_wherever_they_stand(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
        for (int place = 0; place < PLACE_COUNT; place++)
            check(hostile[i], (enum place)place);
    }
}

static void whatever_called_somebody_once_calls_nobody_now(void **state)
{
    (void)state;
    size_t i = 0;
    const json_t *recorded = NULL;
    json_t *all = json_load_file(RECORDED_MENTIONS, 0, NULL);

    assert_non_null(all);
    json_array_foreach (all, i, recorded) {
        for (int place = 0; place < PLACE_COUNT; place++)
            check(json_string_value(json_object_get(recorded, "text")), (enum place)place);
    }
    assert_true(json_array_size(all) > 100);
    json_decref(all);
}

/* Each of them over and over, so that every cut there can be comes somewhere. */
static void a_long_hostile_text_is_harmless_in_each_part(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
        struct text text = text_of(LONG + 1000);
        while (text.length < LONG) {
            text_add_string(&text, hostile[i]);
            text_add_string(&text, i % 2 ? " " : "\n\n");
        }
        AUTO(free) char *words = text_take(&text);
        check(words, TEXT_OF_VISITOR);
        check(words, TEXT_OF_AGENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_words_are_harmless_wherever_they_stand),
        cmocka_unit_test(whatever_called_somebody_once_calls_nobody_now),
        cmocka_unit_test(a_long_hostile_text_is_harmless_in_each_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
