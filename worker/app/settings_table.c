#include "worker/app/settings_table.h"

static const char *const levels[] = { "debug", "info", "warn", "error", NULL };
static const char *const formats[] = { "auto", "json", "text", NULL };

#define AT(member) offsetof(struct settings, member)

const struct setting settings_table[] = {
    { "kafka", "bootstrap_servers", SETTING_TEXT, AT(kafka.bootstrap_servers), NULL, 1, 0, NULL,
      "IRESERVE_KAFKA_BOOTSTRAP_SERVERS", "host:port of some brokers, separated by commas" },
    { "kafka", "group_id", SETTING_TEXT, AT(kafka.group_id), "ireserve-mattermost", 1, 0, NULL,
      "IRESERVE_KAFKA_GROUP_ID", "the consumer group; all workers of a deployment share it" },
    { "kafka", "group_instance_id", SETTING_TEXT, AT(kafka.group_instance_id), "", 0, 0, NULL,
      "IRESERVE_KAFKA_GROUP_INSTANCE_ID",
      "static membership: a name that no other running worker has; empty: dynamic membership" },
    { "kafka", "properties", SETTING_LIST, 0, "[]", 0, 0, NULL, NULL,
      "librdkafka properties as \"name=value\"" },
    { "kafka", "property_files", SETTING_LIST, 0, "[]", 0, 0, NULL, NULL,
      "librdkafka properties as \"name=file\" that holds the value: for secrets" },
    { "topics", "notifications", SETTING_TEXT, AT(topics.notifications), "ireserve.notifications",
      1, 0, NULL, NULL, "where notifications come from" },
    { "topics", "conversations", SETTING_TEXT, AT(topics.conversations), "ireserve.conversations",
      1, 0, NULL, NULL, "where conversations come from" },
    { "topics", "replies", SETTING_TEXT, AT(topics.replies), "ireserve.conversation-replies", 1, 0,
      NULL, NULL, "where replies go" },
    { "topics", "dead_letters", SETTING_TEXT, AT(topics.dead_letters),
      "ireserve.mattermost.dead-letters", 1, 0, NULL, NULL,
      "where records go that cannot be delivered, with the reason" },
    { "topics", "state", SETTING_TEXT, AT(topics.state), "ireserve.mattermost.state", 1, 0, NULL,
      NULL, "the worker's own compacted topic" },
    { "topics", "integrations", SETTING_TEXT, AT(topics.integrations), "", 0, 0, NULL, NULL,
      "integrations from Kafka; empty: from this file only" },
    { "delivery", "in_flight", SETTING_NUMBER, AT(delivery.in_flight), "64", 1, 10000, NULL, NULL,
      "posts on the wire at once" },
    { "delivery", "in_flight_per_server", SETTING_NUMBER, AT(delivery.in_flight_per_server), "16",
      1, 10000, NULL, NULL, "of these, to one server" },
    { "delivery", "window", SETTING_NUMBER, AT(delivery.window), "500", 1, 100000, NULL, NULL,
      "records handed out above a partition's last acknowledged commit" },
    { "delivery", "waiting_bytes", SETTING_NUMBER, AT(delivery.waiting_bytes), "16777216", 1048576,
      1073741824, NULL, NULL, "bytes of records held at once, over all partitions" },
    { "delivery", "attempt_timeout_ms", SETTING_NUMBER, AT(delivery.attempt_timeout_ms), "15000",
      100, 25000, NULL, NULL, "time of one attempt to post" },
    { "delivery", "retry_first_ms", SETTING_NUMBER, AT(delivery.retry_first_ms), "1000", 1, 60000,
      NULL, NULL, "shortest rest before an attempt is repeated" },
    { "delivery", "retry_max_ms", SETTING_NUMBER, AT(delivery.retry_max_ms), "60000", 1, 3600000,
      NULL, NULL, "longest rest" },
    { "delivery", "drain_ms", SETTING_NUMBER, AT(delivery.drain_ms), "25000", 1000, 600000, NULL,
      NULL, "from SIGTERM to the end" },
    { "listener", "address", SETTING_ADDRESS, AT(listener.address), "", 0, 0, NULL,
      "IRESERVE_LISTENER_ADDRESS", "host:port for outgoing webhooks; empty: no replies" },
    { "listener", "public_url", SETTING_TEXT, AT(listener.public_url), "", 0, 0, NULL, NULL,
      "how Mattermost reaches the listener" },
    { "management", "address", SETTING_ADDRESS, AT(management.address), "127.0.0.1:9464", 1, 0,
      NULL, "IRESERVE_MANAGEMENT_ADDRESS",
      "host:port of probes and metrics; port 0 takes a free one" },
    { "log", "level", SETTING_CHOICE, AT(log.level), "info", 0, 0, levels, "IRESERVE_LOG_LEVEL",
      "the least important lines that are written" },
    { "log", "format", SETTING_CHOICE, AT(log.format), "auto", 0, 0, formats, "IRESERVE_LOG_FORMAT",
      "auto: text on a terminal, else json" },
};
const size_t settings_table_count = sizeof(settings_table) / sizeof(*settings_table);

const struct integration_setting integration_table[] = {
    { "licence", NULL, "whose it is; events name it" },
    { "active", "true", "false stops the mirroring" },
    { "server_url", NULL, "https://…, with the path if Mattermost has one" },
    { "allow_http", "false", "allows http:// beyond the loopback address" },
    { "bot_token_file", NULL, "file that holds the bot's access token" },
    { "outgoing_webhook_token_files", "[]", "files with tokens of outgoing webhooks" },
    { "conversation_channel", "\"\"", "where conversations are mirrored; empty: nowhere" },
    { "notification_channels", "{}", "type = channel: an id or team/channel; empty: do not send" },
};
const size_t integration_table_count = sizeof(integration_table) / sizeof(*integration_table);
