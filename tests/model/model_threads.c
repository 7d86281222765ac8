#include <stdio.h>
#include <string.h>

#include "common/must.h"
#include "tests/model/model.h"
#include "worker/core/threads.h"

enum { LICENCES = 3, CONVERSATIONS = 1500, MOVES = 20000 };

/* The model: every conversation that there can be. */
struct model {
    struct thread threads[LICENCES][CONVERSATIONS];
    bool is_in[LICENCES][CONVERSATIONS];
    size_t count;
};

static struct model model;

struct name {
    int licence;
    int conversation;
    char strings[2][80];
    struct thread_name name;
};

/* Ids of many lengths. */
static void name_of(int licence, int conversation, struct name *ret)
{
    ret->licence = licence;
    ret->conversation = conversation;
    snprintf(ret->strings[0], sizeof(ret->strings[0]), "licence-%d", licence);
    snprintf(ret->strings[1], sizeof(ret->strings[1]), "%0*d", 4 + conversation % 60, conversation);
    ret->name = (struct thread_name){ ret->strings[0], ret->strings[1] };
}

static void random_id(struct random *random, char ret[static 27])
{
    static const char alphabet[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
    size_t length = random_between(random, 0, 4) ? 26 : 0;

    for (size_t i = 0; i < length; i++)
        ret[i] = alphabet[random_between(random, 0, 31)];
    ret[length] = '\0';
}

static struct thread random_thread(struct random *random)
{
    struct thread thread = {
        .is_closed = random_between(random, 0, 1),
        .replies = (uint32_t)random_between(random, 0, UINT32_MAX),
        .last_offset = random_between(random, 0, INT64_MAX) >> random_between(random, 0, 62),
        .updated_at = random_between(random, 0, 1000),
        .epoch = random_between(random, 0, 5),
    };

    random_id(random, thread.root);
    random_id(random, thread.last_post);
    /* Few channels. */
    struct random channel = random_of((uint64_t)random_between(random, 0, 40));
    random_id(&channel, thread.channel);
    return thread;
}

static void must_be_same(const struct thread *a, const struct thread *b)
{
    must(strcmp(a->root, b->root) == 0 && strcmp(a->channel, b->channel) == 0);
    must(strcmp(a->last_post, b->last_post) == 0 && a->is_closed == b->is_closed);
    must(a->replies == b->replies && a->last_offset == b->last_offset);
    must(a->updated_at == b->updated_at && a->epoch == b->epoch);
}

static void check(const struct threads *threads, const struct name *name)
{
    struct thread found;
    bool is_in = model.is_in[name->licence][name->conversation];

    must(threads_find(threads, &name->name, &found) == is_in);
    if (is_in)
        must_be_same(&found, &model.threads[name->licence][name->conversation]);
}

static void put(struct threads *threads, const struct name *name, struct random *random)
{
    struct thread thread = random_thread(random);
    bool *is_in = &model.is_in[name->licence][name->conversation];

    threads_put(threads, &name->name, &thread);
    model.threads[name->licence][name->conversation] = thread;
    model.count += *is_in ? 0 : 1;
    *is_in = true;
}

static void take_out(struct threads *threads, const struct name *name)
{
    bool *is_in = &model.is_in[name->licence][name->conversation];

    threads_remove(threads, &name->name);
    model.count -= *is_in ? 1 : 0;
    *is_in = false;
}

static void check_all(const struct threads *threads)
{
    struct name name;
    int64_t highest = -1;

    for (int i = 0; i < LICENCES; i++) {
        for (int j = 0; j < CONVERSATIONS; j++) {
            name_of(i, j, &name);
            check(threads, &name);
            if (model.is_in[i][j] && model.threads[i][j].last_offset > highest)
                highest = model.threads[i][j].last_offset;
        }
    }
    must(threads_count(threads) == model.count);
    must(threads_highest_offset(threads) == highest);
}

static size_t count_older(wall_ms before)
{
    size_t count = 0;

    for (int i = 0; i < LICENCES; i++) {
        for (int j = 0; j < CONVERSATIONS; j++)
            count += model.is_in[i][j] && model.threads[i][j].updated_at < before;
    }
    return count;
}

/* Goes through all that are older, each once, and takes some of them out. */
static void expire(struct threads *threads, struct random *random)
{
    wall_ms before = random_between(random, 0, 1000);
    size_t left = count_older(before);
    size_t position = 0;
    struct thread_name found;
    struct name name;

    do {
        size_t most = (size_t)random_between(random, 1, 50);
        if (!threads_next_older(threads, before, most, &position, &found))
            continue;
        name_of(found.licence[8] - '0', (int)strtol(found.conversation, NULL, 10), &name);
        must(strcmp(name.name.licence, found.licence) == 0);
        must(strcmp(name.name.conversation, found.conversation) == 0);
        must(model.is_in[name.licence][name.conversation]);
        must(model.threads[name.licence][name.conversation].updated_at < before && left-- > 0);
        if (random_between(random, 0, 1))
            take_out(threads, &name);
    } while (position);
    must(left == 0);
}

/* The chance to put in swings, so that the memory grows and shrinks. */
static void play(struct random *random)
{
    struct threads *threads = threads_new();
    struct name name;
    int64_t percent = 80;

    model = (struct model){ 0 };
    for (int i = 0; i < MOVES; i++) {
        if (i % 2000 == 0)
            percent = random_between(random, 0, 100);
        name_of((int)random_between(random, 0, LICENCES - 1),
                (int)random_between(random, 0, CONVERSATIONS - 1), &name);
        check(threads, &name);
        if (random_between(random, 0, 99) < percent)
            put(threads, &name, random);
        else
            take_out(threads, &name);
        check(threads, &name);
        if (i % 3000 == 0)
            expire(threads, random);
        if (i % 1000 == 0)
            check_all(threads);
    }
    check_all(threads);
    threads_free(threads);
}

int main(int argc, char **argv)
{
    return model_main(argc, argv, 10, play);
}
