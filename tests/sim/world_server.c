/*
 * Mattermost: what it posts and changes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/sim/world_inner.h"
#include "worker/core/peek.h"

#define NO_PERMISSION "api.context.permissions.app_error"
#define ROOT_REFUSED  "api.post.create_post.root_id.app_error"
#define ARCHIVED      "api.post.create_post.can_not_post_to_deleted.error"

struct world_said world_say(int status, char *body)
{
    return (struct world_said){ .kind = ANSWER_HTTP, .status = status, .body = body };
}

struct world_said world_refuse(int status, const char *error_id)
{
    return world_say(status, mem_printf("{\"id\":\"%s\",\"message\":\"\",\"status_code\":%d}",
                                        error_id, status));
}

/* A post's place by its id, which has its number in it; -1: there is none. */
int world_find_post(const struct world *world, const char *id)
{
    char *end;

    if (*id != 'p')
        return -1;
    int64_t number = strtoll(id + 1, &end, 10);
    return end == id + 26 && number < world->post_count ? (int)number : -1;
}

static int server_of(const struct world_post *post)
{
    return world_server_of(post->channel / 2);
}

bool world_is_without_database(const struct world *world, int server)
{
    return world->now.mono < world->servers[server].without_database_until;
}

bool world_is_closed(const struct world *world, int channel)
{
    return world->now.mono < world->channels[channel].closed_until;
}

/* ---- what is asked for ---- */

static void read_string(struct peek value, char *ret, size_t size)
{
    if (!peek_string(value, ret, size))
        *ret = '\0';
}

static struct world_record *read_record(struct world *world, struct peek value)
{
    char name[64];
    char *end;

    must(peek_string(value, name, sizeof(name)) && strncmp(name, "in/", 3) == 0);
    long partition = strtol(name + 3, &end, 10);
    must(*end == '/' && partition >= 0 && partition < WORLD_PARTITIONS);
    return world_find_record(world, (int)partition, world_number_behind(end, "/"));
}

static void read_mark(struct world *world, struct peek props, struct world_post *post)
{
    struct peek mark;
    struct peek record;
    struct peek part;
    struct peek conversation;
    struct peek message;
    const struct peek_wanted of_props[] = { { "ireserve", &mark } };
    const struct peek_wanted of_mark[] = { { "record", &record },
                                           { "part", &part },
                                           { "conversation", &conversation },
                                           { "message", &message } };
    char name[32];
    int64_t number = 0;

    must(peek_members(props, of_props, 1) && peek_members(mark, of_mark, 4));
    post->record = read_record(world, record);
    must(peek_integer(part, &number) && number >= 0 && number < WORLD_PARTS);
    post->part = (unsigned)number;
    post->talk = post->message = -1;
    if (peek_string(conversation, name, sizeof(name)))
        post->talk = (int)world_number_behind(name, "c-");
    if (peek_string(message, name, sizeof(name)))
        post->message = (int)world_number_behind(name, "m-");
    must(post->talk == post->record->talk);
}

struct world_wish world_read_wish(struct world *world, const struct ask *ask)
{
    struct peek props;
    struct peek channel;
    struct peek root;
    struct peek pending;
    struct peek files;
    const struct peek_wanted wanted[] = { { "props", &props },
                                          { "channel_id", &channel },
                                          { "root_id", &root },
                                          { "pending_post_id", &pending },
                                          { "file_ids", &files } };
    struct world_wish wish = { .post = { .root = -1 } };
    char id[32];

    must(peek_members(peek_at(ask->body, ask->body_length), wanted, 5));
    read_mark(world, props, &wish.post);
    wish.post.has_files = !peek_is_empty(files);
    read_string(root, id, sizeof(id));
    if (*id)
        wish.post.root = world_find_post(world, id);
    if (ask->purpose == ASK_TO_POST) {
        must(!*id || wish.post.root >= 0);
        must(!*id == (wish.post.message < 0));
        read_string(channel, id, sizeof(id));
        wish.post.channel = world_channel_of(id);
        must(world_integrations.list + wish.post.channel / 2 == ask->integration);
    }
    read_string(pending, wish.pending_id, sizeof(wish.pending_id));
    return wish;
}

