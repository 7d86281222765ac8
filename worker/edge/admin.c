#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/must.h"
#include "worker/edge/admin_inner.h"

enum { MOMENT_MS = 50, GRACE_MS = 1000 };

static void on_error(rd_kafka_t *kafka, int err, const char *reason, void *opaque)
{
    struct admin *admin = opaque;

    (void)kafka;
    /* That all are down says less than why the last of them is. */
    if (err != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || !*admin->complaint)
        (void)snprintf(admin->complaint, sizeof(admin->complaint), "%s", reason);
}

/* Failures come by on_error(), too; the rest is nothing for a command to tell. */
static void on_log(const rd_kafka_t *kafka, int level, const char *facility, const char *words)
{
    (void)kafka;
    (void)level;
    (void)facility;
    (void)words;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char reason[256];

    must(rd_kafka_conf_set(conf, name, value, reason, sizeof(reason)) == RD_KAFKA_CONF_OK);
}

int admin_conf_new(struct admin *admin, const struct kafka_property *defaults,
                   rd_kafka_conf_t **ret, struct fault *reterr)
{
    if (kafka_conf_new(defaults, admin->properties, ret, reterr) != 0)
        return -1;
    set(*ret, "log.queue", "false");
    rd_kafka_conf_set_opaque(*ret, admin);
    rd_kafka_conf_set_error_cb(*ret, on_error);
    rd_kafka_conf_set_log_cb(*ret, on_log);
    return 0;
}

static int start(struct admin *admin, struct fault *reterr)
{
    rd_kafka_conf_t *conf;
    char reason[512];

    if (admin_conf_new(admin, kafka_consumer_defaults, &conf, reterr) != 0)
        return -1;
    set(conf, "allow.auto.create.topics", "false");
    set(conf, "enable.partition.eof", "true");
    /* A worker's own limit would let a partition of the state topic come at 1 MiB a second. */
    set(conf, "queued.max.messages.kbytes", "16384");
    admin->kafka = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof(reason));
    if (admin->kafka)
        return 0;
    rd_kafka_conf_destroy(conf); /* rd_kafka_new() takes it only when it succeeds */
    fault_set(reterr, "cannot start a Kafka client: %s", reason);
    return -1;
}

int admin_open(const struct kafka_property *properties, mono_ms timeout, struct admin **ret,
               struct fault *reterr)
{
    struct admin *admin = mem_new(sizeof(*admin));

    admin->properties = properties;
    admin->timeout = timeout;
    if (start(admin, reterr) != 0) {
        admin_free(admin);
        return -1;
    }
    *ret = admin;
    return 0;
}

void admin_free(struct admin *admin)
{
    if (!admin)
        return;
    if (admin->kafka)
        rd_kafka_destroy(admin->kafka);
    free(admin);
}

mono_ms admin_deadline(const struct admin *admin)
{
    return clock_mono() + admin->timeout;
}

int admin_left(mono_ms deadline)
{
    mono_ms left = deadline - clock_mono();

    return left > 1 ? (int)left : 1;
}

static const char *bootstrap_servers(const struct admin *admin)
{
    for (const struct kafka_property *p = admin->properties; p && p->name; p++)
        if (strcmp(p->name, "bootstrap.servers") == 0)
            return p->value;
    return "no address";
}

/* Whether an error says that there was no answer; all others are one. */
static bool is_no_answer(rd_kafka_resp_err_t err)
{
    static const rd_kafka_resp_err_t errors[] = {
        RD_KAFKA_RESP_ERR__TRANSPORT,
        RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
        RD_KAFKA_RESP_ERR__RESOLVE,
        RD_KAFKA_RESP_ERR__TIMED_OUT,
        RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
        RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
        RD_KAFKA_RESP_ERR__AUTHENTICATION,
        RD_KAFKA_RESP_ERR__SSL,
        RD_KAFKA_RESP_ERR__WAIT_COORD,
        RD_KAFKA_RESP_ERR__PURGE_QUEUE,
        RD_KAFKA_RESP_ERR__PURGE_INFLIGHT,
        RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
        RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
    };

    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
        if (errors[i] == err)
            return true;
    return false;
}

