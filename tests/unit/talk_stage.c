#include "tests/unit/talk_stage.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/state_key.h"
#include "worker/core/thread_record.h"

enum { TEXT_MAX = 256 * 1024, LONG_TEXT = 30000 };

static const struct integration list[] = {
    { .licence = "named",
      .active = true,
      .server_url = "http://chat.example",
      .conversation_channel = "team/desk" },
    { .licence = "zeezicht",
      .active = true,
      .server_url = "http://chat.example",
      .conversation_channel = MIRROR },
};
static const struct integrations integrations = { list, 2 };

static const char *licence_of(const char *conversation)
{
    return strncmp(conversation, "n-", 2) == 0 ? "named" : "zeezicht";
}

int talk_open(void **state)
{
    *state = stage_new(&integrations,
                       &(struct assigned_partition){ .topic = "in", .takes_conversations = true });
    return 0;
}

int talk_open_restored(void **state)
{
    (void)talk_open(state);
    talk_restore(*state);
    return 0;
}

int talk_close(void **state)
{
    stage_free(*state);
    return 0;
}

struct stage *talk_reopen(void **state, int (*open)(void **state))
{
    stage_free(*state);
    (void)open(state);
    return *state;
}

/* ---- the state topic ---- */

struct thread talk_thread(int64_t last_offset)
{
    return (struct thread){ .root = ROOT,
                            .channel = MIRROR,
                            .last_post = ROOT,
                            .last_offset = last_offset,
                            .updated_at = 1000 * 1000 * 1000,
                            .epoch = 1 };
}

void talk_tell(struct stage *stage, const char *conversation, const struct thread *thread)
{
    AUTO(text_free) struct text key = text_of(TEXT_MAX);
    AUTO(text_free) struct text value = text_of(TEXT_MAX);
    const struct thread_name name = { licence_of(conversation), conversation };

    state_key_write_thread("in", &name, &key);
    if (thread)
        thread_value_write(thread, &value);
    stage_tell_state(stage, text_string(&key), thread ? text_string(&value) : NULL, TALK_EPOCH + 1);
}

void talk_tell_marker(struct stage *stage, int64_t offset)
{
    stage_tell_state(stage, "epoch/in/0", NULL, offset);
}

void talk_restore(struct stage *stage)
{
    talk_tell_marker(stage, TALK_EPOCH - 1); /* of who did not say that nothing is in doubt */
    dispatch_restored(stage->dispatch, stage->partition, TALK_EPOCH);
    assert_true(dispatch_awaits_end(stage->partition));
    dispatch_saw_end(stage->dispatch, stage->partition, TALK_END);
}

struct thread talk_written(const struct stage *stage, const char *conversation)
{
    char *key = mem_printf("thread/in/%s/%s", licence_of(conversation), conversation);
    const struct stage_write *newest = NULL;
    struct thread thread = { 0 };

    for (size_t i = 0; i < stage->write_count; i++)
        if (strcmp(stage->writes[i].key, key) == 0)
            newest = &stage->writes[i];
    free(key);
    assert_true(newest && newest->value &&
                thread_value_read(newest->value, strlen(newest->value), &thread));
    return thread;
}

/* ---- what happens in conversations ---- */

void talk_read(struct stage *stage, int64_t offset, const char *conversation, const char *type,
               const char *more_data)
{
    char *value =
        mem_printf("{\"specversion\":\"1.0\",\"id\":\"e-%" PRId64 "\",\"source\":\"urn:x\","
                   "\"type\":\"nl.ireserve.conversation.%s.v1\",\"licence\":\"%s\","
                   "\"data\":{\"conversation_id\":\"%s\"%s}}",
                   offset, type, licence_of(conversation), conversation, more_data);

    stage_read(stage, offset, conversation, value);
    free(value);
}

void talk_start(struct stage *stage, int64_t offset, const char *conversation)
{
    talk_read(stage, offset, conversation, "started", ",\"visitor\":{\"name\":\"Jan\"}");
}

static void say(struct stage *stage, int64_t offset, const char *conversation, const char *words,
                const char *more)
{
    char *data = mem_printf(",\"message_id\":\"m-%" PRId64 "\",\"sender\":{\"role\":\"visitor\","
                            "\"name\":\"Jan\"},\"text\":\"%s\"%s",
                            offset, words, more);

    talk_read(stage, offset, conversation, "message", data);
    free(data);
}

void talk_say(struct stage *stage, int64_t offset, const char *conversation)
{
    say(stage, offset, conversation, "Hoi", "");
}

static char *long_words(void)
{
    char *words = mem_new_array(LONG_TEXT + 1, 1);

    memset(words, 'w', LONG_TEXT);
    return words;
}

void talk_say_long(struct stage *stage, int64_t offset, const char *conversation)
{
    char *words = long_words();

    say(stage, offset, conversation, words, "");
    free(words);
}

void talk_say_with_files(struct stage *stage, int64_t offset, const char *conversation)
{
    say(stage, offset, conversation, "Kijk",
        ",\"attachments\":[{\"url\":\"https://files.example/a.png\",\"name\":\"a.png\"},"
        "{\"name\":\"b.png\"}]");
}

static void edit(struct stage *stage, int64_t offset, const char *conversation, const char *message,
                 const char *words)
{
    char *data = mem_printf(",\"message_id\":\"%s\",\"sender\":{\"role\":\"visitor\","
                            "\"name\":\"Jan\"},\"text\":\"%s\"",
                            message, words);

    talk_read(stage, offset, conversation, "message-edited", data);
    free(data);
}

