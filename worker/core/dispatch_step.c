/*
 * The steps of an event: what their answers mean.
 */
#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/dispatch_inner.h"

/* ---- posts ---- */

void dispatch_step_posted(struct dispatch *dispatch, struct delivery *delivery,
                          const struct moment *now)
{
    static const char *const reasons[] = {
        [ROOT_STARTED] = "the conversation began",
        [ROOT_UNSEEN_START] = "the conversation's beginning was not seen",
        [ROOT_LOST] = "the thread before it is gone",
        [ROOT_FULL] = "the thread before it is long",
    };
    struct errand *errand = delivery->errand;

    if (delivery->step != ERRAND_POST_ROOT) {
        errand_posted_reply(errand, delivery->verdict.post_id);
    } else {
        struct report report = dispatch_report_of(REPORT_NEW_ROOT, delivery);
        report.why = reasons[errand_root_reason(errand)];
        report.verdict = &delivery->verdict;
        dispatch->port.report(dispatch->port.context, &report);
        errand_posted_root(errand, delivery->verdict.post_id, delivery->route->channel_id);
    }
    dispatch_go_on(dispatch, delivery, now);
}

bool dispatch_is_post(enum errand_step step)
{
    return step == ERRAND_POST_NOTICE || step == ERRAND_POST_ROOT || step == ERRAND_POST_REPLY;
}

void dispatch_doubt(struct delivery *delivery, enum errand_step step)
{
    if (step == ERRAND_POST_ROOT)
        errand_doubt_new_root(delivery->errand);
    else
        errand_doubt_reply(delivery->errand);
}

/*
 * A server goes on with what it has read of a request when its client is gone.  An error of its own
 * says that it has ended; any other end does not.
 */
void dispatch_step_doubted(const struct dispatch *dispatch, struct delivery *delivery,
                           const struct moment *now)
{
    dispatch_doubt(delivery, delivery->step);
    if (!delivery->verdict.error_id[0])
        delivery->busy_until = now->mono + dispatch->options.attempt_timeout;
}

/* Whether the step changes a post. */
static bool is_change(enum errand_step step)
{
    return step == ERRAND_PATCH || step == ERRAND_EMPTY || step == ERRAND_DELETE;
}

/* Takes what a step brought.  False: it is no help now, and is asked for again. */
static bool take(struct dispatch *dispatch, struct delivery *delivery, const struct answer *answer)
{
    if (delivery->step < ERRAND_POST_NOTICE)
        return dispatch_take_reading(dispatch, delivery, answer);
    if (delivery->step == ERRAND_MARK || delivery->step == ERRAND_UNMARK) {
        errand_marked(delivery->errand);
    } else {
        must(is_change(delivery->step));
        delivery->refusals = 0;
        errand_changed(delivery->errand);
    }
    return true;
}

/* ---- refusals ---- */

/* Whether it is the server that says 404, and not what stands in front of it. */
static bool is_gone(const struct verdict *verdict)
{
    return verdict->kind == VERDICT_REFUSED && verdict->http_status == 404 && verdict->error_id[0];
}

/* What is refused for the post's own sake, whatever the channel says.  False: ask the channel. */
static bool take_refusal(struct dispatch *dispatch, struct delivery *delivery)
{
    enum errand_step step = delivery->step;

    if ((step == ERRAND_READ_ROOT || step == ERRAND_READ_THREAD) && is_gone(&delivery->verdict)) {
        dispatch_report_lookup(dispatch, delivery, LOOKUP_NOT_FOUND);
        (void)errand_took_root(delivery->errand, NULL);
        return true;
    }
    return false;
}

/* Asks for the post that could not be changed: 403 and 404 do not tell whether it is gone. */
static void check_post(struct dispatch *dispatch, struct delivery *delivery)
{
    delivery_set_state(delivery, DELIVERY_CHECKING);
    delivery->ask = (struct ask){ .purpose = ASK_FOR_POST,
                                  .integration = delivery->route->integration,
                                  .timeout = dispatch->options.attempt_timeout,
                                  .owner = delivery };
    (void)snprintf(delivery->ask.path, sizeof(delivery->ask.path), "/posts/%s",
                   errand_at(delivery->errand)->id);
    dispatch->port.ask(dispatch->port.context, &delivery->ask);
}

