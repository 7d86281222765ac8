/*
 * What is known of a worker's breakers, and claims of them: a server that is away gets one request
 * at a time, after a rest; and it counts as away when it failed, and only then.
 */
#include <string.h>

#include "common/must.h"
#include "tests/sim/world_inner.h"
#include "worker/core/breaker.h"

static struct world_breaker *find_breaker(struct world_worker *worker, const char *url)
{
    int number = strcmp(url, worker->world->servers[0].url) != 0;

    must(strcmp(url, worker->world->servers[number].url) == 0);
    return &worker->breakers[number];
}

static struct world_breaker *breaker_of(struct world_worker *worker, const struct ask *ask)
{
    return find_breaker(worker, ask->integration->server_url);
}

void world_note_sent(struct world_worker *worker, const struct ask *ask)
{
    struct world_breaker *breaker = breaker_of(worker, ask);
    bool has_turn = ask->purpose == ASK_TO_POST || ask->purpose == ASK_FOR_STEP;

    if (!has_turn || !breaker->is_open)
        return;
    must(!breaker->probe && worker->world->now.mono >= breaker->probe_from);
    breaker->probe = ask;
}

void world_note_cancelled(struct world_worker *worker, const struct ask *ask)
{
    struct world_breaker *breaker = breaker_of(worker, ask);

    if (breaker->probe == ask)
        breaker->probe = NULL;
}

void world_note_report(struct world_worker *worker, const struct report *report)
{
    if (report->kind != REPORT_SERVER_CLOSED && report->kind != REPORT_SERVER_REOPENED)
        return;
    struct world_breaker *breaker = find_breaker(worker, report->server_url);
    if (report->kind == REPORT_SERVER_CLOSED) {
        must(!breaker->is_open && breaker->failures >= BREAKER_IN_A_ROW);
        breaker->is_open = true;
        breaker->probe_from = worker->world->now.mono + report->rest;
    } else {
        must(breaker->is_open && breaker->failures == 0);
        breaker->is_open = false;
    }
}

static bool is_failure(const struct world_said *said)
{
    return said->kind != ANSWER_HTTP || said->status == 401 || said->status >= 500;
}

/* What counts whatever it is said of. */
static bool is_plain_failure(const struct world_said *said)
{
    return said->kind != ANSWER_HTTP || said->status > 501;
}

/* The probe passed, or the next one has to wait. */
static void note_probe(const struct world *world, struct world_breaker *breaker, bool failed)
{
    breaker->probe = NULL;
    if (failed) {
        breaker->probe_from = world->now.mono + BREAKER_FIRST_MS * 3 / 4;
        return;
    }
    breaker->failures = 0;
    breaker->in_a_row = 0;
}

void world_note_end(struct world_worker *worker, const struct ask *ask,
                    const struct world_said *said)
{
    struct world_breaker *breaker = breaker_of(worker, ask);

    if (breaker->probe == ask)
        note_probe(worker->world, breaker, is_failure(said));
    if (breaker->is_open)
        return;
    breaker->failures += is_failure(said);
    if (is_plain_failure(said))
        breaker->in_a_row++;
    else if (!is_failure(said) && said->status != 429)
        breaker->in_a_row = 0;
}

void world_claim_open(struct world_worker *worker, const char *url)
{
    const struct world_breaker *breaker = find_breaker(worker, url);

    must(breaker->in_a_row < BREAKER_IN_A_ROW || breaker->is_open);
}
