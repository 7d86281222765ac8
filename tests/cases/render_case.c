/*
 * render_case: one event through the renderer.
 *
 *     render_case FOLDER          compares with what is expected; 1: it differs
 *     render_case --print FOLDER  prints what comes out
 *
 * A folder holds input.json (an event as it is in Kafka), limits.json (what the server allows;
 * absent: all) and expected.json: a list of bodies, or null when the event cannot be rendered.  How
 * an event of a conversation is rendered, conversation.json says; all in it may be absent: language
 * (nl or en), root (why: started, unseen, lost or full; absent: the event's own kind decides), and
 * files: for each attachment the id of its file, or why there is none, as core/fetch names it.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "common/text.h"
#include "tests/support/reading.h"
#include "worker/core/render.h"
#include "worker/core/render_conversation.h"

enum { MAX_FILE_BYTES = 4 * 1024 * 1024 };

static const uint8_t post_key[32] = "a key of tests, which is 32 long";

static void read_file(const char *folder, const char *name, struct text *ret)
{
    AUTO(free) char *path = mem_printf("%s/%s", folder, name);
    char block[16 * 1024];
    size_t length;
    FILE *file = fopen(path, "rb");

    if (!file)
        return;
    while ((length = fread(block, 1, sizeof(block), file)) > 0)
        text_add(ret, block, length);
    must(!ferror(file) && !ret->overflowed);
    (void)fclose(file);
}

/* NULL: there is no such file. */
static json_t *read_json(const char *folder, const char *name)
{
    AUTO(text_free) struct text file = text_of(MAX_FILE_BYTES);
    json_error_t error;

    read_file(folder, name, &file);
    if (file.length == 0)
        return NULL;
    json_t *json = json_loadb(file.bytes, file.length, JSON_DECODE_ANY, &error);
    if (!json)
        (void)fprintf(stderr, "%s/%s:%d: %s\n", folder, name, error.line, error.text);
    must(json);
    return json;
}

static struct render_limits read_limits(const char *folder)
{
    struct render_limits limits = { .max_runes = 16383, .max_body_bytes = 300000 };
    json_int_t runes = 16383;
    json_int_t bytes = 300000;
    int priority = 1;
    json_t *json = read_json(folder, "limits.json");

    if (json)
        must(json_unpack(json, "{s?I, s?I, s?b !}", "max_runes", &runes, "max_body_bytes", &bytes,
                         "priority", &priority) == 0);
    json_decref(json);
    limits.max_runes = (size_t)runes;
    limits.max_body_bytes = (size_t)bytes;
    limits.priority = priority;
    return limits;
}

/* What agents write may have blocks of code and links, the rest may not. */
static bool is_harmless(const char *message, const struct event *event)
{
    if (event->conversation.sender_role == SENDER_AGENT)
        return !reading_notifies_beside_code(message) && !reading_shows_image(message) &&
               !reading_ends_in_code(message);
    return !reading_notifies(message) && !reading_links(message);
}

/* Checks what holds for each body, and gives it as JSON. */
static json_t *check_body(const struct text *body, const struct event *event,
                          const struct render_limits *limits)
{
    json_error_t error;
    json_t *json = json_loadb(text_string(body), body->length, JSON_REJECT_DUPLICATES, &error);

    must(json);
    must(body->length <= limits->max_body_bytes);
    json_t *props = json_object_get(json, "props");
    AUTO(free) char *props_json = json_dumps(props, JSON_COMPACT);
    must(strlen(props_json) <= 7900); /* a server of 5.37 takes no more */
    const char *message = json_string_value(json_object_get(json, "message"));
    must(message && *message);
    size_t runes = 0;
    for (const char *at = message; *at; at++)
        runes += ((unsigned char)*at & 0xC0) != 0x80;
    must(runes <= limits->max_runes);
    must(is_harmless(message, event));
    return json;
}

static enum fetch_problem problem_named(const char *name)
{
    static const char *const names[] = {
#define X(name) #name,
        FETCH_PROBLEMS(X)
#undef X
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(names[i], name) == 0)
            return (enum fetch_problem)i;
    }
    return FETCH_NONE;
}

