#include "worker/app/reporter.h"

#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/map.h"
#include "common/must.h"
#include "worker/app/meters.h"
#include "worker/core/routes.h"

enum { UNKNOWN_TYPES_MAX = 1000, HOST_MAX = 256 };

/* How a kind of report is called in the log, and how loud it is. */
static const struct {
    const char *name; /* NULL: only counted */
    enum log_level level;
} lines[] = {
    [REPORT_ATTEMPTED] = { NULL, LOG_DEBUG },
    [REPORT_DELIVERED] = { "delivered", LOG_INFO },
    [REPORT_ALREADY_POSTED] = { "already_posted", LOG_INFO },
    [REPORT_NOT_SENT] = { "not_sent", LOG_INFO },
    [REPORT_UNKNOWN_TYPE] = { "not_sent", LOG_WARN },
    [REPORT_RETRYING] = { "retrying", LOG_WARN },
    [REPORT_HELD] = { "held", LOG_WARN },
    [REPORT_PARKED] = { "parked", LOG_INFO },
    [REPORT_PARKING_FULL] = { "parking_full", LOG_ERROR },
    [REPORT_RESUMED] = { "resumed", LOG_INFO },
    [REPORT_UNRESOLVED] = { "channel_not_found", LOG_WARN },
    [REPORT_DEAD_LETTERED] = { "dead_lettered", LOG_WARN },
    [REPORT_DEAD_LETTER_FAILED] = { "dead_letter_refused", LOG_ERROR },
    [REPORT_LOOKED_UP] = { "looked_up", LOG_INFO },
    [REPORT_NOT_FETCHED] = { "attachment_left_out", LOG_WARN },
    [REPORT_NEW_ROOT] = { "root_made", LOG_INFO },
    [REPORT_SERVER_CLOSED] = { "server_closed", LOG_WARN },
    [REPORT_SERVER_REOPENED] = { "server_reopened", LOG_INFO },
    [REPORT_PARTITION_REFUSED] = { "partition_refused", LOG_ERROR },
    [REPORT_SUPERSEDED] = { "superseded", LOG_WARN },
};

static void add_record(struct log_fields *fields, const struct report *report, char key[static 65])
{
    const struct record *record = report->record;

    fields->partition = -1;
    if (!record)
        return;
    fields->topic = record->topic;
    fields->partition = record->partition;
    fields->offset = record->offset;
    if (record->key) {
        (void)snprintf(key, 65, "%.*s", (int)(record->key_length < 64 ? record->key_length : 64),
                       record->key);
        fields->key = key;
    }
}

static void add_attempt(struct log_fields *fields, const struct report *report)
{
    const struct delivery *delivery = report->delivery;
    const struct verdict *verdict = report->verdict;

    if (delivery && delivery->attempts > 0)
        fields->attempt = delivery->attempts;
    if (delivery && delivery->part_count > 1)
        fields->part = (int64_t)delivery->errand->next_part;
    if (verdict) {
        fields->verdict = verdict_names[verdict->kind];
        fields->post = *verdict->post_id ? verdict->post_id : NULL;
    }
    fields->http = report->http_status;
    fields->took_ms = report->took_ms > 0 ? report->took_ms : 0;
}

/* The host of an address, for whoever has to list it; the rest of it may be secret.  It is cut. */
static void read_host(const char *url, char ret[static HOST_MAX])
{
    const char *start = strstr(url, "://");

    start = start ? start + 3 : url;
    const char *end = start + strcspn(start, "/?#\\");
    for (const char *at = start; at < end; at++)
        if (*at == '@') /* what stands before is a password */
            start = at + 1;
    size_t length = (size_t)(end - start);
    (void)snprintf(ret, HOST_MAX, "%.*s", (int)(length < HOST_MAX ? length : HOST_MAX - 1), start);
}

/* The address whose host a line names; NULL: none. */
static const char *host_of(const struct report *report)
{
    return report->kind == REPORT_NOT_FETCHED ? report->delivery->fetch.url : report->server_url;
}

