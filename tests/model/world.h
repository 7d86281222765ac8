/*
 * world: what stands around core/dispatch in its model test: a Kafka log, a state topic, two
 * Mattermost servers and a dead-letter topic, each too simple to be wrong, in virtual time.  Three
 * licences share the keys, and two of these share the first server.
 */
#ifndef TESTS_MODEL_WORLD_H
#define TESTS_MODEL_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/random.h"
#include "worker/core/dispatch.h"

enum {
    WORLD_PARTITIONS = 2,
    WORLD_RECORDS = 120,
    WORLD_KEYS = 6,
    WORLD_SERVERS = 2,
    WORLD_LICENCES = 3
};

enum world_kind { WORLD_GOOD, WORLD_UNREADABLE, WORLD_UNMAPPED, WORLD_REFUSED };

/* One record of the log and what became of it. */
struct world_record {
    enum world_kind kind;
    int key;
    int64_t offset; /* with gaps */
    char *value;
    bool is_posted;
    wall_ms posted_at;
    int letters;    /* how many dead letters */
    bool is_parked; /* it stands in the state topic, so that its offset may pass */
};

/* A partition's log, its committed offset, and the assignment that reads it. */
struct world_partition {
    struct world_record records[WORLD_RECORDS];
    int64_t committed; /* -1: never */
    int64_t stored;    /* not committed yet; -1: nothing */
    mono_ms commit_at;
    struct partition *assignment; /* NULL: nobody has it */
    int next;                     /* record to read */
    bool leaving;
    mono_ms leave_until;
};

/* How a request ends, and whether the server has carried it out by then. */
enum world_fate {
    WORLD_FINE,
    WORLD_LIMITED,
    WORLD_BUSY,
    WORLD_FAILS_LATE,
    WORLD_CUT_LATE,
    WORLD_NOT_SENT,
    WORLD_TOKEN_REFUSED,
    WORLD_FATES
};

/* A server that goes down at times, and what is known of the dispatcher's breaker for it. */
struct world_server {
    const char *url;
    mono_ms down_until;
    enum world_fate down_as; /* how requests end meanwhile */
    bool is_open;
    mono_ms probe_from; /* no probe before */
    const struct ask *probe;
    int failures; /* since it was last known to be well */
    int in_a_row; /* of those that count wherever they come from */
};

struct world_call {
    struct ask *ask;
    struct delivery *letter; /* of a dead letter; then `ask` is NULL */
    enum world_fate fate;
    mono_ms at;
    struct world_call *next;
};

/* A record of the state topic, or one on its way there. */
struct world_entry {
    int partition;
    char *key;
    char *value;               /* NULL: a tombstone */
    struct delivery *delivery; /* that waits for its acknowledgement; NULL: none does */
    bool parks;
    struct world_entry *next;
};

struct world {
    struct random *random;
    struct moment now;
    bool healed; /* no more faults */
    struct dispatch *dispatch;
    size_t parking; /* records that may be parked */
    struct world_partition partitions[WORLD_PARTITIONS];
    struct world_call *calls;
    struct world_entry *state;   /* newest first */
    struct world_entry *writing; /* oldest first: not in the topic yet */
    int64_t state_end;
    size_t lookups;
    size_t doubts; /* requests that were cut, whoever did it */
    struct world_server servers[WORLD_SERVERS];
    mono_ms channel_closed_until;
    int last_posted[WORLD_PARTITIONS][WORLD_KEYS]; /* record number of the newest first post */
};

/* Whether something that happens so often happens now. */
bool world_chance(struct world *world, int percent);

/* The record at an offset; NULL: a gap. */
struct world_record *world_find_record(struct world *world, int partition, int64_t offset);

/* All that is known of breakers is forgotten: the dispatcher is a new one (world_breakers.c). */
void world_forget_breakers(struct world *world);

/* The server of a licence's bot. */
struct world_server *world_find_server(struct world *world, const char *url);

/* A post goes out, or is called back: claims that the server's breaker lets it through. */
void world_note_post(struct world *world, const struct ask *ask);
void world_note_cancelled(struct world *world, const struct ask *ask);

/* A server is reported to be away or back: claims that it has failed, or that its probe has not. */
void world_note_report(struct world *world, const struct report *report);

/* A request ends so: before the dispatcher is told, and after. */
void world_note_end(struct world *world, const struct ask *ask, enum world_fate fate);
void world_claim_open(struct world *world, const char *url);

/* What the dispatcher asks of the world (world_server.c). */
struct dispatch_port world_port(struct world *world);

#define WORLD_BOT_ID "bbbbbbbbbbbbbbbbbbbbbbbbbb"

/*
 * What the server lists to who looks for a post (owned): all of the asking record's key is one
 * page, with nothing before it, which is enough to go wrong in.
 */
char *world_list(const struct world *world, const struct ask *ask) ATTR_MUST_USE;

/* What the state topic tells a new owner, and the end of that (world_state.c). */
void world_restore(struct world *world, int partition);

/* Writes to the state topic; some of what was sent may never arrive when its sender dies. */
void world_write(struct world *world, const struct partition *partition,
                 const struct state_write *write);
void world_forget_write(struct world *world, const struct delivery *delivery, bool parks);

/* How many records stand in the state topic, so that their offsets may pass. */
int world_count_parked(const struct world *world);
void world_acknowledge(struct world *world);
void world_lose_writes(struct world *world);
void world_free_state(struct world *world);

/* Ends a request or dead letter whose time has come. */
void world_end_call(struct world *world, struct world_call *call);

/* Makes a world with a log of all kinds of records and a dispatcher. */
void world_open(struct world *world, struct random *random);
void world_close(struct world *world);

/* Lets the next thing happen; claims on the way that every rule holds. */
void world_step(struct world *world);

/* Whether everything of the log is committed. */
bool world_is_done(const struct world *world);

#endif
