#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/digest.h"
#include "common/map.h"
#include "common/mem.h"
#include "worker/app/settings_inner.h"

/* What must not occur twice. */
struct seen {
    struct map licences;
    struct map tokens;
};

/* An integration while it is read, and what to call its members in errors. */
struct reading {
    struct loaded *loaded;
    config_setting_t *group;
    struct integration *integration;
    char prefix[64]; /* integrations[2]. */
};

static void complain(const struct reading *reading, const char *member, const char *words)
{
    const config_setting_t *value = config_setting_get_member(reading->group, member);
    char name[160];

    (void)snprintf(name, sizeof(name), "%s%s", reading->prefix, member);
    settings_complain(reading->loaded,
                      (int)config_setting_source_line(value ? value : reading->group), name, "%s",
                      words);
}

/* A member that is text; `standard` when it is absent (NULL: it has to be there). */
static const char *read_text(const struct reading *reading, const char *member,
                             const char *standard)
{
    const config_setting_t *value = config_setting_get_member(reading->group, member);

    if (!value) {
        if (!standard)
            complain(reading, member, "is missing; it has no default");
        return standard;
    }
    if (config_setting_type(value) != CONFIG_TYPE_STRING) {
        complain(reading, member, "has to be text in quotes");
        return NULL;
    }
    return config_setting_get_string(value);
}

static bool read_switch(const struct reading *reading, const char *member, bool standard)
{
    const config_setting_t *value = config_setting_get_member(reading->group, member);

    if (!value)
        return standard;
    if (config_setting_type(value) != CONFIG_TYPE_BOOL) {
        complain(reading, member, "has to be true or false");
        return standard;
    }
    return config_setting_get_bool(value);
}

/* ---- the server ---- */

static void read_server(const struct reading *reading)
{
    bool allow_http = read_switch(reading, "allow_http", false);
    const char *url = read_text(reading, "server_url", NULL);
    const char *fault = url ? settings_fault_of_url(url, allow_http) : NULL;

    if (fault)
        complain(reading, "server_url", fault);
    if (!url || fault)
        return;
    size_t length = strlen(url);
    while (url[length - 1] == '/')
        length--;
    reading->integration->server_url = settings_own(reading->loaded, mem_string_of(url, length));
}

/* ---- secrets ---- */

static const char *read_token(const struct reading *reading, struct seen *seen, const char *member,
                              const config_setting_t *file)
{
    char name[160];

    (void)snprintf(name, sizeof(name), "%s%s", reading->prefix, member);
    const char *path = config_setting_get_string(file);
    if (!path) {
        complain(reading, member, "has to name a file");
        return NULL;
    }
    const char *token =
        settings_read_secret(reading->loaded, path, (int)config_setting_source_line(file), name);
    if (!token)
        return NULL;
    if (map_find(&seen->tokens, token, strlen(token)))
        complain(reading, member, "holds a token that is used twice");
    else
        map_put(&seen->tokens, token, strlen(token), seen);
    return token;
}

/* pending_post_ids are a hash under this key: nobody without the token can guess them. */
static void derive_post_key(struct integration *integration)
{
    struct text text = text_of(SETTINGS_MAX_SECRET + 64);

    text_add_string(&text, "ireserve pending_post_id\n");
    text_add_string(&text, integration->bot_token);
    struct digest digest = digest_of(text_string(&text), text.length);
    memcpy(integration->post_key, digest.bytes, sizeof(integration->post_key));
    explicit_bzero(text.bytes, text.length);
    text_free(&text);
}

static void read_tokens(const struct reading *reading, struct seen *seen)
{
    struct integration *integration = reading->integration;
    const config_setting_t *file = config_setting_get_member(reading->group, "bot_token_file");
    config_setting_t *files =
        config_setting_get_member(reading->group, "outgoing_webhook_token_files");

    if (!file)
        complain(reading, "bot_token_file", "is missing; it has no default");
    else
        integration->bot_token = read_token(reading, seen, "bot_token_file", file);
    if (integration->bot_token)
        derive_post_key(integration);
    if (!files)
        return;
    if (config_setting_is_scalar(files) || config_setting_is_group(files)) {
        complain(reading, "outgoing_webhook_token_files", "has to be a list: [ \"file\", … ]");
        return;
    }
    int count = config_setting_length(files);
    const char **tokens =
        settings_own(reading->loaded, mem_new_array((size_t)count, sizeof(*tokens)));
    integration->outgoing_webhook_tokens = tokens;
    for (int i = 0; i < count; i++) {
        const char *token = read_token(reading, seen, "outgoing_webhook_token_files",
                                       config_setting_get_elem(files, (unsigned)i));
        if (token)
            tokens[integration->outgoing_webhook_token_count++] = token;
    }
}

/* ---- channels ---- */

static bool is_name(const char *name, size_t length)
{
    return length > 0 && length <= 64 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") >= length;
}

/* An id, or team/channel by name, or nothing. */
static bool is_channel(const char *channel)
{
    const char *slash = strchr(channel, '/');

    if (!*channel || channel_is_id(channel))
        return true;
    return slash && is_name(channel, (size_t)(slash - channel)) &&
           is_name(slash + 1, strlen(slash + 1));
}

