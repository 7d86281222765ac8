#include <string.h>

#include "common/must.h"
#include "worker/core/link.h"
#include "worker/core/post_body.h"
#include "worker/core/render_conversation.h"
#include "worker/core/search_word.h"

enum {
    MAX_CARD_BYTES = 64 * 1024,
    MAX_TITLE_COST = 200, /* or of a fallback */
    MAX_EMAIL_COST = 320,
    MAX_HOST_BYTES = 100, /* a longer one could not be seen whole */
};

#define CALM_BLUE "#2389d7"

static const char *visitor_of(const struct conversation *conversation, enum event_kind kind)
{
    if (kind == EVENT_CONVERSATION_STARTED)
        return conversation->visitor_name;
    bool has_sender = kind == EVENT_MESSAGE || kind == EVENT_MESSAGE_EDITED;
    return has_sender && conversation->sender_role == SENDER_VISITOR ? conversation->sender_name
                                                                     : NULL;
}

/* Whether an id is no markup, as it is. */
static bool is_plain(const char *id)
{
    return !id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")];
}

static void write_head(struct post_body *body, enum language language)
{
    const struct event *event = body->event;
    const struct conversation *conversation = &event->conversation;
    struct text *head = &body->head;
    char word[SEARCH_WORD_SIZE];

    text_add_string(head, "**");
    if (!post_body_add_words(visitor_of(conversation, event->kind), head))
        text_add_string(head, word_in(language, WORD_VISITOR));
    text_printf(head, "** · %s ", word_in(language, WORD_CONVERSATION));
    if (is_plain(conversation->id))
        text_add_string(head, conversation->id);
    else
        (void)post_body_add_words(conversation->id, head);
    if (!search_word_of(conversation->id, word))
        text_printf(head, " (%s)", word);
}

static void write_message(struct post_body *body, const struct conversation_target *target,
                          enum root_reason reason)
{
    write_head(body, target->language);
    post_body_add_happened(body, &body->head);
    if (reason != ROOT_LOST && reason != ROOT_FULL)
        return;
    text_printf(
        &body->head, "\n%s",
        word_in(target->language, reason == ROOT_LOST ? WORD_THREAD_LOST : WORD_THREAD_FULL));
}

/* What is shown of a visitor and of the page where the conversation began. */
struct card {
    const char *title; /* NULL: none */
    const char *email; /* NULL: none */
    struct text url;   /* of the page; empty: none */
};

/* NULL when there is nothing to see of the words. */
static const char *visible(const char *words)
{
    AUTO(text_free) struct text defused = text_of(POST_BODY_MAX_BYTES);

    return post_body_add_words(words, &defused) ? words : NULL;
}

static bool has_long_host(const char *url)
{
    return strcspn(url + strlen("https://"), "/?#") > MAX_HOST_BYTES;
}

/* Without a title the address is one, and then it has to tell where it leads. */
static struct card card_of(const struct conversation *conversation)
{
    struct card card = {
        .title = visible(conversation->page_title),
        .email = visible(conversation->visitor_email),
        .url = text_of(MAX_CARD_BYTES),
    };

    if (conversation->page_url)
        (void)link_add(conversation->page_url, &card.url);
    if (!card.title && card.url.length > 0 && !has_long_host(text_string(&card.url)))
        card.title = text_string(&card.url);
    return card;
}

/* With a link a title is plain text to clients, without one it is Markdown. */
static void add_title(const struct card *card, struct text *ret)
{
    bool is_link = card->url.length > 0;

    text_add_string(ret, ",\"title\":");
    post_body_add_defused(card->title, MAX_TITLE_COST, is_link ? DEFUSE_PLAIN : DEFUSE_LINE, ret);
    if (!is_link)
        return;
    text_add_string(ret, ",\"title_link\":");
    text_add_json(ret, text_string(&card->url), card->url.length);
}

static void add_email(const struct card *card, enum language language, struct text *ret)
{
    text_add_string(ret, ",\"fields\":[{\"title\":");
    text_add_json_string(ret, word_in(language, WORD_EMAIL));
    text_add_string(ret, ",\"value\":");
    post_body_add_defused(card->email, MAX_EMAIL_COST, DEFUSE_LINE, ret);
    text_add_string(ret, ",\"short\":true}]");
}

