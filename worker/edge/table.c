#include "worker/edge/table.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/edge/table_inner.h"

static void said(void *context, int level, const char *words)
{
    struct table *table = context;

    if (level <= 3)
        fault_set(&table->trouble, "%s", words);
    table->listener.said(table->listener.context, level, words);
}

void table_complain(struct table_part *part, const char *what, const char *why)
{
    const struct table *table = part->table;
    struct fault fault;

    fault_set(&fault, "%s partition %d of %s: %s", what, part->number, table->topic_name, why);
    part->quiet_since = table->now;
    if (part->restored)
        table->listener.said(table->listener.context, 4, fault.words);
    else
        table->port.hindered(table->port.context, part->owner, fault.words);
}

int table_open(const struct table_options *options, struct table **ret, struct fault *reterr)
{
    struct table *table = mem_new(sizeof(*table));

    table->topic_name = mem_string(options->topic);
    table->wake_fd = options->wake_fd;
    table->port = options->port;
    table->listener = options->listener;
    table->own = (struct kafka_listener){ table, said };
    LIST_INIT(&table->parts);
    LIST_INIT(&table->readers);
    if (table_open_consumer(table, options->properties, reterr) != 0 ||
        table_open_producer(table, options->properties, reterr) != 0) {
        table_free(table);
        return -1;
    }
    *ret = table;
    return 0;
}

struct table_part *table_join(struct table *table, int32_t number, const char *marker_key,
                              void *owner)
{
    struct table_part *part = mem_new(sizeof(*part));

    part->table = table;
    part->number = number;
    part->owner = owner;
    part->epoch = -1;
    STAILQ_INIT(&part->calls);
    LIST_INSERT_HEAD(&table->parts, part, all);
    table_write_marker(part, marker_key);
    kafka_wake(table->wake_fd);
    return part;
}

/* It may be called by the port in the midst of everything, so that the part goes later. */
void table_leave(struct table *table, struct table_part *part)
{
    must(!part->left);
    part->left = true;
    kafka_wake(table->wake_fd);
}

static void drop(struct table_part *part)
{
    LIST_REMOVE(part, all);
    table_end_reading(part);
    table_free_part(part);
}

static void drop_left(struct table *table)
{
    struct table_part *part = LIST_FIRST(&table->parts);

    while (part) {
        struct table_part *next = LIST_NEXT(part, all);
        if (part->left)
            drop(part);
        part = next;
    }
}

/* A restore that nothing is heard of is told of, with what a client said last. */
static void watch(struct table_part *part)
{
    const struct table *table = part->table;

    if (!part->quiet_since)
        part->quiet_since = table->now;
    if (part->restored || part->left || table->now - part->quiet_since < TABLE_PATIENCE_MS)
        return;
    table_complain(part, "still waiting for",
                   *table->trouble.words ? table->trouble.words : "Kafka does not answer");
}

bool table_serve(struct table *table, mono_ms now)
{
    struct table_part *part;

    table->now = now;
    drop_left(table);
    while (rd_kafka_poll(table->consumer, 0) > 0)
        ;
    kafka_producer_serve(table->producer);
    LIST_FOREACH(part, &table->parts, all)
    {
        table_serve_writes(part);
        if (part->epoch >= 0 && !part->reader && !part->left)
            table_begin_reading(part);
        watch(part);
    }
    return table_serve_readers(table);
}

size_t table_count_open(const struct table *table)
{
    return table->open;
}

void table_free(struct table *table)
{
    struct table_part *part;

    if (!table)
        return;
    while ((part = LIST_FIRST(&table->parts)))
        drop(part);
    kafka_producer_free(table->producer);
    table_close_consumer(table);
    free(table->topic_name);
    free(table);
}
