/*
 * exits: what the exit code of each command says.
 */
#ifndef WORKER_APP_EXITS_H
#define WORKER_APP_EXITS_H

#define EXITS(X)                                                   \
    X(FINE, 0, "fine")                                             \
    X(NO, 1, "it ran, and the answer is no")                       \
    X(USAGE, 64, "the command line is wrong")                      \
    X(UNREACHABLE, 69, "Kafka or Mattermost cannot be reached")    \
    X(INTERNAL, 70, "a fault inside, or Kafka ended the consumer") \
    X(TRY_AGAIN, 75, "not now: try again")                         \
    X(SETTINGS, 78, "the settings are wrong")

enum exit_code {
#define EXIT_CODE(name, code, words) EXIT_##name = (code),
    EXITS(EXIT_CODE)
#undef EXIT_CODE
};

#endif
