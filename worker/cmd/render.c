#include "worker/core/render.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "worker/cmd/command.h"
#include "worker/cmd/load_settings.h"
#include "worker/cmd/show_post.h"
#include "worker/core/clean.h"
#include "worker/core/render_conversation.h"
#include "worker/core/route.h"

enum { MAX_OUTPUT = 64 * 1024 * 1024 };

/* Reads all of a file, as far as there is room. */
static int read_file(FILE *file, struct text *ret)
{
    char block[16 * 1024];
    size_t length;

    while (!ret->overflowed && (length = fread(block, 1, sizeof(block), file)) > 0)
        text_add(ret, block, length);
    return ferror(file) ? -1 : 0;
}

/* Reads the value of a record from a file, or from stdin for "-". */
static int read_value(const char *path, struct text *ret)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "rb");
    int result = file ? read_file(file, ret) : -1;

    if (result != 0) {
        fprintf(stderr, "render: cannot read %s: %s\n", path, strerrordesc_np(errno));
    } else if (ret->overflowed) {
        fprintf(stderr, "render: %s: an event has at most %d bytes\n", path, EVENT_MAX_VALUE_BYTES);
        result = -1;
    }
    if (file && !is_stdin)
        (void)fclose(file);
    return result;
}

/* Words from outside as a terminal may see them; borrowed until *room changes. */
static const char *visible(const char *words, struct text *room)
{
    return clean(words, strlen(words), room) ? words : text_string(room);
}

static int read_event(const char *path, const struct record *record, struct event *ret)
{
    AUTO(text_free) struct text room = text_of(EVENT_MAX_VALUE_BYTES);
    struct event_problem problem;

    switch (event_read(record, ret, &problem)) {
    case EVENT_READ:
        return 0;
    case EVENT_OF_UNKNOWN_TYPE:
        fprintf(stderr, "render: %s: nothing is made of events of the type %s\n", path,
                visible(ret->type, &room));
        return -1;
    case EVENT_UNREADABLE:
        fprintf(stderr, "render: %s: %s%s%s\n", path, problem.field, *problem.field ? ": " : "",
                problem.words);
        return -1;
    }
    return -1;
}

/* Writes when it happened if it is old by now; -1: it is too old to be sent, said on stderr. */
static int judge_age(const struct event *event, const struct settings *settings,
                     enum language language, const struct record *record,
                     char happened[static AGE_WORDS_SIZE])
{
    wall_ms moment = age_moment(event, record);

    switch (age_judge(&settings->old_news, event, moment, clock_wall())) {
    case AGE_FRESH:
        return 0;
    case AGE_MARKED:
        age_write_words(language, moment, happened);
        return 0;
    case AGE_DROPPED:
        fprintf(stderr, "render: not sent: older than old_news lets its type be\n");
        return -1;
    }
    return -1;
}

/* Sets where the event goes by the settings; -1: nowhere, said on stderr. */
static int find_target(const struct event *event, const struct settings *settings,
                       struct render_target *target, char happened[static AGE_WORDS_SIZE])
{
    AUTO(text_free) struct text room = text_of(EVENT_MAX_VALUE_BYTES);
    struct route_target found;

    switch (route_event(event, &settings->integrations, &found)) {
    case ROUTE_FOUND:
        target->channel_id = found.channel;
        target->licence = found.integration->licence;
        target->post_key = found.integration->post_key;
        return judge_age(event, settings, found.integration->language, target->record, happened);
    case ROUTE_UNMAPPED:
        fprintf(stderr, "render: not sent: no channel for %s\n",
                visible(event->kind == EVENT_NOTIFICATION ? event->notification.type : event->type,
                        &room));
        return -1;
    case ROUTE_INACTIVE:
        fprintf(stderr, "render: not sent: the integration is not active\n");
        return -1;
    case ROUTE_UNKNOWN_LICENCE:
        fprintf(stderr, "render: a dead letter: no integration has the licence %s\n",
                event->licence ? visible(event->licence, &room) : "(none)");
        return -1;
    }
    return -1;
}

static void print(const struct rendering *rendering, bool as_json)
{
    AUTO(text_free) struct text out = text_of(MAX_OUTPUT);

    for (size_t i = 0; i < rendering->count; i++) {
        if (as_json) {
            text_add_string(&out, text_string(&rendering->parts[i]));
            text_add_char(&out, '\n');
            continue;
        }
        text_add_string(&out, i ? "\n" : "");
        show_post(&rendering->parts[i], &out);
    }
    fputs(text_string(&out), stdout);
}

/* As if each attachment had been fetched. */
static int render_reply(const struct event *event, const struct conversation_target *target,
                        struct rendering *ret)
{
    struct render_file files[EVENT_MAX_ATTACHMENTS];
    bool is_edit = event->kind == EVENT_MESSAGE_EDITED;

