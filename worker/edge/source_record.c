#include "worker/edge/source_record.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"

static void read_headers(rd_kafka_headers_t *headers, struct record_header *ret, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const void *value;
        must(rd_kafka_header_get_all(headers, i, &ret[i].name, &value, &ret[i].length) ==
             RD_KAFKA_RESP_ERR_NO_ERROR);
        ret[i].value = value;
    }
}

struct record *source_read_record(const struct source_partition *partition,
                                  const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t type;
    rd_kafka_headers_t *headers = NULL;
    struct record view = {
        .topic = partition->topic,
        .partition = message->partition,
        .offset = message->offset,
        .timestamp = rd_kafka_message_timestamp(message, &type),
        .key = message->key,
        .key_length = message->key_len,
        .value = message->payload,
        .value_length = message->len,
    };

    if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
        view.header_count = rd_kafka_header_cnt(headers);
    /* Kafka sets no limit but the record's size: thousands of headers are possible. */
    AUTO(free) struct record_header *list = mem_new_array(view.header_count, sizeof(*list));
    read_headers(headers, list, view.header_count);
    view.headers = list;
    return record_copy(&view);
}
