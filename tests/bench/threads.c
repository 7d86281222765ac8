/*
 * threads: what a conversation costs in memory and time: the memory of threads is filled as a
 * restore fills it, and asked, and folded into again.  The last line is JSON; exit code 1: a thread
 * takes more memory than it may.
 *
 * threads [COUNT]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/must.h"
#include "common/random.h"
#include "worker/core/state_key.h"
#include "worker/core/thread_record.h"

/* Conversations of LICENCES licences with 3 channels each, whose ids have 40 characters. */
enum { LICENCES = 2000, CHANNELS = 3, EPOCH = 7 };

static const char topic[] = "ireserve.conversations";

struct figures {
    double put_us;
    double longest_put_us;
    double find_us;
    double new_record_us;   /* its key is read, it is read and folded */
    double known_record_us; /* likewise; it replaces one */
    double bytes;           /* a thread */
    double worst_bytes;     /* likewise, at the worst moment from a tenth of all on */
    double rss;             /* likewise: what the process grew by */
};

static double now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* The process's memory in bytes. */
static size_t resident(void)
{
    char line[128];
    size_t kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");

    must(file);
    while (fgets(line, sizeof(line), file)) {
        if (strncmp(line, "VmRSS:", 6) == 0)
            kilobytes = strtoul(line + 6, NULL, 10);
    }
    (void)fclose(file);
    return kilobytes * 1024;
}

static void make_id(uint64_t seed, char ret[static 27])
{
    static const char alphabet[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
    struct random random = random_of(seed);
    uint64_t bits = 0;

    for (int i = 0; i < 26; i++) {
        if (i % 12 == 0)
            bits = random_next(&random);
        ret[i] = alphabet[bits & 31];
        bits >>= 5;
    }
    ret[26] = '\0';
}

struct sample {
    char licence[21];
    char conversation[41];
    struct thread thread;
};

/* Conversation `i`; the same for the same i. */
static struct thread_name make(size_t i, struct sample *ret)
{
    struct random random = random_of(i);
    uint64_t licence = random_next(&random) % LICENCES;

    snprintf(ret->licence, sizeof(ret->licence), "hotel-licence-%06" PRIu64, licence);
    snprintf(ret->conversation, sizeof(ret->conversation), "conv%016" PRIx64 "-%019zu",
             random_next(&random), i);
    ret->thread = (struct thread){
        .replies = (uint32_t)(i % 40),
        .last_offset = (int64_t)i * 9,
        .updated_at = INT64_C(1764000000000) + (int64_t)i * 1000,
        .epoch = EPOCH,
    };
    make_id(i * 2, ret->thread.root);
    make_id(i * 2 + 1, ret->thread.last_post);
    make_id(1000000007 + licence * CHANNELS + i % CHANNELS, ret->thread.channel);
    return (struct thread_name){ ret->licence, ret->conversation };
}

static double bytes_each(const struct threads *threads)
{
    return (double)threads_bytes(threads) / (double)threads_count(threads);
}

/* What making the samples takes, to be taken off. */
static double measure_making(size_t count)
{
    double began = now_us();
    struct sample sample;

    for (size_t i = 0; i < count; i++)
        must(make(i, &sample).licence[0] == 'h');
    return now_us() - began;
}

static void measure_puts(struct threads *threads, size_t count, struct figures *ret)
{
    struct sample sample;
    size_t before = resident();
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        struct thread_name name = make(i, &sample);
        double began = now_us();
        threads_put(threads, &name, &sample.thread);
        double took = now_us() - began;
        sum += took;
        if (took > ret->longest_put_us)
            ret->longest_put_us = took;
        if (i > count / 10 && i % 1000 == 0 && bytes_each(threads) > ret->worst_bytes)
            ret->worst_bytes = bytes_each(threads);
    }
    ret->put_us = sum / (double)count;
    ret->rss = (double)(resident() - before) / (double)count;
    ret->bytes = bytes_each(threads);
    must(threads_count(threads) == count);
}

/* In an order that no cache likes. */
static void measure_finds(const struct threads *threads, size_t count, double making,
                          struct figures *ret)
{
    struct sample sample;
    struct thread found;
    double began = now_us();

    for (size_t i = 0; i < count; i++) {
        size_t at = i * 1000003 % count;
        struct thread_name name = make(at, &sample);
        must(threads_find(threads, &name, &found) && found.last_offset == (int64_t)at * 9);
    }
    ret->find_us = (now_us() - began - making) / (double)count;
}

/* Records as they come from the log, in small groups, so that making them is not measured. */
enum { GROUP = 64 };

struct group {
    struct text keys[GROUP];
    struct text values[GROUP];
};

static void make_group(size_t first, int64_t later, struct group *ret)
{
    struct sample sample;

    for (size_t i = 0; i < GROUP; i++) {
        struct thread_name name = make(first + i, &sample);
        sample.thread.last_offset += later;
        text_clear(&ret->keys[i]);
        state_key_write_thread(topic, &name, &ret->keys[i]);
        text_clear(&ret->values[i]);
        thread_value_write(&sample.thread, &ret->values[i]);
    }
}

static double restore(struct threads *threads, size_t count, int64_t later)
{
    static struct group group;
    struct state_key key;
    double sum = 0;

    for (size_t i = 0; i < GROUP; i++) {
        group.keys[i] = text_of(STATE_KEY_MAX);
        group.values[i] = text_of(STATE_KEY_MAX);
    }
    for (size_t i = 0; i + GROUP <= count; i += GROUP) {
        make_group(later ? i * 1009 % (count - GROUP) : i, later, &group);
        double began = now_us();
        for (size_t j = 0; j < GROUP; j++) {
            const struct text *value = &group.values[j];
            must(state_key_read(group.keys[j].bytes, group.keys[j].length, &key) ==
                 STATE_KEY_THREAD);
            const struct thread_name name = { key.licence, key.conversation };
            must(thread_fold(threads, &name, value->bytes, value->length, -1) !=
                 THREAD_FOLD_IGNORED);
        }
        sum += now_us() - began;
    }
    for (size_t i = 0; i < GROUP; i++) {
        text_free(&group.keys[i]);
        text_free(&group.values[i]);
    }
    return sum / (double)count;
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000000;
    struct figures figures = { 0 };
    must(count >= 1000);
    double making = measure_making(count);
    struct threads *threads = threads_new();

    measure_puts(threads, count, &figures);
    measure_finds(threads, count, making, &figures);
    threads_free(threads);
    threads = threads_new();
    figures.new_record_us = restore(threads, count, 0);
    figures.known_record_us = restore(threads, count, 1);
    threads_free(threads);

    printf(
        "a thread takes %.1f bytes (the process grew by %.1f), at most %.1f while it grew; %d are "
        "allowed\n",
        figures.bytes, figures.rss, figures.worst_bytes, THREADS_MAX_BYTES);
    printf("{\"threads\": %zu, \"bytes\": %.1f, \"worst_bytes\": %.1f, \"rss\": %.1f, "
           "\"put_us\": %.3f, \"longest_put_us\": %.0f, \"find_us\": %.3f, "
           "\"new_record_us\": %.3f, \"known_record_us\": %.3f}\n",
           count, figures.bytes, figures.worst_bytes, figures.rss, figures.put_us,
           figures.longest_put_us, figures.find_us, figures.new_record_us, figures.known_record_us);
    return figures.worst_bytes <= THREADS_MAX_BYTES && figures.rss <= THREADS_MAX_BYTES ? 0 : 1;
}
