/*
 * errand: what one record wants of Mattermost, step by step.
 *
 * Knows what was found out and done so far, and says what comes next; the dispatcher carries it out
 * and tells how it went.  A notification is posted, part by part; what an earlier owner may have
 * posted, or an attempt of our own, is looked for in the channel first.  Of conversations all the
 * rules of threads are here: which record makes a root, when one is
 * looked for first, what an edit and a deletion do, when a thread is continued in a new one.
 *
 * - Who starts a conversation makes its root.  A message, edit, deletion or closing without a known
 *   thread looks for one in Mattermost before a root is made, and so does whatever an earlier owner
 *   of the partition may have begun (`doubtful`).
 * - A new root is recorded before anything is posted under it, so that a crash makes no second one.
 * - A post that may have been made is looked for before it is made again.
 * - A root that a server says to be wrong is read: only when it is gone a new one is made; one that
 *   is there is tried again later.
 * - An edit of a message that is not there is posted like the message; a deletion or closing that
 *   finds nothing is done with that.
 * - Every record but a dead letter is recorded as done, also where it found no thread: what comes
 *   after one that is not was not begun by an earlier owner.
 *
 * Pure.
 */
#ifndef WORKER_CORE_ERRAND_H
#define WORKER_CORE_ERRAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "worker/core/event.h"
#include "worker/core/findings.h"
#include "worker/core/render_conversation.h"
#include "worker/core/threads.h"

/* What comes next.  Posts, patches and so on are of the part `errand_at()`. */
#define ERRAND_STEPS(X)                                                                  \
    X(ASK_WHO)      /* GET /users/me: who is our bot */                                  \
    X(READ_RECENT)  /* the newest posts of the channel */                                \
    X(READ_CHANNEL) /* GET /channels/{id}: its team, to search in */                     \
    X(SEARCH)       /* for the conversation's id */                                      \
    X(READ_ROOT)    /* GET /posts/{root}: is it really gone? */                          \
    X(READ_THREAD)  /* the thread, a page at a time from the newest on */                \
    X(READ_POSTED)  /* likewise the channel, for a notification's posts */               \
    X(POST_NOTICE)  /* of a notification */                                              \
    X(POST_ROOT)                                                                         \
    X(NOTE)  /* records the new root, before anything is posted under it */              \
    X(FETCH) /* an attachment */                                                         \
    X(POST_REPLY)                                                                        \
    X(PATCH)  /* a post of the message, to what it is now */                             \
    X(EMPTY)  /* a post of the message that is not needed any more, but for its files */ \
    X(DELETE) /* a post of the message */                                                \
    X(MARK)   /* shows on the root that the conversation is closed */                    \
    X(UNMARK) /* and that it is not */                                                   \
    X(RECORD) /* records that the record is done, and with that it is */

enum errand_step {
#define X(name) ERRAND_##name,
    ERRAND_STEPS(X)
#undef X
};

/* How far the search for a root is. */
enum errand_look { LOOK_OVER, LOOK_AT_RECENT, LOOK_AT_CHANNEL, LOOK_BY_SEARCH };

/* A post that mirrors the errand's message. */
struct errand_post {
    char id[27];
    unsigned part;
    bool has_files;
    bool
        is_of_event; /* of this very event, and not of the message's earlier ones: as it is to be */
};

struct errand {
    enum event_kind kind;
    bool doubtful;
    char *conversation;   /* of a notification: the name of its key; owned, as all pointers here */
    char *message;        /* NULL: not about one */
    char *event;          /* "<source>|<id>" */
    struct thread thread; /* as it will be, when the record is done */
    int64_t done_before;  /* its last_offset until then */
    enum errand_look look;
    char team[27];
    enum root_reason reason; /* of a root that is to be made while there is none */
    bool has_moved;          /* out of a closed channel: only the mirror's roots are of use */
    bool root_may_be_there;  /* the one that is to be made: until the look is over */
    bool root_is_new;        /* and to be noted */
    bool root_is_in_doubt;   /* a server says that it is wrong */
    bool thread_is_read;     /* or the channel, of a notification; or need not be */
    char page_from[27];      /* where to go on; empty: at the newest */
    int64_t page_from_at;
    int64_t page_until;        /* posts that were made before are of no interest; 0: all are */
    struct errand_post *posts; /* by part; of one part the newest only, but for a deletion */
    size_t post_count;
    bool cannot_change;        /* posts that are there: of those only the event's own count */
    struct render_file *files; /* one for each attachment; `file_id` inside file_ids */
    char (*file_ids)[27];
    size_t file_count;
    size_t next_file;
    size_t part_count; /* bodies that were rendered; 0: none yet */
    size_t next_part;
    bool did_something;
};

