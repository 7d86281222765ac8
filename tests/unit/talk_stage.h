/*
 * talk_stage: conversations on a dispatch_stage: their events, what the state topic tells of them,
 * and a server that shows posts.
 */
#ifndef TESTS_UNIT_TALK_STAGE_H
#define TESTS_UNIT_TALK_STAGE_H

#include "tests/unit/dispatch_stage.h"
#include "worker/core/threads.h"

#define BOT       "bbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SOMEBODY  "ssssssssssssssssssssssssss"
#define MIRROR    "cccccccccccccccccccccccccc" /* the channel of zeezicht's conversations */
#define ELSEWHERE "dddddddddddddddddddddddddd"
#define TEAM      "tttttttttttttttttttttttttt"
#define ROOT      "rrrrrrrrrrrrrrrrrrrrrrrrrr"
#define NEW_ROOT  "nnnnnnnnnnnnnnnnnnnnnnnnnn"
#define POST      "pppppppppppppppppppppppppp"
#define OTHER     "oooooooooooooooooooooooooo"
#define THIRD     "hhhhhhhhhhhhhhhhhhhhhhhhhh"
#define FILE_ID   "ffffffffffffffffffffffffff"

#define ROOT_REFUSED  "api.post.create_post.root_id.app_error"
#define OTHER_CHANNEL "api.post.create_post.channel_root_id.app_error"
#define ARCHIVED      "api.post.create_post.can_not_post_to_deleted.error"
#define NO_PERMISSION "api.context.permissions.app_error"
#define NO_POST       "app.post.get.app_error"

enum { TALK_EPOCH = 100, TALK_END = 1000 };

/*
 * Set-up and teardown of a cmocka test, whose state is the stage: a partition of conversations that
 * was just assigned; or whose threads are restored, too: there are none.  Conversations n-… are of
 * the licence named, whose mirror is team/desk; all others are zeezicht's.
 */
int talk_open(void **state);
int talk_open_restored(void **state);
int talk_close(void **state);

/* Another stage in the place of the state's: set up by `open`. */
struct stage *talk_reopen(void **state, int (*open)(void **state)) ATTR_MUST_USE;

/* ---- the state topic ---- */

/* A living thread of a conversation, made by an earlier owner. */
struct thread talk_thread(int64_t last_offset) ATTR_MUST_USE;

/* The state topic tells of a conversation's thread; NULL: a tombstone. */
void talk_tell(struct stage *stage, const char *conversation, const struct thread *thread);

/* Another owner's marker is read. */
void talk_tell_marker(struct stage *stage, int64_t offset);

/* All was told, and the log fits. */
void talk_restore(struct stage *stage);

/* What the newest write to a conversation's thread says; claims that it is no tombstone. */
struct thread talk_written(const struct stage *stage, const char *conversation) ATTR_MUST_USE;

/* ---- what happens in conversations ---- */

void talk_read(struct stage *stage, int64_t offset, const char *conversation, const char *type,
               const char *more_data);
void talk_start(struct stage *stage, int64_t offset, const char *conversation);

/* Message m-<offset>, which says "Hoi". */
void talk_say(struct stage *stage, int64_t offset, const char *conversation);
void talk_say_long(struct stage *stage, int64_t offset, const char *conversation); /* two parts */
void talk_say_with_files(struct stage *stage, int64_t offset, const char *conversation);
void talk_edit(struct stage *stage, int64_t offset, const char *conversation, const char *message);
void talk_edit_long(struct stage *stage, int64_t offset, const char *conversation,
                    const char *message); /* to two parts */
void talk_delete(struct stage *stage, int64_t offset, const char *conversation,
                 const char *message);
void talk_end(struct stage *stage, int64_t offset, const char *conversation);

/* ---- the server ---- */

/* A post of a conversation; what is not said is as our bot makes it. */
struct talk_post {
    const char *id;
    const char *conversation; /* NULL: c-1 */
    const char *licence;      /* NULL: the conversation's */
    const char *channel;      /* NULL: the mirror */
    const char *root;         /* NULL: it is one */
    const char *user;         /* NULL: our bot */
    const char *message;      /* NULL: it mirrors none */
    const char *event;        /* NULL: another's */
    int64_t created_at;
    unsigned part;
    bool is_deleted;
    bool has_files;
};

/* Claims what stands at a place on the wire, and prints what does if it is another; `path` is how
 * it begins. */
#define assert_on_wire(stage, at, verb, beginning) \
    assert_true(talk_is_on_wire(stage, at, verb, beginning))
bool talk_is_on_wire(const struct stage *stage, size_t at, enum ask_method method,
                     const char *path);

/* Claims that this stands in the body of a request. */
#define assert_says(stage, at, words)     assert_non_null(strstr((stage)->asks[at]->body, words))
#define assert_not_says(stage, at, words) assert_null(strstr((stage)->asks[at]->body, words))

void talk_answer_bot(struct stage *stage, size_t at);
void talk_answer_posts(struct stage *stage, size_t at, const struct talk_post *posts, size_t count);
void talk_answer_nothing(struct stage *stage, size_t at);

/* Who looks for a root finds none: among the newest, nor (there is no team) by a search. */
void talk_answer_nowhere(struct stage *stage, size_t at);

/* A page of a thread, with more to come. */
void talk_answer_page(struct stage *stage, size_t at, const struct talk_post *posts, size_t count);
void talk_answer_post(struct stage *stage, size_t at, const struct talk_post *post,
                      const char *channel);
void talk_answer_channel(struct stage *stage, size_t at, const char *id, const char *team);
void talk_answer_archived(struct stage *stage, size_t at, const char *id);

/* A request that is fine and brings nothing. */
void talk_answer_ok(struct stage *stage, size_t at);

/* Says who the bot is, if that is asked at a place. */
void talk_introduce(struct stage *stage, size_t at);

#endif
