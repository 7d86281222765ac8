#include "worker/app/burials.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"

struct burial {
    struct burials *burials;
    struct delivery *delivery;
    struct sink_call *call;
    bool without_value;
};

static void produce(struct burial *burial);

static void on_sent(void *context, enum sink_result result, const char *why)
{
    struct burial *burial = context;
    struct burials *burials = burial->burials;
    struct delivery *delivery = burial->delivery;

    if (result == SINK_TOO_LARGE && !burial->without_value) {
        burial->without_value = true;
        produce(burial);
        return;
    }
    delivery->burial = NULL;
    free(burial);
    burials->done(burials->context, delivery, result == SINK_ACKNOWLEDGED ? NULL : why);
}

static void produce(struct burial *burial)
{
    const struct record *record = burial->delivery->record;
    struct letter_headers headers;
    struct record_header more[LETTER_HEADERS + 1];
    size_t count;

    letter_write_headers(&burial->delivery->letter, record, &headers);
    for (count = 0; count < headers.count; count++)
        more[count] = headers.list[count];
    if (burial->without_value)
        more[count++] = (struct record_header){ .name = "ireserve.value-left-out",
                                                .value = "too large for this topic",
                                                .length = 24 };
    const struct sink_message message = { .topic = burial->burials->topic,
                                          .record = record,
                                          .more_headers = more,
                                          .more_header_count = count,
                                          .without_value = burial->without_value,
                                          .done = on_sent,
                                          .context = burial };
    burial->call = sink_send(burial->burials->sink, &message);
}

void burials_start(struct burials *burials, struct delivery *delivery)
{
    struct burial *burial = mem_new(sizeof(*burial));

    must(!delivery->burial);
    burial->burials = burials;
    burial->delivery = delivery;
    delivery->burial = burial;
    produce(burial);
}

void burials_forget(struct delivery *delivery)
{
    struct burial *burial = delivery->burial;

    if (!burial)
        return;
    sink_forget(burial->call);
    delivery->burial = NULL;
    free(burial);
}
