#include "worker/demo/standin_model.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/demo/standin_files.h"

static const char id_letters[] = "ybndrfg8ejkmcpqxot1uwisza345h769";

void model_init(struct model *model, enum standin_version version, uint64_t seed, wall_ms now)
{
    *model = (struct model){ .version = version, .now = now, .random = random_of(seed) };
}

static void free_team(struct team *team)
{
    map_free(&team->members);
    free(team->name);
    free(team->display_name);
    free(team);
}

static void free_channel(struct channel *channel)
{
    struct map_entry entry;

    for (size_t at = 0; map_next(&channel->members, &at, &entry);)
        free(entry.value);
    map_free(&channel->members);
    free(channel->name);
    free(channel->display_name);
    free(channel->posts);
    free(channel);
}

void model_free(struct model *model)
{
    struct map_entry entry;

    for (size_t at = 0; map_next(&model->posts_by_id, &at, &entry);)
        model_free_post(entry.value);
    free(model->posts);
    files_free(model);
    for (size_t at = 0; map_next(&model->channels, &at, &entry);)
        free_channel(entry.value);
    for (size_t at = 0; map_next(&model->teams, &at, &entry);)
        free_team(entry.value);
    for (size_t at = 0; map_next(&model->tokens, &at, &entry);)
        free(entry.value);
    for (size_t at = 0; map_next(&model->users, &at, &entry);) {
        free(((struct user *)entry.value)->username);
        free(entry.value);
    }
    map_free(&model->posts_by_id);
    map_free(&model->channels);
    map_free(&model->teams);
    map_free(&model->tokens);
    map_free(&model->users);
    map_free(&model->users_by_name);
}

void model_new_id(struct model *model, char ret[static ID_SIZE])
{
    enum { BITS = 5, LETTERS_A_NUMBER = 12 };
    uint64_t bits = 0;

    for (size_t i = 0; i < ID_LENGTH; i++) {
        if (i % LETTERS_A_NUMBER == 0)
            bits = random_next(&model->random);
        ret[i] = id_letters[bits & ((1U << BITS) - 1)];
        bits >>= BITS;
    }
    ret[ID_LENGTH] = '\0';
}

