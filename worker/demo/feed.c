#include "worker/demo/feed.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/mem.h"

enum { POSTS_A_CALL = 200 };

void feed_free(struct feed *feed)
{
    free(feed->posts);
    *feed = (struct feed){ 0 };
}

void feed_add(struct feed *feed, uint64_t n)
{
    if (feed->count == feed->capacity) {
        feed->capacity = feed->capacity ? feed->capacity * 2 : 1024;
        feed->posts = mem_resize(feed->posts, feed->capacity * sizeof(*feed->posts));
    }
    feed->posts[feed->count++] = n;
}

static void add_member(struct text *json, const char *name, const char *value)
{
    text_printf(json, ",\"%s\":", name);
    text_add_json_string(json, value);
}

static void add_files(struct text *json, const struct standin_post *post)
{
    text_add_string(json, ",\"files\":[");
    for (size_t i = 0; i < post->file_count; i++) {
        const struct standin_file file = standin_file_of(post, i);
        text_printf(json, "%s{\"id\":\"%s\"", i ? "," : "", file.id);
        add_member(json, "name", file.name);
        add_member(json, "mime_type", file.mime_type);
        text_add_char(json, '}');
    }
    text_add_char(json, ']');
}

static void add_post(struct text *json, const struct standin_post *post)
{
    text_printf(json, "{\"id\":\"%s\",\"channel_id\":\"%s\",\"root_id\":\"%s\"", post->id,
                post->channel_id, post->root_id);
    text_printf(json, ",\"deleted\":%s", post->deleted ? "true" : "false");
    if (!post->deleted) {
        text_printf(json, ",\"create_at\":%" PRId64 ",\"edited\":%s,\"locked\":%s", post->create_at,
                    post->edit_at ? "true" : "false",
                    standin_has_reaction(post, "lock") ? "true" : "false");
        add_member(json, "message", post->message);
        text_printf(json, ",\"props\":%s", post->props);
        add_files(json, post);
    }
    text_add_char(json, '}');
}

void feed_write(const struct feed *feed, const struct standin *standin, uint64_t from,
                struct text *json)
{
    uint64_t end = from + POSTS_A_CALL < feed->count ? from + POSTS_A_CALL : feed->count;

    text_add_string(json, "\"posts\":[");
    for (uint64_t i = from; i < end; i++) {
        const struct standin_post post = standin_post_at(standin, feed->posts[i]);
        if (i > from)
            text_add_char(json, ',');
        add_post(json, &post);
    }
    text_printf(json, "],\"next\":%" PRIu64, from > end ? from : end);
}
