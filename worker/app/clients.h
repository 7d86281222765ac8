/*
 * clients: what the settings say to the Kafka clients, and what the clients say to the log.
 */
#ifndef WORKER_APP_CLIENTS_H
#define WORKER_APP_CLIENTS_H

#include <stdbool.h>

#include "common/attrs.h"
#include "worker/app/settings.h"
#include "worker/edge/kafka.h"

/*
 * Gives the properties of a consumer or a producer, ended by a NULL name: the settings that are
 * properties, then the settings' own list.  To be freed; the strings are the settings'.
 */
struct kafka_property *clients_properties(const struct settings *settings,
                                          bool consumer) ATTR_MUST_USE;

/* Logs what librdkafka says; repeats are counted. */
extern const struct kafka_listener clients_listener;

#endif
