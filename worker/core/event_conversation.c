/*
 * The data of the types nl.ireserve.conversation.*, and the key of their records.
 */
#include <string.h>

#include "common/mem.h"
#include "worker/core/event_inner.h"

/* What the tables fill: the conversation, and what in `data` has members of its own. */
struct target {
    struct conversation conversation;
    const json_t *visitor;
    const json_t *page;
    const json_t *sender;
    const json_t *attachments;
};

enum { ID = MEMBER_REQUIRED | MEMBER_FILLED };

#define TARGET(member) offsetof(struct target, member)
#define TOLD(member)   offsetof(struct target, conversation.member)

static const struct member started[] = {
    { "conversation_id", member_name, TOLD(id), EVENT_MAX_CONVERSATION, ID },
    { "visitor", member_object, TARGET(visitor), 0, MEMBER_REQUIRED },
    { "page", member_object, TARGET(page), 0, 0 },
    { "started_at", member_time, TOLD(at), 0, 0 },
    { .name = NULL },
};

static const struct member message[] = {
    { "conversation_id", member_name, TOLD(id), EVENT_MAX_CONVERSATION, ID },
    { "message_id", member_name, TOLD(message_id), EVENT_MAX_CONVERSATION, ID },
    { "sender", member_object, TARGET(sender), 0, MEMBER_REQUIRED },
    { "text", member_text, TOLD(text), EVENT_MAX_TEXT, MEMBER_REQUIRED },
    { "attachments", member_list, TARGET(attachments), EVENT_MAX_ATTACHMENTS, 0 },
    { "sent_at", member_time, TOLD(at), 0, 0 },
    { .name = NULL },
};

static const struct member edited[] = {
    { "conversation_id", member_name, TOLD(id), EVENT_MAX_CONVERSATION, ID },
    { "message_id", member_name, TOLD(message_id), EVENT_MAX_CONVERSATION, ID },
    { "sender", member_object, TARGET(sender), 0, MEMBER_REQUIRED },
    { "text", member_text, TOLD(text), EVENT_MAX_TEXT, MEMBER_REQUIRED },
    { "edited_at", member_time, TOLD(at), 0, 0 },
    { .name = NULL },
};

static const struct member deleted[] = {
    { "conversation_id", member_name, TOLD(id), EVENT_MAX_CONVERSATION, ID },
    { "message_id", member_name, TOLD(message_id), EVENT_MAX_CONVERSATION, ID },
    { "deleted_at", member_time, TOLD(at), 0, 0 },
    { .name = NULL },
};

static const struct member closed[] = {
    { "conversation_id", member_name, TOLD(id), EVENT_MAX_CONVERSATION, ID },
    { "closed_at", member_time, TOLD(at), 0, 0 },
    { .name = NULL },
};

static const struct member *const tables[] = {
    [EVENT_CONVERSATION_STARTED] = started, [EVENT_MESSAGE] = message,
    [EVENT_MESSAGE_EDITED] = edited,        [EVENT_MESSAGE_DELETED] = deleted,
    [EVENT_CONVERSATION_CLOSED] = closed,
};

static int read_role(const struct place *place, const struct member *member, const json_t *value,
                     void *ret)
{
    static const char *const names[] = {
        [SENDER_VISITOR] = "visitor",
        [SENDER_AGENT] = "agent",
        [SENDER_SYSTEM] = "system",
    };
    int choice = member_choice(value, names, sizeof(names) / sizeof(*names));

    if (choice < 0)
        return event_refuse(place, place->reason, member->name, "must be visitor, agent or system");
    *(enum sender_role *)ret = (enum sender_role)choice;
    return 0;
}

/* A number of bytes, which is an integer or a double as the rest of the record wants it. */
static int read_size(const struct place *place, const struct member *member, const json_t *value,
                     void *ret)
{
    static const double most = 9007199254740992; /* 2^53: doubles are exact below */
    double size = json_is_number(value) ? json_number_value(value) : -1;

    if (!(size >= 0 && size < most) || size != (double)(int64_t)size)
        return event_refuse(place, place->reason, member->name, "is not a number of bytes");
    *(int64_t *)ret = (int64_t)size;
    return 0;
}

