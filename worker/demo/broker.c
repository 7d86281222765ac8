#include "worker/demo/broker.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

struct broker {
    rd_kafka_t *host; /* what the mock cluster lives in, and the producer */
    rd_kafka_mock_cluster_t *cluster;
};

static rd_kafka_conf_t *quiet_conf(void)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256];

    must(rd_kafka_conf_set(conf, "log_level", "2", why, sizeof(why)) == RD_KAFKA_CONF_OK);
    must(rd_kafka_conf_set(conf, "linger.ms", "1", why, sizeof(why)) == RD_KAFKA_CONF_OK);
    must(rd_kafka_conf_set(conf, "max.in.flight", "1", why, sizeof(why)) == RD_KAFKA_CONF_OK);
    return conf;
}

int broker_new(struct broker **ret, struct fault *reterr)
{
    struct broker *broker = mem_new(sizeof(*broker));
    char why[256];

    broker->host = rd_kafka_new(RD_KAFKA_PRODUCER, quiet_conf(), why, sizeof(why));
    if (!broker->host) {
        fault_set(reterr, "cannot start the demo's broker: %s", why);
        broker_free(broker);
        return -1;
    }
    broker->cluster = rd_kafka_mock_cluster_new(broker->host, 1);
    if (!broker->cluster) {
        fault_set(reterr, "cannot start the demo's broker");
        broker_free(broker);
        return -1;
    }
    must(rd_kafka_brokers_add(broker->host, rd_kafka_mock_cluster_bootstraps(broker->cluster)) > 0);
    *ret = broker;
    return 0;
}

void broker_free(struct broker *broker)
{
    if (!broker)
        return;
    if (broker->cluster)
        rd_kafka_mock_cluster_destroy(broker->cluster);
    if (broker->host)
        rd_kafka_destroy(broker->host);
    free(broker);
}

const char *broker_bootstrap_servers(const struct broker *broker)
{
    return rd_kafka_mock_cluster_bootstraps(broker->cluster);
}

void broker_add_topic(struct broker *broker, const char *topic, int partitions)
{
    must(rd_kafka_mock_topic_create(broker->cluster, topic, partitions, 1) ==
         RD_KAFKA_RESP_ERR_NO_ERROR);
}

int broker_publish(struct broker *broker, const char *topic, const char *key,
                   const struct text *value)
{
    /* librdkafka takes no pointer to const, but copies (MSG_F_COPY). */
    union {
        const char *in;
        char *out;
    } bytes = { .in = text_string(value) };

    return rd_kafka_producev(
               broker->host, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
               RD_KAFKA_V_KEY(key, strlen(key)), RD_KAFKA_V_VALUE(bytes.out, value->length),
               RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR_NO_ERROR
               ? 0
               : -1;
}

void broker_serve(struct broker *broker)
{
    (void)rd_kafka_poll(broker->host, 0);
}
