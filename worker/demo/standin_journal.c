/* What tests read: the posts that were accepted, the posts as they are now, the bytes of a file. */
#include <stdlib.h>
#include <string.h>

#include "worker/demo/standin_files.h"
#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"

static void write_accepted(struct text *text, const struct standin_post *post)
{
    text_printf(text, "{\"n\":%llu", (unsigned long long)post->n);
    gojson_write_member(text, "post_id", post->id);
    gojson_write_member(text, "channel_id", post->channel_id);
    gojson_write_member(text, "channel", post->channel_name);
    gojson_write_member(text, "root_id", post->root_id);
    gojson_write_member(text, "user_id", post->user_id);
    gojson_write_member(text, "username", post->username);
    gojson_write_member(text, "pending_post_id", post->pending_post_id);
    text_printf(text, ",\"create_at\":%lld,\"deleted\":%s", (long long)post->create_at,
                post->deleted ? "true" : "false");
    gojson_write_member(text, "message", post->message);
    text_add_string(text, ",\"props\":");
    text_add_string(text, post->props);
    text_add_string(text, ",\"file_ids\":[");
    for (size_t i = 0; i < post->file_count; i++)
        text_printf(text, i ? ",\"%s\"" : "\"%s\"", standin_file_of(post, i).id);
    text_add_string(text, "]}\n");
}

static void show_journal(const struct standin *standin, struct exchange *exchange)
{
    const char *from = exchange_query(exchange, "from");
    const char *limit = exchange_query(exchange, "limit");
    uint64_t n = from ? strtoull(from, NULL, 10) : 0;
    uint64_t left = limit ? strtoull(limit, NULL, 10) : UINT64_MAX;

    for (; n < standin->model.post_count && left > 0; n++, left--) {
        struct standin_post post = standin_post_at(standin, n);
        write_accepted(&exchange->reply, &post);
    }
    exchange->content_type = "application/x-ndjson";
    exchange->status = 200;
}

static void write_files(struct text *text, const struct post *post)
{
    text_add_string(text, ",\"files\":[");
    for (size_t i = 0; i < post->file_count; i++) {
        const struct file *file = post->files[i];

        text_add_string(text, i ? ",{" : "{");
        gojson_write_member(text, "id", file->id);
        gojson_write_member(text, "name", file->name);
        gojson_write_member(text, "mime_type", files_mime_type(file->name));
        text_printf(text, ",\"size\":%zu,\"deleted\":%s}", file->size,
                    file->delete_at ? "true" : "false");
    }
    text_add_char(text, ']');
}

static void write_reactions(struct text *text, const struct post *post)
{
    text_add_string(text, ",\"reactions\":[");
    for (size_t i = 0; i < post->reaction_count; i++) {
        text_add_string(text, i ? ",{" : "{");
        gojson_write_member(text, "emoji_name", post->reactions[i].emoji_name);
        gojson_write_member(text, "username", post->reactions[i].user->username);
        text_add_char(text, '}');
    }
    text_add_char(text, ']');
}

static void write_present(struct text *text, const struct post *post)
{
    text_add_char(text, '{');
    gojson_write_member(text, "id", post->id);
    gojson_write_member(text, "channel", post->channel->name);
    gojson_write_member(text, "root_id", post->root ? post->root->id : "");
    gojson_write_member(text, "username", post->user->username);
    gojson_write_member(text, "message", post->message);
    text_add_string(text, ",\"props\":");
    text_add_string(text, post->props);
    text_add_string(text, ",\"file_ids\":");
    files_write_ids(text, post);
    write_files(text, post);
    write_reactions(text, post);
    text_printf(text, ",\"create_at\":%lld,\"edit_at\":%lld,\"delete_at\":%lld,\"purged\":%s}\n",
                (long long)post->create_at, (long long)post->edit_at, (long long)post->delete_at,
                post->is_purged ? "true" : "false");
}

static void show_posts(const struct standin *standin, struct exchange *exchange)
{
    const char *name = exchange_query(exchange, "channel");
    const struct channel *channel = name ? setup_find_channel(&standin->model, name) : NULL;

    exchange->status = channel ? 200 : 404;
    if (!channel)
        return;
    exchange->content_type = "application/x-ndjson";
    for (size_t i = 0; i < channel->post_count; i++)
        if (!channel->posts[i]->original)
            write_present(&exchange->reply, channel->posts[i]);
}

static void show_file(const struct standin *standin, struct exchange *exchange)
{
    const char *id = exchange_query(exchange, "id");
    struct standin_file file;
    bool found = id && standin_find_file(standin, id, &file);

    exchange->status = found ? 200 : 404;
    if (!found)
        return;
    exchange->content_type = *file.mime_type ? file.mime_type : "application/octet-stream";
    exchange_add_header(exchange, "X-Content-Type-Options", "nosniff");
    text_add(&exchange->reply, file.bytes, file.size);
}

static const struct {
    const char *name;
    void (*show)(const struct standin *standin, struct exchange *exchange);
} pages[] = {
    { "journal", show_journal },
    { "posts", show_posts },
    { "file", show_file },
};

bool journal_answers(const struct standin *standin, struct exchange *exchange, const char *name)
{
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (strcmp(pages[i].name, name) != 0)
            continue;
        pages[i].show(standin, exchange);
        return true;
    }
    return false;
}
