/*
 * Whatever words an event has: the bodies of its posts are JSON within the limits of the server,
 * and what is to be seen of them is UTF-8 that calls nobody, fetches nothing and deceives nobody.
 *
 * The first piece chooses the kind of event and the room in a message, the others are the words.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "common/must.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"
#include "tests/support/reading.h"
#include "worker/core/render_conversation.h"

enum { MAX_INPUT = 200 * 1000, MAX_STRINGS = 40, FIELDS = 4, FILES = 2, MAX_BODY_BYTES = 300000 };

/* The strings of an event, freed together. */
struct strings {
    char *list[MAX_STRINGS];
    size_t count;
};

/* Cuts a string at `most` bytes, not inside of a character. */
static void cut(char *string, size_t most)
{
    size_t at = strlen(string) < most ? strlen(string) : most;

    while (at > 0 && ((unsigned char)string[at] & 0xC0) == 0x80)
        at--;
    string[at] = '\0';
}

/* Words as an event has them: NULL when they are empty. */
static const char *take(struct input *input, struct strings *strings, size_t most)
{
    char *words = input_take_words(input);

    strings->list[strings->count++] = words;
    if (!words)
        return NULL;
    cut(words, most);
    return *words ? words : NULL;
}

/* The same without control characters, and never empty: an id, for one. */
static const char *take_name(struct input *input, struct strings *strings, size_t most)
{
    const char *words = take(input, strings, most);
    char *name = mem_string(words ? words : "");
    uint32_t point = 0;
    size_t length = 0;
    size_t size = 0;

    strings->list[strings->count++] = name;
    for (const char *at = name; *at; at += size) {
        size = utf8_read(at, strlen(at), &point);
        if (point < 0x20 || (point >= 0x7F && point < 0xA0))
            continue;
        memmove(name + length, at, size);
        length += size;
    }
    name[length] = '\0';
    return length ? name : "x";
}

/* An address as events have them: no blanks and no quotes in it. */
static const char *take_url(struct input *input, struct strings *strings)
{
    const char *words = take_name(input, strings, 2000);
    char *url = mem_printf("https://%s", words);

    strings->list[strings->count++] = url;
    for (char *at = url; (at = strpbrk(at, " \"<>\\"));)
        *at = '-';
    return url;
}

/* ---- what holds of a post ---- */

struct claims {
    size_t max_runes;
    bool is_trusted; /* its text is a colleague's */
};

static size_t count_runes(const char *string)
{
    size_t runes = 0;

    for (; *string; string++)
        runes += ((unsigned char)*string & 0xC0) != 0x80;
    return runes;
}

static void check_harmless(const char *text)
{
    must(!reading_notifies(text) && !reading_links(text));
    must(!reading_has_blocks(text));
}

/* The first line says who speaks: that is never a colleague's to write. */
static void check_trusted(const char *message)
{
    AUTO(free) char *head = mem_string_of(message, strcspn(message, "\n"));
    const char *text = message + strlen(head);

    check_harmless(head);
    must(!reading_notifies_beside_code(text) && !reading_shows_image(text));
    must(!reading_ends_in_code(text));
}

static void check_message(const char *message, const struct claims *claims)
{
    must(message && !reading_deceives(message, strlen(message)));
    must(count_runes(message) <= claims->max_runes);
    if (claims->is_trusted)
        check_trusted(message);
    else
        check_harmless(message);
}

static void check_words(const json_t *words)
{
    const char *string = json_string_value(words);

    if (string)
        must(!reading_notifies(string) && !reading_deceives(string, strlen(string)));
}

static void check_attachment(const json_t *attachment)
{
    const char *link = json_string_value(json_object_get(attachment, "title_link"));
    json_t *field;
    size_t i;

    must(!json_object_get(attachment, "image_url") && !json_object_get(attachment, "actions"));
    check_words(json_object_get(attachment, "title"));
    check_words(json_object_get(attachment, "fallback"));
    must(!link || strncasecmp(link, "http", 4) == 0);
    for (const char *at = link; at && *at; at++)
        must(*at > ' ' && *at <= '~');
    json_array_foreach (json_object_get(attachment, "fields"), i, field) {
        check_words(json_object_get(field, "title"));
        check_words(json_object_get(field, "value"));
    }
}

