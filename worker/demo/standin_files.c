#include "worker/demo/standin_files.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "worker/demo/standin_gojson.h"

static const struct {
    const char *extension;
    const char *type;
} types[] = {
    { "bin", "application/octet-stream" },
    { "csv", "text/csv; charset=utf-8" },
    { "gif", "image/gif" },
    { "html", "text/html; charset=utf-8" },
    { "jpeg", "image/jpeg" },
    { "jpg", "image/jpeg" },
    { "json", "application/json" },
    { "mp4", "video/mp4" },
    { "pdf", "application/pdf" },
    { "png", "image/png" },
    { "svg", "image/svg+xml" },
    { "txt", "text/plain; charset=utf-8" },
    { "webp", "image/webp" },
    { "zip", "application/zip" },
};

/* What is behind the last dot of a name. */
static const char *extension_of(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot ? dot + 1 : "";
}

const char *files_mime_type(const char *name)
{
    const char *extension = extension_of(name);

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcasecmp(types[i].extension, extension) == 0)
            return types[i].type;
    return "";
}

void files_add(struct model *model, struct file *file)
{
    model_new_id(model, file->id);
    file->n = model->files.count;
    file->create_at = model->now;
    map_put(&model->files, file->id, ID_LENGTH, file);
}

struct file *files_find(const struct model *model, const char *id)
{
    struct file *file = map_find(&model->files, id, strlen(id));

    return file && !file->delete_at ? file : NULL;
}

void files_free(struct model *model)
{
    struct map_entry entry;

    for (size_t at = 0; map_next(&model->files, &at, &entry);) {
        struct file *file = entry.value;
        free(file->name);
        free(file->bytes);
        free(file);
    }
    map_free(&model->files);
}

static bool carries(const struct post *post, const struct file *file)
{
    for (size_t i = 0; i < post->file_count; i++)
        if (post->files[i] == file)
            return true;
    return false;
}

static int by_id(const void *a, const void *b)
{
    const struct file *const *one = a;
    const struct file *const *other = b;

    return strcmp((*one)->id, (*other)->id);
}

static int by_arrival(const void *a, const void *b)
{
    const struct file *const *one = a;
    const struct file *const *other = b;

    return (*one)->n < (*other)->n ? -1 : (*one)->n > (*other)->n;
}

/* Adds a file to a post, unless it has it or may not have it. */
static void take(struct post *post, struct file *file)
{
    if (!file || file->user != post->user || (file->post && file->post != post) ||
        carries(post, file))
        return;
    file->post = post;
    file->channel = post->channel;
    post->files[post->file_count++] = file;
}

bool files_attach(struct model *model, struct post *post, const json_t *ids)
{
    size_t wanted = json_array_size(ids);
    const struct post before = *post;
    bool changed = false;

    post->files = mem_new_array(wanted, sizeof(struct file *));
    post->file_count = 0;
    for (size_t i = 0; i < wanted; i++)
        take(post, files_find(model, json_string_value(json_array_get(ids, i))));
    for (size_t i = 0; i < before.file_count; i++) {
        if (carries(post, before.files[i]))
            continue;
        before.files[i]->delete_at = model->now;
        changed = true;
    }
    free(before.files);
    /* the newer server puts the ids in order, the older one keeps them as they came */
    if (model->version != STANDIN_5_37)
        qsort(post->files, post->file_count, sizeof(struct file *), by_id);
    return changed || post->file_count != before.file_count;
}

void files_delete(struct model *model, struct post *post)
{
    for (size_t i = 0; i < post->file_count; i++)
        if (!post->files[i]->delete_at)
            post->files[i]->delete_at = model->now;
}

void files_write_ids(struct text *text, const struct post *post)
{
    text_add_char(text, '[');
    for (size_t i = 0; i < post->file_count; i++) {
        if (i)
            text_add_char(text, ',');
        gojson_write_string(text, post->files[i]->id);
    }
    text_add_char(text, ']');
}

static uint32_t big_endian(const char *bytes)
{
    const unsigned char *at = (const void *)bytes;

    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* What the server finds out about an image: width and height; here of PNG only. */
static void write_image(struct text *text, const struct file *file)
{
    enum { WIDTH_AT = 16, HEIGHT_AT = 20, ENOUGH = 24 };
    static const char signature[] = "\x89PNG\r\n\x1a\n";

    if (file->size < ENOUGH || memcmp(file->bytes, signature, strlen(signature)) != 0 ||
        strcmp(files_mime_type(file->name), "image/png") != 0)
        return;
    text_printf(text, ",\"width\":%u,\"height\":%u,\"has_preview_image\":true",
                big_endian(file->bytes + WIDTH_AT), big_endian(file->bytes + HEIGHT_AT));
}

static void write_extension(struct text *text, const char *name)
{
    char *extension = mem_string(extension_of(name));

    for (char *c = extension; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    gojson_write_member(text, "extension", extension);
    free(extension);
}

void files_write_info(struct text *text, const struct model *model, const struct file *file)
{
    bool old = model->version == STANDIN_5_37;
    long long moment = (long long)file->create_at;

    text_add_char(text, '{');
    gojson_write_member(text, "id", file->id);
    gojson_write_member(text, "user_id", file->user->id);
    if (file->post)
        gojson_write_member(text, "post_id", file->post->id);
    gojson_write_member(text, "channel_id", old ? "" : file->channel->id);
    text_printf(text, ",\"create_at\":%lld,\"update_at\":%lld,\"delete_at\":0", moment, moment);
    gojson_write_member(text, "name", file->name);
    write_extension(text, file->name);
    text_printf(text, ",\"size\":%zu", file->size);
    gojson_write_member(text, "mime_type", files_mime_type(file->name));
    write_image(text, file);
    text_add_string(text, ",\"mini_preview\":null,\"remote_id\":\"\"");
    text_add_string(text, old ? "}" : ",\"archived\":false}");
}

void files_write_infos(struct text *text, const struct model *model, const struct post *post)
{
    size_t bytes = post->file_count * sizeof(struct file *);
    struct file **files = mem_new(bytes);

    if (bytes)
        memcpy(files, post->files, bytes);
    qsort(files, post->file_count, sizeof(struct file *), by_arrival);
    text_add_char(text, '[');
    for (size_t i = 0; i < post->file_count; i++) {
        if (i)
            text_add_char(text, ',');
        files_write_info(text, model, files[i]);
    }
    text_add_char(text, ']');
    free(files);
}
