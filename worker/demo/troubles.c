#include "worker/demo/troubles.h"

#include <signal.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/demo/stage.h"

/* A trouble of the stand-in is a command with a body for "on" and one for "off". */
static const struct {
    const char *name;
    const char *command; /* NULL: it is one of a moment, and not in this table */
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
    [TROUBLE_DELETE_ROOT] = { "delete_root", NULL, NULL, NULL },
    [TROUBLE_STOP_WORKER] = { "stop_worker", NULL, NULL, NULL },
};

static void command(const struct troubles *troubles, const char *name, const char *body)
{
    struct fault fault;

    must(standin_command(troubles->standin, name, body, NULL, &fault) == 0);
}

static void delete_root(const struct troubles *troubles)
{
    const char *root = troubles->pick_root(troubles->context);

    if (!root)
        return;
    AUTO(free) char *body = mem_printf("{\"post\":\"%s\",\"user\":\"" STAGE_COLLEAGUE "\"}", root);
    command(troubles, "delete", body);
}

void troubles_set(struct troubles *troubles, enum trouble trouble, bool on)
{
    if (on && trouble == TROUBLE_STOP_WORKER)
        child_signal(troubles->child, SIGTERM);
    if (on && trouble == TROUBLE_DELETE_ROOT)
        delete_root(troubles);
    if (!table[trouble].command || troubles->on[trouble] == on)
        return;
    command(troubles, table[trouble].command, on ? table[trouble].on : table[trouble].off);
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
