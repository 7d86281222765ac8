#include "worker/demo/page.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/demo/page_files.h"
#include "worker/demo/standin_httpd.h"

enum { MAX_BODY = 4096 };

struct page {
    struct page_options options;
    struct httpd *httpd;
};

static void answer(struct exchange *exchange, int status, const char *words)
{
    exchange->status = status;
    exchange->content_type = "text/plain";
    text_add_string(&exchange->reply, words);
}

static void answer_file(struct exchange *exchange, const char *path)
{
    for (size_t i = 0; i < page_file_count; i++) {
        const struct page_file *file = &page_files[i];
        if (strcmp(file->path, path) != 0)
            continue;
        exchange->status = 200;
        exchange->content_type = file->content_type;
        text_add(&exchange->reply, file->bytes, *file->size);
        return;
    }
    answer(exchange, 404, "no such page\n");
}

static void answer_state(const struct page *page, struct exchange *exchange)
{
    const char *from = exchange_query(exchange, "from");

    exchange->status = 200;
    exchange->content_type = "application/json";
    page->options.state(page->options.context, from ? strtoull(from, NULL, 10) : 0,
                        &exchange->reply);
}

/* A file of a post, from here, so that one address is enough to see everything. */
static void answer_file_of_post(const struct page *page, struct exchange *exchange)
{
    const char *id = exchange_query(exchange, "id");
    struct standin_file file;

    if (!id || !standin_find_file(page->options.standin, id, &file)) {
        answer(exchange, 404, "no such file\n");
        return;
    }
    exchange->status = 200;
    exchange->content_type = *file.mime_type ? file.mime_type : "application/octet-stream";
    exchange_add_header(exchange, "X-Content-Type-Options", "nosniff");
    text_add(&exchange->reply, file.bytes, file.size);
}

/* A button sent {"name": …, "on": …}. */
static void make_trouble(const struct page *page, struct exchange *exchange)
{
    const char *name;
    int on;
    json_t *wish = json_loadb(text_string(&exchange->body), exchange->body.length, 0, NULL);
    bool fine = wish && json_unpack(wish, "{s:s, s:b}", "name", &name, "on", &on) == 0 &&
                page->options.trouble(page->options.context, name, on != 0);

    json_decref(wish);
    answer(exchange, fine ? 200 : 400, fine ? "done\n" : "no such trouble\n");
}

static void begun(void *context, struct exchange *exchange)
{
    (void)context;
    exchange->body_limit = MAX_BODY;
}

static void handle(void *context, struct exchange *exchange)
{
    const struct page *page = context;
    const char *path = exchange->path;

    exchange_add_header(exchange, "Cache-Control", "no-store");
    exchange_add_header(exchange, "Content-Security-Policy",
                        "default-src 'self'; img-src 'self' data:");
    if (strcmp(exchange->method, "POST") == 0 && strcmp(path, "/api/trouble") == 0)
        make_trouble(page, exchange);
    else if (strcmp(exchange->method, "GET") != 0)
        answer(exchange, 405, "GET it\n");
    else if (strcmp(path, "/api/state") == 0)
        answer_state(page, exchange);
    else if (strcmp(path, "/file") == 0)
        answer_file_of_post(page, exchange);
    else
        answer_file(exchange, strcmp(path, "/") == 0 ? "/index.html" : path);
}

int page_new(struct loop *loop, const struct page_options *options, struct page **ret,
             struct fault *reterr)
{
    struct page *page = mem_new(sizeof(*page));
    const struct httpd_callbacks callbacks = { .begun = begun, .handle = handle, .context = page };

    page->options = *options;
    if (httpd_new(loop, options->port, &callbacks, &page->httpd, reterr) != 0) {
        free(page);
        return -1;
    }
    *ret = page;
    return 0;
}

void page_free(struct page *page)
{
    if (!page)
        return;
    httpd_free(page->httpd);
    free(page);
}

uint16_t page_port(const struct page *page)
{
    return httpd_port(page->httpd);
}
