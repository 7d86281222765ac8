/*
 * What is written to the state topic: markers and the owners' records.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/edge/table_inner.h"

/* ---- calls ---- */

static void free_call(struct table_call *call)
{
    if (!call->is_marker)
        call->table->open--;
    free(call);
}

static void broke(struct table_part *part, rd_kafka_resp_err_t err)
{
    part->broken = true;
    part->err = err;
    part->retry_at = part->table->now + TABLE_RETRY_MS;
}

/* Called by librdkafka: only notes what happened. */
static void on_delivery(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque)
{
    struct table_call *call = message->_private;
    struct table_part *part = call->part;
    struct table *table = call->table;

    (void)kafka;
    (void)opaque;
    if (!message->err)
        table->trouble.words[0] = '\0';
    if (!part) {
        free_call(call);
        return;
    }
    call->is_sent = false;
    part->sent--;
    if (!message->err)
        call->offset = message->offset;
    else
        broke(part, message->err);
}

/* Hands a record to librdkafka, unless one before it has to be written again. */
static void produce(struct table_part *part, struct table_call *call)
{
    char *value = call->bytes + call->key_length;

    if (part->broken)
        return;
    rd_kafka_resp_err_t err = rd_kafka_producev(
        kafka_producer_client(part->table->producer), RD_KAFKA_V_TOPIC(part->table->topic_name),
        RD_KAFKA_V_PARTITION(part->number), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(call->bytes, call->key_length),
        RD_KAFKA_V_VALUE(call->is_tombstone ? NULL : value, call->value_length),
        RD_KAFKA_V_OPAQUE(call), RD_KAFKA_V_END);
    if (err) {
        broke(part, err);
        return;
    }
    call->is_sent = true;
    part->sent++;
}

static struct table_call *add(struct table_part *part, const struct table_record *record)
{
    struct table_call *call = mem_new(sizeof(*call) + record->key_length + record->value_length);

    call->table = part->table;
    call->part = part;
    call->offset = -1;
    call->key_length = record->key_length;
    call->value_length = record->value_length;
    call->is_tombstone = !record->value;
    memcpy(call->bytes, record->key, record->key_length);
    if (record->value)
        memcpy(call->bytes + record->key_length, record->value, record->value_length);
    STAILQ_INSERT_TAIL(&part->calls, call, after);
    return call;
}

struct table_call *table_write(struct table *table, struct table_part *part,
                               const struct table_record *record, void *call_context)
{
    must(!part->left);
    struct table_call *call = add(part, record);

    call->context = call_context;
    table->open++;
    produce(part, call);
    return call;
}

void table_write_marker(struct table_part *part, const char *key)
{
    /* Any value: a tombstone would not be kept. */
    struct table_call *call =
        add(part, &(struct table_record){
                      .key = key, .key_length = strlen(key), .value = "v1", .value_length = 2 });

    call->is_marker = true;
    produce(part, call);
}

void table_forget(struct table_call *call)
{
    call->is_forgotten = true;
}

/* ---- serving ---- */

/* Whether the part's first call is finished; it leaves the list then. */
static struct table_call *take_finished(struct table_part *part)
{
    struct table_call *call = STAILQ_FIRST(&part->calls);

    if (!call || call->offset < 0)
        return NULL;
    STAILQ_REMOVE_HEAD(&part->calls, after);
    return call;
}

static void report(struct table_part *part)
{
    const struct table_port *port = &part->table->port;
    struct table_call *call;

    while (!part->left && (call = take_finished(part))) {
        void *context = call->context;
        bool tell = !call->is_marker && !call->is_forgotten;
        if (call->is_marker)
            part->epoch = call->offset;
        free_call(call);
        if (tell)
            port->written(port->context, context);
    }
}

/* Whether it is the topic that a person has to mend. */
static bool blames_topic(rd_kafka_resp_err_t err)
{
    return err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
           err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
}

/* A record of a producer that died says of itself only that it was purged. */
static void explain(struct table_part *part)
{
    const char *why = rd_kafka_err2str(part->err);
    struct fault fault;
    bool says_little = part->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
                       part->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT ||
                       part->err == RD_KAFKA_RESP_ERR__FATAL;

    if (says_little && *part->table->trouble.words)
        why = part->table->trouble.words;
    if (blames_topic(part->err)) {
        fault_set(&fault, "%s; what mends it: ireserve-mattermost topics", why);
        why = fault.words;
    }
    part->err = RD_KAFKA_RESP_ERR_NO_ERROR;
    table_complain(part, "cannot write to", why);
}

static void write_again(struct table_part *part)
{
    struct table_call *call;

    part->broken = false;
    STAILQ_FOREACH(call, &part->calls, after)
    {
        call->offset = -1;
        produce(part, call);
    }
}

void table_serve_writes(struct table_part *part)
{
    report(part);
    if (!part->left && part->err)
        explain(part);
    if (!part->left && part->broken && part->sent == 0 && part->table->now >= part->retry_at)
        write_again(part);
}

void table_free_part(struct table_part *part)
{
    struct table_call *call;

    while ((call = STAILQ_FIRST(&part->calls))) {
        STAILQ_REMOVE_HEAD(&part->calls, after);
        call->part = NULL;
        if (!call->is_sent)
            free_call(call);
    }
    free(part);
}

/* ---- the producer ---- */

int table_open_producer(struct table *table, const struct kafka_property *properties,
                        struct fault *reterr)
{
    /*
     * A record waits as long as it takes: one that timed out would only be written again.  And it
     * waits a moment for others: a request for each would cost as much as the posts do.
     */
    static const struct kafka_property patient[] = { { "message.timeout.ms", "0" },
                                                     { "linger.ms", "3" },
                                                     { NULL, NULL } };
    const struct kafka_producer_options options = {
        .properties = properties,
        .firm = patient,
        .wake_fd = table->wake_fd,
        .listener = table->own,
        .delivered = on_delivery,
    };

    if (kafka_producer_open(&options, &table->producer, reterr) != 0)
        return -1;
    /* Has the topic looked up, so that the first record finds its leader known. */
    rd_kafka_topic_t *topic =
        rd_kafka_topic_new(kafka_producer_client(table->producer), table->topic_name, NULL);
    if (topic)
        rd_kafka_topic_destroy(topic);
    return 0;
}
