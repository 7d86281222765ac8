#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/mem.h"
#include "common/must.h"
#include "common/random.h"
#include "worker/core/backoff.h"
#include "worker/core/poison.h"

static const mono_ms SECOND = 1000;
static const mono_ms MINUTE = 60 * 1000;

static const struct poison_limits limits = { .attempts = 10, .span = 10 * 60 * 1000 };

/* ---- one delivery, step by step ---- */

/* A delivery, its server and its channel. */
struct table {
    struct poison_tally server;
    struct poison_tally channel;
    struct poison_case against;
    mono_ms now;
};

/* Others fare like that, and then the delivery is answered with 5xx, a minute after the last. */
static enum poison fail_after(struct table *table, struct poison_tally elsewhere,
                              struct poison_tally in_channel)
{
    const struct poison_place place = { &table->server, &table->channel };

    table->server.accepted += elsewhere.accepted + in_channel.accepted;
    table->server.failed += elsewhere.failed + in_channel.failed;
    table->channel.accepted += in_channel.accepted;
    table->channel.failed += in_channel.failed;
    table->now += MINUTE;
    enum poison poison = poison_weigh(&table->against, &place, &limits, table->now);
    poison_count_failure(&table->against, &place, table->now);
    return poison;
}

/* The same `times` times; gives the answer to the last. */
static enum poison fail_often(struct table *table, int times, struct poison_tally elsewhere,
                              struct poison_tally in_channel)
{
    enum poison poison = POISON_UNPROVEN;

    for (int i = 0; i < times; i++)
        poison = fail_after(table, elsewhere, in_channel);
    return poison;
}

static const struct poison_tally nothing;
static const struct poison_tally one_taken = { .accepted = 1 };

static void who_fails_while_others_pass_is_poison_in_time(void **state)
{
    (void)state;
    struct table table = { 0 };

    assert_int_equal(fail_often(&table, 10, nothing, one_taken), POISON_UNPROVEN);
    assert_int_equal(fail_after(&table, nothing, one_taken), POISON_PROVEN);
}

static void attempts_alone_and_time_alone_are_not_enough(void **state)
{
    (void)state;
    struct table table = { 0 };
    const struct poison_place place = { &table.server, &table.channel };
    const struct poison_limits few = { .attempts = 100, .span = 1 };
    const struct poison_limits never = { .attempts = 0, .span = 0 };

    for (int i = 0; i < 100; i++) {
        table.server.accepted++;
        table.channel.accepted++;
        assert_int_equal(poison_weigh(&table.against, &place, &limits, i), POISON_UNPROVEN);
        assert_int_equal(poison_weigh(&table.against, &place, &few, i), POISON_UNPROVEN);
        assert_int_equal(poison_weigh(&table.against, &place, &never, i), POISON_UNPROVEN);
        table.against.rejections = (unsigned)i / 2;
        poison_count_failure(&table.against, &place, i);
    }
}

static void a_channel_that_shows_nothing_is_asked(void **state)
{
    (void)state;
    struct table table = { 0 };

    assert_int_equal(fail_often(&table, 11, one_taken, nothing), POISON_IF_CHANNEL_IS_FINE);
    assert_int_equal(fail_after(&table, nothing, one_taken), POISON_PROVEN);
}

static void a_channel_that_fails_on_others_too_is_at_fault_itself(void **state)
{
    (void)state;
    struct table table = { 0 };
    const struct poison_tally many_taken = { .accepted = 100 };
    const struct poison_tally one_failed = { .failed = 1 };

    assert_int_equal(fail_often(&table, 30, many_taken, one_failed), POISON_UNPROVEN);
    assert_int_equal(fail_often(&table, 30, many_taken, nothing), POISON_UNPROVEN);
    assert_int_equal(fail_after(&table, nothing, one_taken), POISON_PROVEN);
}

static void silence_proves_nothing(void **state)
{
    (void)state;
    struct table table = { 0 };

    assert_int_equal(fail_often(&table, 1000, nothing, nothing), POISON_UNPROVEN);
    assert_int_equal(fail_often(&table, 9, one_taken, nothing), POISON_UNPROVEN);
    assert_int_equal(fail_after(&table, one_taken, nothing), POISON_IF_CHANNEL_IS_FINE);
}

static void a_post_that_is_accepted_clears_the_delivery(void **state)
{
    (void)state;
    struct table table = { 0 };
    const struct poison_place place = { &table.server, &table.channel };

    (void)fail_often(&table, 10, nothing, one_taken);
    poison_count_accepted(&table.against, &place);
    assert_int_equal(fail_often(&table, 10, nothing, one_taken), POISON_UNPROVEN);
}

/* ---- a server and what is sent to it ---- */

enum { CHANNELS = 5 };

/* What goes on, in minutes from the beginning. */
struct weather {
    const char *name;
    mono_ms every;    /* so often a post comes */
    int length;       /* of the whole */
    int outage_from;  /* everything fails */
    int outage_until; /* from then on nothing does, but for … */
    int percent;      /* of all attempts, at any time */
    int poisons;      /* among the first posts, every twentieth */
    int earliest; /* when the first poison is known; the rest in which an outage ends counts … */
    int latest;   /* … and the last; 0: never */
};