static const struct member visitor_members[] = {
    { "name", member_text, TOLD(visitor_name), EVENT_MAX_PERSON, 0 },
    { "email", member_text, TOLD(visitor_email), EVENT_MAX_EMAIL, 0 },
    { .name = NULL },
};

static const struct member page_members[] = {
    { "url", member_url, TOLD(page_url), EVENT_MAX_URL, MEMBER_FORGIVEN },
    { "title", member_text, TOLD(page_title), EVENT_MAX_PAGE_TITLE, 0 },
    { .name = NULL },
};

static const struct member sender_members[] = {
    { "role", read_role, TOLD(sender_role), 0, MEMBER_REQUIRED },
    { "name", member_text, TOLD(sender_name), EVENT_MAX_PERSON, 0 },
    { .name = NULL },
};

/* The message counts for more than what it carries: nothing in an attachment can be refused. */
#define ATTACHMENT(member) offsetof(struct attachment, member)
static const struct member attachment_members[] = {
    { "url", member_url, ATTACHMENT(url), EVENT_MAX_URL, MEMBER_FORGIVEN },
    { "name", member_text, ATTACHMENT(name), EVENT_MAX_FILE_NAME, MEMBER_FORGIVEN },
    { "mime_type", member_name, ATTACHMENT(mime_type), EVENT_MAX_MIME_TYPE, MEMBER_FORGIVEN },
    { "size", read_size, ATTACHMENT(size), 0, MEMBER_FORGIVEN },
    { .name = NULL },
};

/* Reads an object in `data`; absent is fine, where the type's table says so. */
static int read_part(const char *prefix, const struct member *members, const json_t *part,
                     struct target *target, struct event_problem *reterr)
{
    const struct place place = { REASON_BAD_DATA, prefix, NULL, reterr };

    return part ? members_read(&place, members, part, target) : 0;
}

/* What is no object has no members, and makes an attachment of which nothing is known. */
static int read_attachments(const json_t *list, struct attachment *attachments,
                            struct event_problem *reterr)
{
    size_t i = 0;
    const struct place place = { REASON_BAD_DATA, "data.attachments", &i, reterr };

    for (; i < json_array_size(list); i++) {
        attachments[i].size = -1;
        if (members_read(&place, attachment_members, json_array_get(list, i), &attachments[i]) != 0)
            return -1;
    }
    return 0;
}

int event_read_conversation(const json_t *data, struct event *ret, struct event_problem *reterr)
{
    const struct place place = { REASON_BAD_DATA, "data.", NULL, reterr };
    struct target target = { .conversation = { .at = -1 } };
    struct event_memory *memory = ret->memory;

    if (members_read(&place, tables[ret->kind], data, &target) != 0 ||
        read_part("data.visitor.", visitor_members, target.visitor, &target, reterr) != 0 ||
        read_part("data.page.", page_members, target.page, &target, reterr) != 0 ||
        read_part("data.sender.", sender_members, target.sender, &target, reterr) != 0)
        return -1;
    size_t count = json_array_size(target.attachments);
    if (count > 0) {
        memory->attachments = mem_new_array(count, sizeof(*memory->attachments));
        target.conversation.attachments = memory->attachments;
        target.conversation.attachment_count = count;
    }
    ret->conversation = target.conversation;
    return read_attachments(target.attachments, memory->attachments, reterr);
}

int event_check_key(const struct event *event, const struct record *record,
                    struct event_problem *reterr)
{
    const struct place place = { REASON_WRONG_KEY, "data.", NULL, reterr };
    const char *id = event->conversation.id; /* NULL: of a notification */

    if (!id)
        return 0;
    if (!record->key)
        return event_refuse(&place, place.reason, "conversation_id",
                            "must be the record's key, and the record has none");
    if (record->key_length != strlen(id) || memcmp(record->key, id, record->key_length) != 0)
        return event_refuse(&place, place.reason, "conversation_id",
                            "must be the record's key, byte for byte, and is another");
    return 0;
}
