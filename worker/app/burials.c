#include "worker/app/burials.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"

struct burial {
    struct burials *burials;
    struct delivery *delivery;
    struct sink_call *call;
    enum letter_cut cut;
};

static void produce(struct burial *burial);

static void on_sent(void *context, enum sink_result result, const char *why)
{
    struct burial *burial = context;
    struct burials *burials = burial->burials;
    struct delivery *delivery = burial->delivery;

    if (result == SINK_TOO_LARGE && burial->cut < LETTER_WITHOUT_KEY) {
        burial->cut++;
        produce(burial);
        return;
    }
    delivery->burial = NULL;
    free(burial);
    burials->done(burials->context, delivery, result == SINK_ACKNOWLEDGED ? NULL : why);
}

static void produce(struct burial *burial)
{
    const struct delivery *delivery = burial->delivery;
    const struct record left = letter_cut_record(delivery->record, burial->cut);
    struct letter_headers headers;

    letter_write_headers(&delivery->letter, delivery->record, burial->cut, &headers);
    const struct sink_message message = { .topic = burial->burials->topic,
                                          .record = &left,
                                          .more_headers = headers.list,
                                          .more_header_count = headers.count,
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
