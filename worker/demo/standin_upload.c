/* POST /api/v4/files: a file as the body, or several in a form. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "worker/demo/standin_away.h"
#include "worker/demo/standin_files.h"
#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_multipart.h"
#include "worker/demo/standin_refusal.h"

enum { MAX_NAME = 255 }; /* bytes that the server's file system takes */

static bool is_form(const struct exchange *exchange)
{
    static const char kind[] = "application/x-www-form-urlencoded";
    const char *type = exchange_header(exchange, "Content-Type");

    return type && strncasecmp(type, kind, strlen(kind)) == 0;
}

/* Refuses who may not upload there; true: refused. */
static bool refused_there(const struct standin *standin, struct exchange *exchange,
                          const struct channel *channel)
{
    if (away_refuses(standin, exchange, AWAY_CALL_MEMBERSHIP, NULL))
        return true;
    if (channel && model_find_member(channel, exchange->user))
        return false;
    refuse(exchange, REFUSED_NO_PERMISSION, NULL);
    return true;
}

static bool is_too_large(const struct standin *standin, struct exchange *exchange, const char *name,
                         uint64_t size, long long told)
{
    if (size <= (uint64_t)standin->config.max_file_size)
        return false;
    AUTO(free)
    char *message =
        mem_printf("Unable to upload file %s. %lld bytes exceeds the maximum allowed %lld bytes.",
                   name, told, (long long)standin->config.max_file_size);
    refuse_as(exchange, 413, "api.file.upload_file.too_large_detailed.app_error", message);
    return true;
}

/* Gives the last part of a path, as Go's filepath.Base() does. */
static char *base_name(const char *path)
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    const char *slash = length > 1 ? memrchr(path, '/', length - 1) : NULL;
    const char *base = slash ? slash + 1 : path;
    return mem_string_of(base, length - (size_t)(base - path));
}

/* Stores a file, whose bytes it takes; false: its name makes that impossible. */
static bool store(struct standin *standin, struct exchange *exchange, struct file *file)
{
    char *path = file->name;

    file->name = base_name(path);
    free(path);
    if (strlen(file->name) > MAX_NAME || strcmp(file->name, "..") == 0) {
        refuse(exchange, REFUSED_WRITE_FILE, NULL);
        free(file->name);
        free(file->bytes);
        free(file);
        return false;
    }
    files_add(&standin->model, file);
    if (exchange->reply.length)
        text_add_char(&exchange->reply, ',');
    else
        text_add_string(&exchange->reply, "{\"file_infos\":[");
    files_write_info(&exchange->reply, &standin->model, file);
    return true;
}

/* The channel that the query names, when a file may come there; NULL: refused. */
static struct channel *channel_of_query(struct standin *standin, struct exchange *exchange)
{
    const char *id = exchange_query(exchange, "channel_id");
    const char *name = exchange_query(exchange, "filename");

    if (!id || !model_is_id(id)) {
        refuse(exchange, REFUSED_BAD_URL_PARAM, "channel_id");
        return NULL;
    }
    if (!name || !*name) {
        refuse(exchange, REFUSED_BAD_URL_PARAM, "filename");
        return NULL;
    }
    struct channel *channel = model_find_channel_id(&standin->model, id);
    if (refused_there(standin, exchange, channel) ||
        is_too_large(standin, exchange, name, exchange->body_bytes,
                     (long long)exchange->body_bytes))
        return NULL;
    return channel;
}

static void end_of_body_upload(struct exchange *exchange)
{
    const char *client_id = exchange_query(exchange, "client_id");

    exchange->status = 201;
    text_add_string(&exchange->reply, "],\"client_ids\":");
    if (client_id) {
        text_add_char(&exchange->reply, '[');
        gojson_write_string(&exchange->reply, client_id);
        text_add_string(&exchange->reply, "]}");
    } else {
        text_add_string(&exchange->reply, "null}");
    }
}

/* The file is the whole body, what it is called stands in the query. */
static void upload_body(struct standin *standin, struct exchange *exchange)
{
    struct channel *channel = channel_of_query(standin, exchange);

    if (!channel)
        return;
    if (exchange_query_has_nul(exchange, "filename")) {
        refuse(exchange, REFUSED_WRITE_FILE, NULL);
        return;
    }
    if (is_form(exchange)) /* the server has read the body as a form before it looks for a file */
        text_clear(&exchange->body);
    struct file *file = mem_new(sizeof(*file));
    *file = (struct file){ .user = exchange->user,
                           .channel = channel,
                           .name = mem_string(exchange_query(exchange, "filename")),
                           .size = exchange->body.length };
    file->bytes = text_take(&exchange->body);
    if (store(standin, exchange, file))
        end_of_body_upload(exchange);
}

/* The channel that a form names; NULL: refused. */
static struct channel *channel_of_form(struct standin *standin, struct exchange *exchange,
                                       struct multipart form)
{
    struct part part;

    while (multipart_next(&form, &part)) {
        if (strcmp(part.name, "channel_id") != 0 || *part.filename)
            continue;
        AUTO(free) char *id = mem_string_of(part.bytes, part.length);
        struct channel *channel = model_find_channel_id(&standin->model, id);
        return refused_there(standin, exchange, channel) ? NULL : channel;
    }
    refuse(exchange, REFUSED_BAD_BODY, "channel_id");
    return NULL;
}

static bool upload_part(struct standin *standin, struct exchange *exchange, struct channel *channel,
                        const struct part *part)
{
    if (is_too_large(standin, exchange, part->filename, part->length, -1))
        return false;
    struct file *file = mem_new(sizeof(*file));
    *file = (struct file){ .user = exchange->user,
                           .channel = channel,
                           .name = mem_string(part->filename),
                           .bytes = mem_copy(part->bytes, part->length),
                           .size = part->length };
    return store(standin, exchange, file);
}

static void upload_form(struct standin *standin, struct exchange *exchange, struct multipart form)
{
    enum { MAX_CLIENT_IDS = 64 * 1024 };
    struct channel *channel = channel_of_form(standin, exchange, form);
    AUTO(text_free) struct text client_ids = text_of(MAX_CLIENT_IDS);
    struct part part;

    if (!channel)
        return;
    while (multipart_next(&form, &part)) {
        if (*part.filename && !upload_part(standin, exchange, channel, &part))
            return;
        if (strcmp(part.name, "client_ids") != 0)
            continue;
        AUTO(free) char *id = mem_string_of(part.bytes, part.length);
        if (client_ids.length)
            text_add_char(&client_ids, ',');
        gojson_write_string(&client_ids, id);
    }
    if (!exchange->reply.length)
        text_add_string(&exchange->reply, "{\"file_infos\":[");
    exchange->status = 201;
    text_add_string(&exchange->reply, "],\"client_ids\":[");
    text_add_string(&exchange->reply, text_string(&client_ids));
    text_add_string(&exchange->reply, "]}");
}

void upload_files(struct standin *standin, struct exchange *exchange,
                  const struct captures *captures)
{
    const char *type = exchange_header(exchange, "Content-Type");
    struct multipart form;

    (void)captures;
    exchange->body_was_read = true;
    if (!standin->config.file_attachments)
        refuse(exchange, is_old(standin) ? REFUSED_NO_FILES_OLD : REFUSED_NO_FILES, NULL);
    else if (exchange->body_bytes == 0)
        refuse(exchange, REFUSED_READ_UPLOAD, NULL);
    else if (multipart_open(type, text_string(&exchange->body), exchange->body.length, &form))
        upload_form(standin, exchange, form);
    else
        upload_body(standin, exchange);
}
