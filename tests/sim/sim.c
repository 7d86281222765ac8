/*
 * sim: the whole core in a world of faults, by random schedules in virtual time (world.h, plan.h).
 *
 * Whatever happens: what is stored is done, keys stay in order and alone, nothing is changed that
 * may be another's, and when the faults end every record stands once, as it is to be, or is buried,
 * and is committed, and the state topic knows the threads.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "tests/sim/play.h"

static const char usage[] =
    "usage: sim [--schedules N] [--seed S] [--fast] [--tell]\n"
    "           [--records N] [--turns N] [--without FAULT,...]\n"
    "Plays N schedules (1000) from a seed (one of its own) on.  One that fails is made smaller, unless\n"
    "it has to be fast.  A single one is played in this very process, for a debugger; --tell tells\n"
    "what happens.  The others make schedules smaller: at most so many records, and turns of trouble,\n"
    "and without such faults:";

static int say_usage(void)
{
    fprintf(stderr, "%s\n   ", usage);
    for (int i = 0; i < FAULT_COUNT; i++)
        fprintf(stderr, " %s", fault_names[i]);
    fprintf(stderr, "\n");
    return 2;
}

/* Reads names of faults; -1: one is unknown. */
static int read_faults(char *names, unsigned *ret)
{
    char *rest = names;
    char *name;

    while ((name = strsep(&rest, ","))) {
        int fault = fault_find(name);
        if (fault < 0)
            return -1;
        *ret |= 1U << fault;
    }
    return 0;
}

static int read_option(int option, char *value, struct play *play)
{
    switch (option) {
    case 'n':
        play->schedules = strtoull(value, NULL, 10);
        return 0;
    case 's':
        play->seed = strtoull(value, NULL, 10);
        return 0;
    case 'r':
        play->limits.records = (int)strtol(value, NULL, 10);
        return 0;
    case 't':
        play->limits.turns = (int)strtol(value, NULL, 10);
        return 0;
    case 'l':
        play->limits.is_told = true;
        return 0;
    case 'f':
        play->is_fast = true;
        return 0;
    case 'w':
        return read_faults(value, &play->limits.without);
    default:
        return -1;
    }
}

static int read_options(int argc, char **argv, struct play *play)
{
    static const struct option options[] = {
        { "schedules", required_argument, NULL, 'n' },
        { "seed", required_argument, NULL, 's' },
        { "records", required_argument, NULL, 'r' },
        { "turns", required_argument, NULL, 't' },
        { "without", required_argument, NULL, 'w' },
        { "tell", no_argument, NULL, 'l' },
        { "fast", no_argument, NULL, 'f' },
        { NULL, 0, NULL, 0 },
    };
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (read_option(option, optarg, play) != 0)
            return -1;
    return optind == argc && play->schedules > 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    struct play play = { .schedules = 1000, .seed = (uint64_t)clock_wall() * 1000000 };

    if (read_options(argc, argv, &play) != 0)
        return say_usage();
    return play_all(&play);
}