static void write_line(const struct report *report)
{
    char key[65];
    char host[HOST_MAX];
    struct log_fields fields = { .licence = report->licence,
                                 .type = report->type,
                                 .why = report->why && *report->why ? report->why : NULL };
    struct log_extra extra[4] = { { 0 } };
    size_t extras = 0;

    if (!log_is_on(lines[report->kind].level))
        return;
    add_record(&fields, report, key);
    add_attempt(&fields, report);
    if (report->route)
        fields.channel = report->route->channel;
    if (report->kind == REPORT_LOOKED_UP)
        fields.why = lookup_names[report->lookup];
    if (report->event_name)
        extra[extras++] = (struct log_extra){ .name = "id", .text = report->event_name };
    if (report->rest > 0)
        extra[extras++] = (struct log_extra){ .name = "rest_ms", .number = report->rest };
    if (host_of(report)) {
        read_host(host_of(report), host);
        extra[extras++] = (struct log_extra){ .name = "host", .text = host };
    }
    fields.extra = extra;
    log_line(lines[report->kind].level, lines[report->kind].name, &fields);
}

/* Whether an unknown type was logged before; remembers it. */
static bool is_known_stranger(struct reporter *reporter, const char *type)
{
    if (map_find(&reporter->unknown_types, type, strlen(type)))
        return true;
    if (reporter->unknown_types.count < UNKNOWN_TYPES_MAX)
        map_put(&reporter->unknown_types, type, strlen(type), reporter);
    return false;
}

static void count_attempt(struct metrics *metrics, const struct report *report)
{
    enum verdict_kind verdict = report->verdict->kind;

    metrics_count(metrics, METER_POST_ATTEMPTS, verdict, 0);
    metrics_observe(metrics, METER_POST_SECONDS, (double)report->took_ms / 1000);
    if (verdict == VERDICT_AMBIGUOUS)
        metrics_add(metrics, METER_AMBIGUOUS, 1);
}

/* The number that the metrics have for a record's topic. */
static size_t topic_of(const struct reporter *reporter, const struct record *record)
{
    size_t number = 0;

    while (strcmp(reporter->topics[number], record->topic) != 0)
        must(reporter->topics[++number]);
    return number;
}

/* Counts a report that ends a record, or that says why it cannot end; others are passed over. */
static void count_end(const struct reporter *reporter, const struct report *report,
                      const struct moment *now)
{
    struct metrics *metrics = reporter->metrics;

    switch (report->kind) {
    case REPORT_DELIVERED:
        metrics_observe(metrics, METER_EVENT_AGE_SECONDS,
                        (double)(now->wall - report->record->timestamp) / 1000);
        break;
    case REPORT_DEAD_LETTERED:
        metrics_count(metrics, METER_DEAD_LETTERS, report->delivery->letter.reason, 0);
        break;
    case REPORT_ALREADY_POSTED:
    case REPORT_NOT_SENT:
    case REPORT_UNKNOWN_TYPE:
        break;
    case REPORT_RETRYING:
        if (report->verdict && report->verdict->kind == VERDICT_RATE_LIMITED)
            metrics_add(metrics, METER_RATE_LIMITED, 1);
        return;
    case REPORT_ATTEMPTED:
    case REPORT_HELD:
    case REPORT_PARKED:
    case REPORT_PARKING_FULL:
    case REPORT_RESUMED:
    case REPORT_UNRESOLVED:
    case REPORT_NOT_FETCHED:
    case REPORT_NEW_ROOT:
    case REPORT_SERVER_CLOSED:
    case REPORT_SERVER_REOPENED:
    case REPORT_PARTITION_REFUSED:
    case REPORT_SUPERSEDED:
        return;
    case REPORT_LOOKED_UP:
        metrics_count(metrics, METER_LOOKUPS, report->lookup, 0);
        return;
    case REPORT_DEAD_LETTER_FAILED:
        metrics_add(metrics, METER_DEAD_LETTERS_REFUSED, 1);
        return;
    }
    metrics_count(metrics, METER_RECORDS, topic_of(reporter, report->record), report->outcome);
    metrics_set(metrics, METER_LAST_PROGRESS, (double)now->wall / 1000);
}

void reporter_take(struct reporter *reporter, const struct report *report, const struct moment *now)
{
    if (report->kind == REPORT_ATTEMPTED)
        count_attempt(reporter->metrics, report);
    else
        count_end(reporter, report, now);
    if (!lines[report->kind].name)
        return;
    if (report->kind == REPORT_UNKNOWN_TYPE && report->type &&
        is_known_stranger(reporter, report->type))
        return;
    write_line(report);
}

void reporter_free(struct reporter *reporter)
{
    map_free(&reporter->unknown_types);
}
