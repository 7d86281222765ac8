#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/must.h"
#include "common/text.h"
#include "tests/model/chat.h"
#include "worker/core/search_word.h"

enum { MAX_BYTES = 4 * 1024 * 1024, PAGE = 3 };

static void add_post(const struct chat *chat, int number, struct text *json)
{
    const struct chat_post *post = &chat->posts[number];

    text_printf(json,
                "{\"id\":\"%s\",\"root_id\":\"%s\",\"channel_id\":\"" CHAT_CHANNEL
                "\",\"user_id\":\"%s\",\"create_at\":%" PRId64 ",\"delete_at\":0,\"file_ids\":[%s],"
                "\"props\":{\"ireserve\":{\"event\":\"urn:x|e-%" PRId64
                "\",\"licence\":\"zeezicht\",\"conversation\":\"c-%d\",\"part\":%u",
                post->id, post->root < 0 ? "" : chat->posts[post->root].id,
                post->is_foreign ? CHAT_PERSON : CHAT_BOT, post->created_at,
                post->has_files ? "\"f\"" : "", chat->records[post->record].offset, post->talk,
                post->part);
    if (post->message >= 0)
        text_printf(json, ",\"message\":\"m-%d\"", post->message);
    text_add_string(json, "}}}");
}

char *chat_show_post(const struct chat *chat, int number)
{
    struct text json = text_of(MAX_BYTES);

    add_post(chat, number, &json);
    return text_take(&json);
}

static struct text begin_list(void)
{
    struct text json = text_of(MAX_BYTES);

    text_add_string(&json, "{\"order\":[],\"posts\":{");
    return json;
}

static void add_member(const struct chat *chat, int number, struct text *json)
{
    if (json->bytes[json->length - 1] != '{')
        text_add_char(json, ',');
    text_printf(json, "\"%s\":", chat->posts[number].id);
    add_post(chat, number, json);
}

static char *end_list(struct text *json, bool has_next)
{
    text_printf(json, "},\"has_next\":%s}", has_next ? "true" : "false");
    return text_take(json);
}

char *chat_show_channel(const struct chat *chat)
{
    struct text json = begin_list();
    int left = 200;

    for (int i = chat->post_count; i > 0 && left > 0; i--) {
        if (chat->posts[i - 1].is_dead)
            continue;
        add_member(chat, i - 1, &json);
        left--;
    }
    return end_list(&json, false);
}

/* From the newest on, or from below the post that the path names; the root comes with each page. */
char *chat_show_thread(const struct chat *chat, int root, const char *path)
{
    struct text json = begin_list();
    const char *from = strstr(path, "fromPost=");
    int above = from ? chat_find_post(chat, from + strlen("fromPost=")) : chat->post_count;
    int left = chat->ways.pages ? PAGE : CHAT_POSTS;

    must(above >= 0 && chat->posts[root].root < 0);
    add_member(chat, root, &json);
    for (int i = above; i > 0; i--) {
        if (chat->posts[i - 1].is_dead || chat->posts[i - 1].root != root)
            continue;
        if (left-- == 0)
            return end_list(&json, true);
        add_member(chat, i - 1, &json);
    }
    return end_list(&json, false);
}

char *chat_show_search(const struct chat *chat, const char *body, size_t length)
{
    struct text json = begin_list();
    json_t *terms = json_loadb(body, length, 0, NULL);
    const char *wanted = json_string_value(json_object_get(terms, "terms"));

    must(wanted);
    for (int i = 0; i < chat->post_count; i++) {
        char id[16];
        char word[SEARCH_WORD_SIZE];
        (void)snprintf(id, sizeof(id), "c-%d", chat->posts[i].talk);
        (void)search_word_of(id, word);
        if (!chat->posts[i].is_dead && chat->posts[i].root < 0 && strcmp(word, wanted) == 0)
            add_member(chat, i, &json);
    }
    json_decref(terms);
    return end_list(&json, false);
}
