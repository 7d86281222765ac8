/*
 * What has to hold on the way.
 */
#include <string.h>

#include "common/must.h"
#include "tests/sim/world_inner.h"
#include "worker/core/partition.h"

/* ---- of requests ---- */

static const struct delivery *delivery_of(const struct world_call *call)
{
    if (call->ask)
        return call->ask->owner;
    return call->fetch ? call->fetch->owner : call->letter;
}

static bool is_same_key(const struct record *one, const struct record *other)
{
    return one->key_length == other->key_length &&
           memcmp(one->key, other->key, one->key_length) == 0;
}

void world_claim_alone(const struct world_worker *worker, const struct delivery *delivery)
{
    for (const struct world_call *call = worker->world->calls; call; call = call->next) {
        const struct delivery *other = delivery_of(call);
        if (!other || call->worker != worker || other->partition != delivery->partition)
            continue;
        must(!is_same_key(other->record, delivery->record));
    }
}

void world_claim_room(struct world_worker *worker, const struct ask *ask)
{
    const struct delivery *delivery = ask->owner;
    const struct world_assignment *assignment = delivery->partition->owner;

    must(worker->room >= ask->timeout);
    must(!assignment->is_lost || !worker->world->plan.is_leased);
    must(!assignment->is_superseded);
    worker->room = -1;
}

static uint64_t hash(const char *text)
{
    uint64_t sum = UINT64_C(14695981039346656037);

    for (; *text; text++)
        sum = (sum ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return sum;
}

/* A root after another is another post, and so is a reply under it. */
static int place_of(const struct world *world, const struct world_post *post)
{
    int roots = 0;

    for (int i = 0; post->talk >= 0 && i < world->post_count; i++)
        roots += world->posts[i].talk == post->talk && world->posts[i].root < 0;
    return post->root < 0 ? -1 - roots : post->root;
}

void world_claim_pending(const struct world *world, const struct world_wish *wish)
{
    struct world_record *record = wish->post.record;
    unsigned part = wish->post.part;
    int place = place_of(world, &wish->post);
    uint64_t id = hash(wish->pending_id);

    must(wish->pending_id[0]);
    must(record->pending[part] == 0 || record->pending[part] == id ||
         record->pending_place[part] != place);
    record->pending[part] = id;
    record->pending_place[part] = place;
}

/* ---- of what is done ---- */

static bool was_posted(const int posted[static WORLD_PARTS], bool is_long)
{
    return posted[1] > 0 && (!is_long || posted[2] > 0);
}

static bool is_notice_done(const struct world_record *record)
{
    if (record->kind == WORLD_UNMAPPED || record->letters > 0)
        return true;
    return record->kind == WORLD_NOTICE && was_posted(record->posted, record->is_long);
}

static bool is_done(const struct world *world, const struct world_record *record)
{
    if (record->talk < 0)
        return is_notice_done(record);
    const struct world_talk *talk = &world->talks[record->talk];
    if (record->kind == WORLD_STARTED)
        return talk->had_root;
    if (record->kind == WORLD_DELETION || record->kind == WORLD_CLOSING)
        return record->offset <= talk->highest_told || record->is_reported;
    const struct world_message *message = &talk->messages[record->message];
    return record->letters > 0 || was_posted(message->posted, message->is_long);
}

void world_claim_stored(const struct world_assignment *assignment, int64_t offset)
{
    const struct world_partition *place = assignment->place;

    must(offset <= place->end);
    for (int i = 0; i < place->record_count && place->records[i].offset < offset; i++)
        must(place->records[i].is_parked || is_done(assignment->worker->world, &place->records[i]));
}

/* ---- of what was posted ---- */

/* Posts of a conversation, and of a key, are made in the order of their records. */
static void claim_order(const struct world *world, int64_t offset, int64_t *last,
                        enum world_interest interest)
{
    must(offset >= *last || interest == WORLD_POST_LATE || !world->plan.is_leased);
    if (offset > *last)
        *last = offset;
}

static void claim_notice(struct world *world, const struct world_post *post,
                         enum world_interest interest)
{
    struct world_record *record = post->record;

    must(record->kind == WORLD_NOTICE && post->root < 0);
    must(post->channel == 2 * record->licence + 1);
    must(post->part == 1 || record->is_long);
    claim_order(world, record->offset, &world->keys[record->key].last_posted, interest);
    record->posted[post->part]++;
    if (interest == WORLD_POST_LATE || !world->plan.is_leased)
        record->may_be_double = true;
    must(record->posted[post->part] == 1 || record->may_be_double);
}

/* Nobody knows that it is there. */
static void note_unseen(struct world *world, const struct world_post *post)
{
    struct world_talk *talk = &world->talks[post->talk];

    if (post->message >= 0)
        talk->messages[post->message].may_be_double = true;
    else
        talk->roots_may_be_double = true;
}

void world_claim_post(struct world *world, const struct world_post *post,
                      enum world_interest interest)
{
    if (post->talk < 0) {
        claim_notice(world, post, interest);
        return;
    }
    struct world_talk *talk = &world->talks[post->talk];
    if (interest == WORLD_POST_LATE)
        note_unseen(world, post);
    must(post->channel == 2 * post->record->licence);
    if (post->root < 0) {
        talk->had_root = true;
        return;
    }
    const struct world_post *root = &world->posts[post->root];
    must(root->record && root->talk == post->talk && root->root < 0);
    claim_order(world, post->record->offset, &talk->last_posted, interest);
    talk->messages[post->message].posted[post->part]++;
}

/* ---- of memory ---- */

static size_t count_records(const struct world *world)
{
    size_t count = 0;

    for (int i = 0; i < WORLD_ASSIGNMENTS; i++)
        count += world->assignments[i].worker != NULL;
    return count * (size_t)world->plan.window;
}

void world_claim_bounds(const struct world_worker *worker)
{
    enum { IN_FLIGHT = 4, BYTES = 20000, LARGEST = 20000 };
    const struct world *world = worker->world;
    struct dispatch_counts counts = dispatch_count(worker->dispatch);

    must(counts.in_flight <= IN_FLIGHT);
    must(counts.waiting <= count_records(world));
    must(counts.waiting_bytes <= BYTES + WORLD_ASSIGNMENTS * LARGEST);
    must(counts.parked <= (size_t)(world->plan.records * WORLD_ASSIGNMENTS));
    must(counts.threads <= WORLD_ASSIGNMENTS * WORLD_TALKS);
}
