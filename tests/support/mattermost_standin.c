/*
 * mattermost-standin: the stand-in for Mattermost as a program of its own, for tests.
 *
 *   mattermost-standin [--version 11.2|5.37] [--port N] [--control-port N] [--setup FILE]
 *                      [--token-file FILE] [--seed N]
 *
 * Prints one line, {"port":N,"control_port":M}, when it listens, and runs until SIGTERM.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/loop.h"
#include "common/text.h"
#include "worker/demo/standin.h"

enum {
    MAX_FILE = 1024 * 1024,
    EXIT_USAGE = 64,
};

struct program {
    struct standin_options options;
    struct text setup;
    struct text token;
};

static int read_file(const char *path, struct text *ret)
{
    char buffer[4096];
    size_t length;
    FILE *file = fopen(path, "r");

    if (!file) {
        fprintf(stderr, "mattermost-standin: cannot read %s\n", path);
        return -1;
    }
    while ((length = fread(buffer, 1, sizeof(buffer), file)) > 0)
        text_add(ret, buffer, length);
    fclose(file);
    return ret->overflowed ? -1 : 0;
}

static int take_option(struct program *program, int option)
{
    switch (option) {
    case 'v':
        program->options.version = strcmp(optarg, "5.37") == 0 ? STANDIN_5_37 : STANDIN_11_2;
        return strcmp(optarg, "5.37") == 0 || strcmp(optarg, "11.2") == 0 ? 0 : -1;
    case 'p':
        program->options.port = (uint16_t)strtoul(optarg, NULL, 10);
        return 0;
    case 'c':
        program->options.control_port = (uint16_t)strtoul(optarg, NULL, 10);
        return 0;
    case 's':
        return read_file(optarg, &program->setup);
    case 't':
        return read_file(optarg, &program->token);
    case 'r':
        program->options.seed = strtoull(optarg, NULL, 10);
        return 0;
    default:
        return -1;
    }
}

static int read_options(struct program *program, int argc, char **argv)
{
    static const struct option options[] = {
        { "version", required_argument, NULL, 'v' },
        { "port", required_argument, NULL, 'p' },
        { "control-port", required_argument, NULL, 'c' },
        { "setup", required_argument, NULL, 's' },
        { "token-file", required_argument, NULL, 't' },
        { "seed", required_argument, NULL, 'r' },
        { NULL, 0, NULL, 0 },
    };
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (take_option(program, option) != 0)
            return -1;
    if (program->setup.length)
        program->options.setup = text_string(&program->setup);
    if (program->token.length) {
        text_truncate(&program->token, strcspn(text_string(&program->token), "\r\n"));
        program->options.token = text_string(&program->token);
    }
    return optind == argc ? 0 : -1;
}

static void caught(void *context, int signal)
{
    bool *stop = context;

    (void)signal;
    *stop = true;
}

static int serve(const struct program *program)
{
    AUTO(loop_free) struct loop *loop = NULL;
    AUTO(standin_close) struct standin *standin = NULL;
    struct fault fault;
    sigset_t signals;
    bool stop = false;

    if (loop_new(&loop, &fault) != 0 ||
        standin_open(loop, &program->options, &standin, &fault) != 0) {
        fprintf(stderr, "mattermost-standin: %s\n", fault.words);
        return EXIT_FAILURE;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    loop_catch_signals(loop, &signals, caught, &stop);
    printf("{\"port\":%u,\"control_port\":%u}\n", standin_port(standin),
           standin_control_port(standin));
    fflush(stdout);
    while (!stop)
        loop_turn(loop, MONO_NEVER);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct program program = { .setup = text_of(MAX_FILE), .token = text_of(MAX_FILE) };
    int result = EXIT_USAGE;

    if (read_options(&program, argc, argv) == 0)
        result = serve(&program);
    text_free(&program.setup);
    text_free(&program.token);
    return result;
}