static int compare_types(const void *a, const void *b)
{
    const struct channel_mapping *left = a;
    const struct channel_mapping *right = b;

    return strcmp(left->type, right->type);
}

static void read_mapping(const struct reading *reading, config_setting_t *member,
                         struct channel_mapping *ret)
{
    const char *channel = config_setting_get_string(member);
    char name[320];

    *ret = (struct channel_mapping){ config_setting_name(member), channel };
    if (channel && is_channel(channel))
        return;
    (void)snprintf(name, sizeof(name), "%snotification_channels.%s", reading->prefix, ret->type);
    settings_complain(reading->loaded, (int)config_setting_source_line(member), name,
                      "has to be a channel: an id of 26 characters, \"team/channel\", or \"\"");
    ret->channel = "";
}

static void read_channels(const struct reading *reading)
{
    struct integration *integration = reading->integration;
    config_setting_t *group = config_setting_get_member(reading->group, "notification_channels");
    const char *channel = read_text(reading, "conversation_channel", "");

    integration->conversation_channel = channel ? channel : "";
    if (channel && !is_channel(channel))
        complain(reading, "conversation_channel",
                 "has to be a channel: an id of 26 characters, \"team/channel\", or \"\"");
    if (!group)
        return;
    if (!config_setting_is_group(group)) {
        complain(reading, "notification_channels", "has to be a group: { type = \"channel\"; … }");
        return;
    }
    int count = config_setting_length(group);
    struct channel_mapping *mappings =
        settings_own(reading->loaded, mem_new_array((size_t)count, sizeof(*mappings)));
    for (int i = 0; i < count; i++)
        read_mapping(reading, config_setting_get_elem(group, (unsigned)i), &mappings[i]);
    qsort(mappings, (size_t)count, sizeof(*mappings), compare_types);
    integration->mappings = mappings;
    integration->mapping_count = (size_t)count;
}

static void read_language(const struct reading *reading)
{
    const char *name = read_text(reading, "language", language_names[LANGUAGE_NL]);

    for (enum language language = LANGUAGE_NL; name && language <= LANGUAGE_EN; language++) {
        if (strcmp(name, language_names[language]) != 0)
            continue;
        reading->integration->language = language;
        return;
    }
    if (name)
        complain(reading, "language", "has to be one of nl en");
}

/* ---- the whole ---- */

static void read_licence(const struct reading *reading, struct seen *seen)
{
    const char *licence = read_text(reading, "licence", NULL);

    if (!licence)
        return;
    if (!*licence || strlen(licence) > SETTINGS_MAX_NAME)
        complain(reading, "licence", "must not be empty, nor longer than 400 bytes");
    else if (map_find(&seen->licences, licence, strlen(licence)))
        complain(reading, "licence", "is used twice");
    else
        map_put(&seen->licences, licence, strlen(licence), seen);
    reading->integration->licence = licence;
}

static void read_integration(const struct reading *reading, struct seen *seen)
{
    const char *names[16];

    for (size_t i = 0; i < integration_table_count; i++)
        names[i] = integration_table[i].name;
    settings_refuse_strangers(reading->loaded, reading->group, reading->prefix, names,
                              integration_table_count);
    reading->integration->active = read_switch(reading, "active", true);
    read_licence(reading, seen);
    read_server(reading);
    read_tokens(reading, seen);
    read_channels(reading);
    read_language(reading);
}

static int compare_licences(const void *a, const void *b)
{
    const struct integration *left = a;
    const struct integration *right = b;

    return strcmp(left->licence, right->licence);
}

void settings_read_integrations(struct loaded *loaded)
{
    config_setting_t *list = config_lookup(&loaded->config, "integrations");
    struct seen seen = { 0 };

    if (!list)
        return;
    if (!config_setting_is_list(list)) {
        settings_complain(loaded, (int)config_setting_source_line(list), "integrations",
                          "has to be a list of groups: ( { … }, { … } );");
        return;
    }
    size_t count = (size_t)config_setting_length(list);
    struct integration *integrations =
        settings_own(loaded, mem_new_array(count, sizeof(*integrations)));
    for (size_t i = 0; i < count; i++) {
        struct reading reading = { .loaded = loaded,
                                   .group = config_setting_get_elem(list, (unsigned)i),
                                   .integration = &integrations[i] };
        (void)snprintf(reading.prefix, sizeof(reading.prefix), "integrations[%zu].", i);
        if (config_setting_is_group(reading.group))
            read_integration(&reading, &seen);
        else
            settings_complain(loaded, (int)config_setting_source_line(reading.group),
                              "integrations", "has to be a list of groups: ( { … }, { … } );");
    }
    map_free(&seen.licences);
    map_free(&seen.tokens);
    if (loaded->errors->length > 0)
        return;
    qsort(integrations, count, sizeof(*integrations), compare_licences);
    loaded->public.integrations = (struct integrations){ integrations, count };
}
