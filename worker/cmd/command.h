/*
 * command: the subcommands of the program, and how a command line finds its own.
 *
 * A command is one file, worker/cmd/NAME.c, which defines a `const struct command command_NAME`,
 * and one line in the table of worker/main.c.  Help and completions follow from that.
 */
#ifndef WORKER_CMD_COMMAND_H
#define WORKER_CMD_COMMAND_H

#include <stdbool.h>

#include "common/attrs.h"
#include "worker/app/exits.h"

struct command;

struct command_context {
    const char *settings_path; /* as --settings said, for settings_path(); may be NULL */
    const struct command *const *commands; /* the table; ends in NULL */
};

struct command {
    const char *name;
    const char *arguments; /* as help shows them: "[--json] FILE"; completions offer its options */
    const char *summary;   /* half a line */
    const char *help;      /* whole lines below the summary: examples first; "" when it says all */
    /* argv[0] is the command's name.  Gives the exit code. */
    int (*run)(const struct command_context *context, int argc, char **argv);
};

/* An option of a command: sets either a flag or a value. */
struct command_option {
    const char *name; /* "--json"; a NULL ends the list */
    bool *flag;
    const char **value;
};

/*
 * Reads the options, wherever they stand (up to "--"), and moves what is left to argv[1] and on.
 * Gives how many these are; -1: an option is wrong or there are more than `most`, said on stderr.
 */
int command_read(const struct command_option *options, int most, int argc,
                 char **argv) ATTR_MUST_USE;

/* The command of that name; NULL when there is none. */
const struct command *command_find(const struct command *const *commands,
                                   const char *name) ATTR_MUST_USE;

/* Says on stderr that there is no such command, and which one may be meant. */
void command_not_found(const struct command *const *commands, const char *name);

/*
 * The program: prepares the process, reads what stands before the command (--settings may stand
 * behind it, too) and runs it.  Gives the exit code.
 */
int command_main(const struct command *const *commands, int argc, char **argv) ATTR_MUST_USE;

#endif
