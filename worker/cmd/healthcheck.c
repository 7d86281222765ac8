#include "worker/cmd/healthcheck.h"

#include <stdio.h>
#include <string.h>

#include "common/address.h"
#include "worker/cmd/command.h"
#include "worker/cmd/load_settings.h"
#include "worker/edge/probe.h"

enum { ALIVE = 0, NOT_ALIVE = 1, HTTP_OK = 200, TIMEOUT_MS = 5000 };

/* A port that is chosen at each start can be known to nobody else. */
static int check_port(const char *words, struct fault *reterr)
{
    struct address address;

    if (address_parse(words, &address, reterr) != 0)
        return -1;
    if (strspn(address.port, "0") < strlen(address.port))
        return 0;
    fault_set(reterr, "management.address is %s: port 0 is another one at each start", words);
    return -1;
}

int healthcheck_ask(const char *address, mono_ms timeout)
{
    struct probe_answer answer;
    struct fault fault;

    if (check_port(address, &fault) != 0 ||
        probe_get(address, "/livez", timeout, &answer, &fault) != 0) {
        fprintf(stderr, "not alive: %s\n", fault.words);
        return NOT_ALIVE;
    }
    if (answer.status == HTTP_OK)
        return ALIVE;
    fprintf(stderr, "not alive: the answer is %d\n%s", answer.status, answer.body);
    return NOT_ALIVE;
}

static int ask(const struct command_context *context, int argc, char **argv)
{
    static const struct command_option options[] = { { .name = NULL } };

    if (command_read(options, 0, argc, argv) < 0)
        return EXIT_USAGE;
    const struct settings *settings = load_settings(context);
    if (!settings)
        return EXIT_SETTINGS;
    int exit_code = healthcheck_ask(settings->management.address, TIMEOUT_MS);
    settings_free(settings);
    return exit_code;
}

const struct command command_healthcheck = {
    .name = "healthcheck",
    .arguments = "",
    .summary = "asks the management port whether the worker lives",
    .help = "For containers: exits with 0 when it does.\n",
    .run = ask,
};
