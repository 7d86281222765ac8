/* POST /api/v4/posts: every check, in the order in which the recorded servers make them. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/demo/standin_away.h"
#include "worker/demo/standin_draft.h"
#include "worker/demo/standin_files.h"
#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_refusal.h"
#include "worker/demo/standin_view.h"

enum {
    MAX_FILES = 10,
    MAX_PROPS_RUNES = 800000,
    MAX_PROPS_RUNES_OLD = 8000,
};

/* One post on its way in. */
struct creation {
    struct draft draft;
    struct user *user;
    struct channel *channel;
    struct post *root;
    bool guarded; /* its key is in the guard */
};

static void free_creation(void *work)
{
    struct creation *creation = work;

    draft_free(&creation->draft);
    free(creation);
}

/* The priority of a new post: 0, or it is refused. */
static int check_priority(const struct standin *standin, struct exchange *exchange,
                          const struct draft *draft)
{
    const json_t *priority = draft_priority(draft);

    if (!priority || is_old(standin))
        return 0;
    if (!standin->config.post_priority) {
        refuse(exchange, REFUSED_PRIORITY_OFF, NULL);
        return -1;
    }
    if (*draft->root_id) {
        refuse(exchange, REFUSED_PRIORITY_ON_REPLY, NULL);
        return -1;
    }
    if (json_is_true(json_object_get(priority, "requested_ack")) ||
        json_is_true(json_object_get(priority, "persistent_notifications"))) {
        refuse(exchange, REFUSED_NO_LICENCE, NULL);
        return -1;
    }
    return 0;
}

/* What is checked before the guard against repeats is asked: 0, or it is refused. */
static int check_first(const struct standin *standin, struct exchange *exchange,
                       const struct creation *creation)
{
    const struct draft *draft = &creation->draft;

    if (away_refuses(standin, exchange, AWAY_CALL_CREATE, NULL))
        return -1;
    if (!creation->channel || !model_find_member(creation->channel, creation->user)) {
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
        return -1;
    }
    if (check_priority(standin, exchange, draft) != 0)
        return -1;
    if (strncmp(draft->type, "system_", strlen("system_")) == 0) {
        refuse(exchange, REFUSED_BAD_PARAM, "post.type");
        return -1;
    }
    if (creation->channel->delete_at) {
        refuse(exchange, REFUSED_CHANNEL_ARCHIVED, NULL);
        return -1;
    }
    return 0;
}

/* Whether the guard has answered the request, because it repeats an earlier one. */
static bool is_repeat(struct standin *standin, struct exchange *exchange, struct creation *creation)
{
    const char *key = creation->draft.pending_post_id;
    struct post *first;

    if (!*key || !standin->faults.dedup_guard)
        return false;
    creation->guarded = true;
    if (!guard_find(&standin->guard, key, standin->model.now, &first)) {
        guard_put(&standin->guard, key, NULL, standin->model.now);
        return false;
    }
    if (!first) {
        refuse(exchange, REFUSED_PENDING, NULL);
    } else if (first->delete_at) {
        refuse(exchange, REFUSED_FIRST_GONE, NULL);
    } else if (!is_old(standin) && !model_may_read(first->channel, creation->user)) {
        return false; /* a post of its own, which takes the key over */
    } else {
        exchange->status = 201;
        view_post(&exchange->reply, &standin->model, first, VIEW_REPEATED);
        text_add_char(&exchange->reply, '\n');
    }
    creation->guarded = false; /* the key is the first one's */
    return true;
}

static int check_root(const struct standin *standin, struct exchange *exchange,
                      struct creation *creation)
{
    const struct draft *draft = &creation->draft;

    if (is_old(standin) && *draft->parent_id && !*draft->root_id) {
        refuse(exchange, REFUSED_ROOT_PARENT, NULL);
        return -1;
    }
    if (!*draft->root_id)
        return 0;
    if (away_refuses(standin, exchange, AWAY_CALL_ROOT, NULL))
        return -1;
    creation->root = model_find_post(&standin->model, draft->root_id);
    if (!creation->root || creation->root->delete_at || creation->root->root) {
        refuse(exchange, REFUSED_ROOT_ID, NULL);
        return -1;
    }
    if (creation->root->channel != creation->channel) {
        refuse(exchange, REFUSED_ROOT_CHANNEL, NULL);
        return -1;
    }
    return 0;
}

/* Whether the server knows a type of posts. */
static bool is_type(const char *type)
{
    static const char *const known[] = { "", "me", "slack_attachment", "reminder" };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(type, known[i]) == 0)
            return true;
    return strncmp(type, "custom_", strlen("custom_")) == 0;
}

/* Whether the database would not take the post, however often it is sent. */
static bool cannot_be_saved(const struct standin *standin, const struct draft *draft)
{
    const json_t *priority = draft_priority(draft);

    if (strstr(draft->message, GOJSON_NUL))
        return true;
    if (is_old(standin))
        return false;
    return draft_has_nul(draft->props) || (priority && !json_object_get(priority, "priority"));
}

/* Whether something is wrong with the content of a post, and what. */
static bool find_wrong(const struct standin *standin, const struct draft *draft, const char *props,
                       enum refusal *ret)
{
    bool old = is_old(standin);

