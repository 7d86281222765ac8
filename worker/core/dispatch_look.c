/*
 * The steps of an event that read: what was found.
 */
#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/dispatch_inner.h"

void dispatch_report_lookup(struct dispatch *dispatch, const struct delivery *delivery,
                            enum lookup lookup)
{
    struct report report = dispatch_report_of(REPORT_LOOKED_UP, delivery);

    report.lookup = lookup;
    dispatch->port.report(dispatch->port.context, &report);
}

static bool take_bot(struct dispatch *dispatch, const struct delivery *delivery,
                     const struct answer *answer)
{
    const char *licence = delivery->route->integration->licence;
    char id[27];

    if (!verdict_find_channel(answer, id)) /* an account says its id as a channel does */
        return false;
    if (!map_find(&dispatch->bots, licence, strlen(licence)))
        map_put(&dispatch->bots, licence, strlen(licence), mem_string(id));
    return true;
}

static bool take_team(struct delivery *delivery, const struct answer *answer)
{
    struct peek team;
    const struct peek_wanted wanted[] = { { "team_id", &team } };
    char id[27] = "";

    if (!peek_members(peek_at(answer->body, answer->body_length), wanted, 1) ||
        !peek_string(team, id, sizeof(id)))
        return false;
    errand_took_team(delivery->errand, id);
    return true;
}

static bool take_roots(struct dispatch *dispatch, struct delivery *delivery,
                       const struct answer *answer, const char *bot_id)
{
    struct finding_wish wish = errand_wish_root(delivery->errand, bot_id);

    wish.licence = delivery->route->integration->licence;
    if (delivery->errand->has_moved)
        wish.channel = delivery->route->channel_id;
    if (!findings_read(answer, &wish, "", &dispatch->findings))
        return false;
    dispatch_report_lookup(dispatch, delivery,
                           dispatch->findings.count ? LOOKUP_FOUND : LOOKUP_NOT_FOUND);
    errand_took_roots(delivery->errand, &dispatch->findings);
    return true;
}

static bool take_root(struct dispatch *dispatch, struct delivery *delivery,
                      const struct answer *answer)
{
    struct finding root;

    if (!finding_read(answer, &root))
        return false;
    dispatch_report_lookup(dispatch, delivery, root.is_deleted ? LOOKUP_NOT_FOUND : LOOKUP_FOUND);
    if (errand_took_root(delivery->errand, &root))
        return true;
    dispatch_say(delivery, "the server does not know the thread, and yet its root is there");
    return false;
}

/* Whether there is more of a thread than its last page; old servers bring all of it at once. */
static bool is_last_page(const struct answer *answer)
{
    struct peek has_next;
    const struct peek_wanted wanted[] = { { "has_next", &has_next } };

    return !peek_members(peek_at(answer->body, answer->body_length), wanted, 1) || !has_next.at ||
           has_next.at[0] != 't';
}

/* Whether the newest page of a thread lacks what is known to have been posted there last. */
static bool lacks_last_post(const struct errand *errand, const struct answer *answer)
{
    const char *last = errand->thread.last_post;

    return !errand->page_from[0] && last[0] &&
           !memmem(answer->body, answer->body_length, last, strlen(last));
}

static bool take_page(struct dispatch *dispatch, struct delivery *delivery,
                      const struct answer *answer, const char *bot_id)
{
    struct finding_wish wish = errand_wish_posts(delivery->errand, bot_id);

    delivery->saw_lag =
        errand_is_change(delivery->errand) && lacks_last_post(delivery->errand, answer);
    wish.licence = delivery->route->integration->licence;
    if (!findings_read(answer, &wish, delivery->errand->thread.root, &dispatch->findings))
        return false;
    dispatch_report_lookup(dispatch, delivery,
                           dispatch->findings.count ? LOOKUP_FOUND : LOOKUP_NOT_FOUND);
    errand_took_page(delivery->errand, &dispatch->findings, is_last_page(answer));
    return true;
}

static bool take_posted(struct dispatch *dispatch, struct delivery *delivery,
                        const struct answer *answer, const char *bot_id)
{
    struct errand *errand = delivery->errand;
    struct finding_wish wish = errand_wish_posts(errand, bot_id);

    wish.licence = delivery->route->integration->licence;
    if (!findings_read(answer, &wish, "", &dispatch->findings))
        return false;
    errand_took_page(errand, &dispatch->findings, false);
    if (!errand_is_in_doubt(errand))
        dispatch_report_lookup(dispatch, delivery,
                               errand->post_count ? LOOKUP_FOUND : LOOKUP_NOT_FOUND);
    return true;
}

/* Says why what was answered is no help. */
void dispatch_say(struct delivery *delivery, const char *words)
{
    (void)snprintf(delivery->verdict.words, sizeof(delivery->verdict.words), "%s", words);
}

bool dispatch_take_reading(struct dispatch *dispatch, struct delivery *delivery,
                           const struct answer *answer)
{
    const struct errand_facts facts = dispatch_facts(dispatch, delivery);
    enum errand_step step = delivery->step;

    if (step == ERRAND_ASK_WHO)
        return take_bot(dispatch, delivery, answer);
    if (step == ERRAND_READ_CHANNEL)
        return take_team(delivery, answer);
    if (step == ERRAND_READ_ROOT)
        return take_root(dispatch, delivery, answer);
    if (step == ERRAND_READ_THREAD)
        return take_page(dispatch, delivery, answer, facts.bot_id);
    if (step == ERRAND_READ_POSTED)
        return take_posted(dispatch, delivery, answer, facts.bot_id);
    must(step == ERRAND_READ_RECENT || step == ERRAND_SEARCH);
    return take_roots(dispatch, delivery, answer, facts.bot_id);
}

/*
 * Whether a post that was not found may still come: then it is looked for once more, later.  What
 * counts is when the look-up began: the newest posts are what it read first.
 */
static bool looks_again_for_own(struct dispatch *dispatch, struct delivery *delivery,
                                const struct moment *now)
{
    enum errand_step next = dispatch_next_step(dispatch, delivery);

    if (!dispatch_is_post(next) || delivery->looked_at >= delivery->busy_until)
        return false;
    dispatch_doubt(delivery, next);
    dispatch_rest(dispatch, delivery, delivery->busy_until);
    (void)dispatch_end_here(dispatch, delivery, now);
    return true;
}

/*
 * Threads are listed from replicas, which may lag.  A list without the newest post may not have the
 * message yet that is to be changed; who believes it posts an edit, or forgets a deletion.  A
 * person may have deleted the newest post, too, so that is waited for once, and while it is young.
 */
static bool waits_for_lag(struct dispatch *dispatch, struct delivery *delivery,
                          const struct moment *now)
{
    enum { LONGEST_LAG_MS = 10 * 1000 };
    wall_ms left = delivery->errand->thread.updated_at + LONGEST_LAG_MS - now->wall;

    if (!delivery->saw_lag || delivery->waited_for_lag || left <= 0)
        return false;
    delivery->waited_for_lag = true;
    errand_doubt_reply(delivery->errand);
    dispatch_rest(dispatch, delivery, now->mono + (left < LONGEST_LAG_MS ? left : LONGEST_LAG_MS));
    (void)dispatch_end_here(dispatch, delivery, now);
    return true;
}

bool dispatch_looks_again(struct dispatch *dispatch, struct delivery *delivery,
                          const struct moment *now)
{
    return waits_for_lag(dispatch, delivery, now) || looks_again_for_own(dispatch, delivery, now);
}
