/*
 * What is read from the state topic: each partition once, for all parts that have its number.
 */
#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/edge/table_inner.h"

/* How many records of a partition in one go: some tenths of a millisecond. */
enum { AT_ONCE = 500 };

/* ---- which partitions are read, and from where ---- */

static struct table_reader *reader_of(struct table *table, int32_t number)
{
    struct table_reader *reader;

    LIST_FOREACH(reader, &table->readers, all)
    if (reader->number == number)
        return reader;
    reader = mem_new(sizeof(*reader));
    reader->number = number;
    LIST_INIT(&reader->parts);
    LIST_INSERT_HEAD(&table->readers, reader, all);
    return reader;
}

static void stop(struct table *table, struct table_reader *reader)
{
    if (!reader->queue)
        return;
    must(rd_kafka_consume_stop(table->topic, reader->number) == 0);
    rd_kafka_queue_destroy(reader->queue);
    reader->queue = NULL;
}

/* What one part was told already is skipped for it when another needs it. */
static int64_t first_wanted(const struct table_reader *reader)
{
    const struct table_part *part;
    int64_t first = INT64_MAX;

    LIST_FOREACH(part, &reader->parts, same_number)
    if (part->next < first)
        first = part->next;
    return first;
}

/* A queue of its own each time: nothing of an earlier reading is in it. */
static void start(struct table *table, struct table_reader *reader)
{
    stop(table, reader);
    reader->must_start = false;
    reader->next = first_wanted(reader);
    reader->queue = rd_kafka_queue_new(table->consumer);
    kafka_watch(reader->queue, table->wake_fd);
    must(rd_kafka_consume_start_queue(table->topic, reader->number,
                                      reader->next ? reader->next : RD_KAFKA_OFFSET_BEGINNING,
                                      reader->queue) == 0);
}

static void start_at(struct table_reader *reader, mono_ms moment)
{
    reader->must_start = true;
    reader->start_at = moment;
}

void table_begin_reading(struct table_part *part)
{
    part->reader = reader_of(part->table, part->number);
    LIST_INSERT_HEAD(&part->reader->parts, part, same_number);
    start_at(part->reader, part->table->now);
}

void table_end_reading(struct table_part *part)
{
    struct table_reader *reader = part->reader;

    if (!reader)
        return;
    LIST_REMOVE(part, same_number);
    part->reader = NULL;
    if (!LIST_EMPTY(&reader->parts))
        return;
    stop(part->table, reader);
    LIST_REMOVE(reader, all);
    free(reader);
}

/* ---- what comes ---- */

/* All below `offset` was read; the marker itself may be gone, when a later one took its place. */
static void restore(struct table_part *part)
{
    const struct table_port *port = &part->table->port;

    if (part->restored || part->left)
        return;
    part->restored = true;
    port->restored(port->context, part->owner, part->epoch);
}

static void tell(struct table_part *part, const struct table_record *record)
{
    const struct table_port *port = &part->table->port;

    if (record->offset < part->next)
        return;
    if (record->offset > part->epoch)
        restore(part);
    part->next = record->offset + 1;
    part->quiet_since = part->table->now;
    if (!part->left)
        port->read(port->context, part->owner, record);
    if (record->offset >= part->epoch)
        restore(part);
}

/* The topic was deleted and made again, or cut: what has a known offset is news all the same. */
static void begin_anew(struct table_reader *reader, int64_t offset)
{
    struct table_part *part;

    LIST_FOREACH(part, &reader->parts, same_number)
    {
        if (part->next <= offset)
            continue;
        part->next = offset;
        if (!part->left)
            table_complain(part, "cannot go on in", "the log is another one");
    }
}

static void tell_all(struct table_reader *reader, const rd_kafka_message_t *message)
{
    const struct table_record record = {
        .key = message->key,
        .key_length = message->key_len,
        .value = message->payload,
        .value_length = message->len,
        .offset = message->offset,
    };
    struct table_part *part;

    if (record.offset < reader->next)
        begin_anew(reader, record.offset);
    reader->next = record.offset + 1;
    LIST_FOREACH(part, &reader->parts, same_number)
    tell(part, &record);
}

static void tell_end(struct table_reader *reader, int64_t offset)
{
    struct table_part *part;

    LIST_FOREACH(part, &reader->parts, same_number)
    {
        part->quiet_since = part->table->now;
        if (offset >= part->epoch)
            restore(part);
    }
}

/* Not all errors mend themselves: it is read anew from where it was. */
static void tell_error(struct table *table, struct table_reader *reader, const char *why)
{
    struct table_part *part;

    LIST_FOREACH(part, &reader->parts, same_number)
    if (!part->left)
        table_complain(part, "cannot read", why);
    start_at(reader, table->now + TABLE_RETRY_MS);
}

static void take(struct table *table, struct table_reader *reader,
                 const rd_kafka_message_t *message)
{
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        tell_all(reader, message);
    else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        tell_end(reader, message->offset);
    else
        tell_error(table, reader, rd_kafka_message_errstr(message));
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR ||
        message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        table->trouble.words[0] = '\0';
}

/* Messages are lent and go at once: one that is kept pins the whole fetch that it came in. */
static bool drain(struct table *table, struct table_reader *reader)
{
    for (int i = 0; i < AT_ONCE; i++) {
        rd_kafka_message_t *message = rd_kafka_consume_queue(reader->queue, 0);
        if (!message)
            return false;
        take(table, reader, message);
        rd_kafka_message_destroy(message);
    }
    return true;
}

bool table_serve_readers(struct table *table)
{
    struct table_reader *reader;
    bool more = false;

    LIST_FOREACH(reader, &table->readers, all)
    {
        if (reader->must_start && table->now >= reader->start_at)
            start(table, reader);
        if (reader->queue && drain(table, reader))
            more = true;
    }
    return more;
}

/* ---- the consumer ---- */

int table_open_consumer(struct table *table, const struct kafka_property *properties,
                        struct fault *reterr)
{
    rd_kafka_conf_t *conf;
    char reason[512];

    if (kafka_conf_new(kafka_reader_defaults, properties, &conf, reterr) != 0)
        return -1;
    kafka_conf_listen(conf, &table->own);
    table->consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof(reason));
    if (!table->consumer) {
        rd_kafka_conf_destroy(conf); /* rd_kafka_new() takes it only when it succeeds */
        fault_set(reterr, "cannot start a Kafka consumer: %s", reason);
        return -1;
    }
    kafka_watch_client(table->consumer, table->wake_fd);
    /* Has the topic looked up, too: the first look-up of a client takes half a second. */
    table->topic = rd_kafka_topic_new(table->consumer, table->topic_name, NULL);
    must(table->topic);
    return 0;
}

void table_close_consumer(struct table *table)
{
    if (table->topic)
        rd_kafka_topic_destroy(table->topic);
    if (table->consumer)
        rd_kafka_destroy(table->consumer);
}
