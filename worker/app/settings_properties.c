#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/app/settings_inner.h"

/* What the worker's promises stand on; `why` is what a change would break. */
static const struct {
    const char *name;
    const char *why;
} denied[] = {
    { "bootstrap.servers", "it is kafka.bootstrap_servers" },
    { "group.id", "it is kafka.group_id" },
    { "group.instance.id", "it is kafka.group_instance_id" },
    { "enable.auto.commit", "only what is done is committed, by librdkafka's own timer" },
    { "enable.auto.offset.store", "only what is done is stored" },
    { "partition.assignment.strategy", "partitions are handed over one by one" },
    { "group.protocol", "the lease on partitions counts the heartbeats of \"classic\"" },
    { "isolation.level", "aborted records are not events" },
    { "enable.idempotence", "nothing is written twice" },
    { "acks", "a dead letter counts when all in-sync replicas have it" },
    { "batch.num.messages", "a dead letter is not refused for its neighbours' size" },
    { "max.in.flight", "order and idempotence need librdkafka's own" },
    { "max.in.flight.requests.per.connection", "order and idempotence need librdkafka's own" },
    { "enable.partition.eof", "a partition's end has to be told" },
    { "log.queue", "the log is the worker's" },
    { "opaque", "it is the worker's" },
};

/* Splits "name=value"; NULL: complained. */
static const char *split(struct loaded *loaded, config_setting_t *element, const char *setting,
                         const char **ret_value)
{
    const char *string = config_setting_get_string(element);
    int line = (int)config_setting_source_line(element);
    const char *equals = string ? strchr(string, '=') : NULL;

    if (!equals || equals == string) {
        settings_complain(loaded, line, setting, "has to be \"name=value\"");
        return NULL;
    }
    char *name = settings_own(loaded, mem_string_of(string, (size_t)(equals - string)));
    for (size_t i = 0; i < sizeof(denied) / sizeof(*denied); i++)
        if (strcmp(denied[i].name, name) == 0) {
            settings_complain(loaded, line, setting, "%s cannot be set here: %s", name,
                              denied[i].why);
            return NULL;
        }
    *ret_value = equals + 1;
    return name;
}

static void read_list(struct loaded *loaded, const char *setting, bool from_files,
                      struct settings_property *ret, size_t *count)
{
    config_setting_t *list = config_lookup(&loaded->config, setting);

    if (!list)
        return;
    if (config_setting_is_group(list) || config_setting_is_scalar(list)) {
        settings_complain(loaded, (int)config_setting_source_line(list), setting,
                          "has to be a list: [ \"name=value\", … ]");
        return;
    }
    for (int i = 0; i < config_setting_length(list); i++) {
        config_setting_t *element = config_setting_get_elem(list, (unsigned)i);
        const char *value;
        const char *name = split(loaded, element, setting, &value);
        if (name && from_files)
            value = settings_read_secret(loaded, value, (int)config_setting_source_line(element),
                                         setting);
        if (name && value)
            ret[(*count)++] = (struct settings_property){ name, value, from_files };
    }
}

static size_t length_of(struct loaded *loaded, const char *setting)
{
    const config_setting_t *list = config_lookup(&loaded->config, setting);

    return list && !config_setting_is_scalar(list) ? (size_t)config_setting_length(list) : 0;
}

/* The value of a property that is a time in milliseconds, or its default. */
static int64_t span_of(struct loaded *loaded, const char *name, int64_t standard)
{
    const struct settings *settings = &loaded->public;
    const char *words = NULL;
    char *end = NULL;

    for (size_t i = 0; i < settings->kafka.property_count; i++)
        if (strcmp(settings->kafka.properties[i].name, name) == 0)
            words = settings->kafka.properties[i].value;
    if (!words)
        return standard;
    /* librdkafka reads a number that begins with 0 as octal or hexadecimal. */
    long long span = *words != '0' ? strtoll(words, &end, 10) : 0;
    if (span > 0 && span <= INT32_MAX && *end == '\0')
        return span;
    settings_complain(loaded, 0, "kafka.properties", "%s has to be a whole number of milliseconds",
                      name);
    return standard;
}

void settings_read_properties(struct loaded *loaded)
{
    struct settings *settings = &loaded->public;
    size_t most = length_of(loaded, "kafka.properties") + length_of(loaded, "kafka.property_files");
    struct settings_property *list =
        settings_own(loaded, mem_new_array(most, sizeof(struct settings_property)));

    settings->kafka.properties = list;
    read_list(loaded, "kafka.properties", false, list, &settings->kafka.property_count);
    read_list(loaded, "kafka.property_files", true, list, &settings->kafka.property_count);
    settings->group.session_ms = span_of(loaded, "session.timeout.ms", 30000);
    settings->group.heartbeat_ms = span_of(loaded, "heartbeat.interval.ms", 3000);
    settings->group.max_poll_ms = span_of(loaded, "max.poll.interval.ms", 60000);
}
