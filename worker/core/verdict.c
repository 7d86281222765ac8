#include "worker/core/verdict.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "worker/core/peek.h"

enum {
    ID_LENGTH = 26,
    SECOND_MS = 1000,
    LONGEST_WAIT_S = 300,
};

const char *const verdict_names[] = {
#define X(name, words) [VERDICT_##name] = (words),
    VERDICTS(X)
#undef X
};

enum consequence {
    AT_ONCE,
    AFTER_CHECK,      /* needs_check */
    WITHOUT_PRIORITY, /* without_priority */
    AFTER_ROOT,       /* about_root */
};

#define ANY_ID "*" /* any error id; without one the answer is not Mattermost's own */

/*
 * The first row that fits counts: the status in the range, and the error id the same, ANY_ID, or
 * NULL for whatever the body is.
 */
struct rule {
    int from;
    int to;
    const char *id;
    enum verdict_kind kind;
    enum consequence consequence;
    const char *words;
};

static const struct rule rules[] = {
    { 200, 299, NULL, VERDICT_AMBIGUOUS, AT_ONCE,
      "not how Mattermost answers a post: is server_url the address of the server itself?" },
    { 300, 399, NULL, VERDICT_UNAVAILABLE, AT_ONCE,
      "a redirect, not followed: server_url has to be the address that answers itself" },

    { 400, 400, "api.post.create_post.can_not_post_to_deleted.error", VERDICT_ROUTE_CLOSED, AT_ONCE,
      "the channel is archived" },
    { 400, 400, "api.post.create_post.can_not_post_in_restricted_dm.error", VERDICT_ROUTE_CLOSED,
      AT_ONCE, "the server restricts these direct messages" },
    { 400, 400, "app.post.create_post.shared_dm_or_gm.app_error", VERDICT_ROUTE_CLOSED, AT_ONCE,
      "the server does not allow shared direct messages" },
    /* Said of the channel while the database is away, and never of what this worker posts. */
    { 400, 400, "api.context.invalid_param.app_error", VERDICT_UNAVAILABLE, AT_ONCE,
      "the server cannot read the channel" },
    { 400, 400, "api.post.post_priority.priority_post_only_allowed_for_root_post.request_error",
      VERDICT_REFUSED, WITHOUT_PRIORITY, "no priority in a thread" },
    /* One id for a root that is missing, deleted, no root, or cannot be read just now. */
    { 400, 400, "api.post.create_post.root_id.app_error", VERDICT_REFUSED, AFTER_ROOT,
      "the server does not know the thread" },
    { 400, 400, "api.post.create_post.channel_root_id.app_error", VERDICT_REFUSED, AFTER_ROOT,
      "the thread is in another channel" },
    { 400, 400, "model.post.is_valid.message_length.app_error", VERDICT_TOO_LARGE, AFTER_CHECK,
      "the text is longer than the server takes" },
    { 400, 400, "model.post.is_valid.msg.app_error", VERDICT_TOO_LARGE, AFTER_CHECK,
      "the text is longer than the server takes" },
    { 400, 400, "model.post.is_valid.props.app_error", VERDICT_TOO_LARGE, AFTER_CHECK,
      "the fields are larger than the server takes" },
    { 400, 400, ANY_ID, VERDICT_REFUSED, AFTER_CHECK, "the server refuses the post" },
    { 401, 401, NULL, VERDICT_UNAUTHORISED, AT_ONCE, "the server refuses the bot's token" },
    { 403, 403, "api.post.post_priority.priority_post_not_allowed_for_user.request_error",
      VERDICT_REFUSED, WITHOUT_PRIORITY, "priorities are switched off" },
    { 403, 403, ANY_ID, VERDICT_ROUTE_CLOSED, AT_ONCE,
      "the bot may not post there: is it a member of the channel?" },
    { 403, 403, NULL, VERDICT_ROUTE_CLOSED, AT_ONCE, "something before the server forbids it" },
    { 404, 404, NULL, VERDICT_ROUTE_CLOSED, AT_ONCE,
      "not found: is server_url right, does the channel exist?" },
    { 413, 413, NULL, VERDICT_TOO_LARGE, AFTER_CHECK, "the post is larger than the server takes" },
    { 429, 429, NULL, VERDICT_RATE_LIMITED, AT_ONCE, "the server wants a pause" },
    { 400, 499, NULL, VERDICT_UNAVAILABLE, AT_ONCE,
      "not an answer of Mattermost: what stands in front of the server?" },

    { 500, 500, "api.post.deduplicate_create_post.pending", VERDICT_AMBIGUOUS, AT_ONCE,
      "an earlier attempt is still on its way inside the server" },
    { 501, 501, "license_error.feature_unavailable", VERDICT_REFUSED, WITHOUT_PRIORITY,
      "this priority needs a licence" },
    { 503, 503, ANY_ID, VERDICT_UNAVAILABLE, AT_ONCE, "the server is busy" },
    { 500, 599, NULL, VERDICT_AMBIGUOUS, AT_ONCE,
      "the server failed, perhaps after it had posted" },
    { INT_MIN, INT_MAX, NULL, VERDICT_AMBIGUOUS, AT_ONCE, "not a status of HTTP" },
};

