/*
 * What has to hold, on the way and in the end.
 */
#include <stdio.h>
#include <string.h>

#include "common/must.h"
#include "tests/model/chat.h"
#include "worker/core/thread_record.h"

/* ---- on the way ---- */

static bool was_posted(const struct chat_message *message)
{
    return message->posted[1] > 0 && (!message->is_long || message->posted[2] > 0);
}

static bool is_done(const struct chat *chat, const struct chat_record *record)
{
    const struct chat_talk *talk = &chat->talks[record->talk];

    switch (record->kind) {
    case CHAT_STARTED:
        return talk->had_root;
    case CHAT_MESSAGE:
    case CHAT_EDIT:
        return record->letters > 0 || was_posted(&talk->messages[record->message]);
    case CHAT_DELETION:
    case CHAT_CLOSING:
        return record->offset <= talk->highest_told || record->is_reported;
    }
    return false;
}

void chat_claim_stored(const struct chat *chat, int64_t offset)
{
    for (int i = 0; i < CHAT_RECORDS && chat->records[i].offset < offset; i++)
        must(is_done(chat, &chat->records[i]) || chat->records[i].is_parked);
}

/* A talk's posts are made in the order of its records. */
void chat_claim_post(struct chat *chat, const struct chat_post *post, bool is_late)
{
    struct chat_talk *talk = &chat->talks[post->talk];
    int64_t offset = chat->records[post->record].offset;

    if (post->root < 0) {
        talk->had_root = true;
        return;
    }
    must(post->part == 1 || post->part == 2);
    must(!chat->posts[post->root].is_foreign && chat->posts[post->root].talk == post->talk);
    must(is_late || !chat->ways.is_leased || offset >= talk->last_posted);
    if (offset > talk->last_posted)
        talk->last_posted = offset;
    talk->messages[post->message].posted[post->part]++;
}

/* ---- in the end ---- */

static int count_replies(const struct chat *chat, int root)
{
    int count = 0;

    for (int i = 0; i < chat->post_count; i++)
        count += chat->posts[i].root == root;
    return count;
}

static bool may_have_two_roots(const struct chat *chat, int talk)
{
    return chat->talks[talk].roots_may_be_double || !chat->ways.is_leased;
}

/*
 * One living root; but one that was continued, for it was full.  -1: there is none: a person has
 * deleted it, or nothing was ever posted.
 */
static int find_root(const struct chat *chat, int talk)
{
    int newest = -1;

    for (int i = 0; i < chat->post_count; i++) {
        const struct chat_post *post = &chat->posts[i];
        if (post->root >= 0 || post->talk != talk || post->is_dead || post->is_foreign)
            continue;
        must(newest < 0 || may_have_two_roots(chat, talk) ||
             count_replies(chat, newest) >= (int)chat->ways.max_replies);
        newest = i;
    }
    return newest;
}

/* Whether a message may stand there twice, or as it was before an edit. */
static bool may_be_wrong(const struct chat *chat, const struct chat_message *message)
{
    return message->may_be_double || !chat->ways.is_leased;
}

/*
 * How many posts of a part stand there, as the message is to be in the end.  A post that an edit
 * may not change stays as it was.
 */
static int count_posts(const struct chat *chat, int talk, int message, unsigned part)
{
    const struct chat_message *wanted = &chat->talks[talk].messages[message];
    int count = 0;

    for (int i = 0; i < chat->post_count; i++) {
        const struct chat_post *post = &chat->posts[i];
        if (post->is_dead || post->root < 0 || post->talk != talk || post->message != message ||
            post->part != part)
            continue;
        bool is_right = post->record == wanted->last || may_be_wrong(chat, wanted);
        must(!chat->posts[post->root].is_dead);
        must(is_right || chat->ways.edit_ms > 0);
        count += is_right || wanted->is_deleted;
    }
    return count;
}

static void claim_message(const struct chat *chat, int talk, int number)
{
    const struct chat_message *message = &chat->talks[talk].messages[number];

    for (unsigned part = 1; part <= 2; part++) {
        int count = count_posts(chat, talk, number, part);
        bool is_wanted =
            !message->is_deleted && !message->is_refused && (part == 1 || message->is_long);
        must(count <= is_wanted || may_be_wrong(chat, message));
        must(count >= is_wanted || message->was_killed);
    }
}

/* What the next owner would read of a talk's thread; false: nothing. */
static bool restore(const struct chat *chat, int talk, struct thread *ret)
{
    char key[64];
    bool is_there = false;

    (void)snprintf(key, sizeof(key), "thread/in/zeezicht/c-%d", talk);
    for (int64_t i = 0; i < chat->state.count; i++) {
        const struct chat_entry *entry = &chat->state.entries[i];
        if (strcmp(entry->key, key) != 0)
            continue;
        is_there = entry->value != NULL;
        must(!is_there || thread_value_read(entry->value, strlen(entry->value), ret));
    }
    return is_there;
}

static bool was_posted_since(const struct chat *chat, int talk, int number)
{
    for (; number < chat->post_count; number++)
        if (chat->posts[number].talk == talk && !chat->posts[number].is_foreign)
            return true;
    return false;
}

static void claim_state(const struct chat *chat, int talk, int root)
{
    struct thread thread;

    if (!restore(chat, talk, &thread)) {
        must(!chat->talks[talk].had_root || chat->ways.keep < CHAT_LONG);
        return;
    }
    must(thread.last_offset == chat->talks[talk].highest_told || chat->ways.keep < CHAT_LONG);
    if (!thread.root[0]) {
        must(root < 0);
        return;
    }
    int known = chat_find_post(chat, thread.root);
    must(known >= 0);
    if (chat->posts[known].is_dead)
        must(!was_posted_since(chat, talk, chat->posts[known].dead_since));
    else
        must(known == root || may_have_two_roots(chat, talk));
}

void chat_claim_all_is_well(const struct chat *chat)
{
    for (int talk = 0; talk < CHAT_TALKS; talk++) {
        for (int i = 0; i < chat->talks[talk].message_count; i++)
            claim_message(chat, talk, i);
        claim_state(chat, talk, find_root(chat, talk));
    }
    for (int i = 0; i < CHAT_RECORDS; i++)
        must((chat->records[i].letters > 0) == chat->records[i].is_refused);
}