/* ---- posting ---- */

/* The post that was made under the same pending id a while ago; -1: there is none. */
static int find_guarded(const struct world *world, const struct world_wish *wish)
{
    const struct world_server *server = &world->servers[server_of(&wish->post)];

    for (int i = 0; i < WORLD_GUARDS && i < server->guard_count; i++) {
        const struct world_guard *guard = &server->guards[i];
        if (world->now.mono - guard->at < world->plan.guard_ms &&
            strcmp(guard->pending_id, wish->pending_id) == 0)
            return guard->post;
    }
    return -1;
}

static int make_post(struct world *world, const struct world_wish *wish)
{
    int number = world->post_count++;
    struct world_post *post = &world->posts[number];
    struct world_server *server = &world->servers[server_of(&wish->post)];

    must(number < WORLD_POSTS);
    *post = wish->post;
    (void)snprintf(post->id, sizeof(post->id), "p%025d", number);
    post->made_at = world->now.mono;
    post->created_at = world->now.wall + world->plan.skew;
    struct world_guard *guard = &server->guards[server->guard_count++ % WORLD_GUARDS];
    *guard = (struct world_guard){ .post = number, .at = world->now.mono };
    memcpy(guard->pending_id, wish->pending_id, sizeof(guard->pending_id));
    return number;
}

/* Without its database a server says things that look as if they were for good. */
static struct world_said refuse_without_database(struct world *world, const struct world_wish *wish)
{
    const struct world_server *server = &world->servers[server_of(&wish->post)];

    if (wish->post.root >= 0)
        return world_refuse(400, ROOT_REFUSED);
    switch (random_between(&world->random, 0, server->shows_channels ? 2 : 3)) {
    case 0:
        return world_refuse(401, "api.context.session_expired.app_error");
    case 1:
        return world_refuse(400, "api.context.invalid_param.app_error");
    case 2:
        return world_refuse(403, NO_PERMISSION);
    default:
        wish->post.record->was_refused_by_chance = true;
        return world_refuse(400, "api.post.create_post.some.app_error");
    }
}

/* What is refused whatever the post is; its body NULL: nothing. */
static struct world_said refuse_all(struct world *world, const struct world_wish *wish)
{
    if (world_is_without_database(world, server_of(&wish->post)))
        return refuse_without_database(world, wish);
    if (!world_is_closed(world, wish->post.channel))
        return (struct world_said){ .body = NULL };
    return world->channels[wish->post.channel].is_archived ? world_refuse(400, ARCHIVED)
                                                           : world_refuse(403, NO_PERMISSION);
}

/* What it refuses of a new post; NULL: nothing. */
static const char *refusal_of_new(const struct world *world, const struct world_wish *wish)
{
    const struct world_post *post = &wish->post;
    bool is_root = post->talk >= 0 && post->root < 0;

    if (!is_root && post->record->is_refused)
        return "model.post.is_valid.props.app_error";
    if (post->root >= 0 && world->posts[post->root].is_dead)
        return ROOT_REFUSED;
    return NULL;
}

/* What the server has kept, as far as it is looked at. */
static struct world_said echo(const struct world *world, int number)
{
    return world_say(201, world_show_post(world, number));
}

struct world_said world_post_it(struct world *world, const struct world_wish *wish,
                                enum world_interest interest)
{
    struct world_said said = refuse_all(world, wish);
    int number;

    if (said.body)
        return said;
    number = find_guarded(world, wish);
    if (number >= 0 && world->posts[number].is_dead)
        return world_refuse(500, "api.post.deduplicate_create_post.failed_to_get");
    if (number < 0) {
        const char *refusal = refusal_of_new(world, wish);
        if (refusal)
            return world_refuse(400, refusal);
        number = make_post(world, wish);
        world->counts.posts++;
        world_settle(world, &world->partitions[wish->post.record->partition]);
        world_say_that(world, "post %d made: record %d/%d\n", number, wish->post.record->partition,
                       (int)wish->post.record->offset);
        world_claim_post(world, &world->posts[number], interest);
    }
    return interest == WORLD_POST_AWAITED ? echo(world, number) : said;
}