enum admin_answer admin_failed(struct admin *admin, const char *what, rd_kafka_resp_err_t err,
                               struct fault *reterr)
{
    while (rd_kafka_poll(admin->kafka, 0) > 0)
        ;
    if (!is_no_answer(err)) {
        fault_set(reterr, "%s: %s", what, rd_kafka_err2str(err));
        return ADMIN_REFUSED;
    }
    fault_set(reterr, "%s: Kafka at %s does not answer: %s", what, bootstrap_servers(admin),
              *admin->complaint ? admin->complaint : rd_kafka_err2str(err));
    return ADMIN_UNREACHABLE;
}

enum admin_answer admin_ask_metadata(struct admin *admin, const char *topic, mono_ms deadline,
                                     const struct rd_kafka_metadata **ret, struct fault *reterr)
{
    rd_kafka_topic_t *handle = rd_kafka_topic_new(admin->kafka, topic, NULL);
    char what[320];

    (void)snprintf(what, sizeof(what), "cannot look at topic %.249s", topic);
    if (!handle)
        return admin_failed(admin, what, rd_kafka_last_error(), reterr);
    rd_kafka_resp_err_t err = rd_kafka_metadata(admin->kafka, 0, handle, ret, admin_left(deadline));
    rd_kafka_topic_destroy(handle);
    return err ? admin_failed(admin, what, err, reterr) : ADMIN_DONE;
}

struct admin_request admin_request_begin(struct admin *admin, rd_kafka_admin_op_t operation,
                                         mono_ms deadline)
{
    struct admin_request request = { .queue = rd_kafka_queue_new(admin->kafka),
                                     .options = rd_kafka_AdminOptions_new(admin->kafka, operation),
                                     .deadline = deadline };
    char reason[256];

    must(rd_kafka_AdminOptions_set_request_timeout(request.options, admin_left(deadline), reason,
                                                   sizeof(reason)) == RD_KAFKA_RESP_ERR_NO_ERROR);
    return request;
}

rd_kafka_event_t *admin_request_end(struct admin *admin, struct admin_request *request,
                                    rd_kafka_resp_err_t *reterr)
{
    rd_kafka_event_t *event = NULL;

    while (!event && clock_mono() < request->deadline + GRACE_MS) {
        event = rd_kafka_queue_poll(request->queue, MOMENT_MS);
        (void)rd_kafka_poll(admin->kafka, 0);
    }
    rd_kafka_AdminOptions_destroy(request->options);
    rd_kafka_queue_destroy(request->queue);
    *reterr = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    return event;
}

static rd_kafka_resp_err_t count_in(const rd_kafka_event_t *event, size_t *ret)
{
    size_t count;
    const rd_kafka_ConsumerGroupDescription_t **groups =
        rd_kafka_DescribeConsumerGroups_result_groups(event, &count);

    must(count == 1);
    const rd_kafka_error_t *error = rd_kafka_ConsumerGroupDescription_error(groups[0]);
    *ret = error ? 0 : rd_kafka_ConsumerGroupDescription_member_count(groups[0]);
    rd_kafka_resp_err_t err = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
    return err == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND ? RD_KAFKA_RESP_ERR_NO_ERROR : err;
}

enum admin_answer admin_count_members(struct admin *admin, const char *group, size_t *ret,
                                      struct fault *reterr)
{
    struct admin_request request =
        admin_request_begin(admin, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, admin_deadline(admin));
    rd_kafka_resp_err_t err;
    char what[320];

    rd_kafka_DescribeConsumerGroups(admin->kafka, &group, 1, request.options, request.queue);
    rd_kafka_event_t *event = admin_request_end(admin, &request, &err);
    if (!err)
        err = count_in(event, ret);
    if (event)
        rd_kafka_event_destroy(event);
    (void)snprintf(what, sizeof(what), "cannot look at group %.255s", group);
    return err ? admin_failed(admin, what, err, reterr) : ADMIN_DONE;
}
