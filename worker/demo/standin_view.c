#include "worker/demo/standin_view.h"

#include "worker/demo/standin_files.h"
#include "worker/demo/standin_gojson.h"

static bool is_old(const struct model *model)
{
    return model->version == STANDIN_5_37;
}

static void number(struct text *text, const char *name, int64_t value)
{
    text_add_string(text, ",\"");
    text_add_string(text, name);
    text_add_string(text, "\":");
    text_add_int(text, value);
}

static void flag(struct text *text, const char *name, bool value)
{
    text_add_string(text, ",\"");
    text_add_string(text, name);
    text_add_string(text, value ? "\":true" : "\":false");
}

/* Begins a member, with a comma in front when needed. */
static void member(struct text *text, const char *name)
{
    text_printf(text, text->bytes[text->length - 1] == '{' ? "\"%s\":" : ",\"%s\":", name);
}

static void metadata(struct text *text, const struct model *model, const struct post *post,
                     enum view_of_post occasion)
{
    text_add_string(text, ",\"metadata\":{");
    if (post->shows_attachments) {
        member(text, "embeds");
        text_add_string(text, "[{\"type\":\"message_attachment\"}]");
    }
    if (post->file_count && !post->delete_at) {
        member(text, "files");
        files_write_infos(text, model, post);
    }
    if (post->reaction_count && !post->delete_at) {
        member(text, "reactions");
        view_reactions(text, model, post);
    }
    if (post->priority) {
        member(text, "priority");
        text_add_char(text, '{');
        text_add_string(text, post->priority);
        if (occasion != VIEW_CREATED) {
            gojson_write_member(text, "PostId", post->id);
            gojson_write_member(text, "ChannelId", post->channel->id);
        }
        text_add_char(text, '}');
    }
    text_add_char(text, '}');
}

static size_t replies_shown(const struct post *post, enum view_of_post occasion)
{
    if (occasion == VIEW_REPEATED || occasion == VIEW_LISTED || post->original)
        return 0;
    return post->root ? post->root->live_replies : post->live_replies;
}

static void head_of_post(struct text *text, const struct model *model, const struct post *post)
{
    const char *root_id = post->root ? post->root->id : "";

    text_add_char(text, '{');
    gojson_write_member(text, "id", post->id);
    number(text, "create_at", post->create_at);
    number(text, "update_at", post->update_at);
    number(text, "edit_at", post->edit_at);
    number(text, "delete_at", post->delete_at);
    flag(text, "is_pinned", post->is_pinned);
    gojson_write_member(text, "user_id", post->user->id);
    gojson_write_member(text, "channel_id", post->channel->id);
    gojson_write_member(text, "root_id", root_id);
    if (is_old(model))
        gojson_write_member(text, "parent_id", root_id);
    gojson_write_member(text, "original_id", post->original ? post->original->id : "");
}

/* The older server leaves out a list that is empty, the newer one has null for files it lost. */
static void file_ids(struct text *text, const struct model *model, const struct post *post)
{
    bool any = post->file_count && !post->delete_at;

    if (is_old(model) && !any)
        return;
    text_add_string(text, ",\"file_ids\":");
    if (any)
        files_write_ids(text, post);
    else
        text_add_string(text, post->file_ids_lost ? "null" : "[]");
}

void view_reaction(struct text *text, const struct model *model, const struct post *post,
                   const struct reaction *reaction)
{
    text_add_char(text, '{');
    gojson_write_member(text, "user_id", reaction->user->id);
    gojson_write_member(text, "post_id", post->id);
    gojson_write_member(text, "emoji_name", reaction->emoji_name);
    number(text, "create_at", reaction->create_at);
    number(text, "update_at", reaction->create_at);
    number(text, "delete_at", 0);
    gojson_write_member(text, "remote_id", "");
    if (!is_old(model))
        gojson_write_member(text, "channel_id", post->channel->id);
    text_add_char(text, '}');
}

void view_reactions(struct text *text, const struct model *model, const struct post *post)
{
    text_add_char(text, '[');
    for (size_t i = 0; i < post->reaction_count; i++) {
        if (i)
            text_add_char(text, ',');
        view_reaction(text, model, post, &post->reactions[i]);
    }
    text_add_char(text, ']');
}

void view_post(struct text *text, const struct model *model, const struct post *post,
               enum view_of_post occasion)
{
    bool old = is_old(model);

    head_of_post(text, model, post);
    gojson_write_member(text, "message", post->delete_at ? "" : post->message);
    gojson_write_member(text, "type", post->type);
    text_add_string(text, ",\"props\":");
    text_add_string(text, post->props);
    gojson_write_member(text, "hashtags", "");
    file_ids(text, model, post);
    gojson_write_member(text, "pending_post_id",
                        occasion == VIEW_CREATED ? post->pending_post_id : "");
    if (post->has_reactions)
        flag(text, "has_reactions", true);
    if (!old)
        gojson_write_member(text, "remote_id", "");
    number(text, "reply_count", (int64_t)replies_shown(post, occasion));
    number(text, "last_reply_at", 0);
    text_add_string(text, ",\"participants\":null");
    if (occasion != VIEW_REPEATED)
        metadata(text, model, post, occasion);
    text_add_char(text, '}');
}

