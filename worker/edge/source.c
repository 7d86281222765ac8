#include "worker/edge/source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/edge/source_record.h"

/* A partition with its queue; stays in the list until it is given back. */
struct assigned {
    struct source_partition public;
    rd_kafka_queue_t *queue;
    bool revoked;
    LIST_ENTRY(assigned) all;
};

/* `leaving` holds the partitions of a revocation whose unassign waits for their owner. */
struct source {
    rd_kafka_t *kafka;
    rd_kafka_queue_t *control;
    rd_kafka_queue_t *closing; /* NULL until source_leave() */
    struct source_port port;
    struct kafka_listener listener;
    int wake_fd;
    bool joined;
    LIST_HEAD(assigned_list, assigned) partitions;
    rd_kafka_topic_partition_list_t *leaving; /* NULL: no revocation is under way */
};

static const uint64_t one = 1; /* what librdkafka writes to the wake-up descriptor */

static void say(const struct source *source, int level, const char *words)
{
    source->listener.said(source->listener.context, level, words);
}

static void say_error(const struct source *source, const char *what, rd_kafka_error_t *error)
{
    struct fault fault;

    if (!error)
        return;
    fault_set(&fault, "%s: %s", what, rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    say(source, 3, fault.words);
}

static struct assigned *find(const struct source *source, const char *topic, int32_t number)
{
    struct assigned *partition;

    LIST_FOREACH(partition, &source->partitions, all)
    if (partition->public.number == number && strcmp(partition->public.topic, topic) == 0)
        return partition;
    return NULL;
}

static void drop(struct assigned *partition)
{
    LIST_REMOVE(partition, all);
    rd_kafka_queue_destroy(partition->queue);
    free(partition);
}

/* Splits the queue off before it is assigned: afterwards records leak to the main one. */
static void begin(struct source *source, const rd_kafka_topic_partition_t *wanted)
{
    size_t length = strlen(wanted->topic) + 1;
    struct assigned *partition = mem_new(sizeof(*partition) + length);
    char *topic = (char *)(partition + 1);

    memcpy(topic, wanted->topic, length);
    partition->public.topic = topic;
    partition->public.number = wanted->partition;
    partition->queue = rd_kafka_queue_get_partition(source->kafka, topic, wanted->partition);
    must(partition->queue);
    rd_kafka_queue_forward(partition->queue, NULL);
    rd_kafka_queue_io_event_enable(partition->queue, source->wake_fd, &one, sizeof(one));
    LIST_INSERT_HEAD(&source->partitions, partition, all);
}

static void assign(struct source *source, const rd_kafka_topic_partition_list_t *list)
{
    for (int i = 0; i < list->cnt; i++)
        begin(source, &list->elems[i]);
    say_error(source, "cannot take partitions", rd_kafka_incremental_assign(source->kafka, list));
    for (int i = 0; i < list->cnt; i++) {
        struct assigned *partition = find(source, list->elems[i].topic, list->elems[i].partition);
        source->port.assigned(source->port.context, &partition->public);
    }
    source->joined = true;
}

/* Unassigns what was revoked, once nobody needs it any more. */
static void finish_revocation(struct source *source)
{
    struct assigned *partition;

    LIST_FOREACH(partition, &source->partitions, all)
    if (partition->revoked)
        return;
    if (!source->leaving)
        return;
    say_error(source, "cannot give partitions back",
              rd_kafka_incremental_unassign(source->kafka, source->leaving));
    rd_kafka_topic_partition_list_destroy(source->leaving);
    source->leaving = NULL;
}

static void revoke(struct source *source, const rd_kafka_topic_partition_list_t *list)
{
    bool lost = rd_kafka_assignment_lost(source->kafka) != 0;

    must(!source->leaving);
    source->leaving = rd_kafka_topic_partition_list_copy(list);
    for (int i = 0; i < list->cnt; i++) {
        struct assigned *partition = find(source, list->elems[i].topic, list->elems[i].partition);
        if (partition)
            partition->revoked = true;
    }
    for (int i = 0; i < list->cnt; i++) {
        struct assigned *partition = find(source, list->elems[i].topic, list->elems[i].partition);
        if (partition)
            source->port.revoked(source->port.context, &partition->public, lost);
    }
    finish_revocation(source);
}

static void on_rebalance(rd_kafka_t *kafka, rd_kafka_resp_err_t err,
                         rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct source *source = opaque;

    (void)kafka;
    source->port.rebalanced(source->port.context);
    if (err == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
        assign(source, list);
    else if (err == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
        revoke(source, list);
    else
        say(source, 3, rd_kafka_err2str(err));
}

static void on_commit(rd_kafka_t *kafka, rd_kafka_resp_err_t err,
                      rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct source *source = opaque;

    (void)kafka;
    if (err == RD_KAFKA_RESP_ERR__NO_OFFSET)
        return;
    if (err) {
        source->port.commit_failed(source->port.context, rd_kafka_err2str(err));
        return;
    }
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *member = &list->elems[i];
        struct assigned *partition = find(source, member->topic, member->partition);
        if (member->err)
            source->port.commit_failed(source->port.context, rd_kafka_err2str(member->err));
        else if (partition && member->offset >= 0)
            source->port.committed(source->port.context, &partition->public, member->offset);
    }
}

static void on_error(rd_kafka_t *kafka, int err, const char *reason, void *opaque)
{
    struct source *source = opaque;
    char words[512];

    if (err != RD_KAFKA_RESP_ERR__FATAL) {
        say(source, 4, reason);
        return;
    }
    (void)rd_kafka_fatal_error(kafka, words, sizeof(words));
    source->port.died(source->port.context, words);
}

static void on_log(const rd_kafka_t *kafka, int level, const char *facility, const char *words)
{
    const struct source *source = rd_kafka_opaque(kafka);

    (void)facility;
    say(source, level, words);
}

static int subscribe(struct source *source, const char *const *topics, struct fault *reterr)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(4);

    for (; *topics; topics++)
        rd_kafka_topic_partition_list_add(list, *topics, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t err = rd_kafka_subscribe(source->kafka, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (err)
        fault_set(reterr, "cannot subscribe: %s", rd_kafka_err2str(err));
    return err ? -1 : 0;
}

static int start(struct source *source, const struct source_options *options, struct fault *reterr)
{
    rd_kafka_conf_t *conf;
    char reason[512];

    if (kafka_conf_new(kafka_consumer_defaults, options->properties, &conf, reterr) != 0)
        return -1;
    rd_kafka_conf_set_opaque(conf, source);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    rd_kafka_conf_set_offset_commit_cb(conf, on_commit);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_log_cb(conf, on_log);
    source->kafka = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof(reason));
    if (!source->kafka) {
        rd_kafka_conf_destroy(conf); /* rd_kafka_new() takes it only when it succeeds */
        fault_set(reterr, "cannot start a Kafka consumer: %s", reason);
        return -1;
    }
    rd_kafka_poll_set_consumer(source->kafka);
    source->control = rd_kafka_queue_get_consumer(source->kafka);
    rd_kafka_set_log_queue(source->kafka, source->control);
    rd_kafka_queue_io_event_enable(source->control, options->wake_fd, &one, sizeof(one));
    return subscribe(source, options->topics, reterr);
}

int source_open(const struct source_options *options, struct source **ret, struct fault *reterr)
{
    struct source *source = mem_new(sizeof(*source));

    source->port = options->port;
    source->listener = options->listener;
    source->wake_fd = options->wake_fd;
    LIST_INIT(&source->partitions);
    if (start(source, options, reterr) != 0) {
        source_free(source);
        return -1;
    }
    *ret = source;
    return 0;
}

void source_serve(struct source *source)
{
    rd_kafka_message_t *message;

    if (source->closing) {
        while (rd_kafka_queue_poll_callback(source->closing, 0) > 0)
            ;
        return;
    }
    while ((message = rd_kafka_consumer_poll(source->kafka, 0))) {
        /* Only errors come here: records have queues of their own. */
        if (message->err)
            say(source, 4, rd_kafka_message_errstr(message));
        rd_kafka_message_destroy(message);
    }
}

struct record *source_take(struct source *source, struct source_partition *partition)
{
    struct assigned *assigned = (struct assigned *)partition;
    rd_kafka_message_t *message;
    struct record *record = NULL;

    while (!record && (message = rd_kafka_consume_queue(assigned->queue, 0))) {
        if (message->err)
            say(source, 4, rd_kafka_message_errstr(message));
        else
            record = source_read_record(partition, message);
        /* At once: a message that is kept pins the whole fetch that it came in. */
        rd_kafka_message_destroy(message);
    }
    return record;
}

void source_store(struct source *source, const struct source_partition *partition, int64_t offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(list, partition->topic, partition->number)->offset = offset;
    /* A partition that was lost meanwhile is refused here; then there is nothing to store. */
    (void)rd_kafka_offsets_store(source->kafka, list);
    rd_kafka_topic_partition_list_destroy(list);
}

void source_give_back(struct source *source, struct source_partition *partition)
{
    struct assigned *assigned = (struct assigned *)partition;

    must(assigned->revoked);
    drop(assigned);
    finish_revocation(source);
}

int64_t source_lag(struct source *source, const struct source_partition *partition,
                   int64_t next_offset)
{
    int64_t low;
    int64_t high;

    if (rd_kafka_get_watermark_offsets(source->kafka, partition->topic, partition->number, &low,
                                       &high) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        high < 0)
        return -1;
    if (next_offset < 0)
        next_offset = low;
    return high > next_offset ? high - next_offset : 0;
}

bool source_has_joined(const struct source *source)
{
    return source->joined;
}

void source_leave(struct source *source)
{
    if (source->closing)
        return;
    source->closing = rd_kafka_queue_new(source->kafka);
    rd_kafka_queue_io_event_enable(source->closing, source->wake_fd, &one, sizeof(one));
    say_error(source, "cannot leave the group",
              rd_kafka_consumer_close_queue(source->kafka, source->closing));
}

bool source_has_left(const struct source *source)
{
    return source->closing && rd_kafka_consumer_closed(source->kafka) != 0;
}

void source_free(struct source *source)
{
    if (!source)
        return;
    struct assigned *partition = LIST_FIRST(&source->partitions);
    while (partition) {
        struct assigned *next = LIST_NEXT(partition, all);
        drop(partition);
        partition = next;
    }
    if (source->leaving)
        rd_kafka_topic_partition_list_destroy(source->leaving);
    if (source->closing)
        rd_kafka_queue_destroy(source->closing);
    if (source->control)
        rd_kafka_queue_destroy(source->control);
    if (source->kafka)
        rd_kafka_destroy(source->kafka);
    free(source);
}
