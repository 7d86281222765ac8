/*
 * What core/dispatch asks of the edges.
 */
#include "worker/app/worker_inner.h"

static void port_ask(void *context, struct ask *ask)
{
    struct worker *worker = context;

    postman_ask(&worker->postman, ask);
}

static void port_cancel(void *context, struct ask *ask)
{
    (void)context;
    postman_cancel(ask);
}

static void port_bury(void *context, struct delivery *delivery)
{
    struct worker *worker = context;

    burials_start(&worker->burials, delivery);
}

static void port_forget(void *context, struct delivery *delivery)
{
    (void)context;
    burials_forget(delivery);
}

static void port_fetch(void *context, struct fetch *fetch)
{
    struct worker *worker = context;

    postman_fetch(&worker->postman, fetch);
}

static void port_cancel_fetch(void *context, struct fetch *fetch)
{
    (void)context;
    postman_cancel_fetch(fetch);
}

static void port_write(void *context, struct partition *partition, const struct state_write *write)
{
    struct worker *worker = context;

    recordings_write(&worker->recordings, partition, write);
}

static void port_forget_write(void *context, struct delivery *delivery)
{
    (void)context;
    recordings_forget(delivery);
}

static void port_forget_parking(void *context, struct delivery *delivery)
{
    (void)context;
    recordings_forget_parking(delivery);
}

static void port_store(void *context, const char *topic, int32_t partition, int64_t offset)
{
    struct worker *worker = context;
    const struct source_partition place = { .topic = topic, .number = partition };

    source_store(worker->source, &place, offset);
}

static void port_report(void *context, const struct report *report)
{
    struct worker *worker = context;

    reporter_take(&worker->reporter, report, &worker->now);
}

struct dispatch_port worker_dispatch_port(struct worker *worker)
{
    return (struct dispatch_port){
        .context = worker,
        .ask = port_ask,
        .room = worker_room,
        .cancel = port_cancel,
        .bury = port_bury,
        .forget = port_forget,
        .fetch = port_fetch,
        .cancel_fetch = port_cancel_fetch,
        .write = port_write,
        .forget_write = port_forget_write,
        .forget_parking = port_forget_parking,
        .store = port_store,
        .report = port_report,
    };
}