/* Adds an attachment, unless there is nothing to put in it. */
static void add_card(const struct conversation *conversation, enum language language,
                     struct text *ret)
{
    struct card card = card_of(conversation);

    if (card.title || card.email) {
        text_add_string(ret, "{\"fallback\":");
        post_body_add_defused(card.title ? card.title : card.email, MAX_TITLE_COST, DEFUSE_PLAIN,
                              ret);
        text_add_string(ret, ",\"color\":\"" CALM_BLUE "\"");
        if (card.title)
            add_title(&card, ret);
        if (card.email)
            add_email(&card, language, ret);
        text_add_char(ret, '}');
    }
    text_free(&card.url);
}

/* A way to the thread before; the address is one that clients open in the app that they are. */
static void add_way_back(const struct conversation_target *target, const char *previous,
                         struct text *ret)
{
    AUTO(text_free) struct text path = text_of(MAX_CARD_BYTES);
    AUTO(text_free) struct text url = text_of(MAX_CARD_BYTES);

    text_printf(&path, "%s/_redirect/pl/%s", target->server_url, previous);
    if (!link_add(text_string(&path), &url))
        return;
    text_add_string(ret, ret->length > 0 ? ",{\"title\":" : "{\"title\":");
    text_add_json_string(ret, word_in(target->language, WORD_EARLIER));
    text_add_string(ret, ",\"title_link\":");
    text_add_json(ret, text_string(&url), url.length);
    text_add_char(ret, '}');
}

static void add_props(struct post_body *body, const struct conversation_target *target,
                      const char *previous, struct text *ret)
{
    AUTO(text_free) struct text attachments = text_of(MAX_CARD_BYTES);

    add_card(&body->event->conversation, target->language, &attachments);
    if (previous)
        add_way_back(target, previous, &attachments);
    text_add_string(ret, "{\"ireserve\":");
    post_body_add_trace(body, RENDER_PART_OF_ROOT, NULL, ret);
    text_add_string(ret, ",\"unsafe_links\":\"true\"");
    if (attachments.length > 0) {
        text_add_string(ret, ",\"attachments\":[");
        text_add(ret, text_string(&attachments), attachments.length);
        text_add_char(ret, ']');
    }
    text_add_char(ret, '}');
}

static void write_body(struct post_body *body, const struct conversation_target *target,
                       const char *previous, struct text *ret)
{
    *ret = text_of(target->post.limits.max_body_bytes);
    text_add_string(ret, "{\"channel_id\":");
    text_add_json_string(ret, target->post.channel_id);
    text_add_string(ret, ",\"message\":");
    text_add_json(ret, text_string(&body->head), body->head.length);
    text_add_string(ret, ",\"props\":");
    add_props(body, target, previous, ret);
    text_add_string(ret, ",\"pending_post_id\":");
    post_body_add_pending_id(body, RENDER_PART_OF_ROOT, ret);
    text_add_char(ret, '}');
}

/* A root that is made again, because the first one is gone, is another post. */
static void set_apart(struct post_body *body, enum root_reason reason, const char *previous)
{
    static const char *const names[] = {
        [ROOT_STARTED] = "started",
        [ROOT_UNSEEN_START] = "unseen start",
        [ROOT_LOST] = "lost",
        [ROOT_FULL] = "full",
    };

    text_printf(&body->apart, "root %s %s", names[reason], previous ? previous : "");
}

int render_root(const struct event *event, const struct conversation_target *target,
                enum root_reason reason, const char *previous, struct rendering *ret)
{
    struct post_body body;

    must(event->kind != EVENT_NOTIFICATION);
    must((reason == ROOT_FULL) == (previous != NULL));
    post_body_begin(&body, event, &target->post);
    set_apart(&body, reason, previous);
    write_message(&body, target, reason);
    ret->count = 1;
    write_body(&body, target, previous, &ret->parts[0]);
    bool fits =
        post_body_runes(text_string(&body.head), body.head.length) <= target->post.limits.max_runes;
    post_body_free(&body);
    return fits && !ret->parts[0].overflowed ? 0 : -1;
}
