/*
 * world: what stands around core/dispatch in the simulator, in virtual time: a log of two
 * partitions with conversations and notifications, its group, a state topic, a topic of dead
 * letters, two Mattermost servers with the channels of three licences, people who delete, and two
 * workers that are given the partitions by turns, crash, stand still, and live on for a while with
 * what is another's.  Each is too simple to be wrong.
 *
 * world_inner.h says what its files have of each other:
 *
 * world.c          one turn after the other
 * world_trouble.c  what goes wrong
 * world_group.c    who has which partition; commits
 * world_log.c      the log, and what it says that there has to be in the end
 * world_record.c   its records as JSON
 * world_state.c    the state topic
 * world_port.c     what the dispatchers ask of the world
 * world_call.c     and how that ends
 * world_server.c   Mattermost: what it posts and changes
 * world_show.c     what it shows
 * world_claims.c   what has to hold on the way
 * world_end.c      and in the end
 * world_breakers.c what has to hold of breakers
 * world_story.c    what happened, in words
 */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/random.h"
#include "tests/sim/plan.h"
#include "worker/core/dispatch.h"

enum {
    WORLD_PARTITIONS = 2,
    WORLD_TALKS = 4,
    WORLD_KEYS = 3, /* of notifications */
    WORLD_LICENCES = 3,
    WORLD_SERVERS = 2,
    WORLD_CHANNELS = 2 * WORLD_LICENCES, /* of each: conversations, notifications */
    WORLD_WORKERS = 2,
    WORLD_ASSIGNMENTS = 16,
    WORLD_POSTS = 1500,
    WORLD_GUARDS = 64,
    WORLD_PARTS = 3, /* of a record: 0 is a root */
};

#define WORLD_START_WALL INT64_C(1000000000)

/* ---- the log ---- */

enum world_kind {
    WORLD_STARTED,
    WORLD_MESSAGE,
    WORLD_EDIT,
    WORLD_DELETION,
    WORLD_CLOSING,
    WORLD_NOTICE,
    WORLD_UNMAPPED,
    WORLD_UNREADABLE,
};

struct world_record {
    enum world_kind kind;
    int partition;
    int number; /* in the partition */
    int talk;   /* -1: it is of no conversation */
    int key;    /* of a notification; -1: it is none */
    int licence;
    int message;     /* of the talk, which it is about; -1: none */
    bool is_long;    /* two posts */
    bool is_refused; /* the server will never take it */
    int64_t offset;  /* with gaps */
    char *value;
    int letters;      /* dead letters of it */
    bool is_reported; /* as done */
    bool is_parked;   /* it stands in the state topic, so that its offset may pass */
    bool may_be_double;
    bool was_refused_by_chance; /* the next look at the channel does not confirm that */
    int posted[WORLD_PARTS];    /* how many posts of each part were ever made of a notification */
    uint64_t pending[WORLD_PARTS];  /* the pending id of each part, hashed; 0: none was seen */
    int pending_place[WORLD_PARTS]; /* where that was to be */
};

/* A message of a talk, as the log wants it, and what has become of it. */
struct world_message {
    const struct world_record *last; /* says it as it is to be in the end */
    bool is_long;                    /* two posts */
    bool is_deleted;                 /* in the end */
    bool is_refused;
    bool was_killed;         /* a person deleted a post of it */
    int posted[WORLD_PARTS]; /* how many posts of each part were ever made */
    bool
        may_be_double; /* the server took a post of it long after nobody waited for that any more */
};

struct world_talk {
    struct world_message messages[PLAN_MOST_RECORDS];
    int message_count;
    bool is_begun; /* the log has a record of it */
    int64_t last_posted;
    bool had_root;
    bool roots_may_be_double;
    int64_t highest_told; /* last_offset of all that the state topic was ever told */
    bool was_told_late;   /* by somebody who had lost the partition */
};

struct world_key {
    int64_t last_posted;
};

struct world_assignment;

struct world_partition {
    int number;
    struct world_record records[PLAN_MOST_RECORDS];
    int record_count;
    int64_t end;                    /* of the log */
    int64_t committed;              /* -1: never */
    struct world_assignment *owner; /* NULL: nobody */
    bool was_given;                 /* to somebody before */
    mono_ms free_from;              /* nobody is given it before */
    mono_ms readable_from;
    struct world_entry {
        char *key;
        char *value;
    } * state; /* by offset */
    int64_t state_count;
    bool is_settled[WORLD_KEYS]; /* it says what is done of a key of notifications */
};

/* ---- Mattermost ---- */

struct world_post {
    char id[27];
    int channel;
    int root;                    /* a post's number; -1: it is one */
    struct world_record *record; /* that made it what it is; NULL: a person did */
    int talk;                    /* -1: of none */
    int message;                 /* -1: none */
    unsigned part;               /* from 1 on; 0: a root */
    mono_ms made_at;
    wall_ms created_at;
    bool is_dead;
    mono_ms dead_at;
    int dead_since; /* number of the next post then */
    bool has_files;
};

/* A post that was asked for. */
struct world_wish {
    struct world_post post;
    char pending_id[64];
};

/* Who waits for a post. */
enum world_interest {
    WORLD_POST_AWAITED,
    WORLD_POST_UNAWAITED, /* nobody; but it is looked for */
    WORLD_POST_LATE,      /* longer than anybody looks for it */
};

