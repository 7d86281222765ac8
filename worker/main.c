/*
 * ireserve-mattermost: posts what happens in i-Reserve to Mattermost.
 */
#include <stddef.h>

#include "worker/cmd/command.h"

/* In the order of `help`.  Each stands in worker/cmd/NAME.c. */
#define COMMANDS(X) X(run) X(check) X(settings) X(topics) X(render) X(demo) X(healthcheck) X(help)

#define DECLARE(name) extern const struct command command_##name;
COMMANDS(DECLARE)

#define ENTRY(name) &command_##name,
static const struct command *const commands[] = { COMMANDS(ENTRY) NULL };

int main(int argc, char **argv)
{
    return command_main(commands, argc, argv);
}
