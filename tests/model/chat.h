/*
 * chat: what stands around core/dispatch in the model test of conversations, in virtual time: a
 * log of conversations, a state topic, a Mattermost server that keeps threads, people who delete,
 * and two workers that are given the log's partition by turns, crash, and live on for a while when
 * it is another's.  Each is too simple to be wrong.
 *
 * chat.c         the schedule: who has the partition, what goes wrong
 * chat_log.c     the log, and what it says that there has to be in the end
 * chat_state.c   the state topic
 * chat_port.c    what the dispatchers ask of the world
 * chat_server.c  Mattermost
 * chat_pages.c   what it shows
 * chat_claims.c  what has to hold
 */
#ifndef TESTS_MODEL_CHAT_H
#define TESTS_MODEL_CHAT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/random.h"
#include "worker/core/dispatch.h"

enum {
    CHAT_TALKS = 5,
    CHAT_RECORDS = 80,
    CHAT_MESSAGES = CHAT_RECORDS, /* of one talk at most */
    CHAT_POSTS = 4096,
    CHAT_WORKERS = 2,
    CHAT_ASSIGNMENTS = 8,
    CHAT_GUARDS = 64,
};

#define CHAT_LONG INT64_C(1000000000) /* longer than all that happens */

#define CHAT_CHANNEL "cccccccccccccccccccccccccc"
#define CHAT_TEAM    "tttttttttttttttttttttttttt"
#define CHAT_BOT     "bbbbbbbbbbbbbbbbbbbbbbbbbb"
#define CHAT_PERSON  "ssssssssssssssssssssssssss"

/* ---- the log ---- */

enum chat_kind { CHAT_STARTED, CHAT_MESSAGE, CHAT_EDIT, CHAT_DELETION, CHAT_CLOSING };

struct chat_record {
    enum chat_kind kind;
    int talk;
    int message;     /* of the talk, which it is about; -1: none */
    bool is_refused; /* the server will never take it */
    int64_t offset;  /* with gaps */
    char *value;
    int letters;      /* dead letters of it */
    bool is_reported; /* as done */
    bool is_parked;   /* it stands in the state topic, so that its offset may pass */
};

/* A message of a talk, as the log wants it, and what has become of it. */
struct chat_message {
    int first;       /* record that says it; -1: there is no such message */
    int last;        /* record that says it as it is to be in the end */
    bool is_long;    /* two posts */
    bool is_deleted; /* in the end */
    bool is_refused;
    bool was_killed; /* a person deleted a post of it */
    int posted[3];   /* how many posts of each part were ever made */
    bool
        may_be_double; /* the server has taken a post of it after nobody waited for that any more */
};

struct chat_talk {
    struct chat_message messages[CHAT_MESSAGES];
    int message_count;
    int last_record; /* the talk's last one; -1: none */
    int64_t last_posted;
    bool had_root;
    bool roots_may_be_double;
    int64_t highest_told; /* last_offset of all that the state topic was ever told */
};

/* ---- the server ---- */

struct chat_post {
    char id[27];
    int root; /* a post's number; -1: it is one */
    int talk;
    int message;   /* -1: none */
    unsigned part; /* of a message: from 1 on */
    int record;    /* that made it what it is */
    wall_ms created_at;
    bool is_dead;
    int dead_since;  /* number of the next post then */
    bool is_foreign; /* a person wrote it, with our props */
    bool has_files;
};

/* A post that was asked for. */
struct chat_wish {
    struct chat_post post;
    bool is_known_root; /* its root is one, alive */
    char pending_id[64];
};

struct chat_guard {
    char pending_id[64];
    int post;
    mono_ms at;
};

/* ---- what is under way ---- */

/* How a request ends, and whether the server has carried it out by then. */
enum chat_fate {
    CHAT_FINE,
    CHAT_LIMITED,
    CHAT_BUSY,
    CHAT_FAILS_LATE,
    CHAT_CUT_LATE,
    CHAT_CUT_EARLY,
    CHAT_NOT_SENT,
    CHAT_FATES
};

struct chat_call {
    struct ask *ask; /* NULL: see the others, or nobody waits for it any more */
    struct fetch *fetch;
    struct delivery *letter;
    struct chat_worker *worker;
    enum chat_fate fate;
    mono_ms at;
    struct chat_wish wish; /* of a post */
    struct chat_call *next;
};

/* A write to the state topic, of a producer that keeps its writes in order. */
struct chat_write {
    struct chat_worker *worker;
    struct delivery *delivery;     /* NULL: nobody waits for it */
    bool parks;                    /* it is the delivery's record */
    struct chat_assignment *marks; /* whose marker it is; NULL: nobody's */
    char *key;
    char *value; /* NULL: a tombstone */
    mono_ms append_at;
    mono_ms ack_at;
    bool is_appended;
    struct chat_write *next;
};

struct chat_state {
    struct chat_entry {
        char *key;
        char *value;
    } * entries; /* by offset */
    int64_t count;
};

struct chat_assignment {
    struct chat_worker *worker; /* NULL: there is none */
    struct partition *partition;
    int64_t epoch; /* -1: the marker is not written yet */
    int64_t told;  /* of the state topic: where to read on */
    int next;      /* record to read */
    bool is_leaving;
    bool is_lost; /* another may have it: it may send nothing */
    mono_ms end_at;
};

