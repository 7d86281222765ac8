#include "worker/core/render_conversation.h"

#include <string.h>

#include "common/must.h"
#include "worker/core/clean.h"
#include "worker/core/post_body.h"
#include "worker/core/render_files.h"
#include "worker/core/render_links.h"

enum {
    MAX_LINKS_BYTES = 64 * 1024,
    MAX_IDS_BYTES = 1024,
    MAX_TRACE_BYTES = 8 * 1024,
    PROPS_FRAME = 96, /* runes of the props around the trace and the attachments */
};

/* What one post of a message shows, without the head. */
struct part {
    struct text below; /* Markdown, from the end of the head on */
    struct text ids;   /* of files: a member of the post, or empty */
    struct render_links links;
};

/* A message on its way into bodies. */
struct draft {
    const struct conversation_target *target;
    bool is_patch; /* of posts that are there */
    struct post_body body;
    struct render_files files;
    struct part parts[RENDER_MAX_PARTS];
    size_t count;
};

/* Who it is, at a glance and in words. */
static const struct {
    const char *mark;
    enum word name; /* of whom none is known */
    bool is_said;   /* also behind a name */
} senders[] = {
    [SENDER_VISITOR] = { "🙂", WORD_VISITOR, false },
    [SENDER_AGENT] = { "🎧", WORD_AGENT, true },
    [SENDER_SYSTEM] = { "⚙️", WORD_SYSTEM, true },
};

static void write_head(struct draft *draft)
{
    const struct conversation *conversation = &draft->body.event->conversation;
    const char *role = word_in(draft->target->language, senders[conversation->sender_role].name);
    struct text *head = &draft->body.head;

    text_printf(head, "%s **", senders[conversation->sender_role].mark);
    bool is_named = post_body_add_words(conversation->sender_name, head);
    if (!is_named)
        text_add_string(head, role);
    text_add_string(head, "**");
    if (is_named && senders[conversation->sender_role].is_said)
        text_printf(head, " · %s", role);
    if (draft->body.event->kind == EVENT_MESSAGE_EDITED)
        text_printf(head, " · %s", word_in(draft->target->language, WORD_EDITED));
}

static void write_text(struct draft *draft)
{
    const struct conversation *conversation = &draft->body.event->conversation;
    const char *text = conversation->text ? conversation->text : "";

    if (conversation->sender_role == SENDER_AGENT)
        draft->body.place = DEFUSE_TRUSTED;
    if (clean(text, strlen(text), &draft->body.text))
        text_add_string(&draft->body.text, text);
}

/* How many runes of attachments there is room for. */
static size_t room_for_links(struct draft *draft)
{
    AUTO(text_free) struct text trace = text_of(MAX_TRACE_BYTES);

    post_body_add_trace(&draft->body, RENDER_MAX_PARTS, draft->body.event->conversation.message_id,
                        &trace);
    must(!trace.overflowed);
    size_t runes = PROPS_FRAME + post_body_props_runes(text_string(&trace), trace.length);
    must(runes < POST_BODY_MAX_PROPS_RUNES);
    return POST_BODY_MAX_PROPS_RUNES - runes;
}

static struct part *add_part(struct draft *draft)
{
    must(draft->count < RENDER_MAX_PARTS);
    struct part *part = &draft->parts[draft->count++];

    *part = (struct part){
        .below = text_of(POST_BODY_MAX_BYTES),
        .ids = text_of(MAX_IDS_BYTES),
        .links = { .json = text_of(MAX_LINKS_BYTES), .room = room_for_links(draft) },
    };
    return part;
}

static void add_piece(struct draft *draft, size_t index, struct part *part)
{
    const struct post_piece *piece = &draft->body.pieces[index];

    (void)post_body_add_piece(&draft->body, index, &part->below);
    render_links_add_all(&part->links, text_string(&draft->body.text) + piece->begin,
                         piece->end - piece->begin);
}

/* False: there was no room for any of what is left. */
static bool add_files(struct draft *draft, struct part *part)
{
    struct render_files *files = &draft->files;
    size_t before = files->next_file + files->next_note;

    render_files_add_ids(files, &part->ids);
    render_files_add_notes(files, post_body_room(&draft->body), &part->below, &part->links);
    return files->next_file + files->next_note > before;
}

