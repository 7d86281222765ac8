#include "tests/sim/play.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/must.h"
#include "tests/sim/world.h"

enum {
    TURNS_TO_HEAL = 20000,
    SECONDS_AT_MOST = 30, /* of a schedule: longer, and it never ends */
    TRIES = 400,          /* schedules that may fail like the one that is made smaller */
};

static void play_one(uint64_t seed, const struct plan_limits *limits)
{
    static struct world world;
    const struct plan plan = plan_of(seed, limits);

    world_open(&world, &plan);
    for (int i = 0; i < plan.turns && !world_is_done(&world); i++)
        world_turn(&world);
    world_heal(&world);
    for (int i = 0; !world_is_done(&world); i++) {
        must(i < TURNS_TO_HEAL);
        world_turn(&world);
    }
    world_claim_all_is_well(&world);
    world_close(&world);
}

/* ---- in a process of their own, for a claim that fails ends it ---- */

/* What the parent learns of a child. */
struct ending {
    uint64_t seed;   /* of the schedule that was played last */
    char words[512]; /* the beginning of what it had to say; empty: nothing */
};

static void play_in_child(const struct play *play, uint64_t *at, int words)
{
    (void)dup2(words, STDERR_FILENO);
    for (uint64_t i = 0; i < play->schedules; i++) {
        *at = play->seed + i;
        (void)alarm(SECONDS_AT_MOST);
        play_one(*at, &play->limits);
    }
    (void)alarm(0);
}

/* Whether one fails: then *ret says which, and how. */
static bool fails(const struct play *play, struct ending *ret)
{
    uint64_t *at =
        mmap(NULL, sizeof(*at), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int words = memfd_create("words", 0);
    int status = 0;

    must(at != MAP_FAILED && words >= 0);
    (void)fflush(NULL);
    pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        play_in_child(play, at, words);
        exit(0);
    }
    must(waitpid(child, &status, 0) == child);
    ssize_t length = pread(words, ret->words, sizeof(ret->words) - 1, 0);
    ret->words[length > 0 ? length : 0] = '\0';
    ret->seed = *at;
    (void)close(words);
    must(munmap(at, sizeof(*at)) == 0);
    return status != 0;
}

/* ---- made smaller ---- */

/* The smallest schedule so far, and how it fails. */
struct least {
    struct play play;
    const char *words;
};

/* Takes smaller limits where a schedule within them fails likewise: it is the smallest then. */
static bool take(const struct plan_limits *limits, struct least *least)
{
    struct play tried = { .seed = least->play.seed, .schedules = TRIES, .limits = *limits };
    uint64_t end = tried.seed + TRIES;
    struct ending ending;

    while (fails(&tried, &ending)) {
        if (strcmp(ending.words, least->words) == 0) {
            least->play = (struct play){ .seed = ending.seed, .schedules = 1, .limits = *limits };
            return true;
        }
        tried.seed = ending.seed + 1;
        tried.schedules = end - tried.seed;
        if (tried.schedules == 0)
            return false;
    }
    return false;
}

static void leave_out_faults(struct least *least)
{
    for (int fault = 0; fault < FAULT_COUNT; fault++) {
        struct plan_limits limits = least->play.limits;
        if (!plan_has(&(struct plan){ .faults = ~limits.without }, (enum fault)fault))
            continue;
        limits.without |= 1U << fault;
        (void)take(&limits, least);
    }
}

static void cut_records(struct least *least)
{
    struct plan_limits limits = least->play.limits;

    do {
        const struct plan plan = plan_of(least->play.seed, &least->play.limits);
        limits = least->play.limits;
        limits.records = plan.records - (plan.records > 8 ? plan.records / 2 : 1);
    } while (limits.records > 0 && take(&limits, least));
}

static void cut_turns(struct least *least)
{
    struct plan_limits limits = least->play.limits;

    do {
        const struct plan plan = plan_of(least->play.seed, &least->play.limits);
        limits = least->play.limits;
        limits.turns = plan.turns * 3 / 4;
    } while (limits.turns > 0 && take(&limits, least));
}

static void say_command(const struct play *play)
{
    const char *before = " --without ";

    fprintf(stderr, "sim --schedules 1 --seed %" PRIu64, play->seed);
    if (play->limits.records > 0)
        fprintf(stderr, " --records %d", play->limits.records);
    if (play->limits.turns > 0)
        fprintf(stderr, " --turns %d", play->limits.turns);
    for (int i = 0; i < FAULT_COUNT; i++) {
        if (!(play->limits.without >> i & 1U))
            continue;
        fprintf(stderr, "%s%s", before, fault_names[i]);
        before = ",";
    }
    fprintf(stderr, "\n");
}

static void shrink(struct least *least)
{
    leave_out_faults(least);
    cut_records(least);
    cut_turns(least);
    leave_out_faults(least);
}

/* ---- all ---- */

static void say_rate(uint64_t schedules, mono_ms took)
{
    printf("%" PRIu64 " schedules in %" PRId64 " ms: %" PRIu64 " a second\n", schedules, took,
           schedules * 1000 / (uint64_t)(took > 0 ? took : 1));
}

static int tell_failure(const struct play *play, const struct ending *ending)
{
    struct least least = { .play = { .seed = ending->seed, .schedules = 1, .limits = play->limits },
                           .words = ending->words };

    fprintf(stderr, "%sfailed after %" PRIu64 " schedules: ", ending->words,
            ending->seed - play->seed + 1);
    say_command(&least.play);
    if (play->is_fast)
        return 1;
    shrink(&least);
    fprintf(stderr, "smaller: ");
    say_command(&least.play);
    return 1;
}

int play_all(const struct play *play)
{
    mono_ms began = clock_mono();
    struct ending ending;

    if (play->schedules == 1) {
        setlinebuf(stdout); /* for a claim that fails says nothing more */
        play_one(play->seed, &play->limits);
        return 0;
    }
    printf("from seed %" PRIu64 "\n", play->seed);
    if (fails(play, &ending))
        return tell_failure(play, &ending);
    say_rate(play->schedules, clock_mono() - began);
    return 0;
}
