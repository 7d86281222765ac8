/* Making accounts, teams and channels from JSON. */
#include <stddef.h>
#include <string.h>

#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"

static const char *member_string(const json_t *json, const char *name, const char *otherwise)
{
    const char *string = json_string_value(json_object_get(json, name));

    return string ? string : otherwise;
}

struct channel *setup_find_channel(const struct model *model, const char *name)
{
    struct channel *channel = model_find_channel_id(model, name);
    const char *slash = strchr(name, '/');
    struct map_entry entry;

    if (channel)
        return channel;
    for (size_t at = 0; map_next(&model->channels, &at, &entry);) {
        struct channel *each = entry.value;
        const char *team = each->team ? each->team->name : "";
        size_t length = slash ? (size_t)(slash - name) : 0;

        if (strcmp(each->name, slash ? slash + 1 : name) == 0 &&
            (!slash || (strlen(team) == length && strncmp(team, name, length) == 0)))
            return each;
    }
    return NULL;
}

static void write_id(struct text *text, const char *name, const char *id)
{
    if (text->bytes[text->length - 1] != '{')
        text_add_char(text, ',');
    gojson_write_string(text, name);
    text_add_char(text, ':');
    gojson_write_string(text, id);
}

static int make_users(struct standin *standin, const json_t *list, bool bots, struct text *ret,
                      struct fault *reterr)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *json = json_array_get(list, i);
        const char *name = member_string(json, "username", NULL);
        const char *token = member_string(json, "token", NULL);

        if (!name) {
            fault_set(reterr, "an account of the set-up has no username");
            return -1;
        }
        struct user *user =
            model_user(&standin->model, member_string(json, "id", NULL), name, bots);
        if (token)
            model_set_token(&standin->model, token, user, true);
        write_id(ret, name, user->id);
    }
    return 0;
}

static int make_teams(struct standin *standin, const json_t *list, struct text *ret,
                      struct fault *reterr)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *json = json_array_get(list, i);
        const char *name = member_string(json, "name", NULL);

        if (!name) {
            fault_set(reterr, "a team of the set-up has no name");
            return -1;
        }
        const struct team_wish wish = { .id = member_string(json, "id", NULL),
                                        .name = name,
                                        .display_name = member_string(json, "display_name", name),
                                        .type = *member_string(json, "type", "O") };
        const struct team *team = model_team(&standin->model, &wish);
        write_id(ret, name, team->id);
    }
    return 0;
}

static int join(struct standin *standin, struct channel *channel, const json_t *members,
                struct fault *reterr)
{
    for (size_t i = 0; i < json_array_size(members); i++) {
        const char *name = json_string_value(json_array_get(members, i));
        struct user *user = name ? model_find_user(&standin->model, name) : NULL;

        if (!user) {
            fault_set(reterr, "channel %s has a member that is no account", channel->name);
            return -1;
        }
        model_set_member(&standin->model, channel, user, true);
    }
    return 0;
}

static int make_channel(struct standin *standin, const json_t *json, struct text *ret,
                        struct fault *reterr)
{
    const char *name = member_string(json, "name", NULL);
    const char *team_name = member_string(json, "team", NULL);
    const json_t *members = json_object_get(json, "members");
    const char *creator = json_string_value(json_array_get(members, 0));
    struct channel_wish wish = { .id = member_string(json, "id", NULL),
                                 .name = name,
                                 .display_name = member_string(json, "display_name", name),
                                 .type = *member_string(json, "type", "O") };

    wish.team = team_name ? model_find_team(&standin->model, team_name) : NULL;
    wish.creator = creator ? model_find_user(&standin->model, creator) : NULL;
    if (!name || (!wish.team && wish.type != 'D')) {
        fault_set(reterr, "a channel of the set-up has no name, or no team of the set-up");
        return -1;
    }
    if (!wish.creator)
        wish.creator = model_user(&standin->model, NULL, "beheer", false);
    struct channel *channel = model_channel(&standin->model, &wish);
    if (join(standin, channel, members, reterr) != 0)
        return -1;
    if (json_object_get(json, "archived"))
        model_archive(&standin->model, channel, json_is_true(json_object_get(json, "archived")));
    write_id(ret, name, channel->id);
    return 0;
}

static void set_limiter(struct standin *standin, const json_t *json)
{
    struct limiter *limiter = &standin->limiter;

    limiter_clear(limiter);
    limiter->per_second = (int64_t)json_number_value(json_object_get(json, "per_second"));
    limiter->burst = (int64_t)json_number_value(json_object_get(json, "burst"));
    limiter->by_address = json_is_true(json_object_get(json, "by_address"));
    limiter->by_user = json_is_true(json_object_get(json, "by_user"));
}

/* A setting that is a number or a flag. */
struct setting {
    const char *name;
    size_t offset;
    bool is_flag;
};

#define SETTING(name, is_flag)                                \
    {                                                         \
#name, offsetof(struct standin_config, name), is_flag \
    }

static const struct setting settings[] = {
    SETTING(max_post_size, false), SETTING(max_payload_bytes, false), SETTING(max_file_size, false),
    SETTING(max_reactions, false), SETTING(file_attachments, true),   SETTING(post_priority, true),
};

static void configure(struct standin *standin, const json_t *json)
{
    const json_t *limit = json_object_get(json, "rate_limit");
    const char *proxy = json_string_value(json_object_get(json, "proxy_header"));

    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        const json_t *value = json_object_get(json, settings[i].name);
        void *place = (char *)&standin->config + settings[i].offset;

        if (value && settings[i].is_flag)
            *(bool *)place = json_is_true(value);
        else if (value)
            *(int64_t *)place = (int64_t)json_number_value(value);
    }
    if (limit)
        set_limiter(standin, limit);
    if (proxy && strlen(proxy) < sizeof(standin->config.proxy_header))
        memcpy(standin->config.proxy_header, proxy, strlen(proxy) + 1);
}

int setup_apply(struct standin *standin, const json_t *json, struct text *ret, struct fault *reterr)
{
    const json_t *channels = json_object_get(json, "channels");

    configure(standin, json_object_get(json, "config"));
    text_add_string(ret, "{\"users\":{");
    if (make_users(standin, json_object_get(json, "bots"), true, ret, reterr) != 0 ||
        make_users(standin, json_object_get(json, "people"), false, ret, reterr) != 0)
        return -1;
    text_add_string(ret, "},\"teams\":{");
    if (make_teams(standin, json_object_get(json, "teams"), ret, reterr) != 0)
        return -1;
    text_add_string(ret, "},\"channels\":{");
    for (size_t i = 0; i < json_array_size(channels); i++)
        if (make_channel(standin, json_array_get(channels, i), ret, reterr) != 0)
            return -1;
    text_add_string(ret, "}}");
    return 0;
}
