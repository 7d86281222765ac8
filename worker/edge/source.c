#include "worker/edge/source.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/edge/source_inner.h"
#include "worker/edge/source_record.h"

void source_watch(const struct source *source, rd_kafka_queue_t *queue)
{
    static const uint64_t one = 1;

    rd_kafka_queue_io_event_enable(queue, source->wake_fd, &one, sizeof(one));
}

void source_say(const struct source *source, int level, const char *words)
{
    source->listener.said(source->listener.context, level, words);
}

void source_say_error(const struct source *source, const char *what, rd_kafka_error_t *error)
{
    struct fault fault;

    if (!error)
        return;
    fault_set(&fault, "%s: %s", what, rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    source_say(source, 3, fault.words);
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
        struct assigned *partition = source_find(source, member->topic, member->partition);
        if (member->err)
            source->port.commit_failed(source->port.context, rd_kafka_err2str(member->err));
        else if (partition && member->offset >= 0)
            source->port.committed(source->port.context, &partition->public, member->offset);
    }
}

static void tell_error(struct source *source, int err, const char *reason)
{
    char words[512];

    if (err != RD_KAFKA_RESP_ERR__FATAL) {
        source_say(source, 4, reason);
        return;
    }
    (void)rd_kafka_fatal_error(source->kafka, words, sizeof(words));
    source->port.died(source->port.context, words);
}

static void on_error(rd_kafka_t *kafka, int err, const char *reason, void *opaque)
{
    (void)kafka;
    tell_error(opaque, err, reason);
}

static void on_log(const rd_kafka_t *kafka, int level, const char *facility, const char *words)
{
    const struct source *source = rd_kafka_opaque(kafka);

    (void)facility;
    source_say(source, level, words);
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

static mono_ms span_of(const rd_kafka_conf_t *conf, const char *name)
{
    char value[32];
    size_t size = sizeof(value);

    must(rd_kafka_conf_get(conf, name, value, &size) == RD_KAFKA_CONF_OK);
    return strtoll(value, NULL, 10);
}

static int start(struct source *source, const struct source_options *options, struct fault *reterr)
{
    rd_kafka_conf_t *conf;
    char reason[512];

    if (kafka_conf_new(kafka_consumer_defaults, options->properties, &conf, reterr) != 0)
        return -1;
    source->terms = (struct lease_terms){ .session = span_of(conf, "session.timeout.ms"),
                                          .max_poll = span_of(conf, "max.poll.interval.ms") };
    source_heartbeat_watch(&source->heartbeat, conf, &source->terms);
    rd_kafka_conf_set_opaque(conf, source);
    rd_kafka_conf_set_rebalance_cb(conf, source_on_rebalance);
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
    source_watch(source, source->control);
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

struct lease_terms source_terms(const struct source *source)
{
    return source->terms;
}

struct lease_signs source_signs(const struct source *source)
{
    return source_heartbeat_signs(&source->heartbeat);
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
        if (message->err) /* this is how a consumer tells of a fatal one */
            tell_error(source, message->err, rd_kafka_message_errstr(message));
        rd_kafka_message_destroy(message);
    }
}

static struct record *next_record(struct source *source, struct assigned *assigned)
{
    rd_kafka_message_t *message;
    struct record *record = NULL;

    while (!record && (message = rd_kafka_consume_queue(assigned->queue, 0))) {
        bool is_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
        if (!message->err)
            record = source_read_record(&assigned->public, message);
        else if (!is_end)
            source_say(source, 4, rd_kafka_message_errstr(message));
        if ((record || is_end) && assigned->start < 0)
            assigned->start = message->offset;
        /* At once: a message that is kept pins the whole fetch that it came in. */
        rd_kafka_message_destroy(message);
    }
    return record;
}

struct record *source_take(struct source *source, struct source_partition *partition)
{
    struct assigned *assigned = (struct assigned *)partition;
    struct record *record = assigned->first;

    assigned->first = NULL;
    return record ? record : next_record(source, assigned);
}

void source_store(struct source *source, const struct source_partition *partition, int64_t offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(list, partition->topic, partition->number)->offset = offset;
    /* A partition that was lost meanwhile is refused here; then there is nothing to store. */
    (void)rd_kafka_offsets_store(source->kafka, list);
    rd_kafka_topic_partition_list_destroy(list);
}

/* Until something was fetched librdkafka tells the end that an earlier assignment saw. */
int64_t source_end(struct source *source, struct source_partition *partition)
{
    struct assigned *assigned = (struct assigned *)partition;
    int64_t low;
    int64_t high;

    if (assigned->start < 0)
        assigned->first = next_record(source, assigned);
    if (assigned->start < 0)
        return -1;
    if (rd_kafka_get_watermark_offsets(source->kafka, partition->topic, partition->number, &low,
                                       &high) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        high < 0)
        return -1;
    return high;
}

int64_t source_start(const struct source_partition *partition)
{
    return ((const struct assigned *)partition)->start;
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
    source_watch(source, source->closing);
    source_say_error(source, "cannot leave the group",
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
        source_drop(partition);
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
