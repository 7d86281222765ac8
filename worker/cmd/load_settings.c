#include "worker/cmd/load_settings.h"

#include <stdio.h>

enum { MAX_ERROR_BYTES = 1024 * 1024 };

const struct settings *load_settings(const struct command_context *context)
{
    AUTO(text_free) struct text errors = text_of(MAX_ERROR_BYTES);
    const struct settings *settings;

    if (settings_load(settings_path(context->settings_path), &settings, &errors) == 0)
        return settings;
    fputs(text_string(&errors), stderr);
    return NULL;
}
