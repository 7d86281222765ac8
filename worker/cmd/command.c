#include "worker/cmd/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/must.h"
#include "common/nearest.h"
#include "worker/app/version.h"
#include "worker/cmd/hygiene.h"

enum { MAX_NAMES = 64 };

/* What was said to the program itself, whichever command follows. */
struct invocation {
    const char *settings_path;
    bool wants_help;
    bool wants_version;
    bool may_dump_core;
    int argc; /* of the rest: the command and its arguments */
};

static void suggest(const char *slip, const char *const *names, size_t count)
{
    const char *nearest = nearest_name(slip, names, count);

    if (nearest)
        fprintf(stderr, "; did you mean %s?", nearest);
    fputc('\n', stderr);
}

static const struct command_option *find_option(const struct command_option *options,
                                                const char *word)
{
    size_t length = strcspn(word, "=");

    for (; options->name; options++)
        if (strlen(options->name) == length && strncmp(options->name, word, length) == 0)
            return options;
    return NULL;
}

static void option_not_found(const struct command_option *options, const char *command,
                             const char *word)
{
    const char *names[MAX_NAMES];
    size_t count = 0;

    for (; options->name && count < MAX_NAMES; options++)
        names[count++] = options->name;
    fprintf(stderr, "%s: there is no option %.64s", command, word);
    suggest(word, names, count);
}

/*
 * Takes the option at argv[at], with its value.  Gives how many words that were; -1: it lacks its
 * value, or has one that it does not take.
 */
static int take_option(const struct command_option *option, int at, int argc, char **argv)
{
    const char *inside = strchr(argv[at], '=');

    if (option->flag && !inside) {
        *option->flag = true;
        return 1;
    }
    if (option->value && (inside || at + 1 < argc)) {
        *option->value = inside ? inside + 1 : argv[at + 1];
        return inside ? 1 : 2;
    }
    fprintf(stderr, "%s: %s %s a value\n", argv[0], option->name,
            option->flag ? "does not take" : "needs");
    return -1;
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

int command_read(const struct command_option *options, int most, int argc, char **argv)
{
    int count = 0;
    bool are_over = false;

    for (int at = 1; at < argc;) {
        const struct command_option *option = NULL;
        int words = 1;

        if (!are_over && strcmp(argv[at], "--") == 0) {
            are_over = true;
        } else if (are_over || !is_option(argv[at])) {
            argv[++count] = argv[at];
        } else if ((option = find_option(options, argv[at]))) {
            words = take_option(option, at, argc, argv);
        } else {
            option_not_found(options, argv[0], argv[at]);
            words = -1;
        }
        if (words < 0)
            return -1;
        at += words;
    }
    if (count <= most)
        return count;
    fprintf(stderr, "%s: \"%.64s\" is too much\n", argv[0], argv[most + 1]);
    return -1;
}

const struct command *command_find(const struct command *const *commands, const char *name)
{
    for (; *commands; commands++)
        if (strcmp((*commands)->name, name) == 0)
            return *commands;
    return NULL;
}

void command_not_found(const struct command *const *commands, const char *name)
{
    const char *names[MAX_NAMES];
    size_t count = 0;

    for (; *commands && count < MAX_NAMES; commands++)
        names[count++] = (*commands)->name;
    fprintf(stderr, "ireserve-mattermost: there is no command \"%.64s\"", name);
    suggest(name, names, count);
}

/* Reads "--settings FILE" or "--settings=FILE" at argv[at]; gives how many words that were. */
static int take_settings(struct invocation *invocation, int at, int argc, char **argv)
{
    const struct command_option option[] = { { "--settings", NULL, &invocation->settings_path },
                                             { NULL, NULL, NULL } };

    return find_option(option, argv[at]) ? take_option(option, at, argc, argv) : 0;
}

/* Whether a word is for the program itself; after the command's name only --help still is. */
static bool take_word(struct invocation *invocation, const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        invocation->wants_help = true;
    else if (invocation->argc == 1 && strcmp(word, "--version") == 0)
        invocation->wants_version = true;
    else if (invocation->argc == 1 && strcmp(word, "--allow-core") == 0)
        invocation->may_dump_core = true;
    else
        return false;
    return true;
}

/* Takes out of argv what is for the program itself.  -1: it is wrong, said on stderr. */
static int read_invocation(struct invocation *invocation, int argc, char **argv)
{
    bool are_over = false;

    for (int at = 1; at < argc;) {
        are_over = are_over || strcmp(argv[at], "--") == 0;
        int words = are_over ? 0 : take_settings(invocation, at, argc, argv);
        if (words < 0)
            return -1;
        if (words == 0 && (are_over || !take_word(invocation, argv[at])))
            argv[invocation->argc++] = argv[at];
        at += words ? words : 1;
    }
    argv[invocation->argc] = NULL;
    return 0;
}

/* Runs `help`, about the command when there is one. */
static int run_help(const struct command_context *context, char *about)
{
    char name[] = "help";
    char *words[] = { name, about, NULL };

    const struct command *help = command_find(context->commands, name);

    must(help);
    return help->run(context, about ? 2 : 1, words);
}

static int run(const struct command_context *context, const struct invocation *invocation,
               char **argv)
{
    if (invocation->wants_version) {
        printf("ireserve-mattermost %s\n", worker_version);
        return EXIT_FINE;
    }
    if (invocation->wants_help)
        return run_help(context, argv[1]);
    if (invocation->argc < 2) {
        fprintf(stderr, "%s: which command?  `%s help` lists them\n", argv[0], argv[0]);
        return EXIT_USAGE;
    }
    const struct command *command = command_find(context->commands, argv[1]);
    if (command)
        return command->run(context, invocation->argc - 1, argv + 1);
    if (is_option(argv[1]))
        fprintf(stderr, "%s: there is no option %.64s\n", argv[0], argv[1]);
    else
        command_not_found(context->commands, argv[1]);
    return EXIT_USAGE;
}

/* Says when what was printed did not get out; that a reader has left is fine. */
static int finish(int code)
{
    if (fflush(stdout) == 0 || errno == EPIPE)
        return code;
    fprintf(stderr, "ireserve-mattermost: cannot write to stdout: %s\n", strerrordesc_np(errno));
    return code == EXIT_FINE ? EXIT_INTERNAL : code;
}

int command_main(const struct command *const *commands, int argc, char **argv)
{
    static char name[] = "ireserve-mattermost";
    struct invocation invocation = { .argc = 1 };

    argv[0] = name; /* which faults begin with, however it was called */
    if (read_invocation(&invocation, argc, argv) != 0)
        return EXIT_USAGE;
    hygiene_start(invocation.may_dump_core);
    const struct command_context context = { invocation.settings_path, commands };
    return finish(run(&context, &invocation, argv));
}
