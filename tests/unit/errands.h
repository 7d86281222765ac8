/*
 * errands: what the tests of core/errand have in common.
 */
#ifndef TESTS_UNIT_ERRANDS_H
#define TESTS_UNIT_ERRANDS_H

#include <string.h>

#include "worker/core/errand.h"

#define BOT     "bbbbbbbbbbbbbbbbbbbbbbbbbb"
#define CHANNEL "cccccccccccccccccccccccccc"
#define ROOT    "rrrrrrrrrrrrrrrrrrrrrrrrrr"
#define POST    "pppppppppppppppppppppppppp"
#define OTHER   "oooooooooooooooooooooooooo"
#define TEAM    "tttttttttttttttttttttttttt"

static const struct errand_facts known = { .bot_id = BOT, .max_replies = 3 };
static const struct errand_facts stranger = { .bot_id = "", .max_replies = 3 };

static inline struct event event_of(enum event_kind kind)
{
    return (struct event){ .kind = kind,
                           .source = "urn:x",
                           .id = "e-1",
                           .conversation = { .id = "c-1", .message_id = "m-1", .at = -1 } };
}

static inline struct errand *errand_of(enum event_kind kind, const struct thread *thread,
                                       bool doubtful)
{
    const struct event event = event_of(kind);

    return errand_new(&event, thread, 7, doubtful);
}

static inline struct thread living(void)
{
    return (struct thread){
        .root = ROOT, .channel = CHANNEL, .last_offset = 3, .updated_at = 1000000000, .epoch = 1
    };
}

#define assert_next(errand, step) assert_int_equal(errand_next(errand, &known), ERRAND_##step)

/* A page or a list with nothing of ours in it. */
static const struct findings nothing;

/* A post of the message, as it stands in an answer. */
static inline void found(struct findings *findings, const char *id, unsigned part,
                         const char *event)
{
    struct finding *finding = &findings->list[findings->count++];

    *finding = (struct finding){ .root = ROOT, .channel = CHANNEL, .user = BOT, .part = part };
    memcpy(finding->id, id, 27);
    finding->event = (struct peek){ event, strlen(event) };
    findings->seen++;
}

#endif
