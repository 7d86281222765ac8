/*
 * age: what becomes of news that is old when its turn comes.
 *
 * A backlog after an outage, or a replay, brings what nobody waits for any more.  Per notification
 * type the settings say from what age on news is old, and whether it is dropped then or says when
 * it happened.  Conversations are never dropped: a thread with holes is worse than a late one.
 *
 * Pure: a function of the event, the settings and the moment.  Who asks keeps the answer, so that
 * one record's posts are the same in each attempt.
 */
#ifndef WORKER_CORE_AGE_H
#define WORKER_CORE_AGE_H

#include <stddef.h>

#include "common/units.h"
#include "worker/core/event.h"
#include "worker/core/words.h"

/* What a rule names instead of a type of i-Reserve's. */
#define OLD_NEWS_OF_CONVERSATIONS "conversation"
#define OLD_NEWS_OF_ALL_OTHERS    "*" /* notifications; never conversations */

#define OLD_NEWS_FATES(X) X(DROP, "drop") X(MARK, "mark")

enum old_news_fate {
#define X(name, word) OLD_NEWS_##name,
    OLD_NEWS_FATES(X)
#undef X
};

enum { OLD_NEWS_FATE_COUNT = OLD_NEWS_MARK + 1 };

/* As settings spell them, OLD_NEWS_FATE_COUNT of them. */
extern const char *const old_news_fate_names[];

/* From what age on news of a type is old, and what then. */
struct old_news_rule {
    const char *type;
    int64_t max_age_s;
    enum old_news_fate then; /* of conversations: OLD_NEWS_MARK */
};

/* The rules, each type at most once, in any order.  None: nothing is ever old. */
struct old_news {
    const struct old_news_rule *rules;
    size_t count;
};

enum age { AGE_FRESH, AGE_MARKED, AGE_DROPPED };

/*
 * When it happened: the event's `occurred_at` or what its type has in that place, else its `time`,
 * else the record's timestamp; -1: nothing says when.
 */
wall_ms age_moment(const struct event *event, const struct record *record);

/*
 * What becomes of an event of age_moment() `moment`.  It is old when more than its type's age has
 * passed; what has no moment, or one that is still to come, is fresh.
 */
enum age age_judge(const struct old_news *news, const struct event *event, wall_ms moment,
                   wall_ms now);

enum { AGE_WORDS_SIZE = 64 };

/*
 * Writes when it happened (0 or later), in words for struct render_target: "van 23 november 2026
 * 09:15 UTC".  The year is always said, so that the words do not depend on when they are said.
 */
void age_write_words(enum language language, wall_ms moment, char ret[static AGE_WORDS_SIZE]);

#endif
