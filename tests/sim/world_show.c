/*
 * Mattermost: what it shows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "common/text.h"
#include "tests/sim/world_inner.h"
#include "worker/core/peek.h"
#include "worker/core/search_word.h"

enum { MAX_BYTES = 4 * 1024 * 1024, PAGE = 3, WHOLE_PAGE = 200 };

#define TEAM    "tttttttttttttttttttttttttt"
#define NO_POST "app.post.get.app_error"

/* Which posts are listed. */
struct list {
    const struct world *world;
    int channel;      /* -1: any */
    int root;         /* -1: any */
    bool roots_alone; /* of the conversation with this word: */
    const char *word;
    int above; /* number of the post that is the first of those that come no more */
    int most;
};

static void add_mark(const struct world_post *post, struct text *json)
{
    const struct world_record *record = post->record;
    const struct integration *integration = &world_integrations.list[post->channel / 2];

    text_printf(json, "{\"licence\":\"%s\",\"part\":%u", integration->licence, post->part);
    if (record)
        text_printf(json, ",\"event\":\"urn:x|e-%d-%" PRId64 "\"", record->partition,
                    record->offset);
    if (post->talk >= 0)
        text_printf(json, ",\"conversation\":\"c-%d\"", post->talk);
    if (post->message >= 0)
        text_printf(json, ",\"message\":\"m-%d\"", post->message);
    text_add_char(json, '}');
}

static void add_post(const struct world *world, int number, struct text *json)
{
    const struct world_post *post = &world->posts[number];
    char channel[27];
    char user[27] = "ssssssssssssssssssssssssss";

    world_name_channel(post->channel, channel);
    if (post->record)
        world_name_bot(post->channel / 2, user);
    text_printf(json,
                "{\"id\":\"%s\",\"root_id\":\"%s\",\"channel_id\":\"%s\",\"user_id\":\"%s\","
                "\"create_at\":%" PRId64 ",\"delete_at\":0,\"message\":\"Hoi\",\"file_ids\":[%s],"
                "\"props\":{\"ireserve\":",
                post->id, post->root < 0 ? "" : world->posts[post->root].id, channel, user,
                post->created_at, post->has_files ? "\"f\"" : "");
    add_mark(post, json);
    text_add_string(json, "}}");
}

char *world_show_post(const struct world *world, int number)
{
    struct text json = text_of(MAX_BYTES);

    add_post(world, number, &json);
    return text_take(&json);
}

/* ---- lists ---- */

/* Lists are read from a replica, which lags behind. */
static mono_ms time_of_replica(const struct world *world)
{
    bool lags = !world->healed && plan_has(&world->plan, FAULT_REPLICAS);

    return world->now.mono - (lags ? world->plan.lag_ms : 0);
}

static bool is_seen(const struct list *list, const struct world_post *post)
{
    mono_ms when = time_of_replica(list->world);

    return post->made_at <= when && !(post->is_dead && post->dead_at <= when);
}

static bool has_word(const struct world_post *post, const char *wanted)
{
    char id[16];
    char word[SEARCH_WORD_SIZE];

    if (post->talk < 0 || post->root >= 0)
        return false;
    (void)snprintf(id, sizeof(id), "c-%d", post->talk);
    (void)search_word_of(id, word);
    return strcmp(word, wanted) == 0;
}

static bool is_listed(const struct list *list, const struct world_post *post)
{
    if (list->channel >= 0 && post->channel != list->channel)
        return false;
    if (list->root >= 0 && post->root != list->root)
        return false;
    if (list->word && !has_word(post, list->word))
        return false;
    return is_seen(list, post);
}

static void add_member(const struct world *world, int number, struct text *order, struct text *json)
{
    if (order->length > 0) {
        text_add_char(order, ',');
        text_add_char(json, ',');
    }
    text_printf(order, "\"%s\"", world->posts[number].id);
    text_printf(json, "\"%s\":", world->posts[number].id);
    add_post(world, number, json);
}

/* From the newest on; a thread's root comes with each page. */
static struct world_said show_list(const struct list *list)
{
    const struct world *world = list->world;
    AUTO(text_free) struct text order = text_of(MAX_BYTES);
    AUTO(text_free) struct text json = text_of(MAX_BYTES);
    int left = list->most;
    bool has_next = false;

    if (list->root >= 0)
        add_member(world, list->root, &order, &json);
    for (int i = list->above; i > 0 && !has_next; i--) {
        if (!is_listed(list, &world->posts[i - 1]))
            continue;
        has_next = left == 0;
        if (!has_next)
            add_member(world, i - 1, &order, &json);
        left--;
    }
    return world_say(200, mem_printf("{\"order\":[%s],\"posts\":{%s},\"has_next\":%s}",
                                     order.length ? text_string(&order) : "",
                                     json.length ? text_string(&json) : "",
                                     has_next ? "true" : "false"));
}