/* ---- changing ---- */

static void kill_post(struct world *world, int number, bool by_person)
{
    for (int i = 0; i < world->post_count; i++) {
        struct world_post *post = &world->posts[i];
        if (post->is_dead || (i != number && post->root != number))
            continue;
        world_say_that(world, "post %d deleted%s\n", i, by_person ? " by a person" : "");
        world->counts.deletions += by_person;
        post->is_dead = true;
        post->dead_at = world->now.mono;
        post->dead_since = world->post_count;
        if (by_person && post->message >= 0 && post->record)
            world->talks[post->talk].messages[post->message].was_killed = true;
    }
}

static bool is_too_old(const struct world *world, const struct world_post *post)
{
    return world->plan.edit_ms > 0 &&
           world->now.wall + world->plan.skew - post->created_at > world->plan.edit_ms;
}

/* What is emptied keeps its mark. */
static void patch(struct world *world, struct world_post *post, const struct ask *ask)
{
    if (!strstr(ask->body, "\"ireserve\""))
        return;
    const struct world_wish wish = world_read_wish(world, ask);

    must(wish.post.message == post->message && wish.post.talk == post->talk);
    post->record = wish.post.record;
    post->part = wish.post.part;
}

static struct world_said change(struct world *world, const struct ask *ask, int number)
{
    struct world_post *post = &world->posts[number];

    if (number < 0 || post->is_dead || world_is_without_database(world, server_of(post)))
        return world_refuse(403, NO_PERMISSION);
    if (world_is_closed(world, post->channel))
        return world_refuse(400, "api.post.patch_post.can_not_update_post_in_deleted.error");
    must(post->message >= 0 && post->record);
    if (ask->method == ASK_DELETE) {
        must(world->talks[post->talk].messages[post->message].is_deleted);
        kill_post(world, number, false);
        return world_say(200, mem_string("{\"status\":\"OK\"}"));
    }
    if (is_too_old(world, post))
        return world_refuse(400, "api.post.update_post.permissions_time_limit.app_error");
    patch(world, post, ask);
    return world_say(200, world_show_post(world, number));
}

struct world_said world_serve_request(struct world *world, const struct ask *ask)
{
    int licence = (int)(ask->integration - world_integrations.list);
    bool is_of_post = strncmp(ask->path, "/posts/", 7) == 0;
    bool is_mark =
        strncmp(ask->path, "/reactions", 10) == 0 || strncmp(ask->path, "/users/b", 8) == 0;

    if (is_of_post && ask->method != ASK_GET)
        return change(world, ask, world_find_post(world, ask->path + 7));
    if (!is_mark)
        return world_show(world, ask, licence);
    if (world_is_without_database(world, world_server_of(licence)) ||
        world_is_closed(world, 2 * licence))
        return world_refuse(403, NO_PERMISSION);
    return world_say(200, mem_string("{}"));
}

/* ---- people ---- */

static void forge(struct world *world)
{
    struct world_wish wish = { .post = { .root = -1, .message = -1, .part = 1 } };

    wish.post.talk = (int)random_between(&world->random, 0, WORLD_TALKS - 1);
    wish.post.channel = 2 * (wish.post.talk % WORLD_LICENCES);
    (void)make_post(world, &wish);
}

void world_meddle(struct world *world)
{
    if (world_chance(world, 30)) {
        forge(world);
        return;
    }
    if (world->post_count == 0)
        return;
    int number = (int)random_between(&world->random, 0, world->post_count - 1);
    const struct world_post *post = &world->posts[number];
    bool is_of_talk = post->talk >= 0;
    if (!post->is_dead && is_of_talk && (post->root < 0 || world_chance(world, 30)))
        kill_post(world, number, true);
}
