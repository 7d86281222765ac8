/*
 * The attachments of a conversation's message: fetched one after the other, or told why not.
 */
#include <string.h>

#include "common/must.h"
#include "worker/core/dispatch_inner.h"

enum { NAME_MAX_BYTES = 16 * 1024 }; /* of an address and a name */

/* An attachment cannot be had: the message goes without it. */
static void pass_file(struct dispatch *dispatch, struct delivery *delivery,
                      enum fetch_problem problem)
{
    struct report report = dispatch_report_of(REPORT_NOT_FETCHED, delivery);

    report.why = fetch_problem_words(problem);
    dispatch->port.report(dispatch->port.context, &report);
    errand_fetched(delivery->errand, "", problem);
}

bool dispatch_start_fetch(struct dispatch *dispatch, struct delivery *delivery)
{
    AUTO(event_free) struct event event = { 0 };
    struct event_problem problem;

    must(event_read(delivery->record, &event, &problem) == EVENT_READ);
    const struct attachment *attachment =
        &event.conversation.attachments[delivery->errand->next_file];
    delivery->fetch.url = NULL;
    if (!attachment->url) {
        pass_file(dispatch, delivery, FETCH_NO_ADDRESS);
        return false;
    }
    text_free(&delivery->file_name);
    delivery->file_name = text_of(NAME_MAX_BYTES);
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
    delivery->step = ERRAND_FETCH;
    delivery_set_state(delivery, DELIVERY_FETCHING);
    dispatch->port.fetch(dispatch->port.context, &delivery->fetch);
    return true;
}

/* The channel takes no uploads of our bot: it is closed, or the thread goes on in another one. */
static void judge_channel(struct dispatch *dispatch, struct delivery *delivery,
                          const struct answer *answer, const struct moment *now)
{
    delivery->verdict.kind = VERDICT_ROUTE_CLOSED;
    if (dispatch_may_move(dispatch, delivery, now))
        dispatch_check(dispatch, delivery);
    else
        dispatch_close_route(dispatch, delivery, answer, now);
}

/* The server's own answer to an upload.  False: the file is not to be had. */
static bool judge_upload(struct dispatch *dispatch, struct delivery *delivery,
                         const struct answer *answer, const struct moment *now)
{
    verdict_of_request(answer, &delivery->verdict);
    switch (delivery->verdict.kind) {
    case VERDICT_RATE_LIMITED:
        dispatch_shut_server(dispatch, delivery, answer, now);
        dispatch_rest(dispatch, delivery, delivery->route->server->gate);
        (void)dispatch_end_here(dispatch, delivery, now);
        return true;
    case VERDICT_UNAUTHORISED:
        dispatch_close_route(dispatch, delivery, answer, now);
        return true;
    case VERDICT_REFUSED:
        if (delivery->verdict.http_status != 403 ||
            strcmp(delivery->verdict.error_id, "api.file.attachments.disabled.app_error") == 0)
            return false;
        judge_channel(dispatch, delivery, answer, now);
        return true;
    case VERDICT_DELIVERED:
    case VERDICT_UNAVAILABLE:
    case VERDICT_AMBIGUOUS:
    case VERDICT_ROUTE_CLOSED:
    case VERDICT_TOO_LARGE:
        break;
    }
    dispatch_retry(dispatch, delivery, answer, now);
    return true;
}

void dispatch_fetched(struct dispatch *dispatch, struct fetch *fetch,
                      const struct fetch_result *result, const struct moment *now)
{
    struct delivery *delivery = fetch->owner;

    fetch->carrier = NULL;
    switch (result->kind) {
    case FETCH_STORED:
        errand_fetched(delivery->errand, result->file_id, FETCH_NONE);
        break;
    case FETCH_CANNOT_BE_HAD:
        pass_file(dispatch, delivery, result->problem);
        break;
    case FETCH_SERVER_SAID:
        if (judge_upload(dispatch, delivery, &result->answer, now))
            return;
        pass_file(dispatch, delivery, FETCH_NOT_TAKEN);
        break;
    }
    dispatch_go_on(dispatch, delivery, now);
}