    for (size_t i = 0; i < EVENT_MAX_ATTACHMENTS; i++)
        files[i] = (struct render_file){ .file_id = "file0000000000000000000000" };
    return is_edit ? render_edit(event, target, ret) : render_message(event, target, files, ret);
}

static int render_any(const struct event *event, const struct render_target *target,
                      struct rendering *ret)
{
    const struct conversation_target thread = {
        .post = *target,
        .root_id = "root0000000000000000000000",
        .server_url = "https://mattermost.example.com",
        .language = LANGUAGE_NL,
    };

    switch (event->kind) {
    case EVENT_NOTIFICATION:
        return render_event(event, target, ret);
    case EVENT_CONVERSATION_STARTED:
        return render_root(event, &thread, ROOT_STARTED, NULL, ret);
    case EVENT_MESSAGE:
    case EVENT_MESSAGE_EDITED:
        return render_reply(event, &thread, ret);
    case EVENT_MESSAGE_DELETED:
    case EVENT_CONVERSATION_CLOSED:
        break;
    }
    return -1;
}

/* Whether nothing is posted for the event; then it is said what happens instead. */
static bool is_without_post(const struct event *event)
{
    AUTO(text_free) struct text room = text_of(EVENT_MAX_VALUE_BYTES);
    const struct conversation *conversation = &event->conversation;

    if (event->kind == EVENT_MESSAGE_DELETED)
        printf("deletes the posts of the message %s\n", visible(conversation->message_id, &room));
    else if (event->kind == EVENT_CONVERSATION_CLOSED)
        printf("posts nothing: the conversation %s is closed\n", visible(conversation->id, &room));
    else
        return false;
    return true;
}

/* Without settings: as if for a channel that does not exist. */
static int render(const struct event *event, const struct record *record,
                  const struct settings *settings, bool as_json)
{
    static const uint8_t no_key[32] = { 0 };
    static struct rendering rendering;
    char happened[AGE_WORDS_SIZE] = "";
    struct render_target target = {
        .channel_id = "channel0000000000000000000",
        .licence = event->licence ? event->licence : "licence",
        .post_key = no_key,
        .record = record,
        .happened = happened,
        .limits = { .max_runes = 16383, .max_body_bytes = 300000, .priority = true },
    };

    if (settings && find_target(event, settings, &target, happened) != 0)
        return EXIT_NO;
    if (is_without_post(event))
        return EXIT_FINE;
    int result = render_any(event, &target, &rendering);
    if (result == 0)
        print(&rendering, as_json);
    else
        fprintf(stderr, "render: the post cannot be made to fit a server's limits\n");
    rendering_free(&rendering);
    return result == 0 ? EXIT_FINE : EXIT_NO;
}

static int run(const struct command_context *context, int argc, char **argv)
{
    AUTO(text_free) struct text value = text_of(EVENT_MAX_VALUE_BYTES);
    AUTO(event_free) struct event event = { 0 };
    bool as_json = false;
    const struct command_option options[] = { { .name = "--json", .flag = &as_json },
                                              { .name = NULL } };
    int count = command_read(options, 1, argc, argv);

    if (count == 0)
        fprintf(stderr, "render: which file?  - is stdin\n");
    if (count < 1 || read_value(argv[1], &value) != 0)
        return EXIT_USAGE;
    struct record record = {
        .topic = "ireserve.notifications",
        .timestamp = -1,
        .value = text_string(&value),
        .value_length = value.length,
    };
    if (read_event(argv[1], &record, &event) != 0)
        return EXIT_NO;
    if (event.kind != EVENT_NOTIFICATION)
        record.topic = "ireserve.conversations";
    if (!context->settings_path)
        return render(&event, &record, NULL, as_json);
    const struct settings *settings = load_settings(context);
    if (!settings)
        return EXIT_SETTINGS;
    int code = render(&event, &record, settings, as_json);
    settings_free(settings);
    return code;
}

const struct command command_render = {
    .name = "render",
    .arguments = "[--json] FILE|-",
    .summary = "an event → the post that it becomes, offline",
    .help =
        "    ireserve-mattermost render booking.json\n"
        "    ireserve-mattermost --settings worker.conf render --json - < booking.json\n"
        "\n"
        "FILE is an event as it is in Kafka, in structured mode.  With --settings the post goes\n"
        "where they say, else to a channel that does not exist.  A channel that they name as\n"
        "team/channel stands for its id, and what old_news calls old is old as of now.  --json\n"
        "prints the bodies of the requests, one a line.\n"
        "\n"
        "What starts a conversation is shown as a thread's root, a message as a reply in a thread\n"
        "that does not exist, with its attachments as if they had been fetched, and an edited\n"
        "message as what its posts become.\n",
    .run = run,
};
