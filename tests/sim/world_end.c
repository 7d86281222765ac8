/*
 * What has to hold in the end, when all is healed, committed and told.
 */
#include <stdio.h>
#include <string.h>

#include "common/must.h"
#include "tests/sim/world_inner.h"
#include "worker/core/thread_record.h"

/* ---- threads ---- */

static int count_replies(const struct world *world, int root)
{
    int count = 0;

    for (int i = 0; i < world->post_count; i++)
        count += world->posts[i].root == root;
    return count;
}

static bool may_have_two_roots(const struct world *world, int talk)
{
    return world->talks[talk].roots_may_be_double || !world->plan.is_leased;
}

/*
 * One living root; but one that was continued, for it was full.  -1: there is none: a person has
 * deleted it, or nothing was ever posted.
 */
static int find_root(const struct world *world, int talk)
{
    int newest = -1;

    for (int i = 0; i < world->post_count; i++) {
        const struct world_post *post = &world->posts[i];
        if (post->root >= 0 || post->talk != talk || post->is_dead || !post->record)
            continue;
        must(newest < 0 || may_have_two_roots(world, talk) ||
             count_replies(world, newest) >= (int)world->plan.max_replies);
        newest = i;
    }
    return newest;
}

/* Whether a message may stand there twice, or as it was before an edit. */
static bool may_be_wrong(const struct world *world, const struct world_message *message)
{
    return message->may_be_double || !world->plan.is_leased;
}

/*
 * How many posts of a part stand there, as the message is to be in the end.  A post that an edit
 * may not change stays as it was.
 */
static int count_posts(const struct world *world, int talk, int message, unsigned part)
{
    const struct world_message *wanted = &world->talks[talk].messages[message];
    int count = 0;

    for (int i = 0; i < world->post_count; i++) {
        const struct world_post *post = &world->posts[i];
        if (post->is_dead || post->root < 0 || post->talk != talk || post->message != message ||
            post->part != part)
            continue;
        bool is_right = post->record == wanted->last || may_be_wrong(world, wanted);
        must(!world->posts[post->root].is_dead);
        must(is_right || world->plan.edit_ms > 0);
        count += is_right || wanted->is_deleted;
    }
    return count;
}

static void claim_message(const struct world *world, int talk, int number)
{
    const struct world_message *message = &world->talks[talk].messages[number];

    for (unsigned part = 1; part < WORLD_PARTS; part++) {
        int count = count_posts(world, talk, number, part);
        bool is_wanted =
            !message->is_deleted && !message->is_refused && (part == 1 || message->is_long);
        must(count <= is_wanted || may_be_wrong(world, message));
        must(count >= is_wanted || message->was_killed);
    }
}

/* ---- the state topic ---- */

/* The newest value of a key; NULL: there is none. */
static const char *find_value(const struct world_partition *place, const char *key)
{
    for (int64_t i = place->state_count; i > 0; i--)
        if (strcmp(place->state[i - 1].key, key) == 0)
            return place->state[i - 1].value;
    return NULL;
}

/*
 * Whether a thread whose root is gone has gone on.  Who had lost the partition, and says late that
 * the record is done for which a new root was just made, has that forgotten: the next record finds
 * it, as any root of a thread that is gone.
 */
static bool was_posted_since(const struct world *world, int talk, int number)
{
    for (; number < world->post_count; number++)
        if (world->posts[number].talk == talk && world->posts[number].record)
            return true;
    return false;
}

/* What the next owner would read of a talk's thread. */
static void claim_thread(const struct world *world, int talk, int root)
{
    const struct world_partition *place = &world->partitions[talk % WORLD_PARTITIONS];
    struct thread thread;
    char key[64];

    (void)snprintf(key, sizeof(key), "thread/in/%s/c-%d",
                   world_integrations.list[talk % WORLD_LICENCES].licence, talk);
    const char *value = find_value(place, key);
    if (!value) {
        must(!world->talks[talk].had_root || world->plan.keep < PLAN_LONG);
        return;
    }
    must(thread_value_read(value, strlen(value), &thread));
    /* An owner that dies before it hears of a late write has written less behind it; that is
     * committed by now. */
    must(thread.last_offset == world->talks[talk].highest_told ||
         world->talks[talk].was_told_late || world->plan.keep < PLAN_LONG);
    if (!thread.root[0]) {
        must(root < 0);
        return;
    }
    int known = world_find_post(world, thread.root);
    must(known >= 0);
    if (world->posts[known].is_dead)
        must(!was_posted_since(world, talk, world->posts[known].dead_since) ||
             (world->talks[talk].was_told_late && root >= 0));
    else
        must(known == root || may_have_two_roots(world, talk));
}

/* Keys of notifications are forgotten once they are committed. */
static void claim_forgotten(const struct world *world, int key)
{
    const struct world_partition *place = &world->partitions[key % WORLD_PARTITIONS];
    char name[32];

    (void)snprintf(name, sizeof(name), "done/in/kn-%d", key);
    must(!find_value(place, name));
}

/* Nothing waits there any more. */
static void claim_nothing_parked(const struct world *world)
{
    for (int i = 0; i < WORLD_PARTITIONS; i++) {
        const struct world_partition *place = &world->partitions[i];
        for (int64_t k = 0; k < place->state_count; k++) {
            const char *key = place->state[k].key;
            if (strncmp(key, "parked/", 7) == 0 || strncmp(key, "tried/", 6) == 0)
                must(!find_value(place, key));
        }
    }
}

/* ---- all ---- */

static void claim_record(const struct world *world, const struct world_record *record)
{
    must((record->letters > 0) == record->is_refused);
    if (record->kind != WORLD_NOTICE)
        return;
    for (unsigned part = 1; part < WORLD_PARTS; part++) {
        bool is_wanted = !record->is_refused && (part == 1 || record->is_long);
        must((record->posted[part] > 0) == is_wanted);
        must(record->posted[part] <= 1 || record->may_be_double);
    }
    (void)world;
}

/*
 * Each doubt and each failure costs so many look-ups at most; a takeover one for each key that was
 * under way, in as many pages as there are posts to look through.  Records of conversations have
 * reasons of their own to read.
 */
static void claim_few_lookups(const struct world *world)
{
    enum { OF_RECORD = 10, OF_TROUBLE = 6 };
    const struct world_counts *counts = &world->counts;
    size_t keys = WORLD_TALKS + WORLD_KEYS;
    size_t causes = counts->doubts + counts->failures + counts->takeovers * keys;
    size_t pages = world->plan.pages ? 1 + counts->posts / 3 : 1;
    size_t reasons = (size_t)world->plan.records * OF_RECORD + counts->deletions * OF_TROUBLE;

    must(counts->looks <= causes * OF_TROUBLE * pages);
    must(counts->reads <= (reasons + causes * OF_TROUBLE) * pages);
}

void world_claim_all_is_well(const struct world *world)
{
    for (int talk = 0; talk < WORLD_TALKS; talk++) {
        for (int i = 0; i < world->talks[talk].message_count; i++)
            claim_message(world, talk, i);
        claim_thread(world, talk, find_root(world, talk));
    }
    for (int key = 0; key < WORLD_KEYS; key++)
        claim_forgotten(world, key);
    for (int i = 0; i < WORLD_PARTITIONS; i++)
        for (int k = 0; k < world->partitions[i].record_count; k++)
            claim_record(world, &world->partitions[i].records[k]);
    claim_nothing_parked(world);
    claim_few_lookups(world);
}
