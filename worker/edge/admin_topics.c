#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/must.h"
#include "worker/edge/admin_inner.h"

enum { MOMENT_MS = 50 };

static int fewest_replicas(const struct rd_kafka_metadata_topic *topic)
{
    int fewest = topic->partition_cnt > 0 ? topic->partitions[0].replica_cnt : 0;

    for (int i = 1; i < topic->partition_cnt; i++)
        if (topic->partitions[i].replica_cnt < fewest)
            fewest = topic->partitions[i].replica_cnt;
    return fewest;
}

static void keep_metadata(const struct rd_kafka_metadata_topic *topic, struct topic_found *ret)
{
    *ret = (struct topic_found){ .presence = TOPIC_PRESENT,
                                 .partitions = topic->partition_cnt,
                                 .replicas = fewest_replicas(topic) };
    switch ((int)topic->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
        return;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        ret->presence = TOPIC_ABSENT;
        return;
    default:
        ret->presence = TOPIC_HIDDEN;
        (void)snprintf(ret->why, sizeof(ret->why), "%s", rd_kafka_err2str(topic->err));
    }
}

static void keep_config(const rd_kafka_ConfigEntry_t *entry, struct topic_found *ret)
{
    const char *name = rd_kafka_ConfigEntry_name(entry);
    const char *value = rd_kafka_ConfigEntry_value(entry);

    for (size_t i = 0; i < TOPIC_CONFIG_COUNT; i++)
        if (value && strcmp(topic_config_names[i], name) == 0)
            (void)snprintf(ret->configs[i], sizeof(ret->configs[i]), "%s", value);
}

static void keep_configs(const rd_kafka_ConfigResource_t *resource, struct topic_found *ret)
{
    rd_kafka_resp_err_t err = rd_kafka_ConfigResource_error(resource);
    size_t count;
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &count);

    if (err)
        (void)snprintf(ret->why, sizeof(ret->why), "%s", rd_kafka_err2str(err));
    for (size_t i = 0; !err && i < count; i++)
        keep_config(entries[i], ret);
}

/* The answer to a request for the configs of all topics that are present. */
static void read_configs(const rd_kafka_event_t *event, struct topic_plan *plan)
{
    size_t count;
    const rd_kafka_ConfigResource_t **resources =
        rd_kafka_DescribeConfigs_result_resources(event, &count);

    for (size_t i = 0; i < count; i++)
        for (size_t role = 0; role < TOPIC_ROLE_COUNT; role++)
            if (plan->names[role] &&
                strcmp(plan->names[role], rd_kafka_ConfigResource_name(resources[i])) == 0)
                keep_configs(resources[i], &plan->found[role]);
}

static bool is_present(const struct topic_plan *plan, size_t role)
{
    return plan->names[role] && plan->found[role].presence == TOPIC_PRESENT;
}

/*
 * Asks the broker that just told of the topics.  The library would ask the controller, which a mock
 * cluster does not have, and wait for it to the last.
 */
static void ask_broker(rd_kafka_AdminOptions_t *options, int32_t broker)
{
    char reason[256];

    must(broker < 0 || rd_kafka_AdminOptions_set_broker(options, broker, reason, sizeof(reason)) ==
                           RD_KAFKA_RESP_ERR_NO_ERROR);
}

/* Brokers that cannot or do not want to tell are no failure: their topics' `why` says so. */
static void look_at_configs(struct admin *admin, struct topic_plan *plan, int32_t broker,
                            mono_ms deadline)
{
    rd_kafka_ConfigResource_t *resources[TOPIC_ROLE_COUNT];
    size_t count = 0;
    rd_kafka_resp_err_t err;

    for (size_t role = 0; role < TOPIC_ROLE_COUNT; role++)
        if (is_present(plan, role))
            resources[count++] =
                rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, plan->names[role]);
    if (count == 0)
        return;
    struct admin_request request =
        admin_request_begin(admin, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, deadline);
    ask_broker(request.options, broker);
    rd_kafka_DescribeConfigs(admin->kafka, resources, count, request.options, request.queue);
    rd_kafka_ConfigResource_destroy_array(resources, count);
    rd_kafka_event_t *event = admin_request_end(admin, &request, &err);
    for (size_t role = 0; err && role < TOPIC_ROLE_COUNT; role++)
        if (is_present(plan, role))
            (void)snprintf(plan->found[role].why, sizeof(plan->found[role].why), "%s",
                           rd_kafka_err2str(err));
    if (!err)
        read_configs(event, plan);
    if (event)
        rd_kafka_event_destroy(event);
}

