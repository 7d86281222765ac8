#include "worker/core/errand_inner.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

/* Clocks of workers and servers may differ by so much. */
enum { SKEW_MS = 5 * 60 * 1000 };

static char *name_of(const struct event *event)
{
    return mem_printf("%s|%s", event->source, event->id);
}

static void take_files(struct errand *errand, const struct conversation *conversation)
{
    if (errand->kind != EVENT_MESSAGE || conversation->attachment_count == 0)
        return;
    errand->file_count = conversation->attachment_count;
    errand->files = mem_new_array(errand->file_count, sizeof(*errand->files));
    errand->file_ids = mem_new_array(errand->file_count, sizeof(*errand->file_ids));
    for (size_t i = 0; i < errand->file_count; i++)
        errand->files[i].file_id = errand->file_ids[i];
}

/* Why a root would be made, and whether one is looked for before. */
static void plan_root(struct errand *errand)
{
    bool is_start = errand->kind == EVENT_CONVERSATION_STARTED;

    errand->root_may_be_there = errand->doubtful;
    if (errand_has_root(errand))
        return;
    errand->reason = is_start ? ROOT_STARTED : ROOT_UNSEEN_START;
    if (errand->thread.last_post[0])
        errand->reason = ROOT_LOST;
    if (!is_start || errand->doubtful)
        errand->look = LOOK_AT_RECENT;
}

/*
 * Whether the thread is read before anything is done in it.  What an earlier owner may have begun
 * is younger than the last that it recorded.
 */
static void plan_reading(struct errand *errand, const struct thread *thread)
{
    bool is_change = errand_is_change(errand);

    errand->thread_is_read = !is_change && !(errand->doubtful && errand_is_told(errand));
    if (thread && !is_change)
        errand->page_until = thread->updated_at - SKEW_MS;
}

static void begin(struct errand *errand, const struct event *event, const struct thread *thread,
                  int64_t offset, bool doubtful)
{
    errand->kind = event->kind;
    errand->doubtful = doubtful;
    errand->event = name_of(event);
    errand->done_before = -1;
    if (thread) {
        errand->thread = *thread;
        errand->done_before = thread->last_offset;
    }
    errand->thread.last_offset = offset;
}

struct errand *errand_new_notice(const struct event *event, const char *name_of_key,
                                 const struct thread *done, int64_t offset, bool doubtful)
{
    struct errand *errand = mem_new(sizeof(*errand));

    begin(errand, event, done, offset, doubtful);
    errand->conversation = mem_string(name_of_key);
    errand->thread_is_read = !doubtful;
    if (done)
        errand->page_until = done->updated_at - SKEW_MS; /* nothing of the next was begun before */
    return errand;
}

void errand_begun_after(struct errand *errand, wall_ms since)
{
    if (since - SKEW_MS > errand->page_until)
        errand->page_until = since - SKEW_MS;
}

struct errand *errand_new(const struct event *event, const struct thread *thread, int64_t offset,
                          bool doubtful)
{
    const struct conversation *conversation = &event->conversation;
    struct errand *errand = mem_new(sizeof(*errand));

    begin(errand, event, thread, offset, doubtful);
    errand->conversation = mem_string(conversation->id);
    errand->message = conversation->message_id ? mem_string(conversation->message_id) : NULL;
    plan_root(errand);
    plan_reading(errand, thread);
    take_files(errand, conversation);
    return errand;
}

void errand_free(struct errand *errand)
{
    if (!errand)
        return;
    free(errand->conversation);
    free(errand->message);
    free(errand->event);
    free(errand->posts);
    free(errand->files);
    free(errand->file_ids);
    free(errand);
}

/* ---- what comes next ---- */

static enum errand_step next_look(const struct errand *errand, const struct errand_facts *facts)
{
    if (!facts->bot_id[0])
        return ERRAND_ASK_WHO;
    switch (errand->look) {
    case LOOK_AT_RECENT:
        return ERRAND_READ_RECENT;
    case LOOK_AT_CHANNEL:
        return ERRAND_READ_CHANNEL;
    case LOOK_BY_SEARCH:
        return ERRAND_SEARCH;
    case LOOK_OVER:
        break;
    }
    return ERRAND_RECORD;
}

/* Whether the thread is long, and what is to come begins a new one. */
static bool is_full(const struct errand *errand, const struct errand_facts *facts)
{
    return errand_is_told(errand) && errand->thread.replies >= facts->max_replies &&
           errand->post_count == 0 && errand->next_part == 0;
}

static enum errand_step next_root(const struct errand *errand, const struct errand_facts *facts)
{
    if (!errand->root_may_be_there)
        return ERRAND_POST_ROOT;
    return facts->bot_id[0] ? ERRAND_READ_RECENT : ERRAND_ASK_WHO;
}

static enum errand_step next_reply(const struct errand *errand)
{
    if (errand->next_file < errand->file_count)
        return ERRAND_FETCH;
    return ERRAND_POST_REPLY;
}

