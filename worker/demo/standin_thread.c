/* GET /api/v4/posts/{id}/thread, whole or page by page, and POST /api/v4/posts/ids. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/demo/standin_away.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_refusal.h"
#include "worker/demo/standin_view.h"

enum {
    MAX_PAGE = 200,
    MAX_IDS = 1000,
};

/* What was asked of a thread. */
struct wish {
    bool alone;   /* the post, without its thread */
    bool changes; /* in the order of changes, those after `from` only */
    bool up;      /* the newest first */
    long long from;
    const char *from_post; /* NULL: none */
    long long size;        /* 0: all */
};

/* A number of the query; false: it is none. */
static bool read_number(const struct exchange *exchange, const char *name, long long *ret)
{
    const char *value = exchange_query(exchange, name);
    char *end;

    *ret = 0;
    if (!value || !*value)
        return true;
    *ret = strtoll(value, &end, 10);
    return !*end;
}

static bool is_true(const struct exchange *exchange, const char *name)
{
    const char *value = exchange_query(exchange, name);

    return value && strcmp(value, "true") == 0;
}

/* Where a page begins: what is wrong with that, in the server's words; NULL: nothing. */
static const char *read_start(const struct exchange *exchange, struct wish *ret)
{
    long long created;
    long long updated;

    ret->from_post = exchange_query(exchange, "fromPost");
    ret->changes = is_true(exchange, "updatesOnly");
    if (!read_number(exchange, "fromCreateAt", &created))
        return "fromCreateAt";
    if (!read_number(exchange, "fromUpdateAt", &updated) || (updated && created))
        return "fromUpdateAt";
    ret->from = ret->changes ? updated : created;
    if (ret->changes && !updated)
        return "fromUpdateAt";
    if (ret->from_post && !ret->from)
        return "if fromPost is set, then fromCreateAt must also be set";
    return NULL;
}

/* Whether the direction is one, or none. */
static bool read_direction(const struct exchange *exchange, struct wish *ret)
{
    const char *direction = exchange_query(exchange, "direction");

    if (!direction || !*direction)
        return true;
    ret->up = strcmp(direction, "up") == 0;
    return ret->up || strcmp(direction, "down") == 0;
}

/* What is wrong with the parameters; NULL: nothing, and `ret` is set. */
static const char *read_wish(const struct exchange *exchange, struct wish *ret)
{
    const char *wrong = read_start(exchange, ret);

    if (!read_number(exchange, "perPage", &ret->size) || ret->size > MAX_PAGE)
        return "perPage";
    if (wrong)
        return wrong;
    if (!read_direction(exchange, ret))
        return "direction";
    return ret->changes && ret->up ? "updatesOnly" : NULL;
}

static int by_moment(wall_ms a, wall_ms b)
{
    return a < b ? -1 : a > b;
}

static int by_creation(const void *a, const void *b)
{
    const struct post *const *one = a;
    const struct post *const *other = b;
    int order = by_moment((*one)->create_at, (*other)->create_at);

    return order ? order : strcmp((*one)->id, (*other)->id);
}

static int by_change(const void *a, const void *b)
{
    const struct post *const *one = a;
    const struct post *const *other = b;
    int order = by_moment((*one)->update_at, (*other)->update_at);

    return order ? order : strcmp((*one)->id, (*other)->id);
}

/* Posts of a thread. */
struct page {
    const struct post **posts;
    size_t count;
    bool has_next;
};

/* Whether a post lies behind the point from which it was asked. */
static bool is_behind(const struct post *post, const struct wish *wish)
{
    int order = by_moment(wish->changes ? post->update_at : post->create_at, wish->from);

    if (!wish->from)
        return true;
    if (!order && wish->from_post)
        order = strcmp(post->id, wish->from_post);
    return wish->up ? order < 0 : order > 0;
}

static void reverse(struct page *page)
{
    for (size_t i = 0; i < page->count / 2; i++) {
        const struct post *post = page->posts[i];
        page->posts[i] = page->posts[page->count - 1 - i];
        page->posts[page->count - 1 - i] = post;
    }
}

/* Gives the posts of a thread that were asked for, in that order. */
static struct page find_page(const struct post *root, const struct wish *wish)
{
    struct page page = { 0 };

    page.posts = mem_new_array(root->reply_count + 1, sizeof(struct post *));
    if (is_behind(root, wish))
        page.posts[page.count++] = root;
    for (size_t i = 0; i < root->reply_count; i++)
        if (!root->replies[i]->delete_at && is_behind(root->replies[i], wish))
            page.posts[page.count++] = root->replies[i];
    qsort(page.posts, page.count, sizeof(struct post *), wish->changes ? by_change : by_creation);
    if (wish->up)
        reverse(&page);
    page.has_next = wish->size && page.count > (size_t)wish->size;
    if (page.has_next)
        page.count = (size_t)wish->size;
    return page;
}

static bool is_on(const struct page *page, const struct post *post)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->posts[i] == post)
            return true;
    return false;
}

/* The ids of a thread, the one that was asked for first; the older server names it twice. */
static void write_order(struct text *text, const struct standin *standin, const struct post *asked,
                        const struct page *page)
{
    api_add_id(text, asked->id);
    for (size_t i = 0; i < page->count; i++)
        if (page->posts[i] != asked || is_old(standin))
            api_add_id(text, page->posts[i]->id);
}

