#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "common/log.h"
#include "worker/app/settings.h"
#include "worker/app/topics.h"
#include "worker/app/worker.h"
#include "worker/cmd/command.h"
#include "worker/cmd/load_settings.h"

enum { TEAR_DOWN_S = 5 };

/* What a signal needs to know. */
struct running {
    struct worker *worker;
    bool is_stopping;
};

static void on_signal(void *context, int signal)
{
    struct running *running = context;

    switch (signal) {
    case SIGUSR1:
        worker_tell(running->worker);
        return;
    case SIGHUP:
        log_line(LOG_WARN, "not_reloaded",
                 &(struct log_fields){ .why = "settings are read at the start: restart to apply; "
                                              "closed channels are tried now" });
        worker_try_routes(running->worker);
        return;
    default:
        if (running->is_stopping)
            _exit(EXIT_TRY_AGAIN); /* safe at any moment: what is not done is not committed */
        running->is_stopping = true;
        worker_stop(running->worker);
    }
}

static int exit_code_at_the_end;

static void give_up(int signal)
{
    (void)signal;
    _exit(exit_code_at_the_end);
}

/*
 * Takes everything apart, with a limit: librdkafka can wait for ever for a rebalance that does not
 * end, and all that matters is done by now.
 */
static void tear_down(struct worker *worker, int exit_code)
{
    sigset_t alarm_only;

    exit_code_at_the_end = exit_code;
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    (void)sigaction(SIGALRM, &(struct sigaction){ .sa_handler = give_up }, NULL);
    (void)sigprocmask(SIG_UNBLOCK, &alarm_only, NULL);
    log_close();
    alarm(TEAR_DOWN_S);
    worker_free(worker);
    alarm(0);
}

static int run(const struct settings *settings, struct loop *loop)
{
    struct running running = { 0 };
    struct fault fault;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGUSR1);
    loop_catch_signals(loop, &signals, on_signal, &running);
    if (worker_new(settings, loop, &running.worker, &fault) != 0) {
        fprintf(stderr, "%s\n", fault.words);
        return EXIT_SETTINGS;
    }
    log_open(&(struct log_options){
        .fd = STDOUT_FILENO, .level = settings->log.level, .format = settings->log.format });
    int exit_code = worker_run(running.worker);
    tear_down(running.worker, exit_code);
    return exit_code;
}

/*
 * Refuses to run with a state topic that would not keep what is remembered, and says what mends it.
 * A broker that is away is waited for, as always.
 */
static int check_state(const struct settings *settings)
{
    struct fault fault;

    switch (topics_check_state(settings, &fault)) {
    case TOPICS_FINE:
        return EXIT_FINE;
    case TOPICS_NOT_KNOWN:
        fprintf(stderr, "the state topic was not checked: %s\n", fault.words);
        return EXIT_FINE;
    case TOPICS_WRONG:
        fprintf(stderr, "%s\n", fault.words);
        return EXIT_SETTINGS;
    }
    return EXIT_INTERNAL;
}

static int run_command(const struct command_context *context, int argc, char **argv)
{
    static const struct command_option options[] = { { .name = NULL } };
    struct loop *loop;
    struct fault fault;

    if (command_read(options, 0, argc, argv) < 0)
        return EXIT_USAGE;
    const struct settings *settings = load_settings(context);
    if (!settings)
        return EXIT_SETTINGS;
    if (loop_new(&loop, &fault) != 0) {
        fprintf(stderr, "%s\n", fault.words);
        settings_free(settings);
        return EXIT_INTERNAL;
    }
    int exit_code = check_state(settings);
    if (exit_code == EXIT_FINE)
        exit_code = run(settings, loop);
    loop_free(loop);
    settings_free(settings);
    return exit_code;
}

const struct command command_run = {
    .name = "run",
    .arguments = "",
    .summary = "the worker",
    .help = "Runs until SIGTERM or SIGINT, which drain; a second one exits at once.\n"
            "SIGUSR1 logs one line of state.\n",
    .run = run_command,
};
