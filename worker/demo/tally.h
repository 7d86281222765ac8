/*
 * tally: what was produced and what is to be seen of it: the demo's proof that nothing is lost,
 * doubled or out of order.
 *
 * An event counts as posted once it is to be seen: a notification, the start of a conversation, a
 * message and its edit in a post that names it, a deletion by the bot's deleting, a closing by the
 * lock on the root.  Where somebody else deleted the thread first, no deletion and no closing can
 * be seen any more; they count as posted, too.
 */
#ifndef WORKER_DEMO_TALLY_H
#define WORKER_DEMO_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/map.h"
#include "worker/demo/samples.h"

/* All zero is an empty tally. */
struct tally {
    struct tally_event *events; /* by number */
    size_t produced;
    size_t capacity;
    size_t posted;       /* events that are to be seen */
    size_t twice;        /* posts beyond the first of a notification, or of a message in a thread */
    size_t disorder;     /* events that were seen after a later one of the same key */
    size_t extra_roots;  /* that were made while the conversation had one */
    struct map subjects; /* key → what is known of that booking or conversation */
};

/* What is to be seen of a post. */
struct tally_post {
    const char *id;
    const char *root; /* "": it is no reply */
    size_t event;     /* the number of the event that it shows */
    bool is_deleted;
    bool is_deleted_by_bot;
    bool is_locked;
};

void tally_free(struct tally *tally);

/* The next event was produced: its number is the old `produced`. */
void tally_produced(struct tally *tally, const struct sample *sample);

/* A post was made, or changed later; numbers that were never produced are no event of ours. */
void tally_accepted(struct tally *tally, const struct tally_post *post);
void tally_changed(struct tally *tally, const struct tally_post *post);

/* The root of a conversation; NULL: it has none now. */
const char *tally_root(const struct tally *tally, const char *key);

/* The first event from `from` on that is not posted; `produced`: all are. */
size_t tally_missing(const struct tally *tally, size_t from);

/* Whether all is as it should be, now that nothing more will come. */
bool tally_is_fine(const struct tally *tally);

#endif
