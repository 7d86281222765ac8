/*
 * rendered: events of a conversation, and the bodies that are made of them.
 */
#ifndef TESTS_UNIT_RENDERED_H
#define TESTS_UNIT_RENDERED_H

#include <stdint.h>
#include <string.h>

#include "common/mem.h"
#include "common/text.h"
#include "worker/core/render_conversation.h"

#define ZWSP     "\xE2\x80\x8B"
#define PREVIOUS "yz4n3acsypnbtpw3cq86rjxwzo"

static inline struct conversation_target target_of_test(void)
{
    static const uint8_t post_key[32] = { 7 };
    static const struct record record = { .topic = "ireserve.conversations",
                                          .partition = 3,
                                          .offset = 12345 };

    return (struct conversation_target){
        .post = { .channel_id = "4xp9fdt77pncbef59f4k1qe83o",
                  .licence = "zeezicht",
                  .post_key = post_key,
                  .record = &record,
                  .limits = { .max_runes = 16383, .max_body_bytes = 300000 } },
        .root_id = "utpa86wcupdx7e555mjpg8zosh",
        .server_url = "https://mattermost.example/chat",
        .language = LANGUAGE_NL,
    };
}

static inline struct event started(void)
{
    return (struct event){
        .kind = EVENT_CONVERSATION_STARTED,
        .source = "https://zeezicht.i-reserve.nl",
        .id = "c-10293",
        .conversation = { .id = "c-10293",
                          .visitor_name = "Jan Jansen",
                          .visitor_email = "jan@example.nl",
                          .page_url = "https://zeezicht.nl/boeken?x=1",
                          .page_title = "Zo boekt u een kamer" },
    };
}

static inline struct event message(const char *text)
{
    return (struct event){
        .kind = EVENT_MESSAGE,
        .source = "https://zeezicht.i-reserve.nl",
        .id = "c-10293/m-7",
        .conversation = { .id = "c-10293",
                          .message_id = "m-7",
                          .sender_role = SENDER_VISITOR,
                          .sender_name = "Jan Jansen",
                          .text = text },
    };
}

/* Gives the bodies, one per line. */
static inline char *lines_of(struct rendering *rendering)
{
    struct text bodies = text_of(8 * 1024 * 1024);

    for (size_t i = 0; i < rendering->count; i++) {
        text_add_string(&bodies, text_string(&rendering->parts[i]));
        text_add_char(&bodies, '\n');
    }
    rendering_free(rendering);
    return text_take(&bodies);
}

static inline char *root(const struct event *event, enum root_reason reason)
{
    struct conversation_target target = target_of_test();
    struct rendering rendering = { 0 };

    assert_int_equal(
        render_root(event, &target, reason, reason == ROOT_FULL ? PREVIOUS : NULL, &rendering), 0);
    assert_int_equal(rendering.count, 1);
    return lines_of(&rendering);
}

static inline char *reply_within(const struct event *event, const struct render_file *files,
                                 size_t max_runes)
{
    struct conversation_target target = target_of_test();
    struct rendering rendering = { 0 };

    target.post.limits.max_runes = max_runes;
    assert_int_equal(render_message(event, &target, files, &rendering), 0);
    return lines_of(&rendering);
}

static inline char *reply(const struct event *event)
{
    return reply_within(event, NULL, 16383);
}

static inline char *edit(const struct event *event)
{
    struct conversation_target target = target_of_test();
    struct rendering rendering = { 0 };

    assert_int_equal(render_edit(event, &target, &rendering), 0);
    return lines_of(&rendering);
}

static inline void assert_contains(const char *whole, const char *part)
{
    if (!strstr(whole, part))
        fail_msg("%s\nis not in\n%s", part, whole);
}

static inline void assert_lacks(const char *whole, const char *part)
{
    if (strstr(whole, part))
        fail_msg("%s\nis in\n%s", part, whole);
}

static inline size_t count(const char *whole, const char *part)
{
    size_t found = 0;

    for (; (whole = strstr(whole, part)); whole += strlen(part))
        found++;
    return found;
}

/* Gives a string of `length` times the byte. */
static inline char *repeat(char byte, size_t length)
{
    char *string = mem_new(length + 1);

    memset(string, byte, length);
    string[length] = '\0';
    return string;
}

#endif
