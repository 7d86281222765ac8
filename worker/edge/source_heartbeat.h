/*
 * source_heartbeat: when the consumer's heartbeats were sent and answered.
 *
 * librdkafka has no call for it, but lets its requests be looked at.  Its own threads do that, so
 * all that is kept is atomic.
 */
#ifndef WORKER_EDGE_SOURCE_HEARTBEAT_H
#define WORKER_EDGE_SOURCE_HEARTBEAT_H

#include <librdkafka/rdkafka.h>
#include <stdatomic.h>

#include "common/units.h"
#include "worker/core/lease.h"

struct heartbeat {
    mono_ms longest_gap;
    _Atomic mono_ms under_way; /* when the one was sent that is not answered yet; -1: none is */
    _Atomic mono_ms sent;      /* as of struct lease_signs, and so is the next */
    _Atomic uint64_t lapses;
};

/*
 * Has the heartbeats of the client that is made of `conf` looked at; `heartbeat` is borrowed until
 * that is gone.  Another client that is made of a copy is looked at, too: there must be none.
 */
void source_heartbeat_watch(struct heartbeat *heartbeat, rd_kafka_conf_t *conf,
                            const struct lease_terms *terms);

/* What is known by now. */
struct lease_signs source_heartbeat_signs(const struct heartbeat *heartbeat);

#endif
