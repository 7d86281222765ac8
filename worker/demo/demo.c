#include "worker/demo/demo.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "worker/demo/demo_inner.h"

enum {
    PARTITIONS = 4,  /* of each topic: the state's go with those of the others */
    NOTIFY_MS = 60,  /* between two notifications */
    CHAT_MS = 240,   /* between two events of chats, of which there are several */
    HEAL_MS = 60000, /* at most, from the last trouble's end to the last post */
    CHECK_MS = 100   /* between two looks at whether all is posted */
};

#define NOTIFICATIONS "ireserve.notifications"
#define CONVERSATIONS "ireserve.conversations"
#define STATE         "ireserve.mattermost.state"

/* ---- what arrives ---- */

/* The number in an event's id: props.ireserve.event is "…|demo-<number>". */
static size_t number_of(const struct standin_post *post)
{
    static const char mark[] = "|demo-";
    const char *event = strstr(post->props, mark);

    return event ? strtoul(event + strlen(mark), NULL, 10) : SIZE_MAX;
}

/* The server notes who it was; a bot deletes its own posts only. */
static bool is_deleted_by_author(const struct standin_post *post)
{
    static const char mark[] = "\"deleteBy\":\"";
    const char *by = strstr(post->props, mark);

    return by && strncmp(by + strlen(mark), post->user_id, strlen(post->user_id)) == 0;
}

static struct tally_post view(const struct standin_post *post)
{
    return (struct tally_post){ .id = post->id,
                                .root = post->root_id,
                                .event = number_of(post),
                                .is_deleted = post->deleted,
                                .is_deleted_by_bot = is_deleted_by_author(post),
                                .is_locked = standin_has_reaction(post, "lock") };
}

static void on_accepted(void *context, const struct standin_post *post)
{
    struct demo *demo = context;
    const struct tally_post seen = view(post);

    tally_accepted(&demo->tally, &seen);
    feed_add(&demo->feed, post->n);
}

static void on_changed(void *context, const struct standin_post *post)
{
    struct demo *demo = context;
    const struct tally_post seen = view(post);

    tally_changed(&demo->tally, &seen);
    feed_add(&demo->feed, post->n);
}

/* ---- what is produced ---- */

static void publish(struct demo *demo, const char *topic, struct sample *sample)
{
    if (broker_publish(demo->broker, topic, sample->key, &sample->value) == 0)
        tally_produced(&demo->tally, sample);
    text_free(&sample->value);
}

static void produce_notification(void *context, mono_ms now)
{
    struct demo *demo = context;
    struct sample sample = sample_make(&demo->random, demo->tally.produced, clock_wall());

    publish(demo, NOTIFICATIONS, &sample);
    loop_set_timer(demo->loop, &demo->notify, now + NOTIFY_MS);
}

static void produce_chat(void *context, mono_ms now)
{
    struct demo *demo = context;
    struct sample sample =
        chats_make(&demo->chats, &demo->random, demo->tally.produced, clock_wall());

    publish(demo, CONVERSATIONS, &sample);
    loop_set_timer(demo->loop, &demo->chat, now + CHAT_MS);
}

/* ---- troubles ---- */

/* Of a conversation that goes on: there is something to see then. */
static const char *pick_root(void *context)
{
    struct demo *demo = context;
    const char *roots[CHATS_AT_ONCE];
    int64_t count = 0;
    char key[16];

    for (size_t i = 0; i < CHATS_AT_ONCE; i++) {
        if (!chats_expect_message(&demo->chats, i, key))
            continue;
        roots[count] = tally_root(&demo->tally, key);
        count += roots[count] != NULL;
    }
    return count > 0 ? roots[random_between(&demo->random, 0, count - 1)] : NULL;
}

static bool make_trouble(void *context, const char *name, bool on)
{
    struct demo *demo = context;
    enum trouble trouble = troubles_find(name);

    if (trouble == TROUBLES)
        return false;
    troubles_set(&demo->troubles, trouble, on);
    return true;
}

/* ---- the course of events ---- */

static void settle(struct demo *demo)
{
    if (demo->progress != PRODUCING)
        return;
    for (enum trouble trouble = 0; trouble < TROUBLES; trouble++)
        troubles_set(&demo->troubles, trouble, false);
    loop_clear_timer(demo->loop, &demo->notify);
    loop_clear_timer(demo->loop, &demo->chat);
    demo->progress = SETTLING;
    demo->deadline = loop_now(demo->loop) + HEAL_MS;
}

/* Each trouble has its share of the time, with a pause behind it; the first share has none. */
static void make_troubles_in_turn(struct demo *demo, mono_ms at, mono_ms share)
{
    mono_ms turn = at / share - 1;

    for (enum trouble trouble = 0; trouble < TROUBLES; trouble++) {
        bool on = turn == (mono_ms)trouble && at % share < share * 3 / 4;
        if (on == demo->made[trouble])
            continue;
        demo->made[trouble] = on;
        troubles_set(&demo->troubles, trouble, on);
        if (on)
            printf("trouble: %s\n", troubles_name(trouble));
        fflush(stdout);
    }
}

/* What --seconds wants to be done now. */
static void direct(struct demo *demo, mono_ms now)
{
    mono_ms length = (mono_ms)demo->options.seconds * 1000;
    mono_ms at = now - demo->started_at;

    if (length == 0 || demo->progress != PRODUCING)
        return;
    if (at >= length)
        settle(demo);
    else
        make_troubles_in_turn(demo, at, length / (TROUBLES + 1));
}

