/*
 * load_settings: the settings, for the commands that cannot do without.
 */
#ifndef WORKER_CMD_LOAD_SETTINGS_H
#define WORKER_CMD_LOAD_SETTINGS_H

#include "worker/app/settings.h"
#include "worker/cmd/command.h"

/* Loads the settings, or says on stderr all that is wrong with them and gives NULL. */
const struct settings *load_settings(const struct command_context *context) ATTR_MUST_USE;

#endif
