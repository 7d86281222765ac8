#include <inttypes.h>
#include <string.h>

#include "common/digest.h"
#include "worker/app/settings_inner.h"

/* One line of the effective settings. */
struct entry {
    const char *name;
    const char *value; /* as in the file */
    const char *origin;
};

/* Where lines go, in either form. */
struct printer {
    struct text *out;
    bool as_json;
    bool has_begun;
};

static void put(struct printer *printer, const struct entry *entry)
{
    if (!printer->as_json) {
        text_printf(printer->out, "%-40s = %-40s # %s\n", entry->name, entry->value, entry->origin);
        return;
    }
    text_add_string(printer->out, printer->has_begun ? ",\n" : "");
    printer->has_begun = true;
    text_add_json_string(printer->out, entry->name);
    text_add_string(printer->out, ": {\"value\": ");
    text_add_json_string(printer->out, entry->value);
    text_add_string(printer->out, ", \"origin\": ");
    text_add_json_string(printer->out, entry->origin);
    text_add_char(printer->out, '}');
}

static void put_secret(struct printer *printer, const char *name, const char *secret,
                       const char *origin)
{
    char fingerprint[DIGEST_FINGERPRINT_SIZE];
    struct text value = text_of(64);

    digest_fingerprint(secret, fingerprint);
    text_printf(&value, "secret, sha256 %s…", fingerprint);
    put(printer, &(struct entry){ name, text_string(&value), origin });
    text_free(&value);
}

static void write_origin(const struct loaded *loaded, size_t row, struct text *ret)
{
    const struct origin *origin = &loaded->origins[row];

    switch (origin->kind) {
    case ORIGIN_DEFAULT:
        text_add_string(ret, "default");
        return;
    case ORIGIN_FILE:
        text_printf(ret, "%s:%d", loaded->public.path, origin->line);
        return;
    case ORIGIN_ENVIRONMENT:
        text_printf(ret, "$%s", settings_table[row].environment);
        return;
    }
}

static void write_value(const struct loaded *loaded, const struct setting *setting,
                        struct text *ret)
{
    const void *place = (const char *)&loaded->public + setting->offset;

    switch (setting->kind) {
    case SETTING_TEXT:
    case SETTING_ADDRESS:
        text_printf(ret, "\"%s\"", *(const char *const *)place);
        return;
    case SETTING_NUMBER:
        text_printf(ret, "%" PRId64, *(const int64_t *)place);
        return;
    case SETTING_CHOICE:
        text_printf(ret, "\"%s\"", setting->choices[*(const int *)place]);
        return;
    case SETTING_LIST:
        return;
    }
}

static void print_row(const struct loaded *loaded, size_t row, struct printer *printer)
{
    const struct setting *setting = &settings_table[row];
    struct text name = text_of(256);
    struct text value = text_of(64 * 1024);
    struct text origin = text_of(4096);

    text_printf(&name, "%s.%s", setting->group, setting->name);
    write_value(loaded, setting, &value);
    write_origin(loaded, row, &origin);
    if (setting->kind != SETTING_LIST)
        put(printer,
            &(struct entry){ text_string(&name), text_string(&value), text_string(&origin) });
    text_free(&name);
    text_free(&value);
    text_free(&origin);
}

static void print_properties(const struct settings *settings, struct printer *printer)
{
    for (size_t i = 0; i < settings->kafka.property_count; i++) {
        const struct settings_property *property = &settings->kafka.properties[i];
        struct text name = text_of(1024);
        text_printf(&name, "kafka.properties %s", property->name);
        if (property->is_secret || strstr(property->name, "password") ||
            strstr(property->name, "secret") || strstr(property->name, "key") ||
            strstr(property->name, "jaas") || strstr(property->name, "oauthbearer"))
            put_secret(printer, text_string(&name), property->value, settings->path);
        else
            put(printer, &(struct entry){ text_string(&name), property->value, settings->path });
        text_free(&name);
    }
}

static void print_hosts(const struct loaded *loaded, struct printer *printer)
{
    struct text value = text_of(64 * 1024);

    text_add_char(&value, '[');
    for (size_t i = 0; i < loaded->host_count; i++)
        text_printf(&value, "%s\"%s\"", i ? ", " : " ", loaded->host_patterns[i]);
    text_add_string(&value, " ]");
    put(printer, &(struct entry){ "attachments.hosts", text_string(&value),
                                  loaded->hosts_are_standard ? "default" : loaded->public.path });
    text_free(&value);
}

static void print_old_news(const struct settings *settings, struct printer *printer)
{
    for (size_t i = 0; i < settings->old_news.count; i++) {
        const struct old_news_rule *rule = &settings->old_news.rules[i];
        struct text name = text_of(1024);
        struct text value = text_of(64);
        text_printf(&name, "old_news %s", rule->type);
        text_printf(&value, "%s after %" PRId64 " s", old_news_fate_names[rule->then],
                    rule->max_age_s);
        put(printer, &(struct entry){ text_string(&name), text_string(&value), settings->path });
        text_free(&name);
        text_free(&value);
    }
}

