/*
 * findings: posts in an answer of a Mattermost server: one, or a list, a thread, what a search
 * found.
 *
 * Of each only what tells whose it is and what it mirrors (props.ireserve).  What a post says of
 * itself is believed only when our bot wrote it: anybody can put any props into a post.  Pure.
 */
#ifndef WORKER_CORE_FINDINGS_H
#define WORKER_CORE_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "worker/core/answer.h"
#include "worker/core/peek.h"

enum { FINDINGS_MAX = 256 }; /* kept of one answer; servers list 200 at most, but for old ones */

struct finding {
    char id[27];
    char root[27]; /* empty: it is no reply */
    char channel[27];
    char user[27];
    int64_t created_at; /* ms since 1970 */
    bool is_deleted;    /* or a row of an edit's history */
    bool has_files;
    unsigned part;     /* props.ireserve.part; 0: none */
    struct peek event; /* props.ireserve.*, each borrowed from the answer's body */
    struct peek licence;
    struct peek conversation;
    struct peek message;
};

/* Which posts are wanted of a list: all that is not NULL has to fit. */
struct finding_wish {
    const char *user; /* the author; never NULL */
    const char *licence;
    const char *conversation;
    const char *message;
    const char *event;
    const char *channel;
    bool roots;  /* only posts that are no reply */
    bool listed; /* only what the list's order names: listings bring replies' roots along */
};

struct findings {
    struct finding list[FINDINGS_MAX]; /* oldest first; deleted ones are left out */
    size_t count;
    size_t seen;       /* posts in the answer */
    char oldest[27];   /* of all that were seen, roots of replies left out: where to go on */
    int64_t oldest_at; /* when that was made */
    char before[27];   /* the oldest that is younger than that (if there is one, else that): the
                          page before this one has others of the oldest's millisecond, too */
    int64_t before_at;
};

/* Reads one post; false: the answer is none. */
bool finding_read(const struct answer *answer, struct finding *ret) ATTR_MUST_USE;

/*
 * Reads a list of posts ({"order", "posts"}) and keeps those that fit the wish; of too many the
 * newest.  `thread` (may be empty): the root that a thread always brings, which does not count as
 * seen.  False: the answer is no such list, or was cut.
 */
bool findings_read(const struct answer *answer, const struct finding_wish *wish, const char *thread,
                   struct findings *ret) ATTR_MUST_USE;

#endif
