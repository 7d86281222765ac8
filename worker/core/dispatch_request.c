/*
 * The steps of an event: what is rendered and goes out for each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/must.h"
#include "worker/core/dispatch_inner.h"
#include "worker/core/search_word.h"

enum { LIST_MAX_BYTES = 8 * 1024 * 1024, REQUEST_MAX_BYTES = 16 * 1024 };

/* What shows on a root that its conversation is closed. */
#define CLOSED_EMOJI "lock"

/* ---- rendering ---- */

static enum delivery_parts parts_for(enum errand_step step)
{
    if (step == ERRAND_POST_NOTICE)
        return PARTS_NOTICE;
    if (step == ERRAND_POST_ROOT)
        return PARTS_ROOT;
    if (step == ERRAND_POST_REPLY)
        return PARTS_REPLIES;
    return step == ERRAND_PATCH ? PARTS_EDIT : PARTS_NONE;
}

static int render_parts(struct dispatch *dispatch, struct delivery *delivery,
                        const struct event *event, enum delivery_parts kind)
{
    const struct errand *errand = delivery->errand;
    const struct integration *integration = delivery->route->integration;
    const struct conversation_target target = {
        .post = { .channel_id = delivery->route->channel_id,
                  .licence = integration->licence,
                  .post_key = integration->post_key,
                  .record = delivery->record,
                  .happened = delivery->happened,
                  .limits = { .max_runes = 16383,
                              .max_body_bytes = 300000,
                              .priority = delivery->route->server->priority } },
        .root_id = errand->thread.root,
        .server_url = integration->server_url,
        .language = integration->language,
    };

    enum root_reason reason = errand_root_reason(errand);

    if (kind == PARTS_NOTICE)
        return render_event(event, &target.post, &dispatch->rendering);
    if (kind == PARTS_ROOT)
        return render_root(event, &target, reason, reason == ROOT_FULL ? errand->thread.root : NULL,
                           &dispatch->rendering);
    if (kind == PARTS_REPLIES)
        return render_message(event, &target, errand->files, &dispatch->rendering);
    return render_edit(event, &target, &dispatch->rendering);
}

/* -1: it cannot be rendered, and is buried. */
static int render(struct dispatch *dispatch, struct delivery *delivery, enum delivery_parts kind)
{
    AUTO(event_free) struct event again = { 0 };
    const struct event *event = dispatch->at_hand == delivery ? dispatch->event : &again;
    struct event_problem problem;
    const struct letter letter = { .reason = REASON_TOO_LONG,
                                   .stage = "deliver",
                                   .scope = "record",
                                   .words = "the post cannot be made to fit the server's limits" };

    if (event == &again)
        must(event_read(delivery->record, &again, &problem) == EVENT_READ);
    delivery_forget_parts(delivery);
    if (render_parts(dispatch, delivery, event, kind) != 0) {
        rendering_free(&dispatch->rendering);
        dispatch_bury(dispatch, delivery, &letter);
        return -1;
    }
    dispatch_take_parts(dispatch, delivery);
    delivery->parts_are = kind;
    delivery->prioritised = kind == PARTS_NOTICE && delivery->route->server->priority;
    delivery->parts_route = delivery->route;
    memcpy(delivery->parts_root, delivery->errand->thread.root, sizeof(delivery->parts_root));
    if (kind != PARTS_ROOT)
        errand_rendered(delivery->errand, delivery->part_count);
    return 0;
}

/* Bodies name their channel and root: a thread that is found elsewhere makes others of them. */
static bool has_parts(const struct delivery *delivery, enum delivery_parts wanted)
{
    return delivery->parts_are == wanted && delivery->parts_route == delivery->route &&
           delivery->prioritised <= delivery->route->server->priority &&
           strcmp(delivery->parts_root, delivery->errand->thread.root) == 0;
}

int dispatch_prepare(struct dispatch *dispatch, struct delivery *delivery)
{
    enum delivery_parts wanted;

    while ((wanted = parts_for(dispatch_next_step(dispatch, delivery))) != PARTS_NONE &&
           !has_parts(delivery, wanted))
        if (render(dispatch, delivery, wanted) != 0)
            return -1;
    return 0;
}

/* ---- requests ---- */

static void write_request(struct delivery *delivery, const char *json)
{
    text_free(&delivery->request);
    delivery->request = text_of(REQUEST_MAX_BYTES);
    text_add_string(&delivery->request, json);
}

static void write_search(struct delivery *delivery)
{
    char word[SEARCH_WORD_SIZE];

    (void)search_word_of(delivery->errand->conversation, word);
    write_request(delivery, "{\"terms\":\"");
    text_printf(&delivery->request, "%s\",\"is_or_search\":false}", word);
}