/* Shares the message out among posts. */
static int plan(struct draft *draft)
{
    must(draft->body.count > 0);
    for (size_t i = 0; i < draft->body.count; i++)
        add_piece(draft, i, add_part(draft));
    struct part *last = &draft->parts[draft->body.count - 1];
    (void)add_files(draft, last);
    while (render_files_are_left(&draft->files)) {
        if (draft->count == RENDER_MAX_PARTS || !add_files(draft, add_part(draft)))
            return -1;
    }
    if (draft->count == 1 && last->below.length == 0 && last->ids.length == 0)
        text_printf(&last->below, "\n_%s_", word_in(draft->target->language, WORD_NOTHING));
    return 0;
}

static void add_message(const struct draft *draft, size_t index, struct text *ret)
{
    const struct text *below = &draft->parts[index].below;

    text_add_string(ret, "\"message\":");
    size_t from = ret->length;
    post_body_add_head(&draft->body, index, draft->count, ret);
    text_add(ret, text_string(below), below->length);
    text_quote(ret, from);
}

static void add_props(struct draft *draft, size_t index, struct text *ret)
{
    const struct text *links = &draft->parts[index].links.json;
    const struct event *event = draft->body.event;

    text_add_string(ret, ",\"props\":{\"ireserve\":");
    post_body_add_trace(&draft->body, index + 1, event->conversation.message_id, ret);
    if (draft->is_patch)
        text_add_string(ret, ",\"from_bot\":\"true\""); /* servers do not put it back */
    text_add_string(ret, ",\"unsafe_links\":\"true\"");
    if (links->length > 0) {
        text_add_string(ret, ",\"attachments\":[");
        text_add(ret, text_string(links), links->length);
        text_add_char(ret, ']');
    }
    text_add_char(ret, '}');
}

static void write_reply(struct draft *draft, size_t index, struct text *ret)
{
    const struct text *ids = &draft->parts[index].ids;

    text_add_string(ret, "{\"channel_id\":");
    text_add_json_string(ret, draft->target->post.channel_id);
    text_add_string(ret, ",\"root_id\":");
    text_add_json_string(ret, draft->target->root_id);
    text_add_char(ret, ',');
    add_message(draft, index, ret);
    text_add(ret, text_string(ids), ids->length);
    add_props(draft, index, ret);
    text_add_string(ret, ",\"pending_post_id\":");
    post_body_add_pending_id(&draft->body, index + 1, ret);
    text_add_char(ret, '}');
}

static void write_patch(struct draft *draft, size_t index, struct text *ret)
{
    text_add_char(ret, '{');
    add_message(draft, index, ret);
    add_props(draft, index, ret);
    text_add_char(ret, '}');
}

static int write_parts(struct draft *draft, struct rendering *ret)
{
    write_head(draft);
    write_text(draft);
    if (post_body_cut(&draft->body) != 0 || plan(draft) != 0)
        return -1;
    for (size_t i = 0; i < draft->count; i++) {
        ret->count = i + 1;
        ret->parts[i] = text_of(draft->target->post.limits.max_body_bytes);
        if (draft->is_patch)
            write_patch(draft, i, &ret->parts[i]);
        else
            write_reply(draft, i, &ret->parts[i]);
        if (ret->parts[i].overflowed)
            return -1;
    }
    return 0;
}

static void draft_free(struct draft *draft)
{
    for (size_t i = 0; i < draft->count; i++) {
        text_free(&draft->parts[i].below);
        text_free(&draft->parts[i].ids);
        text_free(&draft->parts[i].links.json);
    }
    post_body_free(&draft->body);
}

int render_message(const struct event *event, const struct conversation_target *target,
                   const struct render_file *files, struct rendering *ret)
{
    struct draft draft = {
        .target = target,
        .files = { .attachments = event->conversation.attachments,
                   .files = files,
                   .count = event->conversation.attachment_count,
                   .language = target->language },
    };

    must(event->kind == EVENT_MESSAGE || event->kind == EVENT_MESSAGE_EDITED);
    ret->count = 0;
    post_body_begin(&draft.body, event, &target->post);
    text_add_string(&draft.body.apart, target->root_id);
    int result = write_parts(&draft, ret);
    draft_free(&draft);
    return result;
}

int render_edit(const struct event *event, const struct conversation_target *target,
                struct rendering *ret)
{
    struct draft draft = { .target = target, .is_patch = true };

    must(event->kind == EVENT_MESSAGE_EDITED);
    ret->count = 0;
    post_body_begin(&draft.body, event, &target->post);
    int result = write_parts(&draft, ret);
    draft_free(&draft);
    return result;
}
