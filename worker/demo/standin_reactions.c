/* Reactions: putting one under a post, taking it away, listing them. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/demo/standin_away.h"
#include "worker/demo/standin_draft.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_refusal.h"
#include "worker/demo/standin_view.h"

enum { MAX_EMOJI_NAME = 64 };

/* Of the names that newer servers know, those that were recorded to be among them. */
static const char *const known_names[] = {
    "+1",
    "-1",
    "arrows_counterclockwise",
    "clock3",
    "envelope",
    "envelope_with_arrow",
    "eyes",
    "flag-nl",
    "four",
    "heavy_check_mark",
    "hourglass",
    "hourglass_flowing_sand",
    "incoming_envelope",
    "lock",
    "mailbox_with_mail",
    "netherlands",
    "no_bell",
    "no_entry",
    "one",
    "outbox_tray",
    "robot",
    "robot_face",
    "speech_balloon",
    "three",
    "thumbsup",
    "two",
    "warning",
    "white_check_mark",
    "x",
    "zzz",
};

static bool is_known_name(const char *name)
{
    for (size_t i = 0; i < sizeof(known_names) / sizeof(known_names[0]); i++)
        if (strcmp(known_names[i], name) == 0)
            return true;
    return false;
}

/* Whether it could be the name of an emoji, which is all that the older server wants. */
static bool is_like_a_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-+_";

    return name[strspn(name, letters)] == '\0';
}

static size_t find_reaction(const struct post *post, const struct user *user, const char *name)
{
    for (size_t i = 0; i < post->reaction_count; i++)
        if (post->reactions[i].user == user && strcmp(post->reactions[i].emoji_name, name) == 0)
            return i;
    return post->reaction_count;
}

/* Whether one more name would be too many under a post. */
static bool is_full(const struct standin *standin, const struct post *post, const char *name)
{
    int64_t names = 0;

    for (size_t i = 0; i < post->reaction_count; i++) {
        const char *each = post->reactions[i].emoji_name;
        bool is_first = true;

        if (strcmp(each, name) == 0)
            return false;
        for (size_t j = 0; j < i; j++)
            is_first = is_first && strcmp(post->reactions[j].emoji_name, each) != 0;
        names += is_first;
    }
    return names >= standin->config.max_reactions;
}

/* The post that somebody may react to; NULL: refused. */
static struct post *reactable_post(const struct standin *standin, struct exchange *exchange,
                                   const char *id)
{
    struct post *post = model_find_post(&standin->model, id);

    if (away_refuses(standin, exchange, AWAY_CALL_MEMBERSHIP, NULL))
        return NULL;
    if (!post || !model_find_member(post->channel, exchange->user))
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
    else if (post->delete_at)
        refuse(exchange, REFUSED_NO_POST, NULL);
    else
        return post;
    return NULL;
}

/* Refuses what cannot be put under a post that can be reacted to; true: refused. */
static bool refused_name(const struct standin *standin, struct exchange *exchange,
                         const struct post *post, const char *name)
{
    if (is_old(standin) && !is_like_a_name(name))
        refuse(exchange, REFUSED_EMOJI_NAME, NULL);
    else if (!is_old(standin) && !is_known_name(name))
        refuse(exchange, REFUSED_NO_EMOJI, NULL);
    else if (post->channel->delete_at)
        refuse(exchange, REFUSED_REACTION_ARCHIVED, NULL);
    else if (!is_old(standin) && is_full(standin, post, name))
        refuse(exchange, REFUSED_REACTION_LIMIT, NULL);
    else
        return false;
    return true;
}

static void react(struct standin *standin, struct exchange *exchange, struct post *post,
                  const char *name)
{
    struct reaction reaction = { .user = exchange->user, .create_at = standin->model.now };

    reaction.emoji_name = mem_string(name);
    exchange->status = 200;
    view_reaction(&exchange->reply, &standin->model, post, &reaction);
    if (find_reaction(post, exchange->user, name) == post->reaction_count) {
        post->reactions =
            mem_resize(post->reactions, (post->reaction_count + 1) * sizeof(struct reaction));
        post->reactions[post->reaction_count++] = reaction;
    } else {
        free(reaction.emoji_name);
    }
    post->has_reactions = true;
    model_touch_post(&standin->model, post);
}

static const char *member(const json_t *json, const char *name)
{
    const char *string = json_string_value(json_object_get(json, name));

    return string ? string : "";
}

void add_reaction(struct standin *standin, struct exchange *exchange,
                  const struct captures *captures)
{
    json_t *json = api_read_json(exchange);
    const char *user_id = member(json, "user_id");
    const char *post_id = member(json, "post_id");
    const char *name = member(json, "emoji_name");

    (void)captures;
    if (!json_is_object(json)) {
        refuse(exchange, REFUSED_BAD_BODY, "reaction");
    } else if (!model_is_id(user_id) || !model_is_id(post_id) || !*name ||
               draft_runes(name) > MAX_EMOJI_NAME) {
        refuse(exchange, REFUSED_REACTION, NULL);
    } else if (strcmp(user_id, exchange->user->id) != 0) {
        refuse(exchange, REFUSED_REACTION_USER, NULL);
    } else {
        struct post *post = reactable_post(standin, exchange, post_id);
        if (post && !refused_name(standin, exchange, post, name))
            react(standin, exchange, post, name);
    }
    json_decref(json);
}

static void take_away(struct standin *standin, struct post *post, size_t at)
{
    free(post->reactions[at].emoji_name);
    post->reaction_count--;
    for (; at < post->reaction_count; at++)
        post->reactions[at] = post->reactions[at + 1];
    post->has_reactions = post->reaction_count > 0;
    model_touch_post(&standin->model, post);
}

void remove_reaction(struct standin *standin, struct exchange *exchange,
                     const struct captures *captures)
{
    const char *user_id = captures->values[0];
    bool own = strcmp(user_id, "me") == 0 || strcmp(user_id, exchange->user->id) == 0;

    if (!own) {
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
        return;
    }
    struct post *post = reactable_post(standin, exchange, captures->values[1]);
    if (!post)
        return;
    size_t at = find_reaction(post, exchange->user, captures->values[2]);
    if (at < post->reaction_count)
        take_away(standin, post, at);
    exchange->status = 200;
    text_add_string(&exchange->reply, "{\"status\":\"OK\"}");
}

void get_reactions(struct standin *standin, struct exchange *exchange,
                   const struct captures *captures)
{
    const struct post *post = model_find_post(&standin->model, captures->values[0]);

    if (away_refuses(standin, exchange, AWAY_CALL_POST, post ? post->channel->id : ""))
        return;
    if (!post || !model_may_read(post->channel, exchange->user)) {
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
        return;
    }
    exchange->status = 200;
    view_reactions(&exchange->reply, &standin->model, post);
}
