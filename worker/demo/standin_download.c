/* Reading files: one, what is known of it, and what is known of those of a post. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/text.h"
#include "worker/demo/standin_files.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_refusal.h"

/* Whether somebody may see a file; the older server shows one that no post has to nobody else. */
static bool may_see(const struct standin *standin, const struct user *user, const struct file *file)
{
    if (file->user == user)
        return true;
    if (is_old(standin))
        return file->post && model_may_read(file->post->channel, user);
    return model_may_read(file->channel, user);
}

/* The file that a route names, when it may be read; NULL: refused. */
static const struct file *readable_file(const struct standin *standin, struct exchange *exchange,
                                        const char *id, enum refusal when_gone)
{
    const struct file *file = files_find(&standin->model, id);

    if (!file)
        refuse(exchange, when_gone, NULL);
    else if (!may_see(standin, exchange->user, file))
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
    else
        return file;
    return NULL;
}

/* Adds a name as it stands in a URL. */
static void add_escaped(struct text *text, const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-_.~$&+:=@";

    for (; *name; name++) {
        if (strchr(plain, *name))
            text_add_char(text, *name);
        else
            text_printf(text, "%%%02X", (unsigned char)*name);
    }
}

static void add_last_modified(struct exchange *exchange, const struct file *file)
{
    enum { MAX_MOMENT = 40 };
    time_t seconds = (time_t)(file->create_at / 1000);
    struct tm moment;
    char words[MAX_MOMENT];

    gmtime_r(&seconds, &moment);
    strftime(words, sizeof(words), "%a, %d %b %Y %H:%M:%S GMT", &moment);
    exchange_add_header(exchange, "Last-Modified", "%s", words);
}

void get_file(struct standin *standin, struct exchange *exchange, const struct captures *captures)
{
    enum { MAX_ESCAPED = 1024 };
    const struct file *file = readable_file(standin, exchange, captures->values[0],
                                            is_old(standin) ? REFUSED_NO_FILE : REFUSED_NO_INFO);
    AUTO(text_free) struct text name = text_of(MAX_ESCAPED);

    if (!file)
        return;
    const char *type = files_mime_type(file->name);
    add_escaped(&name, file->name);
    exchange_add_header(exchange, "Accept-Ranges", "bytes");
    exchange_add_header(exchange, "Cache-Control",
                        is_old(standin) ? "private, no-cache" : "private, max-age=86400");
    exchange_add_header(exchange, "Content-Disposition",
                        "attachment;filename=\"%s\"; filename*=UTF-8''%s", text_string(&name),
                        text_string(&name));
    exchange_add_header(exchange, "Content-Security-Policy", "Frame-ancestors 'none'");
    add_last_modified(exchange, file);
    if (is_old(standin)) /* newer servers say so in every answer */
        exchange_add_header(exchange, "X-Content-Type-Options", "nosniff");
    exchange_add_header(exchange, "X-Frame-Options", "DENY");
    exchange_add_header(exchange, "X-Uncompressed-Content-Length", "%zu", file->size);
    exchange->content_type = *type ? type : "application/octet-stream";
    exchange->status = 200;
    text_add(&exchange->reply, file->bytes, file->size);
}

void get_file_info(struct standin *standin, struct exchange *exchange,
                   const struct captures *captures)
{
    const struct file *file =
        readable_file(standin, exchange, captures->values[0], REFUSED_NO_FILE);

    if (!file)
        return;
    exchange->status = 200;
    exchange_add_header(exchange, "Cache-Control", "max-age=2592000, private");
    files_write_info(&exchange->reply, &standin->model, file);
}

void get_post_files(struct standin *standin, struct exchange *exchange,
                    const struct captures *captures)
{
    const struct post *post = api_readable_post(standin, exchange, captures->values[0]);

    if (!post)
        return;
    exchange->status = 200;
    exchange_add_header(exchange, "Cache-Control", "max-age=2592000, private");
    exchange_add_header(exchange, "Etag", "%s.%s.%lld", api_version_name(standin), post->id,
                        (long long)post->update_at);
    files_write_infos(&exchange->reply, &standin->model, post);
}
