#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/map.h"
#include "common/mem.h"
#include "worker/edge/admin_inner.h"

enum { MOMENT_MS = 100 };

/* A partition of the state topic; `live` are the keys to remove. */
struct part {
    struct map live;
    bool is_read;
};

struct forgetting {
    struct admin *admin;
    const char *state;
    const char *source;
    char what[320];
    struct part *parts;
    int count;
    size_t acknowledged;
    size_t refused;
    rd_kafka_resp_err_t why_refused;
};

static void keep(struct forgetting *forgetting, const rd_kafka_message_t *message)
{
    struct map *live = &forgetting->parts[message->partition].live;

    if (!message->key ||
        !topic_plan_is_state_of(forgetting->source, message->key, message->key_len))
        return;
    if (!message->payload)
        (void)map_take(live, message->key, message->key_len);
    else if (!map_find(live, message->key, message->key_len))
        map_put(live, message->key, message->key_len, live); /* any pointer will do */
}

/* Reads until all partitions are at their end, or nothing comes any more. */
static enum admin_answer read_all(struct forgetting *forgetting, rd_kafka_queue_t *queue,
                                  struct fault *reterr)
{
    struct admin *admin = forgetting->admin;
    rd_kafka_resp_err_t err = RD_KAFKA_RESP_ERR_NO_ERROR;
    mono_ms deadline = admin_deadline(admin);
    int unread = forgetting->count;

    while (unread > 0 && !err) {
        rd_kafka_message_t *message = rd_kafka_consume_queue(queue, MOMENT_MS);
        (void)rd_kafka_poll(admin->kafka, 0);
        if (!message) {
            err = clock_mono() > deadline ? RD_KAFKA_RESP_ERR__TIMED_OUT : err;
            continue;
        }
        deadline = admin_deadline(admin);
        if (!message->err) {
            keep(forgetting, message);
        } else if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            err = message->err;
        } else if (!forgetting->parts[message->partition].is_read) {
            forgetting->parts[message->partition].is_read = true;
            unread--;
        }
        rd_kafka_message_destroy(message);
    }
    return err ? admin_failed(admin, forgetting->what, err, reterr) : ADMIN_DONE;
}

static enum admin_answer find_keys(struct forgetting *forgetting, struct fault *reterr)
{
    rd_kafka_t *kafka = forgetting->admin->kafka;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(kafka, forgetting->state, NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);

    for (int i = 0; i < forgetting->count; i++)
        (void)rd_kafka_consume_start_queue(topic, i, RD_KAFKA_OFFSET_BEGINNING, queue);
    enum admin_answer answer = read_all(forgetting, queue, reterr);
    for (int i = 0; i < forgetting->count; i++)
        (void)rd_kafka_consume_stop(topic, i);
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_destroy(topic);
    return answer;
}

static void on_delivery(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque)
{
    struct forgetting *forgetting = message->_private;

    (void)kafka;
    (void)opaque;
    if (!message->err) {
        forgetting->acknowledged++;
        return;
    }
    forgetting->refused++;
    forgetting->why_refused = message->err;
}

static void write_tombstone(struct forgetting *forgetting, rd_kafka_t *producer, int32_t partition,
                            const struct map_entry *entry)
{
    rd_kafka_resp_err_t err;

    do {
        err = rd_kafka_producev(
            producer, RD_KAFKA_V_TOPIC(forgetting->state), RD_KAFKA_V_PARTITION(partition),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(entry->key, entry->length),
            RD_KAFKA_V_VALUE(NULL, 0), RD_KAFKA_V_OPAQUE(forgetting), RD_KAFKA_V_END);
        (void)rd_kafka_poll(producer, err == RD_KAFKA_RESP_ERR__QUEUE_FULL ? MOMENT_MS : 0);
    } while (err == RD_KAFKA_RESP_ERR__QUEUE_FULL);
    if (err) {
        forgetting->refused++;
        forgetting->why_refused = err;
    }
}

/* Waits until all are reported; what does not get through is reported as refused in the end. */
static void finish(struct forgetting *forgetting, rd_kafka_t *producer)
{
    mono_ms deadline = admin_deadline(forgetting->admin);
    size_t reported = 0;

    while (rd_kafka_outq_len(producer) > 0) {
        (void)rd_kafka_poll(producer, MOMENT_MS);
        if (forgetting->acknowledged + forgetting->refused > reported) {
            reported = forgetting->acknowledged + forgetting->refused;
            deadline = admin_deadline(forgetting->admin);
        } else if (clock_mono() > deadline) {
            (void)rd_kafka_purge(producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        }
    }
}

static bool has_keys(const struct forgetting *forgetting)
{
    for (int i = 0; i < forgetting->count; i++)
        if (forgetting->parts[i].live.count > 0)
            return true;
    return false;
}

static enum admin_answer remove_keys(struct forgetting *forgetting, struct fault *reterr)
{
    struct admin *admin = forgetting->admin;
    struct map_entry entry;
    rd_kafka_conf_t *conf;
    char reason[512];

    if (admin_conf_new(admin, kafka_producer_defaults, &conf, reterr) != 0)
        return ADMIN_REFUSED;
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
    if (!producer) {
        rd_kafka_conf_destroy(conf); /* rd_kafka_new() takes it only when it succeeds */
        fault_set(reterr, "cannot start a Kafka producer: %s", reason);
        return ADMIN_REFUSED;
    }
    for (int i = 0; i < forgetting->count; i++)
        for (size_t at = 0; map_next(&forgetting->parts[i].live, &at, &entry);)
            write_tombstone(forgetting, producer, i, &entry);
    finish(forgetting, producer);
    rd_kafka_destroy(producer);
    if (forgetting->refused == 0)
        return ADMIN_DONE;
    return admin_failed(admin, forgetting->what, forgetting->why_refused, reterr);
}

static enum admin_answer count_parts(struct forgetting *forgetting, struct fault *reterr)
{
    const struct rd_kafka_metadata *metadata;
    enum admin_answer answer = admin_ask_metadata(
        forgetting->admin, forgetting->state, admin_deadline(forgetting->admin), &metadata, reterr);

    if (answer != ADMIN_DONE)
        return answer;
    if (metadata->topics[0].err)
        answer = admin_failed(forgetting->admin, forgetting->what, metadata->topics[0].err, reterr);
    else
        forgetting->count = metadata->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    return answer;
}

enum admin_answer admin_forget_state(struct admin *admin, const char *state, const char *source,
                                     size_t *ret, struct fault *reterr)
{
    struct forgetting forgetting = { .admin = admin, .state = state, .source = source };

    (void)snprintf(forgetting.what, sizeof(forgetting.what), "cannot clear topic %.249s", state);
    enum admin_answer answer = count_parts(&forgetting, reterr);
    forgetting.parts = mem_new_array((size_t)forgetting.count, sizeof(*forgetting.parts));
    if (answer == ADMIN_DONE)
        answer = find_keys(&forgetting, reterr);
    if (answer == ADMIN_DONE && has_keys(&forgetting))
        answer = remove_keys(&forgetting, reterr);
    for (int i = 0; i < forgetting.count; i++)
        map_free(&forgetting.parts[i].live);
    free(forgetting.parts);
    *ret = forgetting.acknowledged;
    return answer;
}
