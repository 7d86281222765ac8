#include "worker/demo/demo.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "worker/demo/broker.h"
#include "worker/demo/page.h"
#include "worker/demo/samples.h"
#include "worker/demo/stage.h"
#include "worker/demo/tally.h"
#include "worker/demo/troubles.h"

enum {
    PARTITIONS = 4,
    EVENT_MS = 60,     /* between two events */
    HEAL_MS = 60000,   /* at most, from the last trouble's end to the last post */
    CHECK_MS = 100,    /* between two looks at whether all is posted */
    POSTS_A_CALL = 200 /* that the page is told at once */
};

#define TOPIC "ireserve.notifications"

/* From producing with troubles, to waiting for the last posts, to the end of the worker. */
enum demo_state { PRODUCING, SETTLING, ENDING };

struct demo {
    struct demo_options options;
    struct loop *loop;
    enum demo_state state;
    mono_ms started_at;
    mono_ms deadline; /* of settling */
    struct random random;
    struct broker *broker;
    struct standin *standin;
    struct page *page;
    struct stage stage;
    struct child child;
    struct troubles troubles;
    bool made[TROUBLES]; /* which of them --seconds made */
    struct tally tally;
    struct loop_timer stream;
    struct loop_timer clock;
};

/* ---- what arrives ---- */

/* The number in an event's id: props.ireserve.event is "…|demo-<number>". */
static void on_post(void *context, const struct standin_post *post)
{
    static const char mark[] = "|demo-";
    struct demo *demo = context;
    const char *event = strstr(post->props, mark);

    if (event)
        tally_posted(&demo->tally, strtoul(event + strlen(mark), NULL, 10));
}

static void produce(void *context, mono_ms now)
{
    struct demo *demo = context;
    struct sample sample = sample_make(&demo->random, (long)demo->tally.produced, clock_wall());

    broker_serve(demo->broker);
    if (broker_publish(demo->broker, sample.key, text_string(&sample.value), sample.value.length) ==
        0)
        tally_produced(&demo->tally, sample.key);
    text_free(&sample.value);
    loop_set_timer(demo->loop, &demo->stream, now + EVENT_MS);
}

/* ---- the page ---- */

static void add_post(struct text *json, const struct standin_post *post)
{
    text_printf(json, "{\"n\":%" PRIu64 ",\"channel_id\":", post->n);
    text_add_json_string(json, post->channel_id);
    text_printf(json, ",\"create_at\":%" PRId64 ",\"message\":", post->create_at);
    text_add_json_string(json, post->message);
    text_add_string(json, ",\"props\":");
    text_add_string(json, post->props);
    text_add_char(json, '}');
}

static void add_channels(const struct demo *demo, struct text *json)
{
    for (size_t i = 0; i < stage_channel_count; i++) {
        bool closed = i == 0 && demo->troubles.on[TROUBLE_REMOVE_BOT];
        text_printf(json, "%s{\"id\":\"%s\",\"display_name\":\"%s\",\"open\":%s}", i ? "," : "",
                    stage_channels[i].id, stage_channels[i].words, closed ? "false" : "true");
    }
}

static void add_tally(const struct demo *demo, struct text *json)
{
    const struct tally *tally = &demo->tally;
    size_t open = tally->produced - tally->posted;

    text_printf(json,
                "{\"produced\":%zu,\"posted\":%zu,\"waiting\":%zu,\"lost\":%zu,\"twice\":%zu,"
                "\"disorder\":%zu}",
                tally->produced, tally->posted, demo->state == ENDING ? 0 : open,
                demo->state == ENDING ? open : 0, tally->twice, tally->disorder);
}

static void write_state(void *context, uint64_t from, struct text *ret)
{
    const struct demo *demo = context;
    uint64_t count = standin_accepted(demo->standin);
    uint64_t end = from + POSTS_A_CALL < count ? from + POSTS_A_CALL : count;

    text_add_string(ret, "{\"channels\":[");
    add_channels(demo, ret);
    text_add_string(ret, "],\"posts\":[");
    for (uint64_t n = from; n < end; n++) {
        const struct standin_post post = standin_post_at(demo->standin, n);
        if (n > from)
            text_add_char(ret, ',');
        add_post(ret, &post);
    }
    text_printf(ret, "],\"next\":%" PRIu64 ",\"tally\":", from > end ? from : end);
    add_tally(demo, ret);
    text_add_string(ret, ",\"troubles\":");
    troubles_write(&demo->troubles, ret);
    text_printf(ret, ",\"worker\":{\"running\":%s,\"pid\":%d,\"starts\":%d}}",
                demo->child.pid ? "true" : "false", (int)demo->child.pid, demo->child.starts);
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
    if (demo->state != PRODUCING)
        return;
    for (enum trouble trouble = 0; trouble < TROUBLES; trouble++)
        troubles_set(&demo->troubles, trouble, false);
    loop_clear_timer(demo->loop, &demo->stream);
    demo->state = SETTLING;
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

    if (length == 0 || demo->state != PRODUCING)
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
    if (demo->state == SETTLING &&
        (demo->tally.posted == demo->tally.produced || now >= demo->deadline)) {
        demo->state = ENDING;
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
    const struct page_options page = {
        .port = demo->options.port, .context = demo, .state = write_state, .trouble = make_trouble
    };

    if (broker_new(TOPIC, PARTITIONS, &demo->broker, reterr) != 0 ||
        standin_open(demo->loop, &standin, &demo->standin, reterr) != 0 ||
        page_new(demo->loop, &page, &demo->page, reterr) != 0)
        return -1;
    standin_observe(demo->standin, on_post, demo);
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
    demo->troubles = (struct troubles){ .standin = demo->standin, .child = &demo->child };
    demo->stream = (struct loop_timer){ .due = produce, .context = demo };
    demo->clock = (struct loop_timer){ .due = look, .context = demo };
    demo->started_at = loop_now(demo->loop);
    child_start(&demo->child);
    loop_set_timer(demo->loop, &demo->stream, demo->started_at);
    loop_set_timer(demo->loop, &demo->clock, demo->started_at);
    printf("page: http://127.0.0.1:%d/\nlog of the worker: %s\n", (int)page_port(demo->page),
           demo->stage.log);
    fflush(stdout);
}

static int finish(struct demo *demo)
{
    const struct tally *tally = &demo->tally;
    size_t lost = tally->produced - tally->posted;
    bool fine = lost == 0 && tally->twice == 0 && tally->disorder == 0 && tally->produced > 0;

    printf("produced %zu, posted %zu, lost %zu, twice %zu, out of order %zu\n", tally->produced,
           tally->posted, lost, tally->twice, tally->disorder);
    fflush(stdout);
    if (!fine)
        fprintf(stderr, "the worker's log was kept: %s\n", demo->stage.log);
    else
        stage_close(&demo->stage);
    return fine ? 0 : 1;
}

static void close_parts(struct demo *demo)
{
    loop_clear_timer(demo->loop, &demo->stream);
    loop_clear_timer(demo->loop, &demo->clock);
    page_free(demo->page);
    standin_close(demo->standin);
    broker_free(demo->broker);
    tally_free(&demo->tally);
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
        while (demo.state != ENDING || demo.child.pid)
            loop_turn(demo.loop, MONO_NEVER);
        exit_code = finish(&demo);
    }
    close_parts(&demo);
    return exit_code;
}