static bool is_id(struct peek value, char ret[static ID_LENGTH + 1])
{
    return peek_string(value, ret, ID_LENGTH + 1) && strlen(ret) == ID_LENGTH &&
           strspn(ret, "abcdefghijklmnopqrstuvwxyz0123456789") == ID_LENGTH;
}

/*
 * Reads the error id of a body; empty: it has none.  A plugin that refuses a post puts a sentence
 * in its place, which is foreign text.
 */
static void read_error_id(const struct answer *answer, char ret[static 96])
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    struct peek id;
    const struct peek_wanted wanted[] = { { "id", &id } };

    ret[0] = '\0';
    if (!peek_members(peek_at(answer->body, answer->body_length), wanted, 1) || peek_is_empty(id))
        return;
    if (!peek_string(id, ret, 96) || ret[strspn(ret, letters)] != '\0')
        (void)snprintf(ret, 96, "not-an-id");
}

static bool fits(const struct rule *rule, int status, const char *error_id)
{
    if (status < rule->from || status > rule->to)
        return false;
    if (!rule->id)
        return true;
    return strcmp(rule->id, ANY_ID) == 0 ? error_id[0] != '\0' : strcmp(rule->id, error_id) == 0;
}

static const struct rule *find_rule(int status, const char *error_id)
{
    const struct rule *rule = rules;

    while (!fits(rule, status, error_id))
        rule++;
    return rule;
}

/* A limit's reset is when all of it is there again, so it serves only where nothing else is said.
 */
static mono_ms rate_limit_wait(const struct answer *answer)
{
    int64_t seconds =
        answer->retry_after_s >= 0 ? answer->retry_after_s : answer->rate_limit_reset_s;

    if (seconds < 1)
        seconds = 1;
    return (seconds < LONGEST_WAIT_S ? seconds : LONGEST_WAIT_S) * SECOND_MS;
}

