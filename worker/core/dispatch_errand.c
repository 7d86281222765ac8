/*
 * The steps of a conversation's event: what goes out for each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/dispatch_inner.h"
#include "worker/core/thread_record.h"

enum {
    LIST_MAX_BYTES = 8 * 1024 * 1024,
    REQUEST_MAX_BYTES = 16 * 1024,
    STATE_MAX_BYTES = 64 * 1024,
};

/* What shows on a root that its conversation is closed. */
#define CLOSED_EMOJI "lock"

struct errand_facts dispatch_facts(const struct dispatch *dispatch, const struct delivery *delivery)
{
    const char *licence = delivery->route->integration->licence;
    const char *bot = map_find(&dispatch->bots, licence, strlen(licence));

    return (struct errand_facts){ .bot_id = bot ? bot : "",
                                  .max_replies = dispatch->options.thread_max_replies };
}

static enum errand_step next_step(const struct dispatch *dispatch, const struct delivery *delivery)
{
    const struct errand_facts facts = dispatch_facts(dispatch, delivery);

    return errand_next(delivery->errand, &facts);
}

/* ---- rendering ---- */

static enum delivery_parts parts_for(enum errand_step step)
{
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
                  .limits = { .max_runes = 16383, .max_body_bytes = 300000 } },
        .root_id = errand->thread.root,
        .server_url = integration->server_url,
        .language = integration->language,
    };

    if (kind == PARTS_ROOT)
        return render_root(event, &target, errand_root_reason(errand), errand->thread.root,
                           &dispatch->rendering);
    if (kind == PARTS_REPLIES)
        return render_message(event, &target, errand->files, &dispatch->rendering);
    return render_edit(event, &target, &dispatch->rendering);
}

/* -1: it cannot be rendered, and is buried. */
static int render(struct dispatch *dispatch, struct delivery *delivery, enum delivery_parts kind)
{
    AUTO(event_free) struct event event = { 0 };
    struct event_problem problem;
    const struct letter letter = { .reason = REASON_TOO_LONG,
                                   .stage = "deliver",
                                   .scope = "record",
                                   .words = "the post cannot be made to fit the server's limits" };

    must(event_read(delivery->record, &event, &problem) == EVENT_READ);
    delivery_forget_parts(delivery);
    if (render_parts(dispatch, delivery, &event, kind) != 0) {
        rendering_free(&dispatch->rendering);
        dispatch_bury(dispatch, delivery, &letter);
        return -1;
    }
    dispatch_take_parts(dispatch, delivery);
    delivery->parts_are = kind;
    if (kind != PARTS_ROOT)
        errand_rendered(delivery->errand, delivery->part_count);
    return 0;
}

