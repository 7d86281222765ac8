#include "worker/core/findings.h"

#include <stdlib.h>
#include <string.h>

/* What is read of a post, as it stands in the answer. */
struct raw {
    struct peek id, root, channel, user, original, created_at, deleted_at, files, props;
};

static bool read_raw(struct peek post, struct raw *ret)
{
    const struct peek_wanted wanted[] = {
        { "id", &ret->id },
        { "root_id", &ret->root },
        { "channel_id", &ret->channel },
        { "user_id", &ret->user },
        { "original_id", &ret->original },
        { "create_at", &ret->created_at },
        { "delete_at", &ret->deleted_at },
        { "file_ids", &ret->files },
        { "props", &ret->props },
    };

    return peek_members(post, wanted, sizeof(wanted) / sizeof(*wanted));
}

/* Reads an id, or an empty one where it may be absent. */
static bool read_id(struct peek value, bool may_be_empty, char ret[static 27])
{
    ret[0] = '\0';
    if (peek_is_empty(value))
        return may_be_empty;
    return peek_string(value, ret, 27) && strlen(ret) == 26 &&
           strspn(ret, "abcdefghijklmnopqrstuvwxyz0123456789") == 26;
}

static void read_mark(struct peek props, struct finding *ret)
{
    struct peek ireserve;
    struct peek part;
    int64_t number = 0;
    const struct peek_wanted of_props[] = { { "ireserve", &ireserve } };
    const struct peek_wanted of_mark[] = { { "event", &ret->event },
                                           { "licence", &ret->licence },
                                           { "conversation", &ret->conversation },
                                           { "message", &ret->message },
                                           { "part", &part } };

    (void)peek_members(props, of_props, 1);
    (void)peek_members(ireserve, of_mark, 5);
    if (peek_integer(part, &number) && number > 0 && number < 100000)
        ret->part = (unsigned)number;
}

static bool read_post(struct peek post, struct finding *ret)
{
    struct raw raw;
    int64_t deleted_at = 0;

    *ret = (struct finding){ 0 };
    if (!read_raw(post, &raw) || !read_id(raw.id, false, ret->id) ||
        !read_id(raw.root, true, ret->root) || !read_id(raw.channel, false, ret->channel) ||
        !read_id(raw.user, true, ret->user) || !peek_integer(raw.created_at, &ret->created_at) ||
        !peek_integer(raw.deleted_at, &deleted_at))
        return false;
    ret->is_deleted = deleted_at != 0 || !peek_is_empty(raw.original);
    ret->has_files = !peek_is_empty(raw.files);
    read_mark(raw.props, ret);
    return true;
}

bool finding_read(const struct answer *answer, struct finding *ret)
{
    return answer->kind == ANSWER_HTTP &&
           read_post(peek_at(answer->body, answer->body_length), ret);
}

/* Whether what a post's mark says is wanted. */
static bool is_marked(const struct finding *finding, const struct finding_wish *wish)
{
    return (!wish->conversation || peek_equals(finding->conversation, wish->conversation)) &&
           (!wish->licence || peek_equals(finding->licence, wish->licence)) &&
           (!wish->message || peek_equals(finding->message, wish->message)) &&
           (!wish->event || peek_equals(finding->event, wish->event));
}

static bool fits(const struct finding *finding, const struct finding_wish *wish)
{
    if (finding->is_deleted || strcmp(finding->user, wish->user) != 0)
        return false;
    if (wish->roots && finding->root[0])
        return false;
    if (wish->channel && strcmp(finding->channel, wish->channel) != 0)
        return false;
    return is_marked(finding, wish);
}

static int compare(const void *a, const void *b)
{
    const struct finding *left = a;
    const struct finding *right = b;

    if (left->created_at != right->created_at)
        return left->created_at < right->created_at ? -1 : 1;
    return strcmp(left->id, right->id);
}

/* Keeps a finding; when there is no more room, in place of the oldest. */
static void keep(struct findings *findings, const struct finding *finding)
{
    if (findings->count < FINDINGS_MAX) {
        findings->list[findings->count++] = *finding;
        return;
    }
    size_t oldest = 0;
    for (size_t i = 1; i < findings->count; i++)
        if (compare(&findings->list[i], &findings->list[oldest]) < 0)
            oldest = i;
    if (compare(&findings->list[oldest], finding) < 0)
        findings->list[oldest] = *finding;
}

/* Keeps the oldest of all, and the oldest of those that are younger than it. */
static void see(struct findings *findings, const struct finding *finding)
{
    bool is_first = findings->seen++ == 0;

    if (is_first || finding->created_at < findings->oldest_at) {
        memcpy(findings->before, is_first ? finding->id : findings->oldest, sizeof(finding->id));
        findings->before_at = is_first ? finding->created_at : findings->oldest_at;
        memcpy(findings->oldest, finding->id, sizeof(findings->oldest));
        findings->oldest_at = finding->created_at;
    } else if (finding->created_at == findings->oldest_at) {
        if (strcmp(finding->id, findings->oldest) < 0)
            memcpy(findings->oldest, finding->id, sizeof(findings->oldest));
    } else if (findings->before_at == findings->oldest_at ||
               finding->created_at < findings->before_at) {
        memcpy(findings->before, finding->id, sizeof(findings->before));
        findings->before_at = finding->created_at;
    }
}

/* Whether a list's order names the post; ids have nothing in them that JSON would escape. */
static bool is_listed(struct peek order, const char *id)
{
    return order.at && memmem(order.at, order.length, id, strlen(id));
}

static bool read_list(const struct answer *answer, struct peek *retposts, struct peek *retorder)
{
    const struct peek_wanted wanted[] = { { "posts", retposts }, { "order", retorder } };

    return answer->kind == ANSWER_HTTP && answer->status == 200 &&
           peek_members(peek_at(answer->body, answer->body_length), wanted, 2) && retposts->at;
}

bool findings_read(const struct answer *answer, const struct finding_wish *wish, const char *thread,
                   struct findings *ret)
{
    struct peek posts;
    struct peek name;
    struct peek value;
    struct finding finding;
    struct peek order;
    const char *at = NULL;
    bool broken;

    *ret->oldest = *ret->before = '\0';
    ret->count = ret->seen = 0;
    if (!read_list(answer, &posts, &order))
        return false;
    while (peek_next_member(posts, &at, &name, &value, &broken)) {
        if (!read_post(value, &finding))
            return false;
        if (wish->listed && !is_listed(order, finding.id))
            continue;
        if (strcmp(finding.id, thread) != 0)
            see(ret, &finding);
        if (fits(&finding, wish))
            keep(ret, &finding);
    }
    qsort(ret->list, ret->count, sizeof(*ret->list), compare);
    return !broken;
}
