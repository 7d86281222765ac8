#include "worker/app/ownership.h"

#include "common/clock.h"
#include "common/log.h"
#include "worker/app/meters.h"

void ownership_open(struct ownership *ownership, struct source *source, struct metrics *metrics)
{
    const struct lease_terms terms = source_terms(source);

    *ownership = (struct ownership){ .source = source, .metrics = metrics };
    lease_open(&ownership->lease, &terms);
}

static void tell_lapsed(struct ownership *ownership)
{
    ownership->lapsed_at = ownership->lease.lapsed_at;
    metrics_add(ownership->metrics, METER_LEASE_LAPSES, 1);
    log_line(LOG_WARN, "lease_lapsed", &(struct log_fields){ .why = ownership->lease.why });
}

static void tell_regained(const struct ownership *ownership, mono_ms now)
{
    const struct log_extra extra[] = {
        { .name = "lapsed_ms", .number = now - ownership->lapsed_at },
        { .name = NULL },
    };

    log_line(LOG_INFO, "lease_regained",
             &(struct log_fields){ .why = "two heartbeats that were sent since are answered",
                                   .extra = extra });
}

static void tell(struct ownership *ownership, mono_ms now)
{
    if (ownership->lease.lapsed == ownership->lapsed)
        return;
    ownership->lapsed = ownership->lease.lapsed;
    if (ownership->lapsed)
        tell_lapsed(ownership);
    else
        tell_regained(ownership, now);
}

void ownership_serve(struct ownership *ownership)
{
    struct lease_signs signs = source_signs(ownership->source);
    mono_ms now = clock_mono();

    source_serve(ownership->source);
    lease_served(&ownership->lease, &signs, now);
    tell(ownership, now);
}

mono_ms ownership_room(struct ownership *ownership)
{
    struct lease_signs signs = source_signs(ownership->source);
    mono_ms now = clock_mono();
    mono_ms room = lease_room(&ownership->lease, &signs, now);

    tell(ownership, now);
    return room;
}
