/*
 * restorer: how long it takes until a worker knows its threads again: edge/table reads a state
 * topic and core/threads folds it, and nothing else.  What tests/bench/restore runs.
 *
 * restorer fill BOOTSTRAP TOPIC PARTITIONS FROM TO OFFSET   writes the threads FROM to TO - 1,
 *                                                           tombstones when OFFSET is 0
 * restorer restore BOOTSTRAP TOPIC PARTITIONS               prints a line of JSON
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/must.h"
#include "worker/core/state_key.h"
#include "worker/core/thread_record.h"
#include "worker/edge/table.h"

enum { MOST_PARTITIONS = 64, MOST_BYTES = 4096, LONGEST_MS = 120000, CHANNELS = 2000 };

static const char source_topic[] = "ireserve.conversations";

/* ---- filling ---- */

static rd_kafka_t *producer(const char *bootstrap)
{
    const struct kafka_property properties[] = { { "bootstrap.servers", bootstrap },
                                                 { "linger.ms", "20" },
                                                 { "queue.buffering.max.messages", "200000" },
                                                 { NULL, NULL } };
    rd_kafka_conf_t *conf;
    struct fault fault;
    char why[256];

    must(kafka_conf_new(kafka_producer_defaults, properties, &conf, &fault) == 0);
    rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
    must(kafka);
    return kafka;
}

