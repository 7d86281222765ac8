#include "worker/core/ledger.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/must.h"

struct entry {
    int64_t offset;
    bool done;
};

/*
 * Tickets count up from 0, and ticket t lives in ring[t % window].  The oldest entry is never done
 * (ledger_close() sees to it), so it is the commit point.
 */
struct ledger {
    int64_t after_last;
    uint64_t oldest; /* ticket; equal to `next` when the ring is empty */
    uint64_t next;   /* ticket */
    size_t window;
    size_t done; /* above the oldest */
    struct entry ring[];
};

struct ledger *ledger_new(size_t window)
{
    must(window > 0);
    struct ledger *ledger = mem_new(sizeof(*ledger) + window * sizeof(struct entry));

    ledger->after_last = LEDGER_NOTHING_YET;
    ledger->window = window;
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    free(ledger);
}

bool ledger_is_full(const struct ledger *ledger)
{
    return ledger->next - ledger->oldest == ledger->window;
}

bool ledger_is_empty(const struct ledger *ledger)
{
    return ledger->next == ledger->oldest;
}

uint64_t ledger_open(struct ledger *ledger, int64_t offset)
{
    must(!ledger_is_full(ledger));
    must(offset >= 0 && offset >= ledger->after_last);

    ledger->ring[ledger->next % ledger->window] = (struct entry){ .offset = offset };
    ledger->after_last = offset + 1;
    return ledger->next++;
}

void ledger_close(struct ledger *ledger, uint64_t ticket)
{
    struct entry *ring = ledger->ring;

    must(ticket >= ledger->oldest && ticket < ledger->next);
    must(!ring[ticket % ledger->window].done);
    ring[ticket % ledger->window].done = true;
    ledger->done++;

    while (ledger->oldest < ledger->next && ring[ledger->oldest % ledger->window].done) {
        ledger->oldest++;
        ledger->done--;
    }
}

void ledger_skip_to(struct ledger *ledger, int64_t offset)
{
    must(ledger_is_empty(ledger) && offset >= ledger->after_last);
    ledger->after_last = offset;
}

int64_t ledger_commit_point(const struct ledger *ledger)
{
    if (ledger_is_empty(ledger))
        return ledger->after_last;
    return ledger->ring[ledger->oldest % ledger->window].offset;
}

int64_t ledger_highest_done(const struct ledger *ledger)
{
    for (uint64_t ticket = ledger->next; ticket > ledger->oldest; ticket--) {
        const struct entry *entry = &ledger->ring[(ticket - 1) % ledger->window];
        if (entry->done)
            return entry->offset;
    }
    return LEDGER_NOTHING_YET;
}

size_t ledger_count_done(const struct ledger *ledger)
{
    return ledger->done;
}

void ledger_each_done(const struct ledger *ledger, void (*visit)(void *context, int64_t offset),
                      void *context)
{
    for (uint64_t ticket = ledger->oldest; ticket < ledger->next; ticket++) {
        const struct entry *entry = &ledger->ring[ticket % ledger->window];
        if (entry->done)
            visit(context, entry->offset);
    }
}
