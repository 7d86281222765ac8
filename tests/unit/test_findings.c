#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"
#include "worker/core/findings.h"

#define BOT   "bbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HUMAN "hhhhhhhhhhhhhhhhhhhhhhhhhh"
#define ROOT  "rrrrrrrrrrrrrrrrrrrrrrrrrr"

static struct findings findings;

/* Adds a post as servers write it; its id is 26 times the letter. */
static void add_post(struct text *text, char letter, const char *user, const char *root,
                     const char *props)
{
    char id[27];

    memset(id, letter, 26);
    id[26] = '\0';
    text_printf(text,
                "%s\"%s\":{\"id\":\"%s\",\"create_at\":%d,\"delete_at\":%d,\"user_id\":\"%s\","
                "\"channel_id\":\"cccccccccccccccccccccccccc\",\"root_id\":\"%s\","
                "\"original_id\":\"\",\"message\":\"x\",\"props\":{%s},\"file_ids\":[]}",
                text->length && text->bytes[text->length - 1] == '}' ? "," : "", id, id,
                1000 + letter, letter == 'z', user, root, props);
}

static struct answer answer_of(const struct text *text)
{
    return (struct answer){
        .kind = ANSWER_HTTP, .status = 200, .body = text_string(text), .body_length = text->length
    };
}

#define OURS \
    "\"ireserve\":{\"event\":\"s|1\",\"part\":2,\"conversation\":\"c-1\",\"message\":\"m-1\"}"

static void only_what_our_bot_wrote_of_the_conversation_is_found(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(1 << 20);
    const struct finding_wish wish = { .user = BOT, .conversation = "c-1", .message = "m-1" };

    text_add_string(&text, "{\"order\":[],\"posts\":{");
    add_post(&text, 'r', BOT, "", "\"ireserve\":{\"conversation\":\"c-1\"}");
    add_post(&text, 'd', BOT, ROOT, OURS);
    add_post(&text, 'e', HUMAN, ROOT, OURS); /* anybody can write such props */
    add_post(&text, 'f', BOT, ROOT, "\"ireserve\":{\"conversation\":\"c-2\",\"message\":\"m-1\"}");
    add_post(&text, 'z', BOT, ROOT, OURS); /* deleted */
    add_post(&text, 'g', BOT, ROOT, "\"ireserve\":5");
    text_add_string(&text, "}}");
    const struct answer answer = answer_of(&text);

    assert_true(findings_read(&answer, &wish, ROOT, &findings));
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.list[0].id[0], 'd');
    assert_int_equal(findings.list[0].part, 2);
    assert_true(peek_equals(findings.list[0].event, "s|1"));
    assert_int_equal(findings.seen, 5); /* the root comes with every page */
    assert_int_equal(findings.oldest[0], 'd');
    assert_int_equal(findings.oldest_at, 1000 + 'd');
}

static void licence_and_channel_have_to_fit_where_they_are_wanted(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(1 << 20);
    struct finding_wish wish = { .user = BOT, .licence = "zeezicht", .conversation = "c-1" };

    text_add_string(&text, "{\"posts\":{");
    add_post(&text, 'd', BOT, "", "\"ireserve\":{\"conversation\":\"c-1\",\"licence\":\"bos\"}");
    add_post(&text, 'e', BOT, "",
             "\"ireserve\":{\"conversation\":\"c-1\",\"licence\":\"zeezicht\"}");
    add_post(&text, 'f', BOT, "", OURS);
    text_add_string(&text, "}}");
    const struct answer answer = answer_of(&text);

    assert_true(findings_read(&answer, &wish, "", &findings));
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.list[0].id[0], 'e');
    wish.channel = ROOT; /* another */
    assert_true(findings_read(&answer, &wish, "", &findings));
    assert_int_equal(findings.count, 0);
    assert_int_equal(findings.seen, 3);
}

static void roots_come_in_the_order_in_which_they_were_made(void **state)
{
    (void)state;
    AUTO(text_free) struct text text = text_of(1 << 20);
    const struct finding_wish wish = { .user = BOT, .conversation = "c-1", .roots = true };

    text_add_string(&text, "{\"posts\":{");
    add_post(&text, 'x', BOT, "", OURS);
    add_post(&text, 'd', BOT, "", OURS);
    add_post(&text, 'e', BOT, ROOT, OURS);
    text_add_string(&text, "}}");
    const struct answer answer = answer_of(&text);

    assert_true(findings_read(&answer, &wish, "", &findings));
    assert_int_equal(findings.count, 2);
    assert_int_equal(findings.list[1].id[0], 'x');
}

static void what_is_no_list_of_posts_says_nothing(void **state)
{
    (void)state;
    static const char *const bodies[] = { "",
                                          "{}",
                                          "[]",
                                          "{\"posts\":[]}",
                                          "{\"posts\":{\"a\":5}}",
                                          "{\"posts\":{\"a\":{\"id\":\"short\"}}}",
                                          "{\"posts\":{",
                                          "<html>" };
    const struct finding_wish wish = { .user = BOT, .conversation = "c-1" };

    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
        const struct answer answer = {
            .kind = ANSWER_HTTP, .status = 200, .body = bodies[i], .body_length = strlen(bodies[i])
        };
        assert_false(findings_read(&answer, &wish, "", &findings));
    }
}

static void an_empty_list_is_one(void **state)
{
    (void)state;
    static const char body[] = "{\"order\":[],\"posts\":{},\"next_post_id\":\"\"}";
    const struct answer answer = {
        .kind = ANSWER_HTTP, .status = 200, .body = body, .body_length = strlen(body)
    };
    const struct finding_wish wish = { .user = BOT, .conversation = "c-1" };

    assert_true(findings_read(&answer, &wish, "", &findings));
    assert_int_equal(findings.count, 0);
    assert_int_equal(findings.seen, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_our_bot_wrote_of_the_conversation_is_found),
        cmocka_unit_test(licence_and_channel_have_to_fit_where_they_are_wanted),
        cmocka_unit_test(roots_come_in_the_order_in_which_they_were_made),
        cmocka_unit_test(what_is_no_list_of_posts_says_nothing),
        cmocka_unit_test(an_empty_list_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
