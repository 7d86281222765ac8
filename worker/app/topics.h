/*
 * topics: the topics of the settings, as they are in Kafka and as they should be.
 */
#ifndef WORKER_APP_TOPICS_H
#define WORKER_APP_TOPICS_H

#include "common/attrs.h"
#include "common/fault.h"
#include "common/text.h"
#include "worker/app/settings.h"
#include "worker/core/topic_plan.h"

/* Which topics there should be; borrows the settings' strings, and nothing is found yet. */
struct topic_plan topics_plan(const struct settings *settings);

/* Adds a finding in one line without its end: topic, state, what was seen, what mends it. */
void topics_write_finding(const char *topic, const struct topic_finding *finding, struct text *ret);

enum topics_check {
    TOPICS_FINE,      /* as far as the broker tells: not all of them tell of compaction */
    TOPICS_NOT_KNOWN, /* Kafka cannot be reached, or hides the topic; the fault says why */
    TOPICS_WRONG,     /* the fault says what, and what mends it */
};

/*
 * Whether the worker can keep its state: the topic for it exists, is compacted and has enough
 * partitions.  Blocks for a few seconds at most: for the time before the loop runs.
 */
enum topics_check topics_check_state(const struct settings *settings,
                                     struct fault *reterr) ATTR_MUST_USE;

#endif