static void write_mark(struct delivery *delivery, const char *bot_id)
{
    write_request(delivery, "{\"user_id\":\"");
    text_printf(&delivery->request, "%s\",\"post_id\":\"%s\",\"emoji_name\":\"" CLOSED_EMOJI "\"}",
                bot_id, delivery->errand->thread.root);
}

static void write_path_of_page(const struct errand *errand, struct ask *ask)
{
    int length = snprintf(ask->path, sizeof(ask->path), "/posts/%s/thread?perPage=60&direction=up",
                          errand->thread.root);

    if (errand->page_from[0])
        (void)snprintf(ask->path + length, sizeof(ask->path) - (size_t)length,
                       "&fromPost=%s&fromCreateAt=%" PRId64, errand->page_from,
                       errand->page_from_at);
}

static void use_part(struct delivery *delivery, size_t part)
{
    must(part < delivery->part_count);
    delivery->ask.body = text_string(&delivery->parts[part]);
    delivery->ask.body_length = delivery->parts[part].length;
}

static void use_request(struct delivery *delivery)
{
    delivery->ask.body = text_string(&delivery->request);
    delivery->ask.body_length = delivery->request.length;
}

#define PATH(...) ((void)snprintf(ask->path, sizeof(ask->path), __VA_ARGS__))

static void write_path_of_posted(const struct delivery *delivery, struct ask *ask)
{
    const struct errand *errand = delivery->errand;

    (void)snprintf(
        ask->path, sizeof(ask->path), "/channels/%s/posts?per_page=200&skipFetchThreads=true%s%s",
        delivery->route->channel_id, errand->page_from[0] ? "&before=" : "", errand->page_from);
}

/* Steps that read. */
static void write_reading(struct delivery *delivery, enum errand_step step)
{
    const struct errand *errand = delivery->errand;
    struct ask *ask = &delivery->ask;

    ask->most = LIST_MAX_BYTES;
    if (step == ERRAND_ASK_WHO)
        PATH("/users/me");
    else if (step == ERRAND_READ_RECENT)
        PATH("/channels/%s/posts?per_page=200&skipFetchThreads=true", delivery->route->channel_id);
    else if (step == ERRAND_READ_CHANNEL)
        PATH("/channels/%s", delivery->route->channel_id);
    else if (step == ERRAND_READ_ROOT)
        PATH("/posts/%s", errand->thread.root);
    else if (step == ERRAND_READ_THREAD)
        write_path_of_page(errand, ask);
    else if (step == ERRAND_READ_POSTED)
        write_path_of_posted(delivery, ask);
    if (step != ERRAND_SEARCH)
        return;
    PATH("/teams/%s/posts/search", errand->team);
    ask->method = ASK_POST;
    write_search(delivery);
    use_request(delivery);
}

/* Steps that change what is there. */
static void write_change(struct delivery *delivery, enum errand_step step, const char *bot_id)
{
    const struct errand *errand = delivery->errand;
    struct ask *ask = &delivery->ask;

    if (step == ERRAND_PATCH || step == ERRAND_EMPTY) {
        PATH("/posts/%s/patch", errand_at(errand)->id);
        ask->method = ASK_PUT;
        write_request(delivery, "{\"message\":\"\xF0\x9F\x93\x8E\"}"); /* a paper clip */
        if (step == ERRAND_PATCH)
            use_part(delivery, errand->next_part);
        else
            use_request(delivery);
    } else if (step == ERRAND_DELETE) {
        PATH("/posts/%s", errand_at(errand)->id);
        ask->method = ASK_DELETE;
    } else if (step == ERRAND_MARK) {
        PATH("/reactions");
        ask->method = ASK_POST;
        write_mark(delivery, bot_id);
        use_request(delivery);
    } else {
        must(step == ERRAND_UNMARK);
        PATH("/users/%s/posts/%s/reactions/" CLOSED_EMOJI, bot_id, errand->thread.root);
        ask->method = ASK_DELETE;
    }
}

void dispatch_write_step(struct dispatch *dispatch, struct delivery *delivery)
{
    const struct errand_facts facts = dispatch_facts(dispatch, delivery);
    enum errand_step step = dispatch_next_step(dispatch, delivery);
    struct ask *ask = &delivery->ask;
    bool is_post = dispatch_is_post(step);

    delivery->step = step;
    *ask = (struct ask){ .purpose = is_post ? ASK_TO_POST : ASK_FOR_STEP,
                         .integration = delivery->route->integration,
                         .timeout = dispatch->options.attempt_timeout,
                         .traceparent = delivery->traceparent,
                         .owner = delivery };
    if (is_post) {
        PATH("/posts?set_online=false");
        ask->method = ASK_POST;
        use_part(delivery, step == ERRAND_POST_ROOT ? 0 : delivery->errand->next_part);
    } else if (step < ERRAND_POST_NOTICE) {
        write_reading(delivery, step);
    } else {
        write_change(delivery, step, facts.bot_id);
    }
}