enum admin_answer admin_look(struct admin *admin, struct topic_plan *plan, struct fault *reterr)
{
    mono_ms deadline = admin_deadline(admin);
    const struct rd_kafka_metadata *metadata;
    int32_t broker = -1;

    for (size_t role = 0; role < TOPIC_ROLE_COUNT; role++) {
        if (!plan->names[role])
            continue;
        enum admin_answer answer =
            admin_ask_metadata(admin, plan->names[role], deadline, &metadata, reterr);
        if (answer != ADMIN_DONE)
            return answer;
        must(metadata->topic_cnt == 1);
        plan->brokers = metadata->broker_cnt;
        broker = metadata->orig_broker_id;
        keep_metadata(&metadata->topics[0], &plan->found[role]);
        rd_kafka_metadata_destroy(metadata);
    }
    look_at_configs(admin, plan, broker, deadline);
    return ADMIN_DONE;
}

static bool has_leaders(const struct rd_kafka_metadata_topic *topic, int partitions)
{
    for (int i = 0; i < topic->partition_cnt; i++)
        if (topic->partitions[i].leader < 0)
            return false;
    return !topic->err && topic->partition_cnt >= partitions;
}

/* Brokers learn of a new topic one after another. */
static enum admin_answer wait_for_leaders(struct admin *admin, const struct topic_wish *wish,
                                          mono_ms deadline, struct fault *reterr)
{
    const struct rd_kafka_metadata *metadata;

    while (clock_mono() < deadline) {
        enum admin_answer answer =
            admin_ask_metadata(admin, wish->name, deadline, &metadata, reterr);
        if (answer != ADMIN_DONE)
            return answer;
        bool is_there = has_leaders(&metadata->topics[0], wish->partitions);
        rd_kafka_metadata_destroy(metadata);
        if (is_there)
            return ADMIN_DONE;
        (void)rd_kafka_poll(admin->kafka, MOMENT_MS);
    }
    fault_set(reterr, "topic %s was created, but has no leaders within %d ms", wish->name,
              (int)admin->timeout);
    return ADMIN_UNREACHABLE;
}

static enum admin_answer read_creation(struct admin *admin, const rd_kafka_event_t *event,
                                       const char *what, struct fault *reterr)
{
    size_t count;
    const rd_kafka_topic_result_t **topics = rd_kafka_CreateTopics_result_topics(event, &count);

    must(count == 1);
    rd_kafka_resp_err_t err = rd_kafka_topic_result_error(topics[0]);
    if (!err || err == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        return ADMIN_DONE;
    enum admin_answer answer = admin_failed(admin, what, err, reterr);
    const char *words = rd_kafka_topic_result_error_string(topics[0]);
    if (answer == ADMIN_REFUSED && words)
        fault_set(reterr, "%s: %s", what, words); /* the broker's own tell more */
    return answer;
}

static rd_kafka_NewTopic_t *new_topic(const struct topic_wish *wish, struct fault *reterr)
{
    char reason[256];
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(wish->name, wish->partitions, wish->replicas, reason, sizeof(reason));

    if (!topic)
        fault_set(reterr, "cannot create topic %s: %s", wish->name, reason);
    for (size_t i = 0; topic && i < TOPIC_CONFIG_COUNT; i++)
        if (*wish->configs[i])
            must(rd_kafka_NewTopic_set_config(topic, topic_config_names[i], wish->configs[i]) ==
                 RD_KAFKA_RESP_ERR_NO_ERROR);
    return topic;
}

enum admin_answer admin_create(struct admin *admin, const struct topic_wish *wish,
                               struct fault *reterr)
{
    rd_kafka_NewTopic_t *topic = new_topic(wish, reterr);
    rd_kafka_resp_err_t err;
    char what[320];

    if (!topic)
        return ADMIN_REFUSED;
    struct admin_request request =
        admin_request_begin(admin, RD_KAFKA_ADMIN_OP_CREATETOPICS, admin_deadline(admin));
    mono_ms deadline = request.deadline;
    rd_kafka_CreateTopics(admin->kafka, &topic, 1, request.options, request.queue);
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_event_t *event = admin_request_end(admin, &request, &err);
    (void)snprintf(what, sizeof(what), "cannot create topic %.249s", wish->name);
    enum admin_answer answer =
        err ? admin_failed(admin, what, err, reterr) : read_creation(admin, event, what, reterr);
    if (event)
        rd_kafka_event_destroy(event);
    return answer == ADMIN_DONE ? wait_for_leaders(admin, wish, deadline, reterr) : answer;
}
