#include "worker/core/lease.h"

#include <stddef.h>

enum {
    MARGIN_MS = 1000, /* for what is not counted: clocks, the way to the server */
    PROOFS_WANTED = 2,
};

void lease_open(struct lease *lease, const struct lease_terms *terms)
{
    *lease = (struct lease){ .terms = *terms, .served = -1, .proof = -1 };
}

mono_ms lease_longest_gap(const struct lease_terms *terms)
{
    return terms->session - MARGIN_MS;
}

static mono_ms longest_pause(const struct lease *lease)
{
    return lease->terms.max_poll - MARGIN_MS;
}

/* The heartbeat's thread may be ahead of a `now` that was read before. */
static mono_ms age_of(mono_ms moment, mono_ms now)
{
    return now > moment ? now - moment : 0;
}

/* What has lapsed since the last look; NULL: nothing. */
static const char *find_lapse(const struct lease *lease, const struct lease_signs *signs,
                              mono_ms now)
{
    if (signs->sent < 0)
        return NULL;
    if (signs->lapses != lease->lapses)
        return "the answer to a heartbeat came so late that the session may have ended before";
    if (lease->served >= 0 && age_of(lease->served, now) > longest_pause(lease))
        return "the worker was held up for nearly max.poll.interval.ms";
    if (!lease->lapsed && age_of(signs->sent, now) > lease_longest_gap(&lease->terms))
        return "no heartbeat was answered for nearly session.timeout.ms";
    return NULL;
}

/* A lapse while it is lapsed starts the wait for proofs again. */
static void look(struct lease *lease, const struct lease_signs *signs, mono_ms now)
{
    const char *why = find_lapse(lease, signs, now);

    if (!why)
        return;
    if (!lease->lapsed)
        lease->why = why;
    lease->lapsed = true;
    lease->lapsed_at = now;
    lease->lapses = signs->lapses;
    lease->proofs = 0;
}

void lease_served(struct lease *lease, const struct lease_signs *signs, mono_ms now)
{
    look(lease, signs, now);
    lease->served = now;
    if (!lease->lapsed || signs->sent <= lease->lapsed_at || signs->sent <= lease->proof)
        return;
    lease->proof = signs->sent;
    if (++lease->proofs < PROOFS_WANTED)
        return;
    lease->lapsed = false;
}

mono_ms lease_room(struct lease *lease, const struct lease_signs *signs, mono_ms now)
{
    look(lease, signs, now);
    if (lease->lapsed || signs->sent < 0 || lease->served < 0)
        return 0;

    mono_ms of_session = lease_longest_gap(&lease->terms) - age_of(signs->sent, now);
    mono_ms of_poll = longest_pause(lease) - age_of(lease->served, now);
    mono_ms room = of_session < of_poll ? of_session : of_poll;
    return room > 0 ? room : 0;
}
