#include "worker/app/settings.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/address.h"
#include "common/mem.h"
#include "common/must.h"
#include "common/nearest.h"
#include "worker/app/settings_inner.h"

enum { MAX_ERROR_BYTES = 256 * 1024 };

void settings_complain(struct loaded *loaded, int line, const char *setting, const char *format,
                       ...)
{
    char words[512];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(words, sizeof(words), format, arguments);
    va_end(arguments);
    if (line > 0)
        text_printf(loaded->errors, "%s:%d: %s: %s\n", loaded->public.path, line, setting, words);
    else
        text_printf(loaded->errors, "%s: %s: %s\n", loaded->public.path, setting, words);
}

void *settings_own(struct loaded *loaded, void *memory)
{
    loaded->owned = mem_resize(loaded->owned, (loaded->owned_count + 1) * sizeof(*loaded->owned));
    loaded->owned[loaded->owned_count++] = memory;
    return memory;
}

const char *settings_path(const char *path)
{
    const char *environment = getenv("IRESERVE_MATTERMOST_SETTINGS");

    if (path)
        return path;
    return environment && *environment ? environment : "/etc/ireserve-mattermost/worker.conf";
}

/* ---- one setting ---- */

/* A value on its way into the settings: where it came from, and what to call it in an error. */
struct given {
    const struct setting *setting;
    struct origin origin;
    const char *text; /* of the environment or the default, or a string of the file */
    char name[128];
};

static void refuse(struct loaded *loaded, const struct given *given, const char *words)
{
    if (given->origin.kind == ORIGIN_ENVIRONMENT)
        text_printf(loaded->errors, "%s: %s: %s\n", given->setting->environment, given->name,
                    words);
    else
        settings_complain(loaded, given->origin.line, given->name, "%s", words);
}

static void *place_of(struct loaded *loaded, const struct setting *setting)
{
    return (char *)&loaded->public + setting->offset;
}

static void set_number(struct loaded *loaded, const struct given *given, long long number)
{
    const struct setting *setting = given->setting;

    if (number < setting->least || number > setting->most) {
        char words[128];
        (void)snprintf(words, sizeof(words), "%lld is out of range: %lld to %lld", number,
                       (long long)setting->least, (long long)setting->most);
        refuse(loaded, given, words);
        return;
    }
    *(int64_t *)place_of(loaded, setting) = number;
}

static void set_choice(struct loaded *loaded, const struct given *given)
{
    struct text words = text_of(256);

    text_add_string(&words, "has to be one of");
    for (int i = 0; given->setting->choices[i]; i++) {
        if (strcmp(given->text, given->setting->choices[i]) == 0) {
            *(int *)place_of(loaded, given->setting) = i;
            text_free(&words);
            return;
        }
        text_printf(&words, " %s", given->setting->choices[i]);
    }
    refuse(loaded, given, text_string(&words));
    text_free(&words);
}

static void set_text(struct loaded *loaded, const struct given *given)
{
    struct address address;
    struct fault fault;

    if (!*given->text && given->setting->least > 0) {
        refuse(loaded, given, "must not be empty");
        return;
    }
    if (given->setting->kind == SETTING_ADDRESS && *given->text &&
        address_parse(given->text, &address, &fault) != 0) {
        refuse(loaded, given, fault.words);
        return;
    }
    *(const char **)place_of(loaded, given->setting) = given->text;
}

/* Sets what is given as text, whatever its kind. */
static void set_from_text(struct loaded *loaded, const struct given *given)
{
    char *end;
    long long number;

    switch (given->setting->kind) {
    case SETTING_TEXT:
    case SETTING_ADDRESS:
        set_text(loaded, given);
        return;
    case SETTING_CHOICE:
        set_choice(loaded, given);
        return;
    case SETTING_NUMBER:
        number = strtoll(given->text, &end, 10);
        must(*given->text && !*end); /* no number has a variable; defaults are numbers */
        set_number(loaded, given, number);
        return;
    case SETTING_LIST:
        return;
    }
}

static void set_from_file(struct loaded *loaded, struct given *given, config_setting_t *value)
{
    switch (config_setting_type(value)) {
    case CONFIG_TYPE_STRING:
        if (given->setting->kind == SETTING_NUMBER)
            break;
        given->text = config_setting_get_string(value);
        set_from_text(loaded, given);
        return;
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        if (given->setting->kind != SETTING_NUMBER)
            break;
        set_number(loaded, given, config_setting_get_int64(value));
        return;
    default:
        break;
    }
    refuse(loaded, given,
           given->setting->kind == SETTING_NUMBER ? "has to be a whole number, such as 64"
                                                  : "has to be text in quotes, such as \"…\"");
}

static void load_setting(struct loaded *loaded, size_t row)
{
    const struct setting *setting = &settings_table[row];
    struct given given = { .setting = setting };
    const char *environment = setting->environment ? getenv(setting->environment) : NULL;

    (void)snprintf(given.name, sizeof(given.name), "%s.%s", setting->group, setting->name);
    config_setting_t *value = config_lookup(&loaded->config, given.name);
    if (value)
        given.origin = (struct origin){ ORIGIN_FILE, (int)config_setting_source_line(value) };
    if (environment)
        given.origin = (struct origin){ .kind = ORIGIN_ENVIRONMENT };
    loaded->origins[row] = given.origin;
    if (setting->kind == SETTING_LIST)
        return;

    given.text = environment ? environment : setting->standard;
    if (value && !environment)
        set_from_file(loaded, &given, value);
    else if (given.text)
        set_from_text(loaded, &given);
    else
        refuse(loaded, &given, "is missing; it has no default");
}