/* `files` is a list of strings, as long as there are attachments, or NULL. */
static void read_files(const json_t *files, struct render_file ret[static EVENT_MAX_ATTACHMENTS])
{
    for (size_t i = 0; i < EVENT_MAX_ATTACHMENTS; i++) {
        const char *string = json_string_value(json_array_get(files, i));
        enum fetch_problem problem = string ? problem_named(string) : FETCH_FAILED;
        ret[i] = (struct render_file){ .file_id = problem == FETCH_NONE ? string : "",
                                       .problem = problem };
    }
}

static int render_root_for(const char *reason, const struct event *event,
                           const struct conversation_target *target, struct rendering *ret)
{
    static const char *const reasons[] = {
        [ROOT_STARTED] = "started",
        [ROOT_UNSEEN_START] = "unseen",
        [ROOT_LOST] = "lost",
        [ROOT_FULL] = "full",
    };
    int i = 0;

    while (strcmp(reasons[i], reason) != 0)
        must(++i <= ROOT_FULL);
    return render_root(event, target, (enum root_reason)i,
                       i == ROOT_FULL ? "yz4n3acsypnbtpw3cq86rjxwzo" : NULL, ret);
}

static int render_conversation(const char *folder, const struct event *event,
                               const struct render_target *target, struct rendering *ret)
{
    json_t *json = read_json(folder, "conversation.json");
    struct render_file files[EVENT_MAX_ATTACHMENTS];
    const char *language = "nl";
    const char *root = event->kind == EVENT_CONVERSATION_STARTED ? "started" : NULL;
    json_t *list = NULL;

    if (json)
        must(json_unpack(json, "{s?s, s?s, s?o !}", "language", &language, "root", &root, "files",
                         &list) == 0);
    read_files(list, files);
    const struct conversation_target thread = {
        .post = *target,
        .root_id = "utpa86wcupdx7e555mjpg8zosh",
        .server_url = "https://mattermost.example/chat",
        .language = strcmp(language, "en") == 0 ? LANGUAGE_EN : LANGUAGE_NL,
    };
    int result = root                                  ? render_root_for(root, event, &thread, ret)
                 : event->kind == EVENT_MESSAGE_EDITED ? render_edit(event, &thread, ret)
                                                       : render_message(event, &thread, files, ret);
    json_decref(json);
    return result;
}

/* Gives the bodies of the event in the folder. */
static json_t *render(const char *folder)
{
    AUTO(text_free) struct text input = text_of(MAX_FILE_BYTES);
    AUTO(event_free) struct event event = { 0 };
    struct event_problem problem;
    static struct rendering rendering;

    read_file(folder, "input.json", &input);
    struct record record = {
        .topic = "ireserve.notifications",
        .partition = 3,
        .offset = 12345,
        .value = text_string(&input),
        .value_length = input.length,
    };
    must(event_read(&record, &event, &problem) == EVENT_READ);
    const struct render_target target = {
        .channel_id = "4xp9fdt77pncbef59f4k1qe83o",
        .licence = "zeezicht",
        .post_key = post_key,
        .record = &record,
        .limits = read_limits(folder),
    };
    bool is_notification = event.kind == EVENT_NOTIFICATION;
    if (!is_notification)
        record.topic = "ireserve.conversations";
    int result = is_notification ? render_event(&event, &target, &rendering)
                                 : render_conversation(folder, &event, &target, &rendering);
    json_t *bodies = result == 0 ? json_array() : json_null();
    for (size_t i = 0; result == 0 && i < rendering.count; i++)
        must(json_array_append_new(bodies,
                                   check_body(&rendering.parts[i], &event, &target.limits)) == 0);
    rendering_free(&rendering);
    return bodies;
}

static void print(const char *words, const json_t *json)
{
    AUTO(free) char *string = json_dumps(json, JSON_INDENT(2) | JSON_ENCODE_ANY);

    printf("%s%s\n", words, string);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--print") == 0) {
        json_t *found = render(argv[2]);
        print("", found);
        json_decref(found);
        return 0;
    }
    must(argc == 2);
    json_t *expected = read_json(argv[1], "expected.json");
    json_t *found = render(argv[1]);
    must(expected);
    int differs = !json_equal(found, expected);
    if (differs) {
        print("expected ", expected);
        print("found ", found);
    }
    json_decref(found);
    json_decref(expected);
    return differs;
}
