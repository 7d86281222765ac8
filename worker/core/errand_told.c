/*
 * How the steps of an errand went.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/errand_inner.h"

static void copy_id(char to[static 27], const char *from)
{
    must(strlen(from) < 27);
    memmove(to, from, strlen(from) + 1);
}

/* ---- what was found out ---- */

static void look_on(struct errand *errand, enum errand_look next)
{
    errand->look = next;
    if (next == LOOK_OVER)
        errand->root_may_be_there = false;
}

/* Goes on with a root that was found; it is noted like one that was made. */
static void adopt_root(struct errand *errand, const struct finding *root)
{
    copy_id(errand->thread.root, root->id);
    copy_id(errand->thread.channel, root->channel);
    errand->thread.replies = 0;
    errand->thread.is_closed = false;
    look_on(errand, LOOK_OVER);
    errand->root_is_new = true;
    errand->thread_is_read = !errand_is_told(errand) && !errand_is_change(errand);
    errand->page_from[0] = '\0';
}

void errand_took_roots(struct errand *errand, const struct findings *findings)
{
    const struct finding *newest = findings->count ? &findings->list[findings->count - 1] : NULL;

    if (newest && strcmp(newest->id, errand->thread.root) != 0)
        adopt_root(errand, newest); /* it continues those before */
    else
        look_on(errand, errand->look == LOOK_AT_RECENT ? LOOK_AT_CHANNEL : LOOK_OVER);
}

void errand_took_team(struct errand *errand, const char *team)
{
    copy_id(errand->team, team);
    look_on(errand, *team ? LOOK_BY_SEARCH : LOOK_OVER);
}

/* What was posted under a root that is gone is gone with it, and files with it. */
static void begin_anew(struct errand *errand)
{
    if (errand->next_part > 0 && errand->file_count > 0) {
        memset(errand->file_ids, 0, errand->file_count * sizeof(*errand->file_ids));
        errand->next_file = 0;
    }
    errand->next_part = 0;
    errand->part_count = 0;
    errand->post_count = 0;
    errand->cannot_change = false;
}

static void lose_root(struct errand *errand, enum root_reason reason)
{
    begin_anew(errand);
    errand->thread.root[0] = '\0';
    errand->thread.channel[0] = '\0';
    errand->thread.replies = 0;
    errand->thread.is_closed = false;
    errand->reason = reason;
    errand->look = LOOK_AT_RECENT;
    errand->root_may_be_there = false;
    errand->thread_is_read = true;
    errand->root_is_in_doubt = false;
    errand->root_is_new = false;
}

void errand_doubt_root(struct errand *errand)
{
    errand->root_is_in_doubt = true;
}

bool errand_took_root(struct errand *errand, const struct finding *root)
{
    errand->root_is_in_doubt = false;
    if (!root || root->is_deleted || root->root[0]) {
        lose_root(errand, ROOT_LOST);
        return true;
    }
    bool is_elsewhere = strcmp(root->channel, errand->thread.channel) != 0;
    copy_id(errand->thread.channel, root->channel);
    return is_elsewhere;
}

void errand_move(struct errand *errand)
{
    lose_root(errand, ROOT_LOST);
    errand->has_moved = true;
}

static int compare_parts(const void *a, const void *b)
{
    const struct errand_post *left = a;
    const struct errand_post *right = b;

    return (left->part > right->part) - (left->part < right->part);
}

/*
 * Takes a post of the message.  Pages come from the newest on, so a part that is there stays: there
 * are older ones of it where an edit had to be posted, and they go with the message only.
 */
static void add_post(struct errand *errand, const struct finding *found)
{
    bool all = errand->kind == EVENT_MESSAGE_DELETED;

    for (size_t i = 0; i < errand->post_count; i++)
        if (all ? strcmp(errand->posts[i].id, found->id) == 0
                : errand->posts[i].part == found->part)
            return;
    errand->posts = mem_resize(errand->posts, (errand->post_count + 1) * sizeof(*errand->posts));
    struct errand_post *post = &errand->posts[errand->post_count++];
    *post = (struct errand_post){ .part = found->part,
                                  .has_files = found->has_files,
                                  .is_of_event = peek_equals(found->event, errand->event) };
    copy_id(post->id, found->id);
}

/* The post that mirrors a part; NULL: there is none. */
static const struct errand_post *find_post(const struct errand *errand, size_t part)
{
    for (size_t i = 0; i < errand->post_count; i++)
        if (errand->posts[i].part == part)
            return &errand->posts[i];
    return NULL;
}

