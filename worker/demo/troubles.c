#include "worker/demo/troubles.h"

#include <signal.h>
#include <string.h>

#include "common/must.h"

/* A trouble of the stand-in is a command with a body for "on" and one for "off". */
static const struct {
    const char *name;
    const char *command; /* NULL: it is the worker's */
    const char *on;
    const char *off;
} table[TROUBLES] = {
    [TROUBLE_REFUSE] = { "refuse", "faults", "{\"refuse\":true}", "{\"refuse\":false}" },
    [TROUBLE_UNAVAILABLE] = { "unavailable", "faults",
                              "{\"answers\":[{\"status\":503,\"percent\":100}]}",
                              "{\"answers\":null}" },
    [TROUBLE_RATE_LIMIT] = { "rate_limit", "faults",
                             "{\"answers\":[{\"status\":429,\"percent\":50,\"retry_after\":1}]}",
                             "{\"answers\":null}" },
    [TROUBLE_REMOVE_BOT] = { "remove_bot", "members",
                             "{\"channel\":\"zeezicht/boekingen\",\"user\":\"ireserve-bot\","
                             "\"in\":false}",
                             "{\"channel\":\"zeezicht/boekingen\",\"user\":\"ireserve-bot\","
                             "\"in\":true}" },
    [TROUBLE_STOP_WORKER] = { "stop_worker", NULL, NULL, NULL },
};

void troubles_set(struct troubles *troubles, enum trouble trouble, bool on)
{
    struct fault fault;

    if (!table[trouble].command) {
        if (on)
            child_signal(troubles->child, SIGTERM);
        return;
    }
    if (troubles->on[trouble] == on)
        return;
    must(standin_command(troubles->standin, table[trouble].command,
                         on ? table[trouble].on : table[trouble].off, NULL, &fault) == 0);
    troubles->on[trouble] = on;
}

enum trouble troubles_find(const char *name)
{
    enum trouble trouble = 0;

    while (trouble < TROUBLES && strcmp(table[trouble].name, name) != 0)
        trouble++;
    return trouble;
}

const char *troubles_name(enum trouble trouble)
{
    return table[trouble].name;
}

void troubles_write(const struct troubles *troubles, struct text *json)
{
    text_add_char(json, '{');
    for (enum trouble trouble = 0; trouble < TROUBLES; trouble++)
        text_printf(json, "%s\"%s\":%s", trouble ? "," : "", table[trouble].name,
                    troubles->on[trouble] ? "true" : "false");
    text_add_char(json, '}');
}
