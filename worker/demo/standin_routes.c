#include "worker/demo/standin_routes.h"

#include <string.h>

static const struct route routes[] = {
    { "POST", "posts", create_post, SESSION, false },
    { "GET", "posts/{post_id}", get_post, SESSION, false },
    { "GET", "posts/{post_id}/thread", get_thread, SESSION, false },
    { "GET", "posts/{post_id}/reactions", get_reactions, SESSION, false },
    { "GET", "posts/{post_id}/files/info", get_post_files, SESSION, false },
    { "POST", "posts/ids", get_posts_by_ids, SESSION, true },
    { "PUT", "posts/{post_id}/patch", patch_post, SESSION, false },
    { "DELETE", "posts/{post_id}", delete_post, SESSION, false },
    { "POST", "teams/{team_id}/posts/search", search_posts, SESSION, false },
    { "POST", "reactions", add_reaction, SESSION, false },
    { "DELETE", "users/{user}/posts/{post_id}/reactions/{emoji_name}", remove_reaction, SESSION,
      false },
    { "POST", "files", upload_files, SESSION, false },
    { "GET", "files/{file_id}", get_file, SESSION, false },
    { "GET", "files/{file_id}/info", get_file_info, SESSION, false },
    { "GET", "channels/{channel_id}/posts", get_channel_posts, SESSION, false },
    { "GET", "channels/{channel_id}", get_channel, SESSION, false },
    { "GET", "channels/{channel_id}/members/me", get_my_membership, SESSION, false },
    { "GET", "users/me", get_me, SESSION, false },
    { "GET", "users/me/teams", get_my_teams, SESSION, false },
    { "GET", "users/me/channels", get_my_channels, SESSION, true },
    { "GET", "users/me/teams/{team_id}/channels", get_my_team_channels, SESSION, false },
    { "GET", "teams/{team_id}/channels/name/{channel_name}", get_channel_by_name, SESSION, false },
    { "GET", "teams/name/{team_name}/channels/name/{channel_name}", get_channel_by_names, SESSION,
      false },
    { "GET", "teams/name/{team_name}", get_team_by_name, SESSION, false },
    { "GET", "config/client", get_config, ANYBODY, false },
    { "GET", "system/ping", get_ping, ANYBODY, false },
};

/* Whether a path is that of a route; then `ret` is what stands at its {names}. */
static bool matches(const char *pattern, const char *path, struct captures *ret)
{
    size_t captured = 0;

    while (*pattern && *path) {
        size_t length = strcspn(path, "/");
        size_t expected = strcspn(pattern, "/");

        if (*pattern == '{') {
            if (length == 0 || length >= CAPTURE_SIZE)
                return false;
            memcpy(ret->values[captured], path, length);
            ret->values[captured++][length] = '\0';
        } else if (length != expected || strncmp(pattern, path, length) != 0) {
            return false;
        }
        path += length;
        pattern += expected;
        if (*path != *pattern)
            return false;
        path += *path == '/';
        pattern += *pattern == '/';
    }
    return *path == *pattern;
}

const struct route *routes_find(const struct standin *standin, const struct exchange *exchange,
                                struct captures *ret)
{
    size_t prefix = strlen(ROUTES_PREFIX);

    if (strncmp(exchange->path, ROUTES_PREFIX, prefix) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        const struct route *route = &routes[i];

        if (strcmp(route->method, exchange->method) == 0 && !(route->only_new && is_old(standin)) &&
            matches(route->path, exchange->path + prefix, ret))
            return route;
    }
    return NULL;
}