static void count_reply(struct errand *errand, const char *id)
{
    errand->next_part++;
    if (errand->kind == EVENT_NOTIFICATION)
        return;
    copy_id(errand->thread.last_post, id);
    errand->thread.replies++;
}

/* Whether parts that are there already are passed over, and never changed. */
static bool passes_posts(const struct errand *errand)
{
    return errand->kind == EVENT_MESSAGE || errand->kind == EVENT_NOTIFICATION;
}

/* Goes on behind the parts that are there. */
static void pass_posts(struct errand *errand)
{
    const struct errand_post *post;

    while ((post = find_post(errand, errand->next_part + 1)))
        count_reply(errand, post->id);
}

/* Keeps the posts that say what the event says. */
static void keep_own_posts(struct errand *errand)
{
    size_t kept = 0;

    for (size_t i = 0; i < errand->post_count; i++)
        if (errand->posts[i].is_of_event)
            errand->posts[kept++] = errand->posts[i];
    errand->post_count = kept;
    errand->next_part = kept;
}

/* Whether a notification's posts are all there; how many it has is known once it was rendered. */
static bool has_all_parts(const struct errand *errand)
{
    return errand->kind == EVENT_NOTIFICATION && errand->part_count > 0 &&
           errand->next_part + errand->post_count >= errand->part_count;
}

static void end_reading(struct errand *errand)
{
    errand->thread_is_read = true;
    if (errand->post_count > 0)
        qsort(errand->posts, errand->post_count, sizeof(*errand->posts), compare_parts);
    if (passes_posts(errand))
        pass_posts(errand);
    if (errand->cannot_change)
        keep_own_posts(errand);
}

void errand_took_page(struct errand *errand, const struct findings *page, bool all)
{
    bool is_old = page->seen > 0 && page->oldest_at < errand->page_until;

    for (size_t i = page->count; i > 0; i--)
        add_post(errand, &page->list[i - 1]);
    bool is_thread = errand->kind != EVENT_NOTIFICATION;
    copy_id(errand->page_from, is_thread ? page->oldest : page->before);
    errand->page_from_at = page->oldest_at;
    if (all || is_old || page->seen == 0 || has_all_parts(errand))
        end_reading(errand);
}

/* ---- what was done ---- */

void errand_posted_root(struct errand *errand, const char *id, const char *channel)
{
    copy_id(errand->thread.root, id);
    copy_id(errand->thread.channel, channel);
    copy_id(errand->thread.last_post, id);
    errand->thread.replies = 0;
    errand->thread.is_closed = false;
    errand->root_is_new = true;
    errand->thread_is_read = true;
    errand->part_count = 0;
    errand->did_something = true;
}

void errand_noted(struct errand *errand)
{
    errand->root_is_new = false;
}

void errand_fetched(struct errand *errand, const char *file_id, enum fetch_problem problem)
{
    must(errand->next_file < errand->file_count);
    copy_id(errand->file_ids[errand->next_file], file_id);
    errand->files[errand->next_file].problem = problem;
    errand->next_file++;
}

void errand_rendered(struct errand *errand, size_t parts)
{
    must(parts > 0);
    errand->part_count = parts;
}

void errand_posted_reply(struct errand *errand, const char *id)
{
    count_reply(errand, id);
    if (passes_posts(errand))
        pass_posts(errand);
    errand->did_something = true;
}

/* More may come until it is looked for than the newest posts show. */
void errand_doubt_new_root(struct errand *errand)
{
    errand->root_may_be_there = true;
    if (!errand_has_root(errand))
        errand->look = LOOK_AT_RECENT;
}

/* What changes posts begins with it again, now that there may be one more: that does no harm. */
void errand_doubt_reply(struct errand *errand)
{
    errand->thread_is_read = false;
    errand->page_from[0] = '\0';
    errand->post_count = 0;
    if (errand_is_change(errand))
        errand->next_part = 0;
}

void errand_changed(struct errand *errand)
{
    errand->next_part++;
    errand->did_something = true;
}

void errand_cannot_change(struct errand *errand)
{
    errand_doubt_reply(errand);
    errand->cannot_change = true;
    errand->part_count = 0;
}

void errand_marked(struct errand *errand)
{
    errand->did_something = true;
    errand->thread.is_closed = errand->kind == EVENT_CONVERSATION_CLOSED;
}
