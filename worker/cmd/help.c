#include <stdio.h>

#include "worker/cmd/command.h"

static const char about[] =
    "Posts what happens in i-Reserve to Mattermost: reads CloudEvents from Kafka.\n"
    "\n"
    "    ireserve-mattermost [--settings FILE] COMMAND\n"
    "\n";

static const char options[] =
    "\n"
    "    --settings FILE   the settings; else $IRESERVE_MATTERMOST_SETTINGS,\n"
    "                      else /etc/ireserve-mattermost/worker.conf\n"
    "    --allow-core      a crash may leave a core, with the secrets that were in memory\n"
    "    --version         which version this is\n"
    "    --help            behind a command: about that command\n"
    "\n"
    "Data goes to stdout, words for people to stderr.  Exit codes:\n";

static void help_about_all(const struct command *const *commands)
{
    static const struct {
        int code;
        const char *words;
    } codes[] = {
#define ROW(name, code, words) { (code), (words) },
        EXITS(ROW)
#undef ROW
    };

    fputs(about, stdout);
    for (; *commands; commands++)
        printf("    %-14s %s\n", (*commands)->name, (*commands)->summary);
    fputs(options, stdout);
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
        printf("    %2d   %s\n", codes[i].code, codes[i].words);
}

static void help_about(const struct command *command)
{
    printf("ireserve-mattermost %s%s%s: %s\n", command->name, *command->arguments ? " " : "",
           command->arguments, command->summary);
    if (*command->help)
        printf("\n%s", command->help);
}

static int run(const struct command_context *context, int argc, char **argv)
{
    const struct command_option none[] = { { NULL, NULL, NULL } };
    int count = command_read(none, 1, argc, argv);

    if (count < 0)
        return EXIT_USAGE;
    if (count == 0) {
        help_about_all(context->commands);
        return EXIT_FINE;
    }
    const struct command *command = command_find(context->commands, argv[1]);
    if (!command) {
        command_not_found(context->commands, argv[1]);
        return EXIT_USAGE;
    }
    help_about(command);
    return EXIT_FINE;
}

const struct command command_help = {
    .name = "help",
    .arguments = "[COMMAND]",
    .summary = "what there is, or how one command works",
    .help = "",
    .run = run,
};