/* Renders what the next step sends.  -1: the delivery is buried. */
static int prepare(struct dispatch *dispatch, struct delivery *delivery)
{
    enum delivery_parts wanted;

    while ((wanted = parts_for(next_step(dispatch, delivery))) != PARTS_NONE &&
           wanted != delivery->parts_are)
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

/* Searches for the conversation's id as a phrase; a quote in it would end the phrase. */
static void write_search(struct delivery *delivery)
{
    AUTO(text_free) struct text terms = text_of(REQUEST_MAX_BYTES / 4);

    text_add_char(&terms, '"');
    for (const char *c = delivery->errand->conversation; *c; c++)
        text_add_char(&terms, (char)(*c == '"' ? ' ' : *c));
    text_add_char(&terms, '"');
    write_request(delivery, "{\"terms\":");
    text_add_json(&delivery->request, text_string(&terms), terms.length);
    text_add_string(&delivery->request, ",\"is_or_search\":false}");
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
    enum errand_step step = errand_next(delivery->errand, &facts);
    struct ask *ask = &delivery->ask;
    bool is_post = step == ERRAND_POST_ROOT || step == ERRAND_POST_REPLY;

    *ask = (struct ask){ .purpose = is_post ? ASK_TO_POST : ASK_FOR_STEP,
                         .integration = delivery->route->integration,
                         .timeout = dispatch->options.attempt_timeout,
                         .traceparent = delivery->traceparent,
                         .owner = delivery };
    if (is_post) {
        PATH("/posts?set_online=false");
        ask->method = ASK_POST;
        use_part(delivery, step == ERRAND_POST_ROOT ? 0 : delivery->errand->next_part);
    } else if (step < ERRAND_POST_ROOT) {
        write_reading(delivery, step);
    } else {
        write_change(delivery, step, facts.bot_id);
    }
}

/* ---- steps without a request to the server ---- */

/* Gives the attachment that is next to its carrier; false: it has no address, and is passed. */
static bool start_fetch(struct dispatch *dispatch, struct delivery *delivery)
{
    AUTO(event_free) struct event event = { 0 };
    struct event_problem problem;

    must(event_read(delivery->record, &event, &problem) == EVENT_READ);
    const struct attachment *attachment =
        &event.conversation.attachments[delivery->errand->next_file];
    if (!attachment->url) {
        dispatch_pass_file(dispatch, delivery, FETCH_NO_ADDRESS);
        return false;
    }
    text_free(&delivery->file_name);
    delivery->file_name = text_of(REQUEST_MAX_BYTES);
    text_add_string(&delivery->file_name, attachment->url);
    text_add_char(&delivery->file_name, '\0');
    size_t name = delivery->file_name.length;
    render_file_name(attachment, delivery->route->integration->language, &delivery->file_name);
    delivery->fetch = (struct fetch){ .integration = delivery->route->integration,
                                      .url = text_string(&delivery->file_name),
                                      .name = text_string(&delivery->file_name) + name,
                                      .channel_id = delivery->route->channel_id,
                                      .size = attachment->size,
                                      .owner = delivery };
    delivery_set_state(delivery, DELIVERY_FETCHING);
    dispatch->port.fetch(dispatch->port.context, &delivery->fetch);
    return true;
}

/* Writes what is known of the thread now; of a new root alone, or that the record is done. */
static void record_thread(struct dispatch *dispatch, struct delivery *delivery,
                          const struct moment *now)
{
    AUTO(text_free) struct text key = text_of(STATE_MAX_BYTES);
    AUTO(text_free) struct text value = text_of(STATE_MAX_BYTES);
    struct partition *partition = delivery->partition;
    struct errand *errand = delivery->errand;
    const struct thread_name name = { delivery->route->integration->licence, errand->conversation };
    const struct state_write write = { .key = &key, .value = &value, .delivery = delivery };

    errand->thread.updated_at = now->wall;
    errand->thread.epoch = partition->epoch;
    const struct thread thread = errand_thread(errand);
    thread_key_write(partition->topic, &name, &key);
    thread_value_write(&thread, &value);
    delivery_set_state(delivery, DELIVERY_RECORDING);
    dispatch->port.write(dispatch->port.context, partition, &write);
}

static void end_errand(struct dispatch *dispatch, struct delivery *delivery)
{
    const char *why = errand_why(delivery->errand);
    struct report report =
        dispatch_report_of(why ? REPORT_ALREADY_POSTED : REPORT_DELIVERED, delivery);

    report.outcome = why ? OUTCOME_ALREADY_POSTED : OUTCOME_POSTED;
    report.why = why ? why : "";
    if (!why) {
        report.verdict = &delivery->verdict;
        report.http_status = delivery->verdict.http_status;
    }
    dispatch->port.report(dispatch->port.context, &report);
    dispatch_finish(dispatch, delivery);
}

void dispatch_recorded(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now)
{
    struct errand *errand = delivery->errand;
    const struct thread thread = errand_thread(errand);
    const struct thread_name name = { delivery->route->integration->licence, errand->conversation };

    delivery->recording = NULL;
    threads_put(delivery->partition->threads, &name, &thread);
    if (!errand->root_is_new) {
        end_errand(dispatch, delivery);
        return;
    }
    errand_noted(errand);
    dispatch_go_on(dispatch, delivery, now);
}

/* ---- from step to step ---- */

/* The route follows the thread, which may be elsewhere than the settings say by now. */
static void follow_thread(struct dispatch *dispatch, struct delivery *delivery,
                          const struct moment *now)
{
    const struct integration *integration = delivery->route->integration;
    const struct thread *thread = &delivery->errand->thread;
    struct route *route =
        routes_get(&dispatch->routes, &dispatch->servers, integration,
                   thread->root[0] ? thread->channel : integration->conversation_channel);

    if (route == delivery->route)
        return;
    dispatch_stop_probing(dispatch, delivery, now);
    delivery->route = route;
}

/* A partition that leaves begins nothing; what is begun is finished, unless it is somebody else's.
 */
static bool stops_here(const struct delivery *delivery, enum errand_step step)
{
    const struct partition *partition = delivery->partition;

    if (!partition->leaving || step == ERRAND_NOTE || step == ERRAND_RECORD || step == ERRAND_END)
        return false;
    return partition->lost || !errand_is_begun(delivery->errand);
}

static bool asks_server(enum errand_step step)
{
    return step != ERRAND_FETCH && step != ERRAND_NOTE && step != ERRAND_RECORD &&
           step != ERRAND_END;
}

void dispatch_go_on(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now)
{
    enum errand_step step;

    follow_thread(dispatch, delivery, now);
    do {
        step = next_step(dispatch, delivery);
        if (stops_here(delivery, step)) {
            dispatch_withdraw(dispatch, delivery, now);
            return;
        }
        if (asks_server(step) && delivery->route->state != ROUTE_OPEN && !delivery->probes) {
            dispatch_hold(delivery);
            if (delivery->route->state == ROUTE_UNRESOLVED)
                dispatch_route_due(dispatch, delivery->route, now);
            return;
        }
        if (prepare(dispatch, delivery) != 0)
            return;
        step = next_step(dispatch, delivery);
    } while (step == ERRAND_FETCH && !start_fetch(dispatch, delivery));
    if (step == ERRAND_NOTE || step == ERRAND_RECORD)
        record_thread(dispatch, delivery, now);
    else if (step == ERRAND_END)
        end_errand(dispatch, delivery);
    else if (step != ERRAND_FETCH)
        dispatch_enqueue(dispatch, delivery);
}

void dispatch_begin_errand(struct dispatch *dispatch, struct delivery *delivery,
                           const struct event *event, const struct moment *now)
{
    const struct partition *partition = delivery->partition;
    const struct thread_name name = { delivery->route->integration->licence,
                                      event->conversation.id };
    struct thread thread;
    bool is_known = threads_find(partition->threads, &name, &thread);
    bool is_doubtful = delivery->record->offset < partition->doubt_below &&
                       !(is_known && thread.epoch == partition->epoch);

    delivery->errand =
        errand_new(event, is_known ? &thread : NULL, delivery->record->offset, is_doubtful);
    dispatch_go_on(dispatch, delivery, now);
}
