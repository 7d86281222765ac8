/* Who am I, which teams and channels are there, and how is the server. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/demo/standin_away.h"
#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_refusal.h"

void get_me(struct standin *standin, struct exchange *exchange, const struct captures *captures)
{
    enum { MAX_ETAG = 100 };
    const struct user *user = exchange->user;
    AUTO(text_free) struct text etag = text_of(MAX_ETAG);

    (void)captures;
    if (away_refuses(standin, exchange, AWAY_CALL_ME, NULL))
        return;
    text_printf(&etag, "%s.%s.%lld..0.true.true.0", api_version_name(standin), user->id,
                (long long)user->update_at);
    if (api_is_known(exchange, text_string(&etag)))
        return;
    exchange->status = 200;
    view_user(&exchange->reply, &standin->model, user);
    text_add_char(&exchange->reply, '\n');
}

static bool is_team_member(const struct team *team, const struct user *user)
{
    return map_find(&team->members, user->id, ID_LENGTH) != NULL;
}

void get_my_teams(struct standin *standin, struct exchange *exchange,
                  const struct captures *captures)
{
    struct text *text = &exchange->reply;
    struct map_entry entry;

    (void)captures;
    exchange->status = 200;
    text_add_char(text, '[');
    for (size_t at = 0; map_next(&standin->model.teams, &at, &entry);) {
        const struct team *team = entry.value;

        if (team->delete_at || !is_team_member(team, exchange->user))
            continue;
        if (text->length > 1)
            text_add_char(text, ',');
        view_team(text, &standin->model, team);
    }
    text_add_char(text, ']');
}

/* Whether a list of channels is to hold archived ones too. */
static bool wants_archived(const struct exchange *exchange)
{
    const char *value = exchange_query(exchange, "include_deleted");

    return value && strcmp(value, "true") == 0;
}

static int by_id(const void *a, const void *b)
{
    const struct channel *const *left = a;
    const struct channel *const *right = b;

    return strcmp((*left)->id, (*right)->id);
}

static int by_name(const void *a, const void *b)
{
    const struct channel *const *left = a;
    const struct channel *const *right = b;

    return strcmp((*left)->display_name, (*right)->display_name);
}

/* An own channel that belongs to a list: of one team and the direct ones, or of all teams. */
static bool is_listed(const struct channel *channel, const struct exchange *exchange,
                      const struct team *team)
{
    if (!model_find_member(channel, exchange->user))
        return false;
    if (channel->delete_at && !wants_archived(exchange))
        return false;
    if (!channel->team)
        return true;
    return team ? channel->team == team : channel->team->delete_at == 0;
}

/* Gives the channels of a list: of a team by name, of all by id; the caller frees the array. */
static struct channel **list_channels(const struct standin *standin,
                                      const struct exchange *exchange, const struct team *team,
                                      size_t *count)
{
    struct channel **list =
        mem_new_array(standin->model.channels.count + 1, sizeof(struct channel *));
    struct map_entry entry;

    *count = 0;
    for (size_t at = 0; map_next(&standin->model.channels, &at, &entry);) {
        if (!is_listed(entry.value, exchange, team))
            continue;
        list[(*count)++] = entry.value;
    }
    qsort(list, *count, sizeof(struct channel *), team ? by_name : by_id);
    return list;
}

static void write_channels(const struct standin *standin, struct exchange *exchange,
                           const struct team *team, const char *separator)
{
    struct text *text = &exchange->reply;
    size_t count;
    struct channel **list = list_channels(standin, exchange, team, &count);

    exchange->status = 200;
    text_add_char(text, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            text_add_string(text, separator);
        view_channel(text, &standin->model, list[i]);
    }
    if (*separator == '\n' && count)
        text_add_char(text, '\n');
    text_add_string(text, *separator == '\n' ? "]" : "]\n");
    if (team && count)
        exchange_add_header(exchange, "Etag", "%s.%s.%lld.0.%zu", api_version_name(standin),
                            list[0]->id, (long long)list[0]->last_post_at, count);
    free(list);
}

void get_my_team_channels(struct standin *standin, struct exchange *exchange,
                          const struct captures *captures)
{
    const char *id = captures->values[0];
    const struct team *team = map_find(&standin->model.teams, id, strlen(id));

    if (away_refuses(standin, exchange, AWAY_CALL_MY_CHANNELS, NULL))
        return;
    if (!team || !is_team_member(team, exchange->user)) {
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
    } else {
        write_channels(standin, exchange, team, ",");
        const char *known = exchange_header(exchange, "If-None-Match");
        const char *etag = exchange->headers[exchange->header_count - 1].value;
        if (known && strcmp(known, etag) == 0) {
            text_clear(&exchange->reply);
            exchange->status = 304;
            exchange->content_type = NULL;
        }
    }
}

void get_my_channels(struct standin *standin, struct exchange *exchange,
                     const struct captures *captures)
{
    (void)captures;
    if (away_refuses(standin, exchange, AWAY_CALL_MY_CHANNELS, NULL)) {
        /* written piece by piece: the error comes when the status is already out */
        exchange->status = 200;
        text_clear(&exchange->reply);
        text_add_char(&exchange->reply, '[');
        refusal_write(&exchange->reply, REFUSED_CHANNELS_UNREADABLE, exchange->request_id);
        return;
    }
    write_channels(standin, exchange, NULL, "\n,");
}

static void show_channel(const struct standin *standin, struct exchange *exchange,
                         const struct channel *channel)
{
    exchange->status = 200;
    view_channel(&exchange->reply, &standin->model, channel);
    text_add_char(&exchange->reply, '\n');
}