static void check_body(const struct text *part, const struct claims *claims)
{
    json_t *body = json_loadb(text_string(part), part->length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *props = json_object_get(body, "props");
    json_t *attachment;
    size_t i;

    must(json_is_object(body) && part->length <= MAX_BODY_BYTES);
    check_message(json_string_value(json_object_get(body, "message")), claims);
    must(json_is_object(json_object_get(props, "ireserve")));
    json_array_foreach (json_object_get(props, "attachments"), i, attachment) {
        check_attachment(attachment);
    }
    json_decref(body);
}

/* ---- events ---- */

static struct conversation_target target_with_room(size_t max_runes)
{
    static const uint8_t post_key[32] = { 7 };
    static const struct record record = { .topic = "ireserve.conversations", .offset = 12345 };

    return (struct conversation_target){
        .post = { .channel_id = "4xp9fdt77pncbef59f4k1qe83o",
                  .licence = "zeezicht",
                  .post_key = post_key,
                  .record = &record,
                  .limits = { .max_runes = max_runes, .max_body_bytes = MAX_BODY_BYTES } },
        .root_id = "utpa86wcupdx7e555mjpg8zosh",
        .server_url = "https://mattermost.example/chat",
    };
}

/* Each takes the event by value: what it adds to it ends with it. */
static int render_notification(struct event event, struct input *input, struct strings *strings,
                               const struct conversation_target *target, struct rendering *ret)
{
    struct event_field fields[FIELDS];
    struct notification *notification = &event.notification;
    const char *text = take(input, strings, EVENT_MAX_TEXT);

    *notification = (struct notification){ .type = "booking_created", /* a setting's name */
                                           .text = text ? text : "x",
                                           .title = take(input, strings, EVENT_MAX_TITLE),
                                           .label = take(input, strings, EVENT_MAX_LABEL),
                                           .url = take_url(input, strings),
                                           .fields = fields };
    while (input->at && notification->field_count < FIELDS) {
        const char *title = take(input, strings, EVENT_MAX_FIELD_TITLE);
        const char *value = take(input, strings, EVENT_MAX_FIELD_VALUE);
        fields[notification->field_count++] = (struct event_field){ .title = title ? title : "x",
                                                                    .value = value ? value : "",
                                                                    .is_short = !value };
    }
    event.kind = EVENT_NOTIFICATION;
    return render_event(&event, &target->post, ret);
}

static int render_start(struct event event, struct input *input, struct strings *strings,
                        const struct conversation_target *target, struct rendering *ret)
{
    struct conversation *conversation = &event.conversation;

    event.kind = EVENT_CONVERSATION_STARTED;
    conversation->visitor_name = take(input, strings, EVENT_MAX_PERSON);
    conversation->visitor_email = take(input, strings, EVENT_MAX_EMAIL);
    conversation->page_title = take(input, strings, EVENT_MAX_PAGE_TITLE);
    conversation->page_url = take_url(input, strings);
    return render_root(&event, target, ROOT_STARTED, NULL, ret);
}

static int render_saying(struct event event, struct input *input, struct strings *strings,
                         const struct conversation_target *target, struct rendering *ret)
{
    static const struct render_file files[FILES] = { { .file_id = "utpa86wcupdx7e555mjpg8zosh" },
                                                     { .file_id = "", .problem = FETCH_FAILED } };
    struct attachment attachments[FILES];
    struct conversation *conversation = &event.conversation;

    event.kind = EVENT_MESSAGE;
    conversation->message_id = take_name(input, strings, EVENT_MAX_CONVERSATION);
    conversation->sender_name = take(input, strings, EVENT_MAX_PERSON);
    conversation->text = take(input, strings, EVENT_MAX_TEXT);
    conversation->attachments = attachments;
    while (input->at && conversation->attachment_count < FILES)
        attachments[conversation->attachment_count++] =
            (struct attachment){ .name = take(input, strings, EVENT_MAX_FILE_NAME),
                                 .url = take_url(input, strings),
                                 .size = -1 };
    return render_message(&event, target, files, ret);
}

/* Renders what the choice says. */
static int render(uint8_t choice, struct input *input, struct strings *strings,
                  const struct conversation_target *target, struct rendering *ret)
{
    struct event event = { .source = "//ireserve",
                           .id = take_name(input, strings, EVENT_MAX_ID),
                           .conversation = { .id =
                                                 take_name(input, strings, EVENT_MAX_CONVERSATION),
                                             .sender_role = (enum sender_role)(choice / 3 % 3) } };

    switch (choice % 3) {
    case 0:
        return render_notification(event, input, strings, target, ret);
    case 1:
        return render_start(event, input, strings, target, ret);
    default:
        return render_saying(event, input, strings, target, ret);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = input_of(data, size);
    struct strings strings = { .count = 0 };
    struct rendering *rendering = mem_new(sizeof(*rendering));
    uint8_t choice = input_take_choice(&input);
    const struct claims claims = { .max_runes = choice & 0x80 ? 4000 : 16383,
                                   .is_trusted = choice % 3 == 2 && choice / 3 % 3 == 1 };
    struct conversation_target target = target_with_room(claims.max_runes);

    if (size <= MAX_INPUT && render(choice, &input, &strings, &target, rendering) == 0) {
        must(rendering->count >= 1 && rendering->count <= RENDER_MAX_PARTS);
        for (size_t i = 0; i < rendering->count; i++)
            check_body(&rendering->parts[i], &claims);
    }
    rendering_free(rendering);
    free(rendering);
    for (size_t i = 0; i < strings.count; i++)
        free(strings.list[i]);
    return 0;
}
