#include "worker/edge/kafka_producer.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"

struct kafka_producer {
    rd_kafka_t *kafka;
    struct kafka_producer_options options;
    struct kafka_property *properties; /* own copies, for a new producer after a fatal error */
};

static int start(struct kafka_producer *producer, struct fault *reterr)
{
    rd_kafka_conf_t *conf;
    char reason[512];

    if (kafka_conf_new(kafka_producer_defaults, producer->properties, &conf, reterr) != 0)
        return -1;
    must(kafka_conf_add(conf, producer->options.firm, reterr) == 0);
    rd_kafka_conf_set_dr_msg_cb(conf, producer->options.delivered);
    kafka_conf_listen(conf, &producer->options.listener);
    producer->kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
    if (!producer->kafka) {
        rd_kafka_conf_destroy(conf); /* rd_kafka_new() takes it only when it succeeds */
        fault_set(reterr, "cannot start a Kafka producer: %s", reason);
        return -1;
    }
    kafka_watch_client(producer->kafka, producer->options.wake_fd);
    return 0;
}

static struct kafka_property *copy_properties(const struct kafka_property *properties)
{
    size_t count = 0;

    while (properties && properties[count].name)
        count++;
    struct kafka_property *copy = mem_new_array(count + 1, sizeof(*copy));
    for (size_t i = 0; i < count; i++)
        copy[i] = (struct kafka_property){ .name = mem_string(properties[i].name),
                                           .value = mem_string(properties[i].value) };
    return copy;
}

static void free_properties(struct kafka_property *properties)
{
    for (struct kafka_property *p = properties; p && p->name; p++) {
        union {
            const char *in;
            char *out;
        } name = { .in = p->name }, value = { .in = p->value };
        free(name.out);
        free(value.out);
    }
    free(properties);
}

int kafka_producer_open(const struct kafka_producer_options *options, struct kafka_producer **ret,
                        struct fault *reterr)
{
    struct kafka_producer *producer = mem_new(sizeof(*producer));

    producer->options = *options;
    producer->properties = copy_properties(options->properties);
    if (start(producer, reterr) != 0) {
        kafka_producer_free(producer);
        return -1;
    }
    *ret = producer;
    return 0;
}

rd_kafka_t *kafka_producer_client(const struct kafka_producer *producer)
{
    return producer->kafka;
}

/* What was not acknowledged is reported as failed; then the client goes. */
static void end(struct kafka_producer *producer)
{
    if (!producer->kafka)
        return;
    (void)rd_kafka_purge(producer->kafka, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (rd_kafka_outq_len(producer->kafka) > 0)
        (void)rd_kafka_poll(producer->kafka, 10);
    rd_kafka_destroy(producer->kafka);
    producer->kafka = NULL;
}

void kafka_producer_serve(struct kafka_producer *producer)
{
    struct fault fault;

    while (rd_kafka_poll(producer->kafka, 0) > 0)
        ;
    if (!rd_kafka_fatal_error(producer->kafka, NULL, 0))
        return;
    end(producer);
    must(start(producer, &fault) == 0); /* the same configuration worked before */
}

void kafka_producer_free(struct kafka_producer *producer)
{
    if (!producer)
        return;
    end(producer);
    free_properties(producer->properties);
    free(producer);
}