bool model_is_id(const char *string)
{
    static const char alphanumeric[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    return strlen(string) == ID_LENGTH && strspn(string, alphanumeric) == ID_LENGTH;
}

/* Takes over a wanted id that is free, or makes one. */
static void set_id(struct model *model, const struct map *known, const char *wanted,
                   char ret[static ID_SIZE])
{
    if (wanted && model_is_id(wanted) && !map_find(known, wanted, ID_LENGTH))
        memcpy(ret, wanted, ID_SIZE);
    else
        model_new_id(model, ret);
}

struct user *model_find_user(const struct model *model, const char *username)
{
    return map_find(&model->users_by_name, username, strlen(username));
}

struct user *model_user(struct model *model, const char *id, const char *username, bool is_bot)
{
    struct user *user = model_find_user(model, username);

    if (user)
        return user;
    user = mem_new(sizeof(*user));
    *user = (struct user){ .username = mem_string(username),
                           .is_bot = is_bot,
                           .active = true,
                           .create_at = model->now,
                           .update_at = model->now };
    set_id(model, &model->users, id, user->id);
    map_put(&model->users, user->id, ID_LENGTH, user);
    map_put(&model->users_by_name, username, strlen(username), user);
    return user;
}

void model_set_token(struct model *model, const char *token, struct user *user, bool active)
{
    struct token *known = map_find(&model->tokens, token, strlen(token));

    if (!known) {
        known = mem_new(sizeof(*known));
        map_put(&model->tokens, token, strlen(token), known);
    }
    *known = (struct token){ .user = user, .active = active };
}

struct token *model_find_token(const struct model *model, const char *token)
{
    struct token *known = map_find(&model->tokens, token, strlen(token));

    return known && known->active && known->user->active ? known : NULL;
}

struct team *model_find_team(const struct model *model, const char *name)
{
    struct map_entry entry;

    for (size_t at = 0; map_next(&model->teams, &at, &entry);) {
        struct team *team = entry.value;
        if (strcmp(team->name, name) == 0)
            return team;
    }
    return NULL;
}

struct team *model_team(struct model *model, const struct team_wish *wish)
{
    struct team *team = model_find_team(model, wish->name);

    if (team)
        return team;
    team = mem_new(sizeof(*team));
    *team = (struct team){ .name = mem_string(wish->name),
                           .display_name = mem_string(wish->display_name),
                           .type = wish->type,
                           .create_at = model->now };
    set_id(model, &model->teams, wish->id, team->id);
    model_new_id(model, team->invite_id);
    map_put(&model->teams, team->id, ID_LENGTH, team);
    model_channel(model, &(struct channel_wish){ .name = "town-square",
                                                 .display_name = "Town Square",
                                                 .team = team,
                                                 .type = 'O' });
    model_channel(
        model, &(struct channel_wish){
                   .name = "off-topic", .display_name = "Off-Topic", .team = team, .type = 'O' });
    return team;
}

void model_set_team_member(struct model *model, struct team *team, struct user *user, bool in)
{
    struct map_entry entry;
    bool was_in = map_find(&team->members, user->id, ID_LENGTH);

    if (was_in == in)
        return;
    if (in)
        map_put(&team->members, user->id, ID_LENGTH, user);
    else
        map_take(&team->members, user->id, ID_LENGTH);
    for (size_t at = 0; map_next(&model->channels, &at, &entry);) {
        struct channel *channel = entry.value;
        if (channel->team == team && (!in || !*channel->creator_id))
            model_set_member(model, channel, user, in);
    }
}

struct channel *model_find_channel_id(const struct model *model, const char *id)
{
    return map_find(&model->channels, id, strlen(id));
}

struct channel *model_find_channel(const struct model *model, const struct team *team,
                                   const char *name)
{
    struct map_entry entry;

    for (size_t at = 0; map_next(&model->channels, &at, &entry);) {
        struct channel *channel = entry.value;
        if (channel->team == team && strcmp(channel->name, name) == 0)
            return channel;
    }
    return NULL;
}

struct channel *model_channel(struct model *model, const struct channel_wish *wish)
{
    struct channel *channel = model_find_channel(model, wish->team, wish->name);

    if (channel) {
        channel->type = wish->type;
        channel->update_at = model->now;
        return channel;
    }
    channel = mem_new(sizeof(*channel));
    *channel = (struct channel){ .team = wish->team,
                                 .name = mem_string(wish->name),
                                 .display_name = mem_string(wish->display_name),
                                 .type = wish->type,
                                 .create_at = model->now,
                                 .update_at = model->now };
    set_id(model, &model->channels, wish->id, channel->id);
    if (wish->creator)
        memcpy(channel->creator_id, wish->creator->id, ID_SIZE);
    map_put(&model->channels, channel->id, ID_LENGTH, channel);
    return channel;
}

struct member *model_find_member(const struct channel *channel, const struct user *user)
{
    return map_find(&channel->members, user->id, ID_LENGTH);
}

void model_set_member(struct model *model, struct channel *channel, struct user *user, bool in)
{
    if (!in) {
        free(map_take(&channel->members, user->id, ID_LENGTH));
        return;
    }
    if (model_find_member(channel, user))
        return;
    if (channel->team)
        model_set_team_member(model, channel->team, user, true);
    if (model_find_member(channel, user))
        return; /* it was one of the channels that come with the team */
    struct member *member = mem_new(sizeof(*member));
    *member = (struct member){ .user = user, .joined_at = model->now };
    map_put(&channel->members, user->id, ID_LENGTH, member);
}

void model_archive(struct model *model, struct channel *channel, bool archived)
{
    channel->delete_at = archived ? model->now : 0;
    channel->update_at = model->now;
}

bool model_may_read(const struct channel *channel, const struct user *user)
{
    if (model_find_member(channel, user))
        return true;
    return channel->type == 'O' && channel->team &&
           map_find(&channel->team->members, user->id, ID_LENGTH);
}
