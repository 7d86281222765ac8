#include "worker/edge/sink.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/must.h"

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
    rd_kafka_t *kafka;
    struct kafka_property *properties; /* own copies, for a new producer after a fatal error */
    struct kafka_listener listener;
    int wake_fd;
    bool dead;
    size_t open;
    struct sink_call *refused; /* reported by the next sink_serve(), never inside sink_send() */
};

static const uint64_t one = 1;

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

static void on_error(rd_kafka_t *kafka, int err, const char *reason, void *opaque)
{
    struct sink *sink = opaque;

    (void)kafka;
    if (err == RD_KAFKA_RESP_ERR__FATAL)
        sink->dead = true;
    sink->listener.said(sink->listener.context, err == RD_KAFKA_RESP_ERR__FATAL ? 3 : 4, reason);
}

static void on_log(const rd_kafka_t *kafka, int level, const char *facility, const char *words)
{
    const struct sink *sink = rd_kafka_opaque(kafka);

    (void)facility;
    sink->listener.said(sink->listener.context, level, words);
}

static int start(struct sink *sink, struct fault *reterr)
{
    rd_kafka_conf_t *conf;
    char reason[512];

    if (kafka_conf_new(kafka_producer_defaults, sink->properties, &conf, reterr) != 0)
        return -1;
    rd_kafka_conf_set_opaque(conf, sink);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_log_cb(conf, on_log);
    sink->kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
    if (!sink->kafka) {
        rd_kafka_conf_destroy(conf); /* rd_kafka_new() takes it only when it succeeds */
        fault_set(reterr, "cannot start a Kafka producer: %s", reason);
        return -1;
    }
    rd_kafka_queue_t *queue = rd_kafka_queue_get_main(sink->kafka);
    rd_kafka_set_log_queue(sink->kafka, NULL);
    rd_kafka_queue_io_event_enable(queue, sink->wake_fd, &one, sizeof(one));
    rd_kafka_queue_destroy(queue);
    sink->dead = false;
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

int sink_open(const struct sink_options *options, struct sink **ret, struct fault *reterr)
{
    struct sink *sink = mem_new(sizeof(*sink));

    sink->properties = copy_properties(options->properties);
    sink->listener = options->listener;
    sink->wake_fd = options->wake_fd;
    if (start(sink, reterr) != 0) {
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
        sink->kafka, RD_KAFKA_V_TOPIC(message->topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(record->key, record->key_length),
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
        must(write(sink->wake_fd, &one, sizeof(one)) == sizeof(one));
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

/* What was not acknowledged is reported as failed; then the producer goes. */
static void end_producer(struct sink *sink)
{
    if (!sink->kafka)
        return;
    (void)rd_kafka_purge(sink->kafka, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (rd_kafka_outq_len(sink->kafka) > 0)
        (void)rd_kafka_poll(sink->kafka, 10);
    rd_kafka_destroy(sink->kafka);
    sink->kafka = NULL;
}

void sink_serve(struct sink *sink)
{
    struct fault fault;

    report_refused(sink);
    while (rd_kafka_poll(sink->kafka, 0) > 0)
        ;
    if (!sink->dead)
        return;
    end_producer(sink);
    must(start(sink, &fault) == 0); /* the same configuration worked before */
}

size_t sink_count_open(const struct sink *sink)
{
    return sink->open;
}

void sink_free(struct sink *sink)
{
    if (!sink)
        return;
    end_producer(sink);
    report_refused(sink);
    for (struct kafka_property *p = sink->properties; p && p->name; p++) {
        union {
            const char *in;
            char *out;
        } name = { .in = p->name }, value = { .in = p->value };
        free(name.out);
        free(value.out);
    }
    free(sink->properties);
    free(sink);
}