/* Says it in printable ASCII, cut where the room ends. */
static void say(struct verdict *verdict, const char *words)
{
    (void)snprintf(verdict->words, sizeof(verdict->words), "%s", words);
    for (char *c = verdict->words; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

static void judge_refusal(const struct answer *answer, struct verdict *verdict)
{
    read_error_id(answer, verdict->error_id);
    const struct rule *rule = find_rule(answer->status, verdict->error_id);

    verdict->kind = rule->kind;
    verdict->needs_check = rule->consequence == AFTER_CHECK;
    verdict->without_priority = rule->consequence == WITHOUT_PRIORITY;
    verdict->about_root = rule->consequence == AFTER_ROOT;
    if (rule->kind == VERDICT_RATE_LIMITED)
        verdict->wait_ms = rate_limit_wait(answer);
    (void)snprintf(verdict->words, sizeof(verdict->words), "%s (%d%s%s)", rule->words,
                   answer->status, verdict->error_id[0] ? " " : "", verdict->error_id);
}

/* What of a post tells whether it is the one that was sent. */
struct created {
    struct peek id;
    struct peek channel_id;
    struct peek root_id;
    struct peek message;
    struct peek attachments;
    struct peek event;
};

static bool read_created(const struct answer *answer, struct created *ret)
{
    struct peek props;
    struct peek ireserve;
    const struct peek_wanted of_post[] = { { "id", &ret->id },
                                           { "channel_id", &ret->channel_id },
                                           { "root_id", &ret->root_id },
                                           { "message", &ret->message },
                                           { "props", &props } };
    const struct peek_wanted of_props[] = { { "ireserve", &ireserve },
                                            { "attachments", &ret->attachments } };
    const struct peek_wanted of_ireserve[] = { { "event", &ret->event } };

    if (!peek_members(peek_at(answer->body, answer->body_length), of_post, 5))
        return false;
    (void)peek_members(props, of_props, 2);
    (void)peek_members(ireserve, of_ireserve, 1);
    return true;
}

/* Whether the post that was made is the one that was sent. */
static bool is_what_was_sent(const struct created *post, const struct expected_post *expected)
{
    bool has_root = expected->root_id ? peek_equals(post->root_id, expected->root_id)
                                      : peek_is_empty(post->root_id);

    return has_root && peek_equals(post->channel_id, expected->channel_id) &&
           peek_equals(post->event, expected->event_name);
}

static void judge_created(const struct answer *answer, const struct expected_post *expected,
                          struct verdict *verdict)
{
    struct created post;
    char id[ID_LENGTH + 1];

    if (!read_created(answer, &post) || !is_id(post.id, id)) {
        verdict->kind = VERDICT_AMBIGUOUS;
        say(verdict, "the server says that it posted, but its answer is no post (201)");
    } else if (!is_what_was_sent(&post, expected)) {
        verdict->kind = VERDICT_AMBIGUOUS;
        say(verdict, "the server gave another post back than the one that was sent (201)");
    } else if (peek_is_empty(post.message) && peek_is_empty(post.attachments)) {
        verdict->kind = VERDICT_REFUSED;
        say(verdict, "the server posted nothing but an empty message (201)");
    } else {
        verdict->kind = VERDICT_DELIVERED;
        memcpy(verdict->post_id, id, sizeof(id));
    }
}

void verdict_of_post(const struct answer *answer, const struct expected_post *expected,
                     struct verdict *ret)
{
    *ret = (struct verdict){ .http_status = answer->status };
    switch (answer->kind) {
    case ANSWER_NOT_SENT:
        ret->kind = VERDICT_UNAVAILABLE;
        say(ret, answer->why);
        return;
    case ANSWER_UNKNOWN:
        ret->kind = VERDICT_AMBIGUOUS;
        say(ret, answer->why);
        return;
    case ANSWER_HTTP:
        if (answer->status == 201)
            judge_created(answer, expected, ret);
        else
            judge_refusal(answer, ret);
        return;
    }
}

/* Whether a change is refused only while the channel is archived. */
static bool is_of_archive(const char *error_id)
{
    static const char *const ids[] = {
        "api.post.patch_post.can_not_update_post_in_deleted.error",
        "api.post.delete_post.can_not_delete_post_in_deleted.error",
        "api.reaction.save.archived_channel.app_error",
    };

    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
        if (strcmp(error_id, ids[i]) == 0)
            return true;
    return false;
}

/* What the kinds of a post's verdict mean for a request that does no harm when it is repeated. */
static enum verdict_kind kind_of_request(enum verdict_kind kind, int status)
{
    switch (kind) {
    case VERDICT_ROUTE_CLOSED:
    case VERDICT_REFUSED:
    case VERDICT_TOO_LARGE:
        return VERDICT_REFUSED;
    case VERDICT_DELIVERED:
    case VERDICT_UNAVAILABLE:
    case VERDICT_AMBIGUOUS:
        return status == 501 ? VERDICT_REFUSED : VERDICT_UNAVAILABLE;
    case VERDICT_RATE_LIMITED:
    case VERDICT_UNAUTHORISED:
        break;
    }
    return kind;
}

void verdict_of_request(const struct answer *answer, struct verdict *ret)
{
    *ret = (struct verdict){ .http_status = answer->status };
    if (answer->kind != ANSWER_HTTP) {
        ret->kind = VERDICT_UNAVAILABLE;
        say(ret, answer->why);
    } else if (answer->status >= 200 && answer->status < 300) {
        ret->kind = VERDICT_DELIVERED;
    } else {
        judge_refusal(answer, ret);
        ret->kind = is_of_archive(ret->error_id) ? VERDICT_ROUTE_CLOSED
                                                 : kind_of_request(ret->kind, answer->status);
        ret->needs_check = false;
        ret->without_priority = false;
    }
}

/* A membership says of which channel it is; a channel, since when it is archived. */
static enum check_result judge_check(struct peek id, struct peek of, struct peek archived)
{
    char room[ID_LENGTH + 1];
    int64_t since = 0;
    bool is_channel = is_id(id, room) && peek_integer(archived, &since);

    if (is_id(of, room) || (is_channel && since == 0))
        return CHECK_CHANNEL_FINE;
    return is_channel ? CHECK_ROUTE_CLOSED : CHECK_SERVER_FAULT;
}

enum check_result verdict_of_check(const struct answer *answer)
{
    struct peek id;
    struct peek of;
    struct peek at;
    const struct peek_wanted all[] = { { "id", &id }, { "channel_id", &of }, { "delete_at", &at } };

    if (answer->kind != ANSWER_HTTP ||
        !peek_members(peek_at(answer->body, answer->body_length), all, 3))
        return CHECK_SERVER_FAULT;
    if (answer->status == 403 || answer->status == 404)
        return peek_is_empty(id) ? CHECK_SERVER_FAULT : CHECK_ROUTE_CLOSED;
    return answer->status == 200 ? judge_check(id, of, at) : CHECK_SERVER_FAULT;
}

bool verdict_may_pass(const struct answer *answer)
{
    return answer->kind != ANSWER_HTTP || answer->status == 429 || answer->status >= 500;
}

bool verdict_find_channel(const struct answer *answer, char ret[static 27])
{
    struct peek id;
    const struct peek_wanted wanted[] = { { "id", &id } };

    if (answer->kind == ANSWER_HTTP && answer->status == 200 &&
        peek_members(peek_at(answer->body, answer->body_length), wanted, 1) && is_id(id, ret))
        return true;
    ret[0] = '\0';
    return false;
}
