/*
 * Which partitions the consumer has: assigned, revoked, given back.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/edge/source_inner.h"

struct assigned *source_find(const struct source *source, const char *topic, int32_t number)
{
    struct assigned *partition;

    LIST_FOREACH(partition, &source->partitions, all)
    if (partition->public.number == number && strcmp(partition->public.topic, topic) == 0)
        return partition;
    return NULL;
}

void source_drop(struct assigned *partition)
{
    LIST_REMOVE(partition, all);
    rd_kafka_queue_destroy(partition->queue);
    free(partition->first);
    free(partition);
}

/* Splits the queue off before it is assigned: afterwards records leak to the main one. */
static void begin(struct source *source, const rd_kafka_topic_partition_t *wanted)
{
    size_t length = strlen(wanted->topic) + 1;
    struct assigned *partition = mem_new(sizeof(*partition) + length);

    partition->start = -1;
    char *topic = (char *)(partition + 1);

    memcpy(topic, wanted->topic, length);
    partition->public.topic = topic;
    partition->public.number = wanted->partition;
    partition->queue = rd_kafka_queue_get_partition(source->kafka, topic, wanted->partition);
    must(partition->queue);
    rd_kafka_queue_forward(partition->queue, NULL);
    source_watch(source, partition->queue);
    LIST_INSERT_HEAD(&source->partitions, partition, all);
}

static void assign(struct source *source, const rd_kafka_topic_partition_list_t *list)
{
    for (int i = 0; i < list->cnt; i++)
        begin(source, &list->elems[i]);
    source_say_error(source, "cannot take partitions",
                     rd_kafka_incremental_assign(source->kafka, list));
    for (int i = 0; i < list->cnt; i++) {
        struct assigned *partition =
            source_find(source, list->elems[i].topic, list->elems[i].partition);
        source->port.assigned(source->port.context, &partition->public);
    }
    source->joined = true;
}

/* Unassigns what was revoked, once nobody needs it any more. */
static void finish_revocation(struct source *source)
{
    struct assigned *partition;

    LIST_FOREACH(partition, &source->partitions, all)
    if (partition->revoked)
        return;
    if (!source->leaving)
        return;
    source_say_error(source, "cannot give partitions back",
                     rd_kafka_incremental_unassign(source->kafka, source->leaving));
    rd_kafka_topic_partition_list_destroy(source->leaving);
    source->leaving = NULL;
}

/*
 * A revocation that is not done when the next one comes (the group is left, or lost, meanwhile)
 * gets no more time: its partitions count as lost to their owner, who gives them back at once.
 */
static void cut_revocation_short(struct source *source)
{
    struct assigned *partition = LIST_FIRST(&source->partitions);

    while (partition) {
        struct assigned *next = LIST_NEXT(partition, all);
        if (partition->revoked)
            source->port.revoked(source->port.context, &partition->public, true);
        partition = next;
    }
    must(!source->leaving);
}

static void revoke(struct source *source, const rd_kafka_topic_partition_list_t *list)
{
    bool lost = rd_kafka_assignment_lost(source->kafka) != 0;

    if (source->leaving)
        cut_revocation_short(source);
    source->leaving = rd_kafka_topic_partition_list_copy(list);
    for (int i = 0; i < list->cnt; i++) {
        struct assigned *partition =
            source_find(source, list->elems[i].topic, list->elems[i].partition);
        if (partition)
            partition->revoked = true;
    }
    for (int i = 0; i < list->cnt; i++) {
        struct assigned *partition =
            source_find(source, list->elems[i].topic, list->elems[i].partition);
        if (partition)
            source->port.revoked(source->port.context, &partition->public, lost);
    }
    finish_revocation(source);
}

void source_on_rebalance(rd_kafka_t *kafka, rd_kafka_resp_err_t err,
                         rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct source *source = opaque;

    (void)kafka;
    source->port.rebalanced(source->port.context);
    if (err == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
        assign(source, list);
    else if (err == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
        revoke(source, list);
    else
        source_say(source, 3, rd_kafka_err2str(err));
}

void source_give_back(struct source *source, struct source_partition *partition)
{
    struct assigned *assigned = (struct assigned *)partition;

    must(assigned->revoked);
    source_drop(assigned);
    finish_revocation(source);
}
