#include "worker/edge/kafka.h"

/* First what correctness depends on, which the settings refuse to change. */
const struct kafka_property kafka_consumer_defaults[] = {
    { "client.id", "ireserve-mattermost" },
    { "enable.auto.commit", "true" },
    { "auto.commit.interval.ms", "200" },
    { "enable.auto.offset.store", "false" },
    { "partition.assignment.strategy", "cooperative-sticky" },
    { "isolation.level", "read_committed" },
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
    /* A topic's limit of size is one of batches: a message is not refused for its neighbours. */
    { "batch.num.messages", "1" },
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

static int set_all(rd_kafka_conf_t *conf, const struct kafka_property *properties,
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

    if (set_all(conf, fixed, reterr) != 0 || set_all(conf, own, reterr) != 0) {
        rd_kafka_conf_destroy(conf);
        return -1;
    }
    *ret = conf;
    return 0;
}