static void write_thread(struct exchange *exchange, const struct standin *standin,
                         const struct post *asked, const struct wish *wish)
{
    const struct post *root = asked->root ? asked->root : asked;
    struct page page = find_page(root, wish);
    const struct post *last = asked;
    struct text *text = &exchange->reply;

    /* the root and the one that was asked for always come along */
    if (!is_on(&page, root))
        page.posts[page.count++] = root;
    text_add_string(text, "{\"order\":[");
    write_order(text, standin, asked, &page);
    text_add_string(text, "],\"posts\":{");
    for (size_t i = 0; i < page.count; i++) {
        api_add_post(text, &standin->model, page.posts[i], VIEW_READ);
        last = by_change(&page.posts[i], &last) > 0 ? page.posts[i] : last;
    }
    if (!is_on(&page, asked))
        api_add_post(text, &standin->model, asked, VIEW_READ);
    text_add_string(text, "},\"next_post_id\":\"\",\"prev_post_id\":\"\"");
    if (!is_old(standin))
        text_printf(text, ",\"has_next\":%s,\"first_inaccessible_post_time\":0",
                    page.has_next ? "true" : "false");
    text_add_string(text, "}\n");
    free(page.posts);
    exchange_add_header(exchange, "Etag", "%s.%s.%s.%lld", api_version_name(standin), asked->id,
                        last->id, (long long)last->update_at);
}

/* A post in the form of a thread. */
static void write_alone(struct exchange *exchange, const struct standin *standin,
                        const struct post *asked)
{
    struct text *text = &exchange->reply;

    text_add_string(text, "{\"order\":[");
    api_add_id(text, asked->id);
    text_add_string(text, "],\"posts\":{");
    api_add_post(text, &standin->model, asked, VIEW_READ);
    text_add_string(text, "},\"next_post_id\":\"\",\"prev_post_id\":\"\"");
    text_add_string(text, is_old(standin) ? "}" : ",\"first_inaccessible_post_time\":0}\n");
    exchange_add_header(exchange, "Etag", "%s.%s.%s.%lld", api_version_name(standin), asked->id,
                        asked->id, (long long)asked->update_at);
}

/* Says that the client has that already; true: it has. */
static bool is_known(struct exchange *exchange)
{
    const char *known = exchange_header(exchange, "If-None-Match");
    const char *etag = exchange->headers[exchange->header_count - 1].value;

    if (!known || strcmp(known, etag) != 0)
        return false;
    text_clear(&exchange->reply);
    exchange->status = 304;
    exchange->content_type = NULL;
    return true;
}

void get_thread(struct standin *standin, struct exchange *exchange, const struct captures *captures)
{
    struct wish wish = { 0 };
    const char *wrong = is_old(standin) ? NULL : read_wish(exchange, &wish);

    if (wrong) {
        refuse(exchange, REFUSED_BAD_BODY, wrong);
        return;
    }
    const struct post *asked = api_readable_post(standin, exchange, captures->values[0]);
    if (!asked)
        return;
    if (wish.size < 0) { /* the server stumbles over it */
        exchange->fate = EXCHANGE_CUT;
        return;
    }
    if (is_true(exchange, "skipFetchThreads"))
        write_alone(exchange, standin, asked);
    else
        write_thread(exchange, standin, asked, &wish);
    if (!is_known(exchange))
        exchange->status = 200;
}

/* The posts of a list of ids that are there, each once; false: there are none. */
static bool find_by_ids(const struct model *model, const json_t *ids, struct page *ret)
{
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const struct post *post = model_find_post(model, json_string_value(json_array_get(ids, i)));

        if (post && !is_on(ret, post))
            ret->posts[ret->count++] = post;
    }
    qsort(ret->posts, ret->count, sizeof(struct post *), by_creation);
    reverse(ret);
    return ret->count > 0;
}

static void answer_ids(const struct standin *standin, struct exchange *exchange, const json_t *ids)
{
    struct page page = { 0 };
    struct text *text = &exchange->reply;

    page.posts = mem_new_array(json_array_size(ids), sizeof(struct post *));
    if (find_by_ids(&standin->model, ids, &page)) {
        exchange->status = 200;
        exchange_add_header(exchange, "First-Inaccessible-Post-Time", "0");
        text_add_char(text, '[');
        for (size_t i = 0; i < page.count; i++) {
            if (!model_may_read(page.posts[i]->channel, exchange->user))
                continue;
            if (text->length > 1)
                text_add_char(text, ',');
            view_post(text, &standin->model, page.posts[i], VIEW_READ);
        }
        text_add_char(text, ']');
    } else {
        refuse(exchange, REFUSED_NO_POST, NULL);
    }
    free(page.posts);
}

static bool is_of_strings(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!json_is_string(json_array_get(list, i)))
            return false;
    return json_is_array(list);
}

void get_posts_by_ids(struct standin *standin, struct exchange *exchange,
                      const struct captures *captures)
{
    (void)captures;
    if (away_refuses(standin, exchange, AWAY_CALL_LISTING, ""))
        return;
    json_t *ids = api_read_json(exchange);
    if (!is_of_strings(ids))
        refuse(exchange, REFUSED_BAD_PAYLOAD, NULL);
    else if (json_array_size(ids) == 0)
        refuse(exchange, REFUSED_BAD_BODY, "post_ids");
    else if (json_array_size(ids) > MAX_IDS)
        refuse(exchange, REFUSED_TOO_MANY_IDS, NULL);
    else
        answer_ids(standin, exchange, ids);
    json_decref(ids);
}