/* The number of the post that the path names behind a word; all posts: it names none. */
static int read_from(const struct world *world, const char *path, const char *word)
{
    const char *from = strstr(path, word);
    int number = from ? world_find_post(world, from + strlen(word)) : world->post_count;

    must(number >= 0);
    return number;
}

static struct list list_of(const struct world *world, int most)
{
    return (struct list){ .world = world,
                          .channel = -1,
                          .root = -1,
                          .above = world->post_count,
                          .most = world->plan.pages ? PAGE : most };
}

static struct world_said show_thread(const struct world *world, int root, const char *path)
{
    struct list list = list_of(world, WORLD_POSTS);

    must(world->posts[root].root < 0);
    list.root = root;
    list.above = read_from(world, path, "fromPost=");
    return show_list(&list);
}

/* The newest roots are looked for in one page; notifications, page by page. */
static struct world_said show_channel(const struct world *world, int channel, const char *path)
{
    struct list list = list_of(world, WHOLE_PAGE);
    bool is_of_notices = channel % 2 == 1;

    if (!is_of_notices)
        list.most = WHOLE_PAGE;
    list.channel = channel;
    list.above = read_from(world, path, "before=");
    return show_list(&list);
}

static struct world_said show_search(const struct world *world, const struct ask *ask)
{
    struct list list = list_of(world, WORLD_POSTS);
    struct peek terms;
    const struct peek_wanted wanted[] = { { "terms", &terms } };
    char word[64];

    list.most = WORLD_POSTS;
    must(peek_members(peek_at(ask->body, ask->body_length), wanted, 1));
    must(peek_string(terms, word, sizeof(word)));
    list.word = word;
    return show_list(&list);
}

/* ---- what else there is ---- */

static bool begins(const struct ask *ask, const char *path)
{
    return strncmp(ask->path, path, strlen(path)) == 0;
}

static struct world_said show_posts(const struct world *world, const struct ask *ask)
{
    int number = world_find_post(world, ask->path + strlen("/posts/"));

    if (number < 0 || world->posts[number].is_dead)
        return world_refuse(404, NO_POST);
    if (strstr(ask->path, "/thread"))
        return show_thread(world, number, ask->path);
    return world_say(200, world_show_post(world, number));
}

/* A channel, or the bot's membership of it. */
static struct world_said show_room(const struct world *world, const char *path)
{
    char id[27] = "";

    (void)snprintf(id, sizeof(id), "%s", path + strlen("/channels/"));
    const struct world_channel *channel = &world->channels[world_channel_of(id)];
    bool is_closed = world->now.mono < channel->closed_until;

    if (strstr(path, "/members") && is_closed && !channel->is_archived)
        return world_refuse(404, "app.channel.get_member.missing.app_error");
    if (strstr(path, "/members"))
        return world_say(200, mem_printf("{\"channel_id\":\"%s\"}", id));
    return world_say(200, mem_printf("{\"id\":\"%s\",\"team_id\":\"" TEAM "\",\"delete_at\":%d}",
                                     id, is_closed && channel->is_archived));
}

static struct world_said show_without_database(const struct world *world, const struct ask *ask,
                                               int server)
{
    bool is_room = begins(ask, "/channels/") && !strstr(ask->path, "/posts");

    if (is_room && world->servers[server].shows_channels)
        return show_room(world, ask->path);
    return world_refuse(500, "app.away.app_error");
}

/* Whether the asking record was refused for a reason that has gone, or is not told. */
static bool takes_back_refusal(struct world *world, const struct ask *ask)
{
    const struct delivery *delivery = ask->owner;
    struct world_record *record = world_record_of(world, delivery->record);
    bool was_refused = ask->purpose == ASK_TO_CHECK && record->was_refused_by_chance;

    if (was_refused)
        record->was_refused_by_chance = false;
    return was_refused;
}

static struct world_said show_bot(int licence)
{
    char bot[27];

    world_name_bot(licence, bot);
    return world_say(200, mem_printf("{\"id\":\"%s\"}", bot));
}

struct world_said world_show(struct world *world, const struct ask *ask, int licence)
{
    if (takes_back_refusal(world, ask))
        return world_refuse(500, "app.away.app_error");
    if (world_is_without_database(world, world_server_of(licence)))
        return show_without_database(world, ask, world_server_of(licence));
    if (begins(ask, "/posts/"))
        return show_posts(world, ask);
    if (strcmp(ask->path, "/users/me") == 0)
        return show_bot(licence);
    if (begins(ask, "/channels/") && strstr(ask->path, "/posts?")) {
        char id[27];
        (void)snprintf(id, sizeof(id), "%s", ask->path + strlen("/channels/"));
        return show_channel(world, world_channel_of(id), ask->path);
    }
    if (begins(ask, "/channels/"))
        return show_room(world, ask->path);
    must(strcmp(ask->path, "/teams/" TEAM "/posts/search") == 0);
    return show_search(world, ask);
}
