#include <stdio.h>

#include "worker/app/settings.h"
#include "worker/cmd/command.h"
#include "worker/cmd/load_settings.h"

enum { MAX_OUTPUT = 64 * 1024 * 1024 };

static int print(const struct command_context *context, int argc, char **argv)
{
    AUTO(text_free) struct text out = text_of(MAX_OUTPUT);
    bool as_json = false;
    bool reference = false;
    const struct command_option options[] = { { .name = "--json", .flag = &as_json },
                                              { .name = "--reference", .flag = &reference },
                                              { .name = NULL } };

    if (command_read(options, 0, argc, argv) < 0)
        return EXIT_USAGE;
    if (reference) {
        settings_print_reference(as_json, &out);
    } else {
        const struct settings *settings = load_settings(context);
        if (!settings)
            return EXIT_SETTINGS;
        settings_print(settings, as_json, &out);
        settings_free(settings);
    }
    fputs(text_string(&out), stdout);
    return EXIT_FINE;
}

const struct command command_settings = {
    .name = "settings",
    .arguments = "[--reference] [--json]",
    .summary = "the effective settings, or the reference of all",
    .help = "Each setting with where it comes from; secrets as fingerprints.\n",
    .run = print,
};
