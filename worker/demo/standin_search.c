/* POST /api/v4/teams/{id}/posts/search: by words, phrases, channel and author. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/demo/standin_away.h"
#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_refusal.h"
#include "worker/demo/standin_view.h"
#include "worker/demo/standin_words.h"

enum {
    MAX_TERMS = 64,
    MAX_FOUND = 100,
    MAX_TEXT = 1024 * 1024,
};

/* What is looked for. */
struct query {
    const struct user *asker;
    const struct team *team;
    struct text terms[MAX_TERMS]; /* words or phrases */
    size_t term_count;
    const struct channel *channels[MAX_TERMS]; /* one of these; NULL: one that is not there */
    size_t channel_count;
    const struct user *authors[MAX_TERMS];
    size_t author_count;
    bool any; /* of the terms is enough */
};

static void free_query(struct query *query)
{
    for (size_t i = 0; i < query->term_count; i++)
        text_free(&query->terms[i]);
}

/* Looks for the words of a text, all of them side by side. */
static void add_phrase(struct query *query, const char *phrase)
{
    struct text words = text_of(MAX_TEXT);

    words_read(phrase, false, &words);
    if (words.length > 1 && query->term_count < MAX_TERMS)
        query->terms[query->term_count++] = words;
    else
        text_free(&words);
}

/* Looks for each of the words of a text by itself. */
static void add_words(struct query *query, const char *string)
{
    struct text words = text_of(MAX_TEXT);
    char *rest;

    words_read(string, false, &words);
    for (char *word = strtok_r(words.bytes, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        add_phrase(query, word);
    text_free(&words);
}

/* The value of a filter like in:name; NULL: the term is none of that name. */
static const char *filter(const char *term, const char *name)
{
    size_t length = strlen(name);

    return strncmp(term, name, length) == 0 && term[length] ? term + length : NULL;
}

static void add_term(struct query *query, const struct model *model, const char *term)
{
    const char *channel = filter(term, "in:");
    const char *author = filter(term, "from:");

    if (channel && query->channel_count < MAX_TERMS)
        query->channels[query->channel_count++] = model_find_channel(model, query->team, channel);
    else if (author && query->author_count < MAX_TERMS)
        query->authors[query->author_count++] = model_find_user(model, author);
    else
        add_words(query, term);
}

/* Takes what somebody typed apart: "phrases", filters and words. */
static void read_terms(struct query *query, const struct model *model, const char *terms)
{
    static const char spaces[] = " \t\r\n";

    for (const char *at = terms + strspn(terms, spaces); *at; at += strspn(at, spaces)) {
        bool quoted = *at == '"';
        size_t length = quoted ? strcspn(at + 1, "\"") : strcspn(at, " \t\r\n\"");
        AUTO(free) char *term = mem_string_of(at + quoted, length);

        if (quoted)
            add_phrase(query, term);
        else
            add_term(query, model, term);
        at += length + quoted;
        at += quoted && *at == '"';
    }
}

/* Whether something is one of a list; a list that is empty leaves the choice. */
static bool is_one_of(const void *const *list, size_t count, const void *wanted)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == wanted)
            return true;
    return count == 0;
}

/* Whether it is looked for there: where the asker is, in that team and in direct messages. */
static bool is_searched(const struct query *query, const struct channel *channel)
{
    return !channel->delete_at && (!channel->team || channel->team == query->team) &&
           model_find_member(channel, query->asker) &&
           is_one_of((const void *const *)query->channels, query->channel_count, channel);
}

/* Whether the text of a post has the terms. */
static bool has_terms(const struct query *query, const struct post *post)
{
    AUTO(text_free) struct text words = text_of(MAX_TEXT);
    size_t hits = 0;

    words_read(post->message, true, &words);
    for (size_t i = 0; i < query->term_count; i++)
        hits += words_contain(&words, &query->terms[i]);
    return query->any && query->term_count ? hits > 0 : hits == query->term_count;
}

static int by_creation(const void *a, const void *b)
{
    const struct post *const *one = a;
    const struct post *const *other = b;

    return (*one)->create_at > (*other)->create_at ? -1 : (*one)->create_at < (*other)->create_at;
}

/* Finds posts, the newest first, and says how many. */
static size_t find(const struct standin *standin, const struct query *query,
                   const struct post **ret)
{
    const struct model *model = &standin->model;
    size_t count = 0;

    if (!query->term_count && !query->channel_count && !query->author_count)
        return 0;
    for (size_t i = 0; i < model->post_count; i++) {
        const struct post *post = model->posts[i];

        if (!post->delete_at && is_searched(query, post->channel) &&
            is_one_of((const void *const *)query->authors, query->author_count, post->user) &&
            has_terms(query, post))
            ret[count++] = post;
    }
    qsort(ret, count, sizeof(struct post *), by_creation);
    return count < MAX_FOUND ? count : MAX_FOUND;
}

static void write_found(const struct standin *standin, struct text *text,
                        const struct post *const *found, size_t count)
{
    text_add_string(text, "{\"order\":[");
    for (size_t i = 0; i < count; i++)
        api_add_id(text, found[i]->id);
    text_add_string(text, "],\"posts\":{");
    for (size_t i = 0; i < count; i++)
        api_add_post(text, &standin->model, found[i], VIEW_READ);
    text_add_string(text, "},\"next_post_id\":\"\",\"prev_post_id\":\"\",");
    if (!is_old(standin))
        text_add_string(text, "\"first_inaccessible_post_time\":0,");
    text_add_string(text, "\"matches\":null}");
}

static void search(const struct standin *standin, struct exchange *exchange,
                   const struct team *team, const json_t *json)
{
    const struct post **found = mem_new_array(standin->model.post_count, sizeof(struct post *));
    struct query query = { .asker = exchange->user,
                           .team = team,
                           .any = json_is_true(json_object_get(json, "is_or_search")) };
    size_t count = 0;

    read_terms(&query, &standin->model, json_string_value(json_object_get(json, "terms")));
    /* a search of the database has one page */
    if (json_number_value(json_object_get(json, "page")) <= 0)
        count = find(standin, &query, found);
    exchange->status = 200;
    exchange_add_header(exchange, "Cache-Control", "no-cache, no-store, must-revalidate");
    write_found(standin, &exchange->reply, found, count);
    free_query(&query);
    free(found);
}

void search_posts(struct standin *standin, struct exchange *exchange,
                  const struct captures *captures)
{
    const char *id = captures->values[0];
    const struct team *team = map_find(&standin->model.teams, id, strlen(id));

    if (away_refuses(standin, exchange, AWAY_CALL_LISTING, ""))
        return;
    if (!team || !map_find(&team->members, exchange->user->id, ID_LENGTH)) {
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
        return;
    }
    json_t *json = api_read_json(exchange);
    const char *terms = json_string_value(json_object_get(json, "terms"));
    if (terms && *terms)
        search(standin, exchange, team, json);
    else
        refuse(exchange, REFUSED_BAD_BODY, "terms");
    json_decref(json);
}
