#include "worker/edge/kafka.h"

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