void talk_edit(struct stage *stage, int64_t offset, const char *conversation, const char *message)
{
    edit(stage, offset, conversation, message, "Anders");
}

void talk_edit_long(struct stage *stage, int64_t offset, const char *conversation,
                    const char *message)
{
    char *words = long_words();

    edit(stage, offset, conversation, message, words);
    free(words);
}

void talk_delete(struct stage *stage, int64_t offset, const char *conversation, const char *message)
{
    char *data = mem_printf(",\"message_id\":\"%s\"", message);

    talk_read(stage, offset, conversation, "message-deleted", data);
    free(data);
}

void talk_end(struct stage *stage, int64_t offset, const char *conversation)
{
    talk_read(stage, offset, conversation, "closed", "");
}

/* ---- the server ---- */

bool talk_is_on_wire(const struct stage *stage, size_t at, enum ask_method method, const char *path)
{
    static const char *const verbs[] = { "GET", "POST", "PUT", "DELETE" };

    if (at < stage->ask_count && stage->asks[at]->method == method &&
        strncmp(stage->asks[at]->path, path, strlen(path)) == 0)
        return true;
    print_error("wanted at %zu: %s %s\n", at, verbs[method], path);
    for (size_t i = 0; i < stage->ask_count; i++)
        print_error("on the wire: %s %s\n", verbs[stage->asks[i]->method], stage->asks[i]->path);
    return false;
}

static void add_post(struct text *json, const struct talk_post *post, const char *channel)
{
    const char *conversation = post->conversation ? post->conversation : "c-1";

    text_printf(json,
                "{\"id\":\"%s\",\"root_id\":\"%s\",\"channel_id\":\"%s\",\"user_id\":\"%s\","
                "\"create_at\":%" PRId64 ",\"delete_at\":%d,\"message\":\"x\"%s,\"props\":"
                "{\"ireserve\":{\"event\":\"%s\",\"licence\":\"%s\",\"conversation\":\"%s\","
                "\"part\":%u",
                post->id, post->root ? post->root : "", channel, post->user ? post->user : BOT,
                post->created_at ? post->created_at : 1000 * 1000 * 1000, post->is_deleted,
                post->has_files ? ",\"file_ids\":[\"" FILE_ID "\"]" : "",
                post->event ? post->event : "urn:x|e-x",
                post->licence ? post->licence : licence_of(conversation), conversation, post->part);
    if (post->message)
        text_printf(json, ",\"message\":\"%s\"", post->message);
    text_add_string(json, "}}}");
}

static void answer_list(struct stage *stage, size_t at, const struct talk_post *posts, size_t count,
                        bool has_next)
{
    AUTO(text_free) struct text json = text_of(TEXT_MAX);

    text_add_string(&json, "{\"order\":[],\"posts\":{");
    for (size_t i = 0; i < count; i++) {
        text_printf(&json, "%s\"%s\":", i ? "," : "", posts[i].id);
        add_post(&json, &posts[i], posts[i].channel ? posts[i].channel : MIRROR);
    }
    text_printf(&json, "},\"has_next\":%s}", has_next ? "true" : "false");
    stage_answer(stage, at, ANSWER_HTTP, 200, text_string(&json));
}

void talk_answer_bot(struct stage *stage, size_t at)
{
    assert_on_wire(stage, at, ASK_GET, "/users/me");
    stage_answer(stage, at, ANSWER_HTTP, 200, "{\"id\":\"" BOT "\",\"delete_at\":0}");
}

void talk_introduce(struct stage *stage, size_t at)
{
    if (at < stage->ask_count && strcmp(stage->asks[at]->path, "/users/me") == 0)
        talk_answer_bot(stage, at);
}

void talk_answer_posts(struct stage *stage, size_t at, const struct talk_post *posts, size_t count)
{
    answer_list(stage, at, posts, count, false);
}

void talk_answer_page(struct stage *stage, size_t at, const struct talk_post *posts, size_t count)
{
    answer_list(stage, at, posts, count, true);
}

void talk_answer_nothing(struct stage *stage, size_t at)
{
    answer_list(stage, at, NULL, 0, false);
}

void talk_answer_nowhere(struct stage *stage, size_t at)
{
    talk_answer_nothing(stage, at);
    assert_true(talk_is_on_wire(stage, stage->ask_count - 1, ASK_GET, "/channels/" MIRROR));
    talk_answer_channel(stage, stage->ask_count - 1, MIRROR, "");
}

void talk_answer_post(struct stage *stage, size_t at, const struct talk_post *post,
                      const char *channel)
{
    AUTO(text_free) struct text json = text_of(TEXT_MAX);

    add_post(&json, post, channel);
    stage_answer(stage, at, ANSWER_HTTP, 200, text_string(&json));
}

static void answer_channel(struct stage *stage, size_t at, const char *id, const char *team,
                           bool is_archived)
{
    char *json =
        mem_printf("{\"id\":\"%s\",\"team_id\":\"%s\",\"delete_at\":%d}", id, team, is_archived);

    stage_answer(stage, at, ANSWER_HTTP, 200, json);
    free(json);
}

void talk_answer_channel(struct stage *stage, size_t at, const char *id, const char *team)
{
    answer_channel(stage, at, id, team, false);
}

void talk_answer_archived(struct stage *stage, size_t at, const char *id)
{
    answer_channel(stage, at, id, TEAM, true);
}

void talk_answer_ok(struct stage *stage, size_t at)
{
    stage_answer(stage, at, ANSWER_HTTP, 200, "{\"status\":\"OK\"}");
}
