/*
 * floor: the least that carries records from Kafka to HTTP with the same libraries: consume, decode
 * with jansson, dump a post with jansson, POST with curl's multi interface; nothing else.  No
 * order, no retry, no commit, no log.  What the worker is measured against.
 *
 * floor BOOTSTRAP TOPIC GROUP URL TOKEN CHANNEL IN_FLIGHT COUNT [OUTCOMES]
 *
 * With OUTCOMES, a topic, each post is done when a record that says so is acknowledged there.
 */
#include <curl/curl.h>
#include <jansson.h>
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/must.h"

struct post {
    CURL *easy;
    char *body;
    struct post *next_free;
};

struct floor {
    rd_kafka_t *kafka;
    rd_kafka_t *outcomes; /* NULL: none are written */
    const char *outcomes_topic;
    CURLM *multi;
    struct post *free_posts;
    int wake_fd;
    const char *channel;
    long wanted;
    long started;
    long posted;
    long done;
};

static size_t ignore(const char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return size * count;
}

static void add_posts(struct floor *floor, const char *url, struct curl_slist *headers, int count)
{
    for (int i = 0; i < count; i++) {
        struct post *post = calloc(1, sizeof(*post));
        must(post);
        post->easy = curl_easy_init();
        must(post->easy);
        curl_easy_setopt(post->easy, CURLOPT_URL, url);
        curl_easy_setopt(post->easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(post->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(post->easy, CURLOPT_WRITEFUNCTION, ignore);
        curl_easy_setopt(post->easy, CURLOPT_PRIVATE, post);
        curl_easy_setopt(post->easy, CURLOPT_NOSIGNAL, 1L);
        post->next_free = floor->free_posts;
        floor->free_posts = post;
    }
}

static rd_kafka_t *consumer(const char *bootstrap, const char *group, const char *topic)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256];
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);

    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, why, sizeof(why));
    rd_kafka_conf_set(conf, "group.id", group, why, sizeof(why));
    rd_kafka_conf_set(conf, "auto.offset.reset", "earliest", why, sizeof(why));
    rd_kafka_conf_set(conf, "queued.max.messages.kbytes", "4096", why, sizeof(why));
    rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof(why));
    must(kafka);
    rd_kafka_poll_set_consumer(kafka);
    rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
    must(rd_kafka_subscribe(kafka, topics) == 0);
    rd_kafka_topic_partition_list_destroy(topics);
    return kafka;
}

static void start_post(struct floor *floor, const rd_kafka_message_t *message)
{
    struct post *post = floor->free_posts;
    json_t *event = json_loadb(message->payload, message->len, 0, NULL);

    must(event);
    const json_t *data = json_object_get(event, "data");
    json_t *body = json_pack("{s:s, s:O}", "channel_id", floor->channel, "message",
                             json_object_get(data, "text"));
    must(body);
    must(json_object_set(body, "props", json_object_get(event, "data")) == 0);
    post->body = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    json_decref(event);
    floor->free_posts = post->next_free;
    curl_easy_setopt(post->easy, CURLOPT_POSTFIELDS, post->body);
    curl_easy_setopt(post->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(post->body));
    curl_multi_add_handle(floor->multi, post->easy);
    floor->started++;
}

static void consume(struct floor *floor)
{
    while (floor->free_posts && floor->started < floor->wanted) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(floor->kafka, 0);
        if (!message)
            return;
        if (!message->err)
            start_post(floor, message);
        rd_kafka_message_destroy(message);
    }
}

static void on_acknowledged(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque)
{
    struct floor *floor = opaque;

    (void)kafka;
    must(!message->err);
    floor->done++;
}

static rd_kafka_t *producer(struct floor *floor, const char *bootstrap)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256];

    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, why, sizeof(why));
    rd_kafka_conf_set(conf, "enable.idempotence", "true", why, sizeof(why));
    rd_kafka_conf_set(conf, "linger.ms", "0", why, sizeof(why));
    rd_kafka_conf_set_opaque(conf, floor);
    rd_kafka_conf_set_dr_msg_cb(conf, on_acknowledged);
    rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
    must(kafka);
    return kafka;
}

/* As long as what the worker writes. */
static void write_outcome(struct floor *floor, long number)
{
    char key[64];
    static char value[] = "v1 o=123456 t=1790000000000 e=123456";
    int length = snprintf(key, sizeof(key), "done/bench/kkey-%ld", number % 1000);

    must(rd_kafka_producev(floor->outcomes, RD_KAFKA_V_TOPIC(floor->outcomes_topic),
                           RD_KAFKA_V_PARTITION((int)(number % 6)),
                           RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                           RD_KAFKA_V_KEY(key, (size_t)length),
                           RD_KAFKA_V_VALUE(value, sizeof(value) - 1), RD_KAFKA_V_END) == 0);
}

/* Whether any ended: then there is room for more before it is time to wait. */
static bool finish_posts(struct floor *floor)
{
    const CURLMsg *ended;
    long before = floor->posted;
    int left;

    while ((ended = curl_multi_info_read(floor->multi, &left))) {
        struct post *post;
        curl_easy_getinfo(ended->easy_handle, CURLINFO_PRIVATE, &post);
        must(ended->data.result == CURLE_OK);
        curl_multi_remove_handle(floor->multi, post->easy);
        free(post->body);
        post->next_free = floor->free_posts;
        floor->free_posts = post;
        if (floor->outcomes)
            write_outcome(floor, floor->posted);
        else
            floor->done++;
        floor->posted++;
    }
    return floor->posted > before;
}

static void run(struct floor *floor)
{
    while (floor->done < floor->wanted) {
        struct curl_waitfd wake = { .fd = floor->wake_fd, .events = CURL_WAIT_POLLIN };
        uint64_t count;
        int running;

        consume(floor);
        if (floor->outcomes)
            rd_kafka_poll(floor->outcomes, 0);
        curl_multi_perform(floor->multi, &running);
        if (finish_posts(floor))
            continue;
        curl_multi_poll(floor->multi, &wake, 1, 1000, NULL);
        (void)!read(floor->wake_fd, &count, sizeof(count));
    }
}

int main(int argc, char **argv)
{
    static const uint64_t one = 1;
    struct floor floor = { 0 };
    char authorization[256];

    must(argc == 9 || argc == 10);
    (void)snprintf(authorization, sizeof(authorization), "Authorization: Bearer %s", argv[5]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct curl_slist *headers = curl_slist_append(NULL, authorization);
    headers = curl_slist_append(headers, "Content-Type: application/json");
    floor.multi = curl_multi_init();
    floor.channel = argv[6];
    floor.wanted = strtol(argv[8], NULL, 10);
    floor.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    add_posts(&floor, argv[4], headers, (int)strtol(argv[7], NULL, 10));
    floor.kafka = consumer(argv[1], argv[3], argv[2]);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(floor.kafka);
    rd_kafka_queue_io_event_enable(queue, floor.wake_fd, &one, sizeof(one));
    if (argc == 10) {
        floor.outcomes_topic = argv[9];
        floor.outcomes = producer(&floor, argv[1]);
        rd_kafka_queue_io_event_enable(rd_kafka_queue_get_main(floor.outcomes), floor.wake_fd, &one,
                                       sizeof(one));
    }
    run(&floor);
    printf("{\"posted\":%ld}\n", floor.done);
    fflush(stdout);
    _exit(0);
}
