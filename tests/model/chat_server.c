#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/model/chat.h"

#define NO_PERMISSION "api.context.permissions.app_error"
#define ROOT_REFUSED  "api.post.create_post.root_id.app_error"
#define NO_POST       "app.post.get.app_error"

static struct chat_answer refuse(int status, const char *error_id)
{
    return (struct chat_answer){
        .status = status,
        .body = mem_printf("{\"id\":\"%s\",\"message\":\"\",\"status_code\":%d}", error_id, status)
    };
}

static struct chat_answer show(char *body)
{
    return (struct chat_answer){ .status = 200, .body = body };
}

int chat_find_post(const struct chat *chat, const char *id)
{
    for (int i = 0; i < chat->post_count; i++)
        if (strncmp(chat->posts[i].id, id, 26) == 0)
            return i;
    return -1;
}

static bool is_without_database(const struct chat *chat)
{
    return chat->now.mono < chat->without_database_until;
}

static bool is_archived(const struct chat *chat)
{
    return chat->now.mono < chat->archived_until;
}

/* ---- posting ---- */

static const char *string_of(const json_t *object, const char *name)
{
    const char *string = json_string_value(json_object_get(object, name));

    return string ? string : "";
}

struct chat_wish chat_read_wish(struct chat *chat, const struct ask *ask)
{
    json_t *json = json_loadb(ask->body, ask->body_length, 0, NULL);
    const json_t *mark = json_object_get(json_object_get(json, "props"), "ireserve");
    const char *message = string_of(mark, "message");
    const char *root = string_of(json, "root_id");
    struct chat_wish wish = { .post = { .root = -1, .message = -1 } };

    wish.post.talk = chat_talk_of(string_of(mark, "conversation"));
    wish.post.record =
        chat_find_record(chat, chat_number_behind(string_of(mark, "record"), "in/0/"));
    wish.post.part = (unsigned)json_integer_value(json_object_get(mark, "part"));
    wish.post.has_files = json_array_size(json_object_get(json, "file_ids")) > 0;
    if (*message)
        wish.post.message = chat_message_of(message);
    if (*root)
        wish.post.root = chat_find_post(chat, root);
    if (ask->purpose == ASK_TO_POST) {
        must(strcmp(string_of(json, "channel_id"), CHAT_CHANNEL) == 0);
        must(!*root == (wish.post.message < 0) && (!*root || wish.post.root >= 0));
    }
    (void)snprintf(wish.pending_id, sizeof(wish.pending_id), "%s",
                   string_of(json, "pending_post_id"));
    json_decref(json);
    return wish;
}

/* The post that was made under the same pending id a while ago; -1: there is none. */
static int find_guarded(const struct chat *chat, const char *pending_id)
{
    for (int i = 0; i < CHAT_GUARDS; i++) {
        const struct chat_guard *guard = &chat->guards[i];
        if (strcmp(guard->pending_id, pending_id) == 0 &&
            chat->now.mono - guard->at < chat->ways.guard_ms)
            return guard->post;
    }
    return -1;
}

static int make_post(struct chat *chat, const struct chat_wish *wish)
{
    int number = chat->post_count++;
    struct chat_post *post = &chat->posts[number];

    must(number < CHAT_POSTS);
    *post = wish->post;
    (void)snprintf(post->id, sizeof(post->id), "p%025d", number);
    post->created_at = chat->now.wall + chat->ways.skew;
    struct chat_guard *guard = &chat->guards[chat->guard_count++ % CHAT_GUARDS];
    *guard = (struct chat_guard){ .post = number, .at = chat->now.mono };
    memcpy(guard->pending_id, wish->pending_id, sizeof(guard->pending_id));
    return number;
}

static struct chat_answer echo(const struct chat *chat, int number, const struct ask *ask)
{
    json_t *json = json_loadb(ask->body, ask->body_length, 0, NULL);

    must(json_object_set_new(json, "id", json_string(chat->posts[number].id)) == 0);
    char *body = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return (struct chat_answer){ .status = 201, .body = body };
}

/* What the server refuses whatever the post is; NULL: nothing. */
static const char *refusal_of_all(const struct chat *chat, bool is_reply)
{
    if (is_without_database(chat))
        return is_reply ? ROOT_REFUSED : NO_PERMISSION;
    return is_archived(chat) ? "api.post.create_post.can_not_post_to_deleted.error" : NULL;
}

/* What it refuses of a new post; NULL: nothing. */
static const char *refusal_of_new(const struct chat *chat, const struct chat_wish *wish)
{
    if (wish->post.root < 0)
        return NULL;
    if (chat->records[wish->post.record].is_refused)
        return "model.post.is_valid.props.app_error";
    return chat->posts[wish->post.root].is_dead ? ROOT_REFUSED : NULL;
}

/* Nobody knows that it is there. */
static void note_unseen(struct chat *chat, const struct chat_post *post)
{
    struct chat_talk *talk = &chat->talks[post->talk];

    if (post->message >= 0)
        talk->messages[post->message].may_be_double = true;
    else
        talk->roots_may_be_double = true;
}

/* `ask` NULL: nobody waits for the answer. */
struct chat_answer chat_post_it(struct chat *chat, const struct chat_wish *wish,
                                const struct ask *ask)
{
    const char *refusal = refusal_of_all(chat, wish->post.root >= 0);
    int number = find_guarded(chat, wish->pending_id);

    if (refusal)
        return refuse(strcmp(refusal, NO_PERMISSION) == 0 ? 403 : 400, refusal);
    if (number >= 0 && chat->posts[number].is_dead)
        return refuse(500, "api.post.deduplicate_create_post.failed_to_get");
    if (number < 0) {
        refusal = refusal_of_new(chat, wish);
        if (refusal)
            return refuse(400, refusal);
        number = make_post(chat, wish);
        if (!ask)
            note_unseen(chat, &chat->posts[number]);
        chat_claim_post(chat, &chat->posts[number], !ask);
    }
    return ask ? echo(chat, number, ask) : show(NULL);
}