struct world_guard {
    char pending_id[64];
    int post;
    mono_ms at;
};

/* How a request ends, and whether the server has carried it out by then. */
#define WORLD_FATES_(X)                                                        \
    X(FINE)                                                                    \
    X(LIMITED)                                                                 \
    X(BUSY)                                                                    \
    X(FAILS_LATE)                                                              \
    X(CUT_LATE)                                                                \
    X(CUT_EARLY)                                                               \
    X(CUT_BUSY) /* carried out later, while the server may still be at work */ \
    X(FOREIGN)  /* 201, with somebody else's post */                           \
    X(TOKEN_REFUSED)                                                           \
    X(NOT_SENT)

enum world_fate {
#define X(name) WORLD_##name,
    WORLD_FATES_(X)
#undef X
        WORLD_FATES
};

struct world_server {
    const char *url;
    mono_ms down_until;
    enum world_fate down_as; /* how requests end meanwhile */
    mono_ms without_database_until;
    bool shows_channels;                     /* from its cache, without its database */
    struct world_guard guards[WORLD_GUARDS]; /* a ring */
    int guard_count;
};

struct world_channel {
    mono_ms closed_until;
    bool is_archived; /* or the bot is no member */
};

/* ---- workers ---- */

/* What is known of a worker's breaker for a server. */
struct world_breaker {
    bool is_open;
    mono_ms probe_from; /* no probe before */
    const struct ask *probe;
    int failures; /* since it was last known to be well */
    int in_a_row; /* of those that count wherever they come from */
};

struct world_worker {
    struct world *world;
    struct dispatch *dispatch;
    struct world_breaker breakers[WORLD_SERVERS];
    mono_ms frozen_until;
    mono_ms cut_off_until; /* from Kafka */
    mono_ms lease_until;
    mono_ms stalled_until; /* nothing that it writes reaches the state topic before */
    mono_ms room;          /* that it was told of last, and has not used; -1: none */
};

struct world_assignment {
    struct world_worker *worker; /* NULL: there is none */
    struct world_partition *place;
    struct partition *partition;
    int64_t epoch;  /* -1: the marker is not written yet */
    int64_t told;   /* of the state topic: where to read on */
    int next;       /* record to read */
    int64_t stored; /* not committed yet; -1: nothing */
    mono_ms commit_at;
    int64_t unacknowledged; /* committed, and not told; -1: nothing */
    mono_ms acknowledge_at;
    bool is_leaving;
    bool is_lost;       /* another may have it: it may send nothing */
    bool is_superseded; /* it has read a later owner's marker */
    mono_ms end_at;
};

/* ---- what is under way ---- */

/* An answer; the body is to be freed. */
struct world_said {
    enum answer_kind kind;
    int status;
    char *body;
};

struct world_call {
    struct ask *ask; /* NULL: see the others, or nobody waits for it any more */
    struct fetch *fetch;
    struct delivery *letter;
    struct world_worker *worker;
    struct world_assignment *assignment; /* NULL: it is gone */
    enum world_fate fate;
    mono_ms at;
    bool is_post;
    bool is_carried_out;
    struct world_said said; /* once it is carried out */
    struct world_wish wish; /* of a post */
    struct world_call *next;
};

/* A write to the state topic, of a producer that keeps its writes in order. */
struct world_write {
    struct world_worker *worker;
    struct world_partition *place;
    struct delivery *delivery;      /* NULL: nobody waits for it */
    bool parks;                     /* it is the delivery's record */
    struct world_assignment *marks; /* whose marker it is; NULL: nobody's */
    char *key;
    char *value; /* NULL: a tombstone */
    mono_ms append_at;
    mono_ms ack_at;
    bool is_appended;
    struct world_write *next;
};

struct world_counts {
    size_t reads;     /* requests that look for posts */
    size_t looks;     /* those that look for notifications */
    size_t doubts;    /* posts that nobody knows the outcome of */
    size_t takeovers; /* partitions that were given to somebody after another */
    size_t failures;  /* requests that ended in another way than well */
    size_t deletions; /* by people */
    size_t posts;
};

struct world {
    struct random random;
    struct plan plan;
    struct moment now;
    bool healed; /* no more trouble */
    struct world_worker workers[WORLD_WORKERS];
    struct world_assignment assignments[WORLD_ASSIGNMENTS];
    struct world_partition partitions[WORLD_PARTITIONS];
    struct world_talk talks[WORLD_TALKS];
    struct world_key keys[WORLD_KEYS];
    struct world_server servers[WORLD_SERVERS];
    struct world_channel channels[WORLD_CHANNELS];
    mono_ms rebalancing_until;
    mono_ms commits_fail_until;
    struct world_write *writes; /* oldest first */
    struct world_call *calls;
    struct world_post posts[WORLD_POSTS];
    int post_count;
    struct world_counts counts;
};

void world_open(struct world *world, const struct plan *plan);
/* Lets the next things happen. */
void world_turn(struct world *world);
/* No more trouble. */
void world_heal(struct world *world);
/* Whether all is committed and nothing is under way. */
bool world_is_done(const struct world *world);
void world_close(struct world *world);
/* Claims what has to hold then. */
void world_claim_all_is_well(const struct world *world);

#endif