/* An id in Mattermost's alphabet that a number always gives. */
static void make_id(long number, char kind, char ret[27])
{
    static const char alphabet[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
    uint64_t bits = (uint64_t)number * 0x9e3779b97f4a7c15U + (uint64_t)kind;

    for (int i = 0; i < 26; i++) {
        bits = bits * 6364136223846793005U + 1442695040888963407U;
        ret[i] = alphabet[bits >> 59];
    }
    ret[26] = '\0';
}

static void write_thread(rd_kafka_t *kafka, const char *topic, int partition, long number,
                         int64_t offset)
{
    char conversation[48];
    struct thread thread = { .last_offset = offset + number,
                             .updated_at = 1795600000000 + number,
                             .epoch = 1,
                             .replies = (uint32_t)(number % 40) };
    struct text key = text_of(MOST_BYTES);
    struct text value = text_of(MOST_BYTES);
    rd_kafka_resp_err_t err;

    (void)snprintf(conversation, sizeof(conversation), "c-%ld", 10000000 + number);
    make_id(number, 'r', thread.root);
    make_id(number % CHANNELS, 'c', thread.channel);
    make_id(number + offset, 'p', thread.last_post);
    state_key_write_thread(source_topic, &(struct thread_name){ "zeezicht", conversation }, &key);
    if (offset)
        thread_value_write(&thread, &value);
    do {
        err = rd_kafka_producev(kafka, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
                                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                RD_KAFKA_V_KEY(key.bytes, key.length),
                                RD_KAFKA_V_VALUE(value.bytes, value.length), RD_KAFKA_V_END);
        (void)rd_kafka_poll(kafka, err ? 10 : 0);
    } while (err == RD_KAFKA_RESP_ERR__QUEUE_FULL);
    must(!err);
    text_free(&key);
    text_free(&value);
}

static int fill(char **arguments, int partitions)
{
    rd_kafka_t *kafka = producer(arguments[0]);
    long to = strtol(arguments[4], NULL, 10);

    for (long number = strtol(arguments[3], NULL, 10); number < to; number++)
        write_thread(kafka, arguments[1], (int)(number % partitions), number,
                     strtol(arguments[5], NULL, 10));
    must(rd_kafka_flush(kafka, LONGEST_MS) == 0);
    rd_kafka_destroy(kafka);
    return 0;
}

/* ---- restoring ---- */

struct restorer {
    struct threads *memories[MOST_PARTITIONS];
    size_t records;
    size_t bytes;
    int restored;
};

static void on_read(void *context, void *owner, const struct table_record *record)
{
    static struct state_key key; /* kilobytes: not to be cleared for each record */
    struct restorer *restorer = context;

    restorer->records++;
    restorer->bytes += record->key_length + record->value_length;
    if (state_key_read(record->key, record->key_length, &key) != STATE_KEY_THREAD ||
        strcmp(key.topic, source_topic) != 0)
        return;
    const struct thread_name name = { key.licence, key.conversation };
    (void)thread_fold(owner, &name, record->value, record->value_length, -1);
}

static void on_restored(void *context, void *owner, int64_t epoch)
{
    struct restorer *restorer = context;

    (void)owner;
    (void)epoch;
    restorer->restored++;
}

static void on_hindered(void *context, void *owner, const char *why)
{
    (void)context;
    (void)owner;
    fprintf(stderr, "%s\n", why);
}

static void on_written(void *context, void *call_context)
{
    (void)context;
    (void)call_context;
}

static void on_said(void *context, int level, const char *words)
{
    (void)context;
    if (level <= 4)
        fprintf(stderr, "%s\n", words);
}

/* Serves until `enough` partitions are restored; a first turn of a second warms the clients. */
static void serve(struct table *table, const struct restorer *restorer, int wake_fd, int enough)
{
    mono_ms deadline = clock_mono() + (enough ? LONGEST_MS : 1000);
    struct pollfd wait = { .fd = wake_fd, .events = POLLIN };
    uint64_t count;

    while (clock_mono() < deadline && (!enough || restorer->restored < enough)) {
        if (!table_serve(table, clock_mono()))
            (void)poll(&wait, 1, 100);
        (void)!read(wake_fd, &count, sizeof(count));
    }
    must(restorer->restored == enough);
}

static double seconds_of(clockid_t clock)
{
    struct timespec time;

    must(clock_gettime(clock, &time) == 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void print(const struct restorer *restorer, int partitions, const double *took)
{
    size_t threads = 0;
    size_t bytes = 0;
    struct rusage usage;

    for (int i = 0; i < partitions; i++) {
        threads += threads_count(restorer->memories[i]);
        bytes += threads_bytes(restorer->memories[i]);
    }
    must(getrusage(RUSAGE_SELF, &usage) == 0);
    printf("{\"records\": %zu, \"record_bytes\": %zu, \"seconds\": %.3f, \"cpu_seconds\": %.3f, "
           "\"loop_cpu_seconds\": %.3f, \"threads\": %zu, \"thread_bytes\": %.1f, "
           "\"peak_mib\": %.1f}\n",
           restorer->records, restorer->bytes / restorer->records, took[0], took[1], took[2],
           threads, (double)bytes / (double)threads, (double)usage.ru_maxrss / 1024);
}

static int restore(char **arguments, int partitions)
{
    static const clockid_t clocks[] = { CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                                        CLOCK_THREAD_CPUTIME_ID };
    static struct restorer restorer;
    const struct kafka_property properties[] = { { "bootstrap.servers", arguments[0] },
                                                 { NULL, NULL } };
    const struct table_options options = {
        .properties = properties,
        .topic = arguments[1],
        .wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
        .port = { &restorer, on_read, on_restored, on_hindered, on_written },
        .listener = { .said = on_said },
    };
    double took[3];
    struct table *table;
    struct fault fault;

    must(table_open(&options, &table, &fault) == 0);
    serve(table, &restorer, options.wake_fd, 0);
    for (int i = 0; i < 3; i++)
        took[i] = -seconds_of(clocks[i]);
    for (int i = 0; i < partitions; i++) {
        restorer.memories[i] = threads_new();
        (void)!table_join(table, i, "epoch/ireserve.conversations/0", restorer.memories[i]);
    }
    serve(table, &restorer, options.wake_fd, partitions);
    for (int i = 0; i < 3; i++)
        took[i] += seconds_of(clocks[i]);
    print(&restorer, partitions, took);
    table_free(table);
    for (int i = 0; i < partitions; i++)
        threads_free(restorer.memories[i]);
    return 0;
}

int main(int argc, char **argv)
{
    int partitions = argc > 4 ? (int)strtol(argv[4], NULL, 10) : 0;

    must(partitions > 0 && partitions <= MOST_PARTITIONS);
    if (argc == 8 && strcmp(argv[1], "fill") == 0)
        return fill(argv + 2, partitions);
    if (argc == 5 && strcmp(argv[1], "restore") == 0)
        return restore(argv + 2, partitions);
    return 2;
}
