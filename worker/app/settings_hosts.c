#include "common/mem.h"
#include "worker/app/settings_inner.h"

#define SETTING "attachments.hosts"

/* Gives the pattern of an element; NULL: complained. */
static const char *read_pattern(struct loaded *loaded, config_setting_t *element)
{
    const char *pattern = config_setting_get_string(element);
    struct host_list *alone;
    struct fault fault;

    if (!pattern)
        fault_set(&fault, "has to be a list of texts in quotes: [ \"*.i-reserve.nl\" ]");
    if (pattern && host_list_new(&pattern, 1, &alone, &fault) == 0) {
        host_list_free(alone);
        return pattern;
    }
    settings_complain(loaded, (int)config_setting_source_line(element), SETTING, "%s", fault.words);
    return NULL;
}

void settings_read_hosts(struct loaded *loaded)
{
    static const char *const standard[] = { SETTINGS_STANDARD_HOST };
    config_setting_t *list = config_lookup(&loaded->config, SETTING);
    const char *const *patterns = standard;
    size_t count = 1;
    struct fault fault;

    if (list && (config_setting_is_group(list) || config_setting_is_scalar(list))) {
        settings_complain(loaded, (int)config_setting_source_line(list), SETTING,
                          "has to be a list: [ \"*.i-reserve.nl\" ]");
        return;
    }
    if (list) {
        size_t length = (size_t)config_setting_length(list);
        const char **own = settings_own(loaded, mem_new_array(length, sizeof(*own)));
        for (count = 0; count < length; count++)
            if (!(own[count] =
                      read_pattern(loaded, config_setting_get_elem(list, (unsigned)count))))
                return;
        patterns = own;
    }
    loaded->host_patterns = patterns;
    loaded->host_count = count;
    loaded->hosts_are_standard = !list;
    if (host_list_new(patterns, count, &loaded->hosts, &fault) == 0)
        loaded->public.attachments.hosts = loaded->hosts;
    else
        settings_complain(loaded, 0, SETTING, "%s", fault.words);
}