/* ---- strangers ---- */

void settings_refuse_strangers(struct loaded *loaded, const config_setting_t *group,
                               const char *prefix, const char *const *names, size_t count)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *member = config_setting_get_elem(group, (unsigned)i);
        const char *name = config_setting_name(member);
        char full[256];
        bool known = false;

        for (size_t j = 0; j < count && !known; j++)
            known = strcmp(name, names[j]) == 0;
        if (known)
            continue;
        const char *meant = nearest_name(name, names, count);
        (void)snprintf(full, sizeof(full), "%s%s", prefix, name);
        settings_complain(loaded, (int)config_setting_source_line(member), full,
                          meant ? "there is no such setting; did you mean %s?"
                                : "there is no such setting",
                          meant);
    }
}

/* The names of a group's settings; of the groups themselves when `group` is NULL. */
static size_t list_names(const char *group, const char **ret)
{
    size_t count = 0;

    for (size_t i = 0; i < settings_table_count; i++) {
        const struct setting *setting = &settings_table[i];
        if (group && strcmp(setting->group, group) == 0)
            ret[count++] = setting->name;
        if (!group && (i == 0 || strcmp(setting->group, settings_table[i - 1].group) != 0))
            ret[count++] = setting->group;
    }
    return count;
}

static void refuse_strangers_of_group(struct loaded *loaded, const char *group)
{
    const config_setting_t *setting = config_lookup(&loaded->config, group);
    const char *names[64];
    char prefix[64];

    if (!setting)
        return;
    if (config_setting_type(setting) != CONFIG_TYPE_GROUP) {
        settings_complain(loaded, (int)config_setting_source_line(setting), group,
                          "has to be a group: %s = { … };", group);
        return;
    }
    (void)snprintf(prefix, sizeof(prefix), "%s.", group);
    settings_refuse_strangers(loaded, setting, prefix, names, list_names(group, names));
}

static void refuse_all_strangers(struct loaded *loaded)
{
    const char *groups[66];
    size_t count = list_names(NULL, groups);

    for (size_t i = 0; i < count; i++)
        refuse_strangers_of_group(loaded, groups[i]);
    groups[count++] = "old_news";
    groups[count++] = "integrations";
    settings_refuse_strangers(loaded, config_root_setting(&loaded->config), "", groups, count);
}

/* ---- the whole ---- */

/* What no setting says alone. */
static void check_together(struct loaded *loaded)
{
    const struct settings *settings = &loaded->public;
    int64_t needed =
        settings->delivery.attempt_timeout_ms + 2 * settings->group.heartbeat_ms + 1000;

    if (settings->delivery.retry_first_ms > settings->delivery.retry_max_ms)
        settings_complain(loaded, 0, "delivery.retry_first_ms", "is above delivery.retry_max_ms");
    if (needed > settings->group.session_ms)
        settings_complain(loaded, 0, "delivery.attempt_timeout_ms",
                          "an attempt (%lld ms), two heartbeats (of %lld ms) and 1000 ms have to "
                          "fit session.timeout.ms (%lld ms)",
                          (long long)settings->delivery.attempt_timeout_ms,
                          (long long)settings->group.heartbeat_ms,
                          (long long)settings->group.session_ms);
    if (settings->group.max_poll_ms < settings->group.session_ms)
        settings_complain(loaded, 0, "kafka.properties",
                          "max.poll.interval.ms (%lld) has to be at least session.timeout.ms "
                          "(%lld)",
                          (long long)settings->group.max_poll_ms,
                          (long long)settings->group.session_ms);
}

static int parse(struct loaded *loaded, const char *path)
{
    AUTO(text_free) struct text text = text_of(SETTINGS_MAX_BYTES + 1);

    if (settings_read_file(loaded, path, &text) != 0)
        return -1;
    if (config_read_string(&loaded->config, text_string(&text)) == CONFIG_TRUE)
        return 0;
    settings_complain(loaded, config_error_line(&loaded->config), "the file", "%s",
                      config_error_text(&loaded->config));
    return -1;
}

int settings_load(const char *path, const struct settings **ret, struct text *reterrors)
{
    struct loaded *loaded = mem_new(sizeof(*loaded));

    loaded->errors = reterrors;
    loaded->public.path = settings_own(loaded, mem_string(path));
    loaded->origins = mem_new_array(settings_table_count, sizeof(*loaded->origins));
    config_init(&loaded->config);
    if (parse(loaded, path) == 0) {
        refuse_all_strangers(loaded);
        for (size_t row = 0; row < settings_table_count; row++)
            load_setting(loaded, row);
        settings_read_properties(loaded);
        settings_read_hosts(loaded);
        settings_read_old_news(loaded);
        settings_read_integrations(loaded);
        check_together(loaded);
    }
    loaded->errors = NULL;
    if (reterrors->length > 0) {
        settings_free(&loaded->public);
        return -1;
    }
    *ret = &loaded->public;
    return 0;
}

void settings_free(const struct settings *settings)
{
    union {
        const struct settings *in;
        struct loaded *out;
    } loaded = { .in = settings };

    if (!settings)
        return;
    for (size_t i = 0; i < loaded.out->secret_count; i++) {
        explicit_bzero(loaded.out->secrets[i], strlen(loaded.out->secrets[i]));
        free(loaded.out->secrets[i]);
    }
    free(loaded.out->secrets);
    for (size_t i = 0; i < loaded.out->owned_count; i++)
        free(loaded.out->owned[i]);
    free(loaded.out->owned);
    free(loaded.out->origins);
    host_list_free(loaded.out->hosts);
    config_destroy(&loaded.out->config);
    free(loaded.out);
}
