#include "worker/app/clients.h"

#include <string.h>

#include "common/log.h"
#include "common/mem.h"

struct kafka_property *clients_properties(const struct settings *settings, bool consumer)
{
    struct kafka_property *list = mem_new_array(settings->kafka.property_count + 4, sizeof(*list));
    size_t count = 0;

    list[count++] =
        (struct kafka_property){ "bootstrap.servers", settings->kafka.bootstrap_servers };
    if (consumer) {
        list[count++] = (struct kafka_property){ "group.id", settings->kafka.group_id };
        if (*settings->kafka.group_instance_id)
            list[count++] =
                (struct kafka_property){ "group.instance.id", settings->kafka.group_instance_id };
    }
    for (size_t i = 0; i < settings->kafka.property_count; i++)
        list[count++] = (struct kafka_property){ settings->kafka.properties[i].name,
                                                 settings->kafka.properties[i].value };
    return list;
}

/* Consumer and producer are given the same properties; each says of the other's that it needs them
 * not. */
static bool is_about_the_other_client(const char *words)
{
    return strstr(words, " property and will be ignored by this ");
}

static void said(void *context, int level, const char *words)
{
    enum log_level our_level = level <= 3 ? LOG_ERROR : level <= 4 ? LOG_WARN : LOG_DEBUG;

    (void)context;
    if (is_about_the_other_client(words))
        our_level = LOG_DEBUG;
    if (log_is_on(our_level))
        log_line_capped(our_level, "kafka", &(struct log_fields){ .why = words }, words, 10000);
}

const struct kafka_listener clients_listener = { .said = said };