void get_channel(struct standin *standin, struct exchange *exchange,
                 const struct captures *captures)
{
    const char *id = captures->values[0];
    const struct channel *channel = model_find_channel_id(&standin->model, id);
    bool old = is_old(standin);

    if (away_refuses(standin, exchange, AWAY_CALL_CHANNEL, id))
        return;
    if (!channel)
        refuse(exchange, old ? REFUSED_NO_CHANNEL_OLD : REFUSED_NO_CHANNEL, id);
    else if (!model_may_read(channel, exchange->user))
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
    else
        show_channel(standin, exchange, channel);
}

static void show_by_name(struct standin *standin, struct exchange *exchange,
                         const struct team *team, const char *name)
{
    const struct channel *channel = model_find_channel(&standin->model, team, name);

    if (!channel || (channel->delete_at && !wants_archived(exchange)) ||
        !model_may_read(channel, exchange->user))
        refuse(exchange, REFUSED_NO_CHANNEL_NAME, NULL);
    else
        show_channel(standin, exchange, channel);
}

void get_channel_by_name(struct standin *standin, struct exchange *exchange,
                         const struct captures *captures)
{
    const char *id = captures->values[0];
    const struct team *team = map_find(&standin->model.teams, id, strlen(id));

    if (team)
        show_by_name(standin, exchange, team, captures->values[1]);
    else
        refuse(exchange, REFUSED_NO_CHANNEL_NAME, NULL);
}

void get_channel_by_names(struct standin *standin, struct exchange *exchange,
                          const struct captures *captures)
{
    const struct team *team = model_find_team(&standin->model, captures->values[0]);

    if (team)
        show_by_name(standin, exchange, team, captures->values[1]);
    else
        refuse(exchange, REFUSED_NO_TEAM_NAME, NULL);
}

void get_team_by_name(struct standin *standin, struct exchange *exchange,
                      const struct captures *captures)
{
    const struct team *team = model_find_team(&standin->model, captures->values[0]);

    if (!team) {
        refuse(exchange, REFUSED_NO_TEAM_NAME, NULL);
        return;
    }
    exchange->status = 200;
    view_team(&exchange->reply, &standin->model, team);
    text_add_char(&exchange->reply, '\n');
}

void get_my_membership(struct standin *standin, struct exchange *exchange,
                       const struct captures *captures)
{
    const struct channel *channel = model_find_channel_id(&standin->model, captures->values[0]);
    const struct member *member = channel ? model_find_member(channel, exchange->user) : NULL;

    if (away_refuses(standin, exchange, AWAY_CALL_MEMBERSHIP, NULL))
        return;
    if (!member) {
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
        return;
    }
    exchange->status = 200;
    view_member(&exchange->reply, &standin->model, channel, member);
    text_add_char(&exchange->reply, '\n');
}

void get_config(struct standin *standin, struct exchange *exchange, const struct captures *captures)
{
    const char *format = exchange_query(exchange, "format");
    struct text *text = &exchange->reply;

    (void)captures;
    if (is_old(standin) && !format) {
        refuse(exchange, REFUSED_CONFIG_FORMAT, NULL);
        return;
    }
    if (is_old(standin) && strcmp(format, "old") != 0) {
        refuse(exchange, REFUSED_BAD_BODY, "format");
        return;
    }
    exchange->status = 200;
    text_add_string(text, "{\"BuildNumber\":\"\",\"DefaultClientLocale\":\"en\"");
    if (exchange->user) {
        text_printf(text, ",\"MaxFileSize\":\"%lld\",\"MaxPostSize\":\"%lld\"",
                    (long long)standin->config.max_file_size,
                    (long long)standin->config.max_post_size);
        text_add_string(text, ",\"PostEditTimeLimit\":\"-1\"");
        if (!is_old(standin))
            gojson_write_member(text, "PostPriority",
                                standin->config.post_priority ? "true" : "false");
    }
    gojson_write_member(text, "Version", api_version_name(standin));
    text_add_char(text, '}');
}

void get_ping(struct standin *standin, struct exchange *exchange, const struct captures *captures)
{
    const char *wanted = exchange_query(exchange, "get_server_status");
    bool status_wanted = wanted && strcmp(wanted, "true") == 0;
    bool away = standin->faults.database_away == AWAY_DATABASE && status_wanted;
    const char *health = away ? "UNHEALTHY" : "OK";
    struct text *text = &exchange->reply;

    (void)captures;
    exchange->status = away ? 500 : 200;
    text_add_char(text, '{');
    if (!is_old(standin))
        gojson_write_member(text, "ActiveSearchBackend", "database");
    gojson_write_member(text, "AndroidLatestVersion", "");
    gojson_write_member(text, "AndroidMinVersion", "");
    if (is_old(standin)) {
        gojson_write_member(text, "DesktopLatestVersion", "");
        gojson_write_member(text, "DesktopMinVersion", "");
    }
    gojson_write_member(text, "IosLatestVersion", "");
    gojson_write_member(text, "IosMinVersion", "");
    if (status_wanted) {
        gojson_write_member(text, "database_status", health);
        gojson_write_member(text, "filestore_status", "OK");
        exchange_add_header(exchange, "Database_status", "%s", health);
        exchange_add_header(exchange, "Filestore_status", "OK");
        exchange_add_header(exchange, "Status", "%s", health);
    }
    gojson_write_member(text, "status", health);
    text_add_char(text, '}');
}