void dispatch_post_answered(struct dispatch *dispatch, struct delivery *delivery,
                            const struct answer *answer, const struct moment *now)
{
    struct verdict verdict;
    struct finding post;

    verdict_of_request(answer, &verdict);
    bool is_said = verdict.kind == VERDICT_DELIVERED && finding_read(answer, &post);
    if ((is_said && post.is_deleted) || is_gone(&verdict)) {
        errand_changed(delivery->errand); /* by whoever deleted it */
        dispatch_go_on(dispatch, delivery, now);
    } else if (is_said || verdict.kind == VERDICT_REFUSED) {
        dispatch_check(dispatch, delivery);
    } else {
        dispatch_retry(dispatch, delivery, answer, now);
    }
}

/*
 * Whether the refusal of a change is believed: at once where the post is too old, else after some
 * in a row.  Servers without their database refuse, too.
 */
static bool is_believed(struct delivery *delivery)
{
    enum { ENOUGH = 5 };
    static const char too_old[] = "api.post.update_post.permissions_time_limit.app_error";

    if (strcmp(delivery->verdict.error_id, too_old) != 0 && ++delivery->refusals < ENOUGH)
        return false;
    delivery->refusals = 0;
    return true;
}

/* Whether one can do without the step where the server does not let one. */
static bool is_optional(enum errand_step step)
{
    return step == ERRAND_SEARCH || step == ERRAND_MARK || step == ERRAND_UNMARK;
}

static void do_without(struct dispatch *dispatch, struct delivery *delivery)
{
    enum errand_step step = delivery->step;

    if (step == ERRAND_SEARCH) {
        dispatch->findings.count = 0;
        dispatch_report_lookup(dispatch, delivery, LOOKUP_FAILED);
        errand_took_roots(delivery->errand, &dispatch->findings);
    } else if (step == ERRAND_PATCH) {
        errand_cannot_change(delivery->errand);
    } else if (step == ERRAND_EMPTY) {
        errand_changed(delivery->errand); /* what has files stays as it is */
    } else {
        errand_marked(delivery->errand);
    }
}

bool dispatch_step_refused(struct dispatch *dispatch, struct delivery *delivery,
                           const struct answer *answer, const struct moment *now)
{
    enum errand_step step = delivery->step;

    if (dispatch_is_post(step))
        return false;
    if (!is_optional(step) && !(is_change(step) && is_believed(delivery))) {
        dispatch_retry(dispatch, delivery, answer, now);
        return true;
    }
    if (step == ERRAND_DELETE)
        return false;
    do_without(dispatch, delivery);
    dispatch_go_on(dispatch, delivery, now);
    return true;
}

static void on_refused(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now)
{
    int status = delivery->verdict.http_status;

    if (take_refusal(dispatch, delivery))
        dispatch_go_on(dispatch, delivery, now);
    else if (is_change(delivery->step) && (status == 403 || status == 404))
        check_post(dispatch, delivery);
    else
        dispatch_check(dispatch, delivery);
}

void dispatch_step_answered(struct dispatch *dispatch, struct delivery *delivery,
                            const struct answer *answer, const struct moment *now)
{
    servers_release(&dispatch->servers, delivery->route->server, &delivery->ask);
    verdict_of_request(answer, &delivery->verdict);
    switch (delivery->verdict.kind) {
    case VERDICT_DELIVERED:
        if (take(dispatch, delivery, answer)) {
            if (!dispatch_looks_again(dispatch, delivery, now))
                dispatch_go_on(dispatch, delivery, now);
            return;
        }
        if (!delivery->verdict.words[0])
            dispatch_say(delivery, "the answer makes no sense");
        break;
    case VERDICT_RATE_LIMITED:
        dispatch_pause_server(dispatch, delivery, answer, now);
        return;
    case VERDICT_UNAUTHORISED:
        dispatch_close_route(dispatch, delivery, answer, now);
        return;
    case VERDICT_REFUSED:
        on_refused(dispatch, delivery, now);
        return;
    case VERDICT_ROUTE_CLOSED:
        dispatch_check(dispatch, delivery);
        return;
    case VERDICT_UNAVAILABLE:
    case VERDICT_AMBIGUOUS:
    case VERDICT_TOO_LARGE:
        break;
    }
    dispatch_retry(dispatch, delivery, answer, now);
}