/* ---- changing ---- */

static void kill_post(struct chat *chat, int number, bool by_person)
{
    for (int i = 0; i < chat->post_count; i++) {
        struct chat_post *post = &chat->posts[i];
        if (post->is_dead || (i != number && post->root != number))
            continue;
        post->is_dead = true;
        post->dead_since = chat->post_count;
        if (by_person && post->message >= 0 && !post->is_foreign)
            chat->talks[post->talk].messages[post->message].was_killed = true;
    }
}

static void patch(struct chat *chat, struct chat_post *post, const struct ask *ask)
{
    const struct chat_wish wish = chat_read_wish(chat, ask);

    must(wish.post.message == post->message && wish.post.talk == post->talk);
    post->record = wish.post.record;
    post->part = wish.post.part;
}

static bool is_too_old(const struct chat *chat, const struct chat_post *post)
{
    return chat->ways.edit_ms > 0 &&
           chat->now.wall + chat->ways.skew - post->created_at > chat->ways.edit_ms;
}

static struct chat_answer change(struct chat *chat, const struct ask *ask, int number)
{
    struct chat_post *post = &chat->posts[number];

    if (is_without_database(chat) || number < 0 || post->is_dead)
        return refuse(403, NO_PERMISSION);
    if (is_archived(chat))
        return refuse(400, "api.post.patch_post.can_not_update_post_in_deleted.error");
    must(post->message >= 0 && !post->is_foreign);
    if (ask->method == ASK_DELETE) {
        must(chat->talks[post->talk].messages[post->message].is_deleted);
        kill_post(chat, number, false);
        return show(mem_string("{\"status\":\"OK\"}"));
    }
    if (is_too_old(chat, post))
        return refuse(400, "api.post.update_post.permissions_time_limit.app_error");
    patch(chat, post, ask);
    return show(chat_show_post(chat, number));
}

static struct chat_answer react(const struct chat *chat)
{
    return is_without_database(chat) || is_archived(chat) ? refuse(403, NO_PERMISSION)
                                                          : show(mem_string("{}"));
}

/* ---- everything else ---- */

static bool begins(const struct ask *ask, const char *path)
{
    return strncmp(ask->path, path, strlen(path)) == 0;
}

static struct chat_answer serve_posts(struct chat *chat, const struct ask *ask)
{
    int number = chat_find_post(chat, ask->path + strlen("/posts/"));

    if (ask->method != ASK_GET)
        return change(chat, ask, number);
    if (is_without_database(chat))
        return refuse(500, NO_POST);
    if (number < 0 || chat->posts[number].is_dead)
        return refuse(404, NO_POST);
    if (strstr(ask->path, "/thread"))
        return show(chat_show_thread(chat, number, ask->path));
    return show(chat_show_post(chat, number));
}

/* The channel, or the bot's membership of it. */
static struct chat_answer serve_channel(struct chat *chat, const struct ask *ask)
{
    if (is_without_database(chat) && chat_chance(chat, 50))
        return refuse(500, "app.channel.get.find.app_error");
    if (begins(ask, "/channels/" CHAT_CHANNEL "/members"))
        return show(mem_string("{\"channel_id\":\"" CHAT_CHANNEL "\"}"));
    return show(mem_printf("{\"id\":\"" CHAT_CHANNEL "\",\"team_id\":\"" CHAT_TEAM
                           "\",\"delete_at\":%d}",
                           is_archived(chat)));
}

struct chat_answer chat_serve(struct chat *chat, const struct ask *ask)
{
    if (begins(ask, "/posts/"))
        return serve_posts(chat, ask);
    if (begins(ask, "/reactions") || begins(ask, "/users/" CHAT_BOT))
        return react(chat);
    if (strcmp(ask->path, "/channels/" CHAT_CHANNEL) == 0 ||
        begins(ask, "/channels/" CHAT_CHANNEL "/members"))
        return serve_channel(chat, ask);
    if (is_without_database(chat))
        return refuse(500, "app.away.app_error");
    if (strcmp(ask->path, "/users/me") == 0)
        return show(mem_string("{\"id\":\"" CHAT_BOT "\"}"));
    if (begins(ask, "/channels/" CHAT_CHANNEL "/posts?"))
        return show(chat_show_channel(chat));
    must(strcmp(ask->path, "/teams/" CHAT_TEAM "/posts/search") == 0);
    return show(chat_show_search(chat, ask->body, ask->body_length));
}

/* ---- people ---- */

static void forge(struct chat *chat)
{
    struct chat_wish wish = { .post = { .root = -1, .message = -1, .is_foreign = true } };

    wish.post.talk = (int)random_between(chat->random, 0, CHAT_TALKS - 1);
    (void)make_post(chat, &wish);
}

void chat_meddle(struct chat *chat)
{
    if (chat->post_count == 0)
        return;
    int number = (int)random_between(chat->random, 0, chat->post_count - 1);
    if (chat_chance(chat, 30))
        forge(chat);
    else if (!chat->posts[number].is_dead &&
             (chat->posts[number].root < 0 || chat_chance(chat, 30)))
        kill_post(chat, number, true);
}