static void look(void *context, mono_ms now)
{
    struct demo *demo = context;

    broker_serve(demo->broker);
    direct(demo, now);
    if (demo->progress == SETTLING &&
        (demo->tally.posted == demo->tally.produced || now >= demo->deadline)) {
        demo->progress = ENDING;
        child_end(&demo->child);
    }
    loop_set_timer(demo->loop, &demo->clock, now + CHECK_MS);
}

static void on_signal(void *context, int signal)
{
    struct demo *demo = context;

    if (signal == SIGCHLD)
        child_reap(&demo->child);
    else
        settle(demo);
}

/* ---- building and ending ---- */

static int open_parts(struct demo *demo, struct fault *reterr)
{
    AUTO(free) char *setup = stage_setup();
    const struct standin_options standin = { .setup = setup, .seed = 1 };
    const struct standin_observer observer = { demo, on_accepted, on_changed };
    struct page_options page = { .port = demo->options.port,
                                 .context = demo,
                                 .state = demo_write_state,
                                 .trouble = make_trouble };

    if (broker_new(&demo->broker, reterr) != 0 ||
        standin_open(demo->loop, &standin, &demo->standin, reterr) != 0)
        return -1;
    page.standin = demo->standin;
    if (page_new(demo->loop, &page, &demo->page, reterr) != 0)
        return -1;
    broker_add_topic(demo->broker, NOTIFICATIONS, PARTITIONS);
    broker_add_topic(demo->broker, CONVERSATIONS, PARTITIONS);
    broker_add_topic(demo->broker, STATE, PARTITIONS);
    standin_observe(demo->standin, &observer);
    return stage_open(&demo->stage, broker_bootstrap_servers(demo->broker),
                      standin_port(demo->standin), reterr);
}

static void start(struct demo *demo)
{
    static char name[] = "ireserve-mattermost";
    static char option[] = "--settings";
    static char command[] = "run";
    char *const arguments[] = { name, option, demo->stage.settings, command, NULL };

    demo->child = (struct child){ .loop = demo->loop, .log_fd = demo->stage.log_fd };
    memcpy(demo->child.arguments, arguments, sizeof(arguments));
    demo->chats.pictures_port = page_port(demo->page);
    demo->troubles = (struct troubles){
        .standin = demo->standin, .child = &demo->child, .pick_root = pick_root, .context = demo
    };
    demo->notify = (struct loop_timer){ .due = produce_notification, .context = demo };
    demo->chat = (struct loop_timer){ .due = produce_chat, .context = demo };
    demo->clock = (struct loop_timer){ .due = look, .context = demo };
    demo->started_at = loop_now(demo->loop);
    child_start(&demo->child);
    loop_set_timer(demo->loop, &demo->notify, demo->started_at);
    loop_set_timer(demo->loop, &demo->chat, demo->started_at);
    loop_set_timer(demo->loop, &demo->clock, demo->started_at);
    printf("page: http://127.0.0.1:%d/\nlog of the worker: %s\n", (int)page_port(demo->page),
           demo->stage.log);
    fflush(stdout);
}

/* For whoever looks into the worker's log. */
static void tell_missing(const struct tally *tally)
{
    enum { MOST = 10 };
    size_t at = tally_missing(tally, 0);

    for (int i = 0; i < MOST && at < tally->produced; i++, at = tally_missing(tally, at + 1))
        fprintf(stderr, "not to be seen: the event demo-%zu\n", at);
}

static int finish(struct demo *demo)
{
    const struct tally *tally = &demo->tally;
    bool fine = tally_is_fine(tally);

    printf("produced %zu, posted %zu, lost %zu, twice %zu, out of order %zu, extra roots %zu\n",
           tally->produced, tally->posted, tally->produced - tally->posted, tally->twice,
           tally->disorder, tally->extra_roots);
    fflush(stdout);
    if (fine) {
        stage_close(&demo->stage);
    } else {
        tell_missing(tally);
        fprintf(stderr, "the worker's log was kept: %s\n", demo->stage.log);
    }
    return fine ? 0 : 1;
}

static void close_parts(struct demo *demo)
{
    loop_clear_timer(demo->loop, &demo->notify);
    loop_clear_timer(demo->loop, &demo->chat);
    loop_clear_timer(demo->loop, &demo->clock);
    page_free(demo->page);
    standin_close(demo->standin);
    broker_free(demo->broker);
    tally_free(&demo->tally);
    feed_free(&demo->feed);
    loop_free(demo->loop);
}

int demo_run(const struct demo_options *options)
{
    struct demo demo = { .options = *options, .random = random_of((uint64_t)clock_wall()) };
    struct fault fault;
    sigset_t signals;
    int exit_code = 70;

    if (loop_new(&demo.loop, &fault) != 0) {
        fprintf(stderr, "%s\n", fault.words);
        return exit_code;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGCHLD);
    loop_catch_signals(demo.loop, &signals, on_signal, &demo);
    if (open_parts(&demo, &fault) != 0) {
        fprintf(stderr, "%s\n", fault.words);
    } else {
        start(&demo);
        while (demo.progress != ENDING || demo.child.pid)
            loop_turn(demo.loop, MONO_NEVER);
        exit_code = finish(&demo);
    }
    close_parts(&demo);
    return exit_code;
}