    if (*draft->id)
        *ret = REFUSED_EXISTING;
    else if (draft_runes(draft->message) > (size_t)standin->config.max_post_size)
        *ret = old ? REFUSED_MESSAGE_LENGTH_OLD : REFUSED_MESSAGE_LENGTH;
    else if (!is_type(draft->type))
        *ret = REFUSED_POST_TYPE;
    else if (json_array_size(draft->file_ids) > MAX_FILES)
        *ret = old ? REFUSED_FILE_IDS_OLD : REFUSED_FILE_IDS;
    else if (draft_runes(props) > (old ? MAX_PROPS_RUNES_OLD : MAX_PROPS_RUNES))
        *ret = REFUSED_PROPS;
    else if (cannot_be_saved(standin, draft))
        *ret = REFUSED_SAVE;
    else
        return false;
    return true;
}

/* The members of metadata.priority as the server shows them. */
static char *priority_members(const struct draft *draft)
{
    static const char *const flags[] = { "requested_ack", "persistent_notifications" };
    enum { MAX = 1024 };
    const json_t *priority = draft_priority(draft);
    const char *word = json_string_value(json_object_get(priority, "priority"));
    AUTO(text_free) struct text text = text_of(MAX);

    if (!priority)
        return NULL;
    text_add_string(&text, "\"priority\":");
    gojson_write_string(&text, word ? word : "");
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        const json_t *flag = json_object_get(priority, flags[i]);
        text_printf(&text, ",\"%s\":%s", flags[i], json_is_false(flag) ? "false" : "null");
    }
    return text_take(&text);
}

/* Whether the metadata of a post tell of attachments, even of such as cannot be read. */
static bool shows_attachments(const struct standin *standin, const struct draft *draft)
{
    const json_t *attachments = json_object_get(draft->props, "attachments");
    const char *unsafe = json_string_value(json_object_get(draft->props, "unsafe_links"));

    if (!is_old(standin) && unsafe && strcmp(unsafe, "true") == 0)
        return false;
    return json_is_array(attachments) ? json_array_size(attachments) > 0
                                      : attachments && !json_is_null(attachments);
}

/* Gives the post that a draft describes; takes `props`. */
static struct post *new_post(const struct standin *standin, const struct creation *creation,
                             char *props)
{
    const struct draft *draft = &creation->draft;
    struct post *post = mem_new(sizeof(*post));

    *post = (struct post){
        .user = creation->user,
        .channel = creation->channel,
        .root = creation->root,
        .edit_at = (wall_ms)json_number_value(draft->edit_at),
        .delete_at = is_old(standin) ? (wall_ms)json_number_value(draft->delete_at) : 0,
        .is_pinned = json_is_true(draft->is_pinned),
        .has_reactions = json_is_true(draft->has_reactions),
        .message = mem_string(draft->message),
        .type = mem_string(draft->type),
        .shows_attachments = shows_attachments(standin, draft),
        .priority = is_old(standin) ? NULL : priority_members(draft),
        .pending_post_id = mem_string(draft->pending_post_id),
    };
    post->props = props;
    return post;
}

static void announce(const struct standin *standin, const struct post *post)
{
    if (!standin->observer.accepted)
        return;
    const struct standin_post seen = standin_post_at(standin, post->n);
    standin->observer.accepted(standin->observer.context, &seen);
}

/* The second half: checks the content, stores the post and answers. */
static void finish(struct standin *standin, struct exchange *exchange, struct creation *creation)
{
    const char *key = creation->draft.pending_post_id;
    enum refusal wrong = REFUSED_SAVE;

    char *props =
        draft_props(creation->draft.props, creation->user->is_bot, standin->model.version);
    if (check_root(standin, exchange, creation) != 0 ||
        find_wrong(standin, &creation->draft, props, &wrong) ||
        away_refuses(standin, exchange, AWAY_CALL_SAVE, NULL)) {
        if (!exchange->status)
            refuse(exchange, wrong, NULL);
        if (creation->guarded)
            guard_remove(&standin->guard, key);
        free(props);
        return;
    }
    struct post *post = new_post(standin, creation, props);
    model_add_post(&standin->model, post);
    (void)files_attach(&standin->model, post, creation->draft.file_ids);
    post->file_ids_lost = json_array_size(creation->draft.file_ids) > 0 && !post->file_count;
    if (creation->guarded)
        guard_put(&standin->guard, key, post, standin->model.now);
    exchange->status = 201;
    view_post(&exchange->reply, &standin->model, post, VIEW_CREATED);
    text_add_char(&exchange->reply, '\n');
    announce(standin, post);
}

/* A post was put off; now it is stored. */
static void finish_later(void *context, struct exchange *exchange)
{
    struct standin *standin = context;

    standin_tick(standin);
    finish(standin, exchange, exchange->work);
    api_conclude(standin, exchange);
}

/* Begins a creation of what the body says; NULL: refused. */
static struct creation *begin(struct standin *standin, struct exchange *exchange)
{
    struct creation *creation = mem_new(sizeof(*creation));

    if (api_read_draft(standin, exchange, &creation->draft) != 0) {
        free(creation);
        return NULL;
    }
    creation->user = exchange->user;
    creation->channel = model_find_channel_id(&standin->model, creation->draft.channel_id);
    return creation;
}

void create_post(struct standin *standin, struct exchange *exchange,
                 const struct captures *captures)
{
    struct creation *creation = begin(standin, exchange);

    (void)captures;
    if (!creation)
        return;
    if (check_first(standin, exchange, creation) != 0 || is_repeat(standin, exchange, creation)) {
        free_creation(creation);
        return;
    }
    if (standin->faults.save_after_ms > 0) {
        exchange->work = creation;
        exchange->free_work = free_creation;
        exchange->go_on = finish_later;
        exchange->delay = standin->faults.save_after_ms;
        return;
    }
    finish(standin, exchange, creation);
    free_creation(creation);
}
