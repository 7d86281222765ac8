/*
 * settings: one libconfig file, the environment and the files of secrets → one const struct.
 *
 * By one table, which prints the reference, too.  All errors are found at once, each with file,
 * line, setting, what is wrong and what would be right.
 */
#ifndef WORKER_APP_SETTINGS_H
#define WORKER_APP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/log.h"
#include "common/text.h"
#include "worker/core/age.h"
#include "worker/core/host_list.h"
#include "worker/core/integration.h"

/* A librdkafka property; the value may be a secret. */
struct settings_property {
    const char *name;
    const char *value;
    bool is_secret;
};

struct settings {
    const char *path; /* of the file that was read */
    struct {
        const char *bootstrap_servers;
        const char *group_id;
        const char *group_instance_id;              /* empty: dynamic membership */
        const struct settings_property *properties; /* in order; those from files last */
        size_t property_count;
    } kafka;
    struct {
        const char *notifications;
        const char *conversations;
        const char *replies;
        const char *dead_letters;
        const char *state;
        const char *integrations;
    } topics;
    struct {
        int64_t in_flight;
        int64_t in_flight_per_server;
        int64_t window;
        int64_t waiting_bytes;
        int64_t attempt_timeout_ms;
        int64_t retry_first_ms;
        int64_t retry_max_ms;
        int64_t drain_ms;
        int64_t thread_max_replies;
        int64_t poison_attempts; /* 0: never */
        int64_t poison_minutes;
    } delivery;
    struct {
        int64_t keep_days;
    } state;
    struct {
        int64_t max_records; /* 0: nothing is parked */
        int64_t max_bytes;
    } parking;
    struct {
        const struct host_list *hosts; /* where they may come from */
        int64_t max_bytes;
        int64_t timeout_ms;
    } attachments;
    struct {
        const char *address;    /* empty: no replies */
        const char *public_url; /* empty: not said */
    } listener;
    struct {
        const char *address;
    } management;
    struct {
        enum log_level level;
        enum log_format format;
    } log;
    struct old_news old_news;
    struct integrations integrations;
    /* Computed from what librdkafka is really given. */
    struct {
        int64_t session_ms;
        int64_t heartbeat_ms;
        int64_t max_poll_ms;
    } group;
};

/* The file to read: `path` if not NULL, else what the environment says, else the usual place. */
const char *settings_path(const char *path);

/*
 * Reads everything.  -1: *reterrors has one line per error, `file:line: setting: words`; nothing is
 * given.  Free with settings_free().
 */
int settings_load(const char *path, const struct settings **ret,
                  struct text *reterrors) ATTR_MUST_USE;

/* Wipes the secrets and frees.  NULL is fine. */
void settings_free(const struct settings *settings);

/* Writes the effective settings, each with where it came from; secrets as fingerprints. */
void settings_print(const struct settings *settings, bool as_json, struct text *ret);

/* Writes the reference of all settings. */
void settings_print_reference(bool as_json, struct text *ret);

#endif