struct post {
    struct poison_case against;
    size_t channel;
    mono_ms due;
    mono_ms rest;
    bool is_poison;
    bool is_done;
};

struct sky {
    const struct weather *weather;
    struct random random;
    struct poison_tally server;
    struct poison_tally channels[CHANNELS];
    struct post *posts;
    size_t count;
    size_t first_open;
    int buried;
    mono_ms first_buried;
    mono_ms last_buried;
};

static bool fails(struct sky *sky, const struct post *post, mono_ms now)
{
    const struct weather *weather = sky->weather;

    if (post->is_poison)
        return true;
    if (now >= weather->outage_from * MINUTE && now < weather->outage_until * MINUTE)
        return true;
    return random_between(&sky->random, 1, 100) <= weather->percent;
}

static void attempt(struct sky *sky, struct post *post, mono_ms now)
{
    static const struct backoff retry = { 1000, 60000 };
    const struct poison_place place = { &sky->server, &sky->channels[post->channel] };

    if (!fails(sky, post, now)) {
        poison_count_accepted(&post->against, &place);
        post->is_done = true;
        return;
    }
    if (poison_weigh(&post->against, &place, &limits, now) != POISON_UNPROVEN) {
        if (!post->is_poison)
            fail_msg("%s: what is no poison is buried at %d min", sky->weather->name,
                     (int)(now / MINUTE));
        post->is_done = true;
        sky->first_buried = sky->buried++ ? sky->first_buried : now;
        sky->last_buried = now;
        return;
    }
    poison_count_failure(&post->against, &place, now);
    post->rest = backoff_next(&retry, post->rest, &sky->random);
    post->due = now + post->rest;
}

static void try_those_due(struct sky *sky, mono_ms now)
{
    while (sky->first_open < sky->count && sky->posts[sky->first_open].is_done)
        sky->first_open++;
    for (size_t i = sky->first_open; i < sky->count; i++)
        if (!sky->posts[i].is_done && sky->posts[i].due <= now)
            attempt(sky, &sky->posts[i], now);
}

static void live_through(struct sky *sky)
{
    const struct weather *weather = sky->weather;
    mono_ms end = weather->length * MINUTE;

    sky->random = random_of(7);
    sky->posts = mem_new_array((size_t)(end / weather->every) + 1, sizeof(*sky->posts));
    for (mono_ms now = 0; now < end; now += SECOND / 2) {
        if (now % weather->every == 0) {
            struct post *post = &sky->posts[sky->count++];
            post->due = now;
            post->channel = (size_t)random_between(&sky->random, 0, CHANNELS - 1);
            post->is_poison = sky->count % 20 == 1 && (int)(sky->count / 20) < weather->poisons;
        }
        try_those_due(sky, now);
    }
    free(sky->posts);
}

static void poison_is_told_from_an_outage(void **state)
{
    (void)state;
    static const struct weather weathers[] = {
        { "an outage of an hour", 1000, 120, 10, 70, 0, 0, 0, 0 },
        { "an outage of an hour, from the beginning", 1000, 90, 0, 60, 0, 0, 0, 0 },
        { "an outage of five minutes", 1000, 60, 10, 15, 0, 0, 0, 0 },
        { "one poison among traffic", 2000, 60, 0, 0, 0, 1, 10, 14 },
        { "one poison among little traffic", 60000, 600, 0, 0, 0, 1, 10, 90 },
        { "five at once", 2000, 60, 0, 0, 0, 5, 10, 45 },
        { "poison and then an outage", 1000, 120, 5, 65, 0, 1, 69, 78 },
        { "poison in an outage", 1000, 120, 0, 60, 0, 1, 69, 78 },
        { "half of all requests fail", 500, 180, 0, 0, 50, 0, 0, 0 },
        { "half of all requests fail, little traffic", 20000, 1200, 0, 0, 50, 0, 0, 0 },
        { "a third of all requests fail", 500, 180, 0, 0, 33, 0, 0, 0 },
        { "half of all requests fail, and one is poison", 1000, 120, 0, 0, 50, 1, 0, 0 },
        { "one in twenty fails, and one is poison", 1000, 60, 0, 0, 5, 1, 10, 20 },
    };

    for (size_t i = 0; i < sizeof(weathers) / sizeof(*weathers); i++) {
        const struct weather *weather = &weathers[i];
        struct sky sky = { .weather = weather };
        live_through(&sky);
        assert_int_equal(sky.buried, weather->latest ? weather->poisons : 0);
        if (!weather->latest)
            continue;
        assert_true(sky.first_buried >= weather->earliest * MINUTE);
        assert_true(sky.last_buried <= weather->latest * MINUTE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_fails_while_others_pass_is_poison_in_time),
        cmocka_unit_test(attempts_alone_and_time_alone_are_not_enough),
        cmocka_unit_test(a_channel_that_shows_nothing_is_asked),
        cmocka_unit_test(a_channel_that_fails_on_others_too_is_at_fault_itself),
        cmocka_unit_test(silence_proves_nothing),
        cmocka_unit_test(a_post_that_is_accepted_clears_the_delivery),
        cmocka_unit_test(poison_is_told_from_an_outage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
