#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "worker/app/settings_inner.h"

static const char a_list[] =
    "has to be a list of groups: ( { type = \"*\"; max_age_s = 86400; then = \"mark\"; } );";

static const long long longest_age_s = 10LL * 365 * 24 * 3600;

/* A rule while it is read, and what to call its members in errors. */
struct reading {
    struct loaded *loaded;
    config_setting_t *group;
    struct old_news_rule *rule;
    char prefix[32]; /* old_news[2]. */
};

static void complain(const struct reading *reading, const char *member, const char *words)
{
    const config_setting_t *value = config_setting_get_member(reading->group, member);
    char name[64];

    (void)snprintf(name, sizeof(name), "%s%s", reading->prefix, member);
    settings_complain(reading->loaded,
                      (int)config_setting_source_line(value ? value : reading->group), name, "%s",
                      words);
}

/* A member that is text; NULL: complained. */
static const char *read_text(const struct reading *reading, const char *member)
{
    const config_setting_t *value = config_setting_get_member(reading->group, member);
    const char *text = value ? config_setting_get_string(value) : NULL;

    if (!value)
        complain(reading, member, "is missing; it has no default");
    else if (!text)
        complain(reading, member, "has to be text in quotes");
    return text;
}

/* `before`: the rules above this one. */
static void read_type(const struct reading *reading, const struct old_news *before)
{
    const char *type = read_text(reading, "type");

    if (!type)
        return;
    if (!*type || strlen(type) > SETTINGS_MAX_NAME)
        complain(reading, "type", "must not be empty, nor longer than 400 bytes");
    for (size_t i = 0; i < before->count; i++)
        if (before->rules[i].type && strcmp(before->rules[i].type, type) == 0)
            complain(reading, "type", "is used twice");
    reading->rule->type = type;
}

static void read_max_age(const struct reading *reading)
{
    const config_setting_t *value = config_setting_get_member(reading->group, "max_age_s");

    if (!value) {
        complain(reading, "max_age_s", "is missing; it has no default");
        return;
    }
    if (config_setting_type(value) != CONFIG_TYPE_INT &&
        config_setting_type(value) != CONFIG_TYPE_INT64) {
        complain(reading, "max_age_s", "has to be a whole number, such as 64");
        return;
    }
    long long seconds = config_setting_get_int64(value);
    if (seconds < 1 || seconds > longest_age_s) {
        char words[64];
        (void)snprintf(words, sizeof(words), "%lld is out of range: 1 to %lld", seconds,
                       longest_age_s);
        complain(reading, "max_age_s", words);
    }
    reading->rule->max_age_s = seconds;
}

static void read_then(const struct reading *reading)
{
    const char *word = read_text(reading, "then");
    const char *type = reading->rule->type;

    if (!word)
        return;
    for (size_t i = 0; i < OLD_NEWS_FATE_COUNT; i++) {
        if (strcmp(word, old_news_fate_names[i]) != 0)
            continue;
        reading->rule->then = (enum old_news_fate)i;
        if (i == OLD_NEWS_DROP && type && strcmp(type, OLD_NEWS_OF_CONVERSATIONS) == 0)
            complain(reading, "then", "has to be mark: conversations are never dropped");
        return;
    }
    complain(reading, "then", "has to be one of drop mark");
}

static void read_rule(const struct reading *reading, const struct old_news *before)
{
    const char *names[8];

    for (size_t i = 0; i < old_news_table_count; i++)
        names[i] = old_news_table[i].name;
    settings_refuse_strangers(reading->loaded, reading->group, reading->prefix, names,
                              old_news_table_count);
    read_type(reading, before);
    read_max_age(reading);
    read_then(reading);
}

void settings_read_old_news(struct loaded *loaded)
{
    config_setting_t *list = config_lookup(&loaded->config, "old_news");
    struct old_news *news = &loaded->public.old_news;

    if (!list)
        return;
    if (!config_setting_is_list(list)) {
        settings_complain(loaded, (int)config_setting_source_line(list), "old_news", "%s", a_list);
        return;
    }
    size_t count = (size_t)config_setting_length(list);
    struct old_news_rule *rules = settings_own(loaded, mem_new_array(count, sizeof(*rules)));
    news->rules = rules;
    for (size_t i = 0; i < count; i++, news->count++) {
        struct reading reading = { .loaded = loaded,
                                   .group = config_setting_get_elem(list, (unsigned)i),
                                   .rule = &rules[i] };
        (void)snprintf(reading.prefix, sizeof(reading.prefix), "old_news[%zu].", i);
        if (config_setting_is_group(reading.group))
            read_rule(&reading, news);
        else
            settings_complain(loaded, (int)config_setting_source_line(reading.group), "old_news",
                              "%s", a_list);
    }
}
