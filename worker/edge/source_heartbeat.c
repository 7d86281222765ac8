#include "worker/edge/source_heartbeat.h"

#include "common/clock.h"
#include "common/must.h"

enum { HEARTBEAT_KEY = 12 }; /* of the requests in Kafka's protocol */

/*
 * The moment is taken here and not from the round trip that the answer tells: librdkafka's clock
 * stands still while the machine is suspended.
 */
static rd_kafka_resp_err_t on_sent(rd_kafka_t *kafka, /* NOLINT: librdkafka's signature */
                                   int socket, const char *broker, int32_t id, int16_t key,
                                   int16_t version, int32_t number, size_t size, void *context)
{
    struct heartbeat *heartbeat = context;

    (void)kafka, (void)socket, (void)broker, (void)id, (void)version, (void)number, (void)size;
    if (key == HEARTBEAT_KEY)
        atomic_store(&heartbeat->under_way, clock_mono());
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/*
 * Each answer is told twice, by two threads, and the second time perhaps much later: only the first
 * counts.  There is never more than one heartbeat under way, and the next is sent after both. `err`
 * is of the way; whether the broker refused is not told.
 */
static rd_kafka_resp_err_t on_answered(rd_kafka_t *kafka, /* NOLINT: librdkafka's signature */
                                       int socket, const char *broker, int32_t id, int16_t key,
                                       int16_t version, int32_t number, size_t size,
                                       int64_t round_trip, rd_kafka_resp_err_t err, void *context)
{
    struct heartbeat *heartbeat = context;

    (void)kafka, (void)socket, (void)broker, (void)id, (void)version, (void)number, (void)size;
    (void)round_trip;
    if (key != HEARTBEAT_KEY)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    mono_ms sent = atomic_exchange(&heartbeat->under_way, -1);
    if (sent < 0 || err)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    mono_ms before = atomic_load(&heartbeat->sent);
    /* First the lapse: whoever sees the fresh heartbeat has to see it, too. */
    if (before >= 0 && clock_mono() - before > heartbeat->longest_gap)
        atomic_fetch_add(&heartbeat->lapses, 1);
    atomic_store(&heartbeat->sent, sent);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *kafka, const rd_kafka_conf_t *conf, void *context,
                                  char *reason, /* NOLINT: likewise */
                                  size_t size)
{
    (void)conf, (void)reason, (void)size;
    must(!rd_kafka_interceptor_add_on_request_sent(kafka, "heartbeat", on_sent, context));
    must(!rd_kafka_interceptor_add_on_response_received(kafka, "heartbeat", on_answered, context));
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

void source_heartbeat_watch(struct heartbeat *heartbeat, rd_kafka_conf_t *conf,
                            const struct lease_terms *terms)
{
    heartbeat->longest_gap = lease_longest_gap(terms);
    atomic_init(&heartbeat->under_way, -1);
    atomic_init(&heartbeat->sent, -1);
    atomic_init(&heartbeat->lapses, 0);
    must(!rd_kafka_conf_interceptor_add_on_new(conf, "heartbeat", on_new, heartbeat));
}

struct lease_signs source_heartbeat_signs(const struct heartbeat *heartbeat)
{
    struct lease_signs signs = { .sent = atomic_load(&heartbeat->sent) };

    signs.lapses = atomic_load(&heartbeat->lapses);
    return signs;
}
