/* GET /api/v4/channels/{id}/posts: a channel's posts, page by page or around an anchor. */
#include <stdlib.h>
#include <string.h>

#include "common/map.h"
#include "worker/demo/standin_away.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_refusal.h"
#include "worker/demo/standin_view.h"

enum {
    DEFAULT_PAGE = 60,
    MAX_PAGE = 200,
    MAX_SINCE = 1000,
};

/* A part of a channel's posts: indices into channel->posts, `from` included, `to` not. */
struct span {
    size_t from;
    size_t to;
};

static bool is_number(const char *text)
{
    char *end;

    (void)strtoll(text, &end, 10);
    return *text && !*end;
}

static long long query_number(const struct exchange *exchange, const char *name,
                              long long otherwise)
{
    const char *value = exchange_query(exchange, name);

    if (!value)
        return otherwise;
    return is_number(value) ? strtoll(value, NULL, 10) : -1;
}

/* How many of a channel's posts are older than a moment, or not newer. */
static size_t count_until(const struct channel *channel, wall_ms moment, bool included)
{
    size_t low = 0;
    size_t high = channel->post_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        wall_ms at = channel->posts[middle]->create_at;

        if (at < moment || (included && at == moment))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Moves on over so many posts that are not deleted, and says where that ends. */
static size_t skip_newer(const struct channel *channel, size_t from, long long count)
{
    while (from < channel->post_count && count > 0)
        count -= channel->posts[from++]->delete_at == 0;
    return from;
}

static size_t skip_older(const struct channel *channel, size_t to, long long count)
{
    while (to > 0 && count > 0)
        count -= channel->posts[--to]->delete_at == 0;
    return to;
}

struct page {
    long long number; /* from 0 */
    long long size;
};

/* A page of the posts below an index, counted from the newest. */
static struct span span_before(const struct channel *channel, size_t end, const struct page *page)
{
    struct span span = { 0, skip_older(channel, end, page->number * page->size) };

    span.from = skip_older(channel, span.to, page->size);
    return span;
}

/* The posts behind or before an anchor; false: that is no id. */
static bool find_anchored(struct standin *standin, struct exchange *exchange,
                          const struct channel *channel, const struct page *page, struct span *ret)
{
    const char *after = exchange_query(exchange, "after");
    const char *anchor_id = after ? after : exchange_query(exchange, "before");
    const struct post *anchor = model_find_post(&standin->model, anchor_id);

    if (!model_is_id(anchor_id)) {
        refuse(exchange, REFUSED_BAD_BODY, after ? "after" : "before");
        return false;
    }
    if (!anchor)
        return true;
    if (!after) {
        *ret = span_before(channel, count_until(channel, anchor->create_at, false), page);
        return true;
    }
    size_t first = count_until(channel, anchor->create_at, true);
    ret->from = skip_newer(channel, first, page->number * page->size);
    ret->to = skip_newer(channel, ret->from, page->size);
    return true;
}

/* The page that was asked for; false: the parameters were refused. */
static bool find_span(struct standin *standin, struct exchange *exchange,
                      const struct channel *channel, struct span *ret)
{
    struct page page = { query_number(exchange, "page", 0),
                         query_number(exchange, "per_page", DEFAULT_PAGE) };

    page.number = page.number < 0 ? 0 : page.number;
    page.size = page.size < 0 ? DEFAULT_PAGE : page.size > MAX_PAGE ? MAX_PAGE : page.size;
    *ret = (struct span){ 0, 0 };
    if (exchange_query(exchange, "after") || exchange_query(exchange, "before"))
        return find_anchored(standin, exchange, channel, &page, ret);
    *ret = span_before(channel, channel->post_count, &page);
    return true;
}

/* How a listing is written. */
struct style {
    bool skips_threads;
    enum view_of_post occasion;
};

/* Replies are counted around an anchor and where threads are left out. */
static struct style find_style(const struct exchange *exchange)
{
    const char *skip = exchange_query(exchange, "skipFetchThreads");
    bool skips = skip && strcmp(skip, "true") == 0;
    bool anchored = exchange_query(exchange, "after") || exchange_query(exchange, "before");

    return (struct style){ skips, skips || anchored ? VIEW_READ : VIEW_LISTED };
}

/* Adds a listed post with what comes along: its thread, or the root of that. */
static void add_listed(struct text *text, const struct model *model, const struct post *post,
                       struct style style, struct map *added)
{
    const struct post *root = post->root ? post->root : post;

    if (!map_find(added, post->id, ID_LENGTH)) {
        map_put(added, post->id, ID_LENGTH, added);
        api_add_post(text, model, post, style.occasion);
    }
    if (!post->root || map_find(added, root->id, ID_LENGTH))
        return;
    map_put(added, root->id, ID_LENGTH, added);
    api_add_post(text, model, root, style.occasion);
    for (size_t i = 0; !style.skips_threads && i < root->reply_count; i++) {
        const struct post *reply = root->replies[i];
        if (reply->delete_at || map_find(added, reply->id, ID_LENGTH))
            continue;
        map_put(added, reply->id, ID_LENGTH, added);
        api_add_post(text, model, reply, style.occasion);
    }
}

/* The next post from there on, or from there back, that is not deleted; "": none. */
static const char *neighbour(const struct channel *channel, size_t index, int step)
{
    for (; index < channel->post_count; index += (size_t)step)
        if (!channel->posts[index]->delete_at)
            return channel->posts[index]->id;
    return "";
}

/* What is around a page: the anchor itself, or the next posts that are of another moment. */
static void write_cursors(struct text *text, const struct exchange *exchange,
                          const struct channel *channel, struct span span)
{
    const char *after = exchange_query(exchange, "after");
    const char *before = after ? NULL : exchange_query(exchange, "before");
    bool first = query_number(exchange, "page", 0) <= 0;
    bool empty = span.from == span.to;
    const char *next = "";
    const char *prev = "";

    if (!empty) {
        wall_ms newest = channel->posts[span.to - 1]->create_at;
        wall_ms oldest = channel->posts[span.from]->create_at;

        next = neighbour(channel, count_until(channel, newest, true), 1);
        prev = neighbour(channel, count_until(channel, oldest, false) - 1, -1);
    }
    text_printf(text, "\"next_post_id\":\"%s\",\"prev_post_id\":\"%s\"",
                before && first ? before : next, after && first ? after : prev);
}

static bool is_in(const struct post *post, long long since)
{
    if (since > 0)
        return post->update_at > since && !post->is_purged;
    return !post->delete_at;
}

static void write_listing(struct standin *standin, struct exchange *exchange,
                          const struct channel *channel, struct span span, long long since)
{
    AUTO(map_free) struct map added = { 0 };
    struct style style = find_style(exchange);
    struct text *text = &exchange->reply;

    text_add_string(text, "{\"order\":[");
    for (size_t i = span.to; i-- > span.from;)
        if (is_in(channel->posts[i], since))
            api_add_id(text, channel->posts[i]->id);
    text_add_string(text, "],\"posts\":{");
    for (size_t i = span.to; i-- > span.from;)
        if (is_in(channel->posts[i], since))
            add_listed(text, &standin->model, channel->posts[i], style, &added);
    text_add_string(text, "},");
    if (since > 0)
        text_add_string(text, "\"next_post_id\":\"\",\"prev_post_id\":\"\"");
    else
        write_cursors(text, exchange, channel, span);
    if (!is_old(standin))
        text_add_string(text, ",\"first_inaccessible_post_time\":0");
    text_add_string(text, "}\n");
}

/* The older server lists a public channel for its members only. */
static bool may_list(const struct standin *standin, const struct channel *channel,
                     const struct user *user)
{
    if (is_old(standin))
        return model_find_member(channel, user) != NULL;
    return model_may_read(channel, user);
}

/* The channel of a listing; NULL: refused. */
static struct channel *listed_channel(struct standin *standin, struct exchange *exchange,
                                      const char *id)
{
    struct channel *channel = model_find_channel_id(&standin->model, id);

    if (away_refuses(standin, exchange, AWAY_CALL_LISTING, id))
        return NULL;
    if (!channel && !is_old(standin))
        refuse(exchange, REFUSED_NO_CHANNEL, id);
    else if (!channel || !may_list(standin, channel, exchange->user))
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
    else if (!api_wants_deleted(standin, exchange))
        return channel;
    return NULL;
}

void get_channel_posts(struct standin *standin, struct exchange *exchange,
                       const struct captures *captures)
{
    enum { MAX_ETAG = 100 };
    const struct channel *channel = listed_channel(standin, exchange, captures->values[0]);
    const char *since_text = exchange_query(exchange, "since");
    long long since = query_number(exchange, "since", 0);
    AUTO(text_free) struct text etag = text_of(MAX_ETAG);
    struct span span;

    if (!channel)
        return;
    if (since_text && !is_number(since_text)) {
        refuse(exchange, REFUSED_BAD_BODY, "since");
        return;
    }
    if (since > 0) {
        span = (struct span){ 0, channel->post_count };
        span.from = span.to > MAX_SINCE ? span.to - MAX_SINCE : 0;
    } else if (!find_span(standin, exchange, channel, &span)) {
        return;
    }
    text_printf(&etag, "%s.%lld", api_version_name(standin), (long long)channel->last_change_at);
    if (since <= 0 && api_is_known(exchange, text_string(&etag)))
        return;
    exchange->status = 200;
    write_listing(standin, exchange, channel, span, since);
}