/* What the errand needs to know of the outside. */
struct errand_facts {
    const char *bot_id;   /* empty: not known yet */
    uint32_t max_replies; /* in a thread, before it is continued in a new one */
};

/*
 * Gives an errand for an event of a conversation.  `thread`: what is known of its thread; NULL:
 * nothing.  `offset`: of the record.  `doubtful`: an earlier owner may have begun it.
 */
struct errand *errand_new(const struct event *event, const struct thread *thread, int64_t offset,
                          bool doubtful) ATTR_MUST_USE;

/* Likewise for a notification, whose key has that name. */
struct errand *errand_new_notice(const struct event *event, const char *name_of_key,
                                 const struct thread *done, int64_t offset,
                                 bool doubtful) ATTR_MUST_USE;

/* What was posted of a notification is no older than that, by this clock. */
void errand_begun_after(struct errand *errand, wall_ms since);

/* NULL is fine. */
void errand_free(struct errand *errand);

enum errand_step errand_next(const struct errand *errand, const struct errand_facts *facts);

/* Whether it changes what is there of its message. */
static inline bool errand_is_change(const struct errand *errand)
{
    return errand->kind == EVENT_MESSAGE_EDITED || errand->kind == EVENT_MESSAGE_DELETED;
}

/* Whether something of it may be in Mattermost already. */
bool errand_is_begun(const struct errand *errand);

/* The thread as it is to be recorded now: by NOTE without the record, by RECORD with it. */
struct thread errand_thread(const struct errand *errand);

/* Why a root is made now. */
enum root_reason errand_root_reason(const struct errand *errand);

/* Why nothing had to be done, once it ends; NULL: something was done. */
const char *errand_why(const struct errand *errand);

/* How the steps went.  Each is told once its step was what comes next. */

/* What was found among the newest posts or by a search, for errand_wish_root(). */
void errand_took_roots(struct errand *errand, const struct findings *findings);
/* The channel's team; empty: it has none, and cannot be searched. */
void errand_took_team(struct errand *errand, const char *team);
/* The root that was in doubt; NULL: it is gone.  False: it is where and what it was. */
bool errand_took_root(struct errand *errand, const struct finding *root);
/* The server says that the root is wrong. */
void errand_doubt_root(struct errand *errand);
/* The thread's channel cannot be posted to any more, and there is another one to go on in. */
void errand_move(struct errand *errand);
/* A page of the thread; `all`: there are no more. */
void errand_took_page(struct errand *errand, const struct findings *page, bool all);
void errand_posted_root(struct errand *errand, const char *id, const char *channel);
void errand_noted(struct errand *errand);
/* An attachment: stored (its id), or it cannot be had. */
void errand_fetched(struct errand *errand, const char *file_id, enum fetch_problem problem);
/* How many bodies were rendered for what is to be posted or patched. */
void errand_rendered(struct errand *errand, size_t parts);
void errand_posted_reply(struct errand *errand, const char *id);
/* What came of POST_ROOT, or of POST_REPLY or POST_NOTICE, is not known. */
void errand_doubt_new_root(struct errand *errand);
void errand_doubt_reply(struct errand *errand);

/* Whether something of it may be in Mattermost that was not looked for, or not found, yet. */
bool errand_is_in_doubt(const struct errand *errand);
/* PATCH, EMPTY or DELETE of errand_at(): done, or the post was gone already. */
void errand_changed(struct errand *errand);
/* The server does not let its posts be changed: what no post says yet is posted.  Which ones do is
 * read once more, for a change that was cut off may have been made. */
void errand_cannot_change(struct errand *errand);
void errand_marked(struct errand *errand);

/* The post that is to be patched, emptied or deleted now. */
const struct errand_post *errand_at(const struct errand *errand);

/* Which posts are wanted of the newest or of a search, and which of the thread. */
struct finding_wish errand_wish_root(const struct errand *errand, const char *bot_id);
struct finding_wish errand_wish_posts(const struct errand *errand, const char *bot_id);

#endif
