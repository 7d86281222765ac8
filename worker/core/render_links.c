#include "worker/core/render_links.h"

#include <string.h>

#include "common/mem.h"
#include "worker/core/link.h"
#include "worker/core/post_body.h"

enum { MAX_ATTACHMENT_BYTES = 16 * 1024 };

/* What servers write of an attachment besides: "id":0, and the members that it does not have. */
enum { ADDED_BY_SERVER = 200 };

static void write_attachment(const struct text *url, struct text *ret)
{
    text_add_string(ret, "{\"title\":");
    post_body_add_defused(text_string(url), MAX_ATTACHMENT_BYTES, DEFUSE_PLAIN, ret);
    text_add_string(ret, ",\"title_link\":");
    text_add_json(ret, text_string(url), url->length);
    text_add_char(ret, '}');
}

void render_links_add(struct render_links *links, const char *url)
{
    AUTO(text_free) struct text safe = text_of(MAX_ATTACHMENT_BYTES);
    AUTO(text_free) struct text attachment = text_of(MAX_ATTACHMENT_BYTES);

    if (!link_add(url, &safe))
        return;
    write_attachment(&safe, &attachment);
    size_t runes =
        ADDED_BY_SERVER + post_body_props_runes(text_string(&attachment), attachment.length);
    if (runes > links->room || strstr(text_string(&links->json), text_string(&attachment)))
        return;
    if (links->json.length > 0)
        text_add_char(&links->json, ',');
    text_add(&links->json, text_string(&attachment), attachment.length);
    links->room -= runes;
}

void render_links_add_all(struct render_links *links, const char *text, size_t length)
{
    struct link_place place = { 0 };

    for (int i = 0; i < RENDER_LINKS_OF_TEXT && link_find(text, length, place.end, &place); i++) {
        AUTO(free) char *url = mem_string_of(text + place.begin, place.end - place.begin);
        render_links_add(links, url);
    }
}
