#include "worker/edge/kafka.h"

#include <stdint.h>
#include <unistd.h>

#include "common/must.h"

/* First what correctness depends on, which the settings refuse to change. */
const struct kafka_property kafka_consumer_defaults[] = {
    { "client.id", "ireserve-mattermost" },
    { "enable.auto.commit", "true" },
    { "auto.commit.interval.ms", "200" },
    { "enable.auto.offset.store", "false" },
    { "partition.assignment.strategy", "cooperative-sticky" },
    { "isolation.level", "read_committed" },
    { "enable.partition.eof", "true" },
    { "auto.offset.reset", "earliest" },
    /* Mere defaults from here on. */
    { "session.timeout.ms", "30000" },
    { "heartbeat.interval.ms", "3000" },
    { "max.poll.interval.ms", "60000" },
    { "reconnect.backoff.max.ms", "1000" },
    { "topic.metadata.refresh.interval.ms", "30000" },
    { "queued.max.messages.kbytes", "1024" },
    { "fetch.wait.max.ms", "100" },
    { "socket.keepalive.enable", "true" },
    { "log.queue", "true" },
    { NULL, NULL },
};

const struct kafka_property kafka_producer_defaults[] = {
    { "client.id", "ireserve-mattermost" },
    { "enable.idempotence", "true" },
    { "acks", "all" },
    { "partitioner", "murmur2_random" },
    /* Mere defaults from here on. */
    { "linger.ms", "0" },
    { "message.timeout.ms", "30000" },
    /* A dead letter is larger than its record. */
    { "message.max.bytes", "4194304" },
    { "topic.metadata.propagation.max.ms", "5000" },
    { "topic.metadata.refresh.interval.ms", "30000" },
    { "reconnect.backoff.max.ms", "1000" },
    { "socket.keepalive.enable", "true" },
    { "log.queue", "true" },
    { NULL, NULL },
};

/* The limits of prefetch stay as they are: at a lower one a partition rests for a second a fetch.
 */
const struct kafka_property kafka_reader_defaults[] = {
    { "client.id", "ireserve-mattermost" },
    { "enable.auto.commit", "false" },
    { "enable.auto.offset.store", "false" },
    { "isolation.level", "read_committed" },
    { "auto.offset.reset", "earliest" },
    { "enable.partition.eof", "true" },
    /* Mere defaults from here on. */
    { "reconnect.backoff.max.ms", "1000" },
    { "topic.metadata.refresh.interval.ms", "30000" },
    /* 4 MiB a partition restore as fast as 64, which is the library's own. */
    { "queued.max.messages.kbytes", "4096" },
    /* Who reads what it writes itself need not be told of each record. */
    { "fetch.min.bytes", "65536" },
    { "fetch.wait.max.ms", "30" },
    { "socket.keepalive.enable", "true" },
    { "log.queue", "true" },
    { NULL, NULL },
};

int kafka_conf_add(rd_kafka_conf_t *conf, const struct kafka_property *properties,
                   struct fault *reterr)
{
    char reason[512];

    for (; properties && properties->name; properties++) {
        rd_kafka_conf_res_t result =
            rd_kafka_conf_set(conf, properties->name, properties->value, reason, sizeof(reason));
        if (result == RD_KAFKA_CONF_OK)
            continue;
        /* librdkafka's own words quote the value, which may be a secret. */
        if (result == RD_KAFKA_CONF_UNKNOWN)
            fault_set(reterr, "librdkafka %s has no property \"%s\"", rd_kafka_version_str(),
                      properties->name);
        else
            fault_set(reterr, "librdkafka does not take the value of property \"%s\"",
                      properties->name);
        return -1;
    }
    return 0;
}

int kafka_conf_new(const struct kafka_property *fixed, const struct kafka_property *own,
                   rd_kafka_conf_t **ret, struct fault *reterr)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    if (kafka_conf_add(conf, fixed, reterr) != 0 || kafka_conf_add(conf, own, reterr) != 0) {
        rd_kafka_conf_destroy(conf);
        return -1;
    }
    *ret = conf;
    return 0;
}

static void on_error(rd_kafka_t *kafka, int err, const char *reason, void *opaque)
{
    const struct kafka_listener *listener = opaque;

    (void)kafka;
    listener->said(listener->context, err == RD_KAFKA_RESP_ERR__FATAL ? 3 : 4, reason);
}

static void on_log(const rd_kafka_t *kafka, int level, const char *facility, const char *words)
{
    const struct kafka_listener *listener = rd_kafka_opaque(kafka);

    (void)facility;
    listener->said(listener->context, level, words);
}

void kafka_conf_listen(rd_kafka_conf_t *conf, struct kafka_listener *listener)
{
    rd_kafka_conf_set_opaque(conf, listener);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_log_cb(conf, on_log);
}

static const uint64_t one = 1;

void kafka_watch(rd_kafka_queue_t *queue, int wake_fd)
{
    rd_kafka_queue_io_event_enable(queue, wake_fd, &one, sizeof(one));
}

void kafka_watch_client(rd_kafka_t *kafka, int wake_fd)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_get_main(kafka);

    rd_kafka_set_log_queue(kafka, NULL);
    kafka_watch(queue, wake_fd);
    rd_kafka_queue_destroy(queue);
}

void kafka_wake(int wake_fd)
{
    must(write(wake_fd, &one, sizeof(one)) == sizeof(one));
}