struct chat_worker {
    struct chat *chat;
    struct dispatch *dispatch;
    int64_t stored; /* not committed yet; -1: nothing */
    mono_ms commit_at;
    mono_ms stalled_until; /* nothing that it writes reaches the state topic before */
};

/* What differs from seed to seed. */
struct chat_ways {
    uint32_t max_replies;
    size_t parking; /* records that may be parked */
    wall_ms keep;
    mono_ms guard_ms;  /* how long the server knows a pending id */
    wall_ms skew;      /* of the server's clock */
    mono_ms edit_ms;   /* how long posts may be edited; 0: for ever */
    bool may_be_late;  /* the server may take a post when nobody waits for it any more */
    bool is_leased;    /* who has lost the partition sends nothing any more */
    bool pages;        /* threads come page by page */
    int fault_percent; /* of requests */
};

struct chat {
    struct random *random;
    struct chat_ways ways;
    struct moment now;
    bool healed; /* no more trouble */
    struct chat_worker workers[CHAT_WORKERS];
    struct chat_assignment assignments[CHAT_ASSIGNMENTS];
    struct chat_assignment *owner; /* NULL: nobody */
    int64_t committed;             /* -1: never */
    struct chat_record records[CHAT_RECORDS];
    struct chat_talk talks[CHAT_TALKS];
    struct chat_state state;
    struct chat_write *writes; /* oldest first */
    struct chat_call *calls;
    struct chat_post posts[CHAT_POSTS];
    int post_count;
    struct chat_guard guards[CHAT_GUARDS]; /* a ring */
    int guard_count;
    mono_ms archived_until;
    mono_ms without_database_until;
};

/* Whether something that happens so often happens now. */
bool chat_chance(struct chat *chat, int percent);

/* A moment from now on. */
mono_ms chat_soon(struct chat *chat, mono_ms most);

/* ---- chat_log.c ---- */

void chat_make_log(struct chat *chat);
void chat_free_log(struct chat *chat);
int chat_find_record(const struct chat *chat, int64_t offset);
struct record *chat_copy_record(const struct chat *chat, int number);

/* The number behind a prefix; claims that it is all that stands there. */
int64_t chat_number_behind(const char *text, const char *prefix);

/* The number of a talk, or of a message of it, by its id. */
int chat_talk_of(const char *id);
int chat_message_of(const char *id);

/* ---- chat_state.c ---- */

/* Writes to the state topic, behind all that the worker has written before. */
void chat_write(struct chat_worker *worker, const struct chat_write *write);
void chat_write_marker(struct chat_assignment *assignment);
/* Nobody waits for a delivery's write any more. */
void chat_forget_write(struct chat *chat, const struct delivery *delivery, bool parks);
/* How many records stand there, so that their offsets may pass. */
int chat_count_parked(const struct chat *chat);
/* What a worker that is gone had not written yet is written in part, or not. */
void chat_drop_writes(struct chat_worker *worker);
/* Appends and acknowledges what is due. */
void chat_pump(struct chat *chat);
/* Tells an assignment more of the log; all of it, when there is no more trouble. */
void chat_tell(struct chat *chat, struct chat_assignment *assignment);
bool chat_is_written(const struct chat *chat);
void chat_free_state(struct chat *chat);

/* ---- chat_port.c ---- */

struct dispatch_port chat_port(struct chat_worker *worker);
void chat_end_call(struct chat *chat, struct chat_call *call);
/* Whether a request of an assignment is on the wire. */
bool chat_is_sending(const struct chat *chat, const struct chat_assignment *assignment);

/* ---- chat_server.c ---- */

/* An answer, whose body is to be freed. */
struct chat_answer {
    int status;
    char *body;
};

struct chat_wish chat_read_wish(struct chat *chat, const struct ask *ask);
struct chat_answer chat_post_it(struct chat *chat, const struct chat_wish *wish,
                                const struct ask *ask);
struct chat_answer chat_serve(struct chat *chat, const struct ask *ask);
/* A person deletes something, or forges a root. */
void chat_meddle(struct chat *chat);
int chat_find_post(const struct chat *chat, const char *id);

/* ---- chat_pages.c ---- */

char *chat_show_post(const struct chat *chat, int number);
char *chat_show_channel(const struct chat *chat);
char *chat_show_thread(const struct chat *chat, int root, const char *path);
char *chat_show_search(const struct chat *chat, const char *body, size_t length);

/* ---- chat.c ---- */

void chat_open(struct chat *chat, struct random *random, const struct chat_ways *ways);
/* Lets the next things happen. */
void chat_step(struct chat *chat);
/* No more trouble. */
void chat_heal(struct chat *chat);
/* Whether all is committed and nothing is under way. */
bool chat_is_done(const struct chat *chat);
void chat_close(struct chat *chat);

/* ---- chat_claims.c ---- */

/* Only what is done may be stored. */
void chat_claim_stored(const struct chat *chat, int64_t offset);
/* Of what the server has made. */
void chat_claim_post(struct chat *chat, const struct chat_post *post, bool is_late);
/* In the end. */
void chat_claim_all_is_well(const struct chat *chat);

#endif
