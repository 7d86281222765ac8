#include "worker/cmd/show_post.h"

#include <jansson.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

#define BAR "    ┃ "

static void add_row(const char *name, const json_t *value, struct text *ret)
{
    if (json_is_string(value))
        text_printf(ret, "%-10s%s\n", name, json_string_value(value));
}

/* Adds each line with something before it. */
static void add_lines(const char *before, const char *lines, struct text *ret)
{
    for (const char *end; *lines; lines = *end ? end + 1 : end) {
        end = strchrnul(lines, '\n');
        text_add_string(ret, end > lines ? before : "");
        text_add(ret, lines, (size_t)(end - lines));
        text_add_char(ret, '\n');
    }
}

static void add_attachment(const json_t *attachment, struct text *ret)
{
    const char *title = json_string_value(json_object_get(attachment, "title"));
    const char *link = json_string_value(json_object_get(attachment, "title_link"));
    const json_t *fields = json_object_get(attachment, "fields");

    text_add_char(ret, '\n');
    if (title)
        text_printf(ret, BAR "%s%s%s\n", title, link ? " → " : "", link ? link : "");
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        AUTO(free)
        char *words = mem_printf("%s: %s", json_string_value(json_object_get(field, "title")),
                                 json_string_value(json_object_get(field, "value")));
        add_lines(BAR, words, ret);
    }
}

static void add_files(size_t count, struct text *ret)
{
    if (count > 0)
        text_printf(ret, "\n    (%zu file%s)\n", count, count == 1 ? "" : "s");
}

void show_post(const struct text *body, struct text *ret)
{
    json_t *post = json_loadb(text_string(body), body->length, 0, NULL);
    const json_t *priority = NULL;

    must(post);
    (void)json_unpack(post, "{s?{s?{s?o}}}", "metadata", "priority", "priority", &priority);
    const json_t *attachments = json_object_get(json_object_get(post, "props"), "attachments");
    const json_t *first = json_array_get(attachments, 0);
    add_row("channel", json_object_get(post, "channel_id"), ret);
    add_row("thread", json_object_get(post, "root_id"), ret);
    add_row("priority", priority, ret);
    add_row("colour", json_object_get(first, "color"), ret);
    text_add_char(ret, '\n');
    add_lines("    ", json_string_value(json_object_get(post, "message")), ret);
    for (size_t i = 0; i < json_array_size(attachments); i++)
        add_attachment(json_array_get(attachments, i), ret);
    add_files(json_array_size(json_object_get(post, "file_ids")), ret);
    json_decref(post);
}