/* An edit whose message is there: part for part, and what is too much goes. */
static enum errand_step next_change(const struct errand *errand)
{
    if (errand->kind == EVENT_MESSAGE_DELETED)
        return errand->next_part < errand->post_count ? ERRAND_DELETE : ERRAND_RECORD;
    if (errand->part_count == 0 || errand->next_part < errand->part_count)
        return errand->next_part < errand->post_count ? ERRAND_PATCH : ERRAND_POST_REPLY;
    if (errand->next_part < errand->post_count)
        return errand_at(errand)->has_files ? ERRAND_EMPTY : ERRAND_DELETE;
    return ERRAND_RECORD;
}

/* A closing shows on the root, until a message comes. */
static enum errand_step next_mark(const struct errand *errand, const struct errand_facts *facts)
{
    bool is_closing = errand->kind == EVENT_CONVERSATION_CLOSED;

    if ((!is_closing && errand->kind != EVENT_MESSAGE) || is_closing == errand->thread.is_closed)
        return ERRAND_RECORD;
    if (!facts->bot_id[0])
        return ERRAND_ASK_WHO;
    return is_closing ? ERRAND_MARK : ERRAND_UNMARK;
}

/* With a root that is fine. */
static enum errand_step next_in_thread(const struct errand *errand,
                                       const struct errand_facts *facts)
{
    bool is_said = errand->part_count > 0 && errand->next_part >= errand->part_count;

    if (!errand->thread_is_read)
        return facts->bot_id[0] ? ERRAND_READ_THREAD : ERRAND_ASK_WHO;
    if (errand_is_change(errand) && errand->post_count > 0)
        return next_change(errand);
    if (is_full(errand, facts))
        return next_root(errand, facts);
    if (errand_is_told(errand) && !is_said)
        return next_reply(errand);
    return next_mark(errand, facts);
}

/* Of a notification, which has no thread. */
static enum errand_step next_notice(const struct errand *errand, const struct errand_facts *facts)
{
    if (!errand->thread_is_read)
        return facts->bot_id[0] ? ERRAND_READ_POSTED : ERRAND_ASK_WHO;
    if (errand->part_count == 0 || errand->next_part < errand->part_count)
        return ERRAND_POST_NOTICE;
    return ERRAND_RECORD;
}

enum errand_step errand_next(const struct errand *errand, const struct errand_facts *facts)
{
    if (errand->kind == EVENT_NOTIFICATION)
        return next_notice(errand, facts);
    if (errand->root_is_in_doubt)
        return ERRAND_READ_ROOT;
    if (errand->root_is_new)
        return ERRAND_NOTE;
    if (errand_has_root(errand))
        return next_in_thread(errand, facts);
    if (errand->look != LOOK_OVER)
        return next_look(errand, facts);
    if (errand_is_told(errand) || errand->kind == EVENT_CONVERSATION_STARTED)
        return next_root(errand, facts);
    return ERRAND_RECORD; /* also without a thread: what comes next was not begun before this */
}

struct thread errand_thread(const struct errand *errand)
{
    struct thread thread = errand->thread;

    if (errand->root_is_new)
        thread.last_offset = errand->done_before;
    return thread;
}

enum root_reason errand_root_reason(const struct errand *errand)
{
    return errand_has_root(errand) ? ROOT_FULL : errand->reason;
}

const char *errand_why(const struct errand *errand)
{
    if (errand->did_something)
        return NULL;
    switch (errand->kind) {
    case EVENT_CONVERSATION_STARTED:
        return "the conversation has a thread already";
    case EVENT_MESSAGE:
    case EVENT_MESSAGE_EDITED:
        return "the message is in the thread already";
    case EVENT_MESSAGE_DELETED:
        return "nothing of the message is in the thread";
    case EVENT_CONVERSATION_CLOSED:
        return errand_has_root(errand) ? "the conversation was closed already"
                                       : "there is no thread that could show it";
    case EVENT_NOTIFICATION:
        return "the post is there already";
    }
    return NULL;
}

bool errand_is_in_doubt(const struct errand *errand)
{
    return !errand->thread_is_read || errand->root_may_be_there ||
           (errand->doubtful && errand->look != LOOK_OVER);
}

bool errand_is_begun(const struct errand *errand)
{
    return errand->root_is_new || errand->next_part > 0;
}

const struct errand_post *errand_at(const struct errand *errand)
{
    must(errand->next_part < errand->post_count);
    return &errand->posts[errand->next_part];
}

struct finding_wish errand_wish_root(const struct errand *errand, const char *bot_id)
{
    return (
        struct finding_wish){ .user = bot_id, .conversation = errand->conversation, .roots = true };
}

struct finding_wish errand_wish_posts(const struct errand *errand, const char *bot_id)
{
    if (errand->kind == EVENT_NOTIFICATION)
        return (struct finding_wish){ .user = bot_id, .event = errand->event, .listed = true };
    return (struct finding_wish){ .user = bot_id,
                                  .conversation = errand->conversation,
                                  .message = errand->message };
}
