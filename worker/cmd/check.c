#include <stdio.h>

#include "worker/app/settings.h"
#include "worker/cmd/command.h"
#include "worker/cmd/load_settings.h"

static void print_integration(const struct integration *integration)
{
    size_t mapped = 0;

    for (size_t i = 0; i < integration->mapping_count; i++)
        mapped += *integration->mappings[i].channel != '\0';
    printf("%s: %s, %s, %zu types go to a channel%s%s\n", integration->licence,
           integration->active ? "active" : "not active", integration->server_url, mapped,
           *integration->conversation_channel ? ", conversations to " : "",
           integration->conversation_channel);
}

static int check(const struct command_context *context, int argc, char **argv)
{
    bool offline = false;
    const struct command_option options[] = { { .name = "--offline", .flag = &offline },
                                              { .name = NULL } };

    if (command_read(options, 0, argc, argv) < 0)
        return EXIT_USAGE;
    if (!offline) {
        fprintf(stderr, "check: this version checks the settings alone: say --offline\n");
        return EXIT_USAGE;
    }
    const struct settings *settings = load_settings(context);
    if (!settings)
        return EXIT_SETTINGS;
    printf("%s: fine; %zu integration%s\n", settings->path, settings->integrations.count,
           settings->integrations.count == 1 ? "" : "s");
    for (size_t i = 0; i < settings->integrations.count; i++)
        print_integration(&settings->integrations.list[i]);
    settings_free(settings);
    return EXIT_FINE;
}

const struct command command_check = {
    .name = "check",
    .arguments = "--offline",
    .summary = "says what is wrong with the settings, and what would be right",
    .help = "",
    .run = check,
};