static void print_integration(const struct integration *integration, const char *path,
                              struct printer *printer)
{
    struct text name = text_of(2048);
    const struct {
        const char *member;
        const char *value;
    } members[] = {
        { "active", integration->active ? "true" : "false" },
        { "server_url", integration->server_url },
        { "conversation_channel", integration->conversation_channel },
    };

    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        text_clear(&name);
        text_printf(&name, "integrations %s %s", integration->licence, members[i].member);
        put(printer, &(struct entry){ text_string(&name), members[i].value, path });
    }
    text_clear(&name);
    text_printf(&name, "integrations %s bot_token", integration->licence);
    put_secret(printer, text_string(&name), integration->bot_token, path);
    for (size_t i = 0; i < integration->outgoing_webhook_token_count; i++) {
        text_clear(&name);
        text_printf(&name, "integrations %s outgoing_webhook_token[%zu]", integration->licence, i);
        put_secret(printer, text_string(&name), integration->outgoing_webhook_tokens[i], path);
    }
    for (size_t i = 0; i < integration->mapping_count; i++) {
        text_clear(&name);
        text_printf(&name, "integrations %s notification_channels.%s", integration->licence,
                    integration->mappings[i].type);
        put(printer, &(struct entry){ text_string(&name), integration->mappings[i].channel, path });
    }
    text_free(&name);
}

void settings_print(const struct settings *settings, bool as_json, struct text *ret)
{
    const struct loaded *loaded = (const struct loaded *)settings;
    struct printer printer = { .out = ret, .as_json = as_json };

    text_add_string(ret, as_json ? "{\n" : "");
    for (size_t row = 0; row < settings_table_count; row++)
        print_row(loaded, row, &printer);
    print_hosts(loaded, &printer);
    print_properties(settings, &printer);
    print_old_news(settings, &printer);
    for (size_t i = 0; i < settings->integrations.count; i++)
        print_integration(&settings->integrations.list[i], settings->path, &printer);
    text_add_string(ret, as_json ? "\n}\n" : "");
}

/* ---- the reference ---- */

static void print_member(struct text *ret, const char *name, const char *standard,
                         const char *words)
{
    text_printf(ret, "  %-28s %s\n", name, words);
    text_printf(ret, "  %-28s   default: %s\n", "", standard ? standard : "none, to be given");
}

static void print_setting(const struct setting *setting, struct text *ret)
{
    print_member(ret, setting->name,
                 setting->standard && !*setting->standard ? "\"\"" : setting->standard,
                 setting->words);
    if (setting->kind == SETTING_NUMBER)
        text_printf(ret, "  %-28s   range: %" PRId64 " to %" PRId64 "\n", "", setting->least,
                    setting->most);
    if (setting->choices) {
        text_printf(ret, "  %-28s   one of:", "");
        for (int i = 0; setting->choices[i]; i++)
            text_printf(ret, " %s", setting->choices[i]);
        text_add_char(ret, '\n');
    }
    if (setting->environment)
        text_printf(ret, "  %-28s   $%s wins\n", "", setting->environment);
}

static void print_members_json(struct text *ret, const char *list,
                               const struct member_setting *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct member_setting *setting = &members[i];
        text_printf(ret, ",\n{\"name\": \"%s[].%s\", \"default\": ", list, setting->name);
        text_add_json_string(ret, setting->standard ? setting->standard : "");
        text_printf(ret, ", \"required\": %s, \"words\": ", setting->standard ? "false" : "true");
        text_add_json_string(ret, setting->words);
        text_add_char(ret, '}');
    }
}

static void print_reference_json(struct text *ret)
{
    text_add_string(ret, "[\n");
    for (size_t i = 0; i < settings_table_count; i++) {
        const struct setting *setting = &settings_table[i];
        text_printf(ret, "%s{\"name\": \"%s.%s\", \"default\": ", i ? ",\n" : "", setting->group,
                    setting->name);
        text_add_json_string(ret, setting->standard ? setting->standard : "");
        text_printf(ret, ", \"required\": %s, \"words\": ", setting->standard ? "false" : "true");
        text_add_json_string(ret, setting->words);
        text_add_char(ret, '}');
    }
    print_members_json(ret, "old_news", old_news_table, old_news_table_count);
    print_members_json(ret, "integrations", integration_table, integration_table_count);
    text_add_string(ret, "\n]\n");
}

void settings_print_reference(bool as_json, struct text *ret)
{
    if (as_json) {
        print_reference_json(ret);
        return;
    }
    for (size_t i = 0; i < settings_table_count; i++) {
        if (i == 0 || strcmp(settings_table[i].group, settings_table[i - 1].group) != 0)
            text_printf(ret, "%s%s\n", i ? "\n" : "", settings_table[i].group);
        print_setting(&settings_table[i], ret);
    }
    text_add_string(ret, "\nold_news: a list, one group per type; without it everything is sent\n");
    for (size_t i = 0; i < old_news_table_count; i++)
        print_member(ret, old_news_table[i].name, old_news_table[i].standard,
                     old_news_table[i].words);
    text_add_string(ret, "\nintegrations: a list, one group per licence\n");
    for (size_t i = 0; i < integration_table_count; i++)
        print_member(ret, integration_table[i].name, integration_table[i].standard,
                     integration_table[i].words);
}
