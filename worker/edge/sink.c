#include "worker/edge/sink.h"

#include <stdlib.h>

#include "common/mem.h"
#include "worker/edge/kafka_producer.h"

/* A message that waits for its report. `failed` when librdkafka would not even take it. */
struct sink_call {
    struct sink *sink;
    void (*done)(void *context, enum sink_result result, const char *why);
    void *context;
    enum sink_result result;
    const char *why;
    struct sink_call *next_refused;
};

struct sink {
    struct kafka_producer *producer;
    int wake_fd;
    size_t open;
    struct sink_call *refused; /* reported by the next sink_serve(), never inside sink_send() */
};

static enum sink_result result_of(rd_kafka_resp_err_t err)
{
    if (err == RD_KAFKA_RESP_ERR_NO_ERROR)
        return SINK_ACKNOWLEDGED;
    if (err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        return SINK_TOO_LARGE;
    return SINK_FAILED;
}

static void report(struct sink_call *call, enum sink_result result, const char *why)
{
    call->sink->open--;
    if (call->done)
        call->done(call->context, result, why);
    free(call);
}

static void on_delivery(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque)
{
    (void)kafka;
    (void)opaque;
    report(message->_private, result_of(message->err),
           message->err ? rd_kafka_err2str(message->err) : "");
}

int sink_open(const struct sink_options *options, struct sink **ret, struct fault *reterr)
{
    /* A topic's limit of size is one of batches: a message is not refused for its neighbours. */
    static const struct kafka_property one_by_one[] = { { "batch.num.messages", "1" },
                                                        { NULL, NULL } };
    const struct kafka_producer_options producer = {
        .properties = options->properties,
        .firm = options->one_by_one ? one_by_one : NULL,
        .wake_fd = options->wake_fd,
        .listener = options->listener,
        .delivered = on_delivery,
    };
    struct sink *sink = mem_new(sizeof(*sink));

    sink->wake_fd = options->wake_fd;
    if (kafka_producer_open(&producer, &sink->producer, reterr) != 0) {
        sink_free(sink);
        return -1;
    }
    *ret = sink;
    return 0;
}

static rd_kafka_headers_t *headers_of(const struct sink_message *message)
{
    const struct record *record = message->record;
    rd_kafka_headers_t *headers =
        rd_kafka_headers_new(record->header_count + message->more_header_count);

    for (size_t i = 0; i < record->header_count; i++)
        rd_kafka_header_add(headers, record->headers[i].name, -1, record->headers[i].value,
                            (ssize_t)record->headers[i].length);
    for (size_t i = 0; i < message->more_header_count; i++)
        rd_kafka_header_add(headers, message->more_headers[i].name, -1,
                            message->more_headers[i].value,
                            (ssize_t)message->more_headers[i].length);
    return headers;
}

static rd_kafka_resp_err_t produce(struct sink *sink, const struct sink_message *message,
                                   struct sink_call *call)
{
    const struct record *record = message->record;
    rd_kafka_headers_t *headers = headers_of(message);
    /* librdkafka takes no pointer to const, but copies (MSG_F_COPY). */
    union {
        const char *in;
        char *out;
    } bytes = { .in = record->value };

    rd_kafka_resp_err_t err = rd_kafka_producev(
        kafka_producer_client(sink->producer), RD_KAFKA_V_TOPIC(message->topic),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(record->key, record->key_length),
        RD_KAFKA_V_VALUE(bytes.out, record->value_length),
        RD_KAFKA_V_TIMESTAMP(record->timestamp > 0 ? record->timestamp : 0),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(call), RD_KAFKA_V_END);
    if (err)
        rd_kafka_headers_destroy(
            headers); /* rd_kafka_producev() takes them only when it succeeds */
    return err;
}

struct sink_call *sink_send(struct sink *sink, const struct sink_message *message)
{
    struct sink_call *call = mem_new(sizeof(*call));

    *call = (struct sink_call){ .sink = sink, .done = message->done, .context = message->context };
    sink->open++;
    rd_kafka_resp_err_t err = produce(sink, message, call);
    if (err) {
        call->result = result_of(err);
        call->why = rd_kafka_err2str(err);
        call->next_refused = sink->refused;
        sink->refused = call;
        kafka_wake(sink->wake_fd);
    }
    return call;
}

void sink_forget(struct sink_call *call)
{
    call->done = NULL;
}

static void report_refused(struct sink *sink)
{
    while (sink->refused) {
        struct sink_call *call = sink->refused;
        sink->refused = call->next_refused;
        report(call, call->result, call->why);
    }
}

void sink_serve(struct sink *sink)
{
    report_refused(sink);
    kafka_producer_serve(sink->producer);
}

size_t sink_count_open(const struct sink *sink)
{
    return sink->open;
}

void sink_free(struct sink *sink)
{
    if (!sink)
        return;
    kafka_producer_free(sink->producer);
    report_refused(sink);
    free(sink);
}
