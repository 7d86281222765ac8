#include "worker/app/settings_inner.h"

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
      1, 10000, NULL, NULL, "of these, to one server; fewer while it is slow or refuses" },
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
    { "delivery", "thread_max_replies", SETTING_NUMBER, AT(delivery.thread_max_replies), "1000", 1,
      100000, NULL, NULL, "in one thread, before the conversation goes on in a new one" },
    { "delivery", "poison_attempts", SETTING_NUMBER, AT(delivery.poison_attempts), "10", 0, 10000,
      NULL, NULL,
      "times that a server fails (5xx) on one post and takes others, until it is a dead letter; "
      "0: never" },
    { "delivery", "poison_minutes", SETTING_NUMBER, AT(delivery.poison_minutes), "10", 0, 10080,
      NULL, NULL, "and for how long at least" },
    { "state", "keep_days", SETTING_NUMBER, AT(state.keep_days), "180", 1, 36500, NULL, NULL,
      "how long a conversation's thread is remembered after its last message" },
    { "attachments", "hosts", SETTING_LIST, 0, "[ \"" SETTINGS_STANDARD_HOST "\" ]", 0, 0, NULL,
      NULL,
      "hosts that attachments may come from: names, *.names, addresses; with :port if need be" },
    { "attachments", "max_bytes", SETTING_NUMBER, AT(attachments.max_bytes), "25000000", 1,
      1073741824, NULL, NULL, "of one attachment" },
    { "attachments", "timeout_ms", SETTING_NUMBER, AT(attachments.timeout_ms), "30000", 1000,
      600000, NULL, NULL, "time to fetch one attachment and to pass it on" },
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

const struct member_setting integration_table[] = {
    { "licence", NULL, "whose it is; events name it" },
    { "active", "true", "false stops the mirroring" },
    { "server_url", NULL, "https://…, with the path if Mattermost has one" },
    { "allow_http", "false", "allows http:// beyond the loopback address" },
    { "bot_token_file", NULL, "file that holds the bot's access token" },
    { "outgoing_webhook_token_files", "[]", "files with tokens of outgoing webhooks" },
    { "language", "\"nl\"", "of what the worker itself says: nl or en" },
    { "conversation_channel", "\"\"", "where conversations are mirrored; empty: nowhere" },
    { "notification_channels", "{}", "type = channel: an id or team/channel; empty: do not send" },
};
const size_t integration_table_count = sizeof(integration_table) / sizeof(*integration_table);

const struct member_setting old_news_table[] = {
    { "type", NULL,
      "a notification type, \"*\": all others, or \"conversation\": what is in chats" },
    { "max_age_s", NULL, "seconds after which it is old, by occurred_at, else time, else Kafka's" },
    { "then", NULL, "drop: not sent, but counted; mark: says when it was (UTC); chats: mark only" },
};
const size_t old_news_table_count = sizeof(old_news_table) / sizeof(*old_news_table);