void view_user(struct text *text, const struct model *model, const struct user *user)
{
    bool old = is_old(model);

    text_add_char(text, '{');
    gojson_write_member(text, "id", user->id);
    number(text, "create_at", user->create_at);
    number(text, "update_at", user->update_at);
    number(text, "delete_at", 0);
    gojson_write_member(text, "username", user->username);
    if (old)
        gojson_write_member(text, "auth_data", "");
    gojson_write_member(text, "auth_service", "");
    text_printf(text, ",\"email\":\"%s@localhost\"", user->username);
    gojson_write_member(text, "nickname", "");
    gojson_write_member(text, "first_name", user->username);
    text_add_string(text, ",\"last_name\":\"\",\"position\":\"\",\"roles\":\"system_user\","
                          "\"notify_props\":{\"channel\":\"true\",\"comments\":\"never\","
                          "\"desktop\":\"mention\",\"desktop_sound\":\"true\",");
    text_add_string(text, old ? "\"email\":\"true\","
                              : "\"desktop_threads\":\"all\",\"email\":\"true\","
                                "\"email_threads\":\"all\",");
    text_add_string(text, "\"first_name\":\"false\",\"mention_keys\":\"\",\"push\":\"mention\",");
    text_add_string(text, old ? "\"push_status\":\"away\"}"
                              : "\"push_status\":\"online\",\"push_threads\":\"all\"}");
    number(text, "last_password_update", user->create_at);
    text_add_string(text, ",\"locale\":\"en\",\"timezone\":{\"automaticTimezone\":\"\","
                          "\"manualTimezone\":\"\",\"useAutomaticTimezone\":\"true\"}");
    if (user->is_bot)
        flag(text, "is_bot", true);
    flag(text, "disable_welcome_email", false);
    text_add_char(text, '}');
}

void view_team(struct text *text, const struct model *model, const struct team *team)
{
    const char type[] = { team->type, '\0' };

    text_add_char(text, '{');
    gojson_write_member(text, "id", team->id);
    number(text, "create_at", team->create_at);
    number(text, "update_at", team->create_at);
    number(text, "delete_at", team->delete_at);
    gojson_write_member(text, "display_name", team->display_name);
    gojson_write_member(text, "name", team->name);
    gojson_write_member(text, "description", "");
    gojson_write_member(text, "email", "");
    gojson_write_member(text, "type", type);
    gojson_write_member(text, "company_name", "");
    gojson_write_member(text, "allowed_domains", "");
    gojson_write_member(text, "invite_id", team->invite_id);
    text_add_string(text, ",\"allow_open_invite\":false,\"scheme_id\":null,"
                          "\"group_constrained\":null,\"policy_id\":null");
    if (!is_old(model))
        flag(text, "cloud_limits_archived", false);
    text_add_char(text, '}');
}

void view_channel(struct text *text, const struct model *model, const struct channel *channel)
{
    const char type[] = { channel->type, '\0' };
    bool old = is_old(model);

    text_add_char(text, '{');
    gojson_write_member(text, "id", channel->id);
    number(text, "create_at", channel->create_at);
    number(text, "update_at", channel->update_at);
    number(text, "delete_at", channel->delete_at);
    gojson_write_member(text, "team_id", channel->team ? channel->team->id : "");
    gojson_write_member(text, "type", type);
    gojson_write_member(text, "display_name", channel->display_name);
    gojson_write_member(text, "name", channel->name);
    gojson_write_member(text, "header", "");
    gojson_write_member(text, "purpose", "");
    number(text, "last_post_at", channel->last_post_at);
    number(text, "total_msg_count", (int64_t)(channel->post_count - channel->row_count));
    number(text, "extra_update_at", 0);
    gojson_write_member(text, "creator_id", channel->creator_id);
    text_add_string(text, ",\"scheme_id\":null,\"props\":null,\"group_constrained\":null");
    if (!old)
        flag(text, "autotranslation", false);
    text_add_string(text, channel->team ? ",\"shared\":null" : ",\"shared\":false");
    number(text, "total_msg_count_root", (int64_t)channel->root_count);
    text_add_string(text, ",\"policy_id\":null");
    if (!old) {
        number(text, "last_root_post_at", channel->last_post_at);
        text_add_string(text, ",\"banner_info\":null,\"policy_enforced\":false,"
                              "\"policy_is_active\":false,\"default_category_name\":\"\"");
    }
    text_add_char(text, '}');
}

void view_member(struct text *text, const struct model *model, const struct channel *channel,
                 const struct member *member)
{
    bool old = is_old(model);

    text_add_char(text, '{');
    gojson_write_member(text, "channel_id", channel->id);
    gojson_write_member(text, "user_id", member->user->id);
    gojson_write_member(text, "roles", "channel_user");
    text_add_string(text, ",\"last_viewed_at\":0,\"msg_count\":0,\"mention_count\":0,"
                          "\"mention_count_root\":0");
    if (!old)
        number(text, "urgent_mention_count", 0);
    number(text, "msg_count_root", 0);
    text_add_string(text, ",\"notify_props\":{");
    if (!old)
        text_add_string(text, "\"channel_auto_follow_threads\":\"off\",");
    text_add_string(text, "\"desktop\":\"default\",\"email\":\"default\","
                          "\"ignore_channel_mentions\":\"default\",\"mark_unread\":\"all\","
                          "\"push\":\"default\"}");
    number(text, "last_update_at", member->joined_at);
    text_add_string(text, ",\"scheme_guest\":false,\"scheme_user\":true,\"scheme_admin\":false,"
                          "\"explicit_roles\":\"\"}");
}
