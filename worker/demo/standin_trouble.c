/* The faults of the switchboard, as they befall an exchange of the API. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_refusal.h"

static void answer_like_a_proxy(struct exchange *exchange, int status)
{
    const char *reason = status == 502   ? "Bad Gateway"
                         : status == 503 ? "Service Temporarily Unavailable"
                                         : "Gateway Time-out";

    exchange->content_type = "text/html";
    exchange_add_header(exchange, "Server", "nginx");
    text_printf(&exchange->reply,
                "<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n<center><h1>%d %s</h1>"
                "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
                status, reason, status, reason);
    exchange->status = status;
}

static void answer_like_the_limiter(struct exchange *exchange, int64_t retry_after)
{
    exchange->content_type = "text/plain; charset=utf-8";
    exchange_add_header(exchange, "X-Content-Type-Options", "nosniff");
    if (retry_after >= 0) {
        exchange_add_header(exchange, "X-Ratelimit-Limit", "101");
        exchange_add_header(exchange, "X-Ratelimit-Remaining", "0");
        exchange_add_header(exchange, "X-Ratelimit-Reset", "%d", (int)retry_after);
    }
    text_add_string(&exchange->reply, "limit exceeded\n");
    exchange->status = 429;
}

static void answer_instead(struct exchange *exchange, const struct faults_answer *answer)
{
    int status = (int)answer->status;

    if (answer->retry_after >= 0)
        exchange_add_header(exchange, "Retry-After", "%d", (int)answer->retry_after);
    if (status == 429 && !*answer->id && !answer->json) {
        answer_like_the_limiter(exchange, answer->retry_after);
    } else if (status >= 502 && status <= 504 && !*answer->id && !answer->json) {
        answer_like_a_proxy(exchange, status);
    } else {
        exchange->content_type = "application/json";
        exchange_add_header(exchange, "X-Request-Id", "%s", exchange->request_id);
        refuse_as(exchange, status, *answer->id ? answer->id : "standin.fault.app_error",
                  "The switchboard says so.");
    }
}

bool api_make_trouble(struct standin *standin, struct exchange *exchange)
{
    struct faults *faults = &standin->faults;
    const struct faults_answer *instead;

    if (faults_hit(faults, faults->cut_before_percent)) {
        exchange->fate = EXCHANGE_CUT;
        return true;
    }
    if (faults_hit(faults, faults->hang_percent)) {
        exchange->fate = EXCHANGE_HUNG;
        return true;
    }
    if (faults->redirect) {
        exchange_add_header(exchange, "Location", "http://elsewhere.example%s", exchange->path);
        exchange->status = 302;
        return true;
    }
    instead =
        faults_answer_to(faults, exchange->method, exchange->path, text_string(&exchange->body));
    if (instead)
        answer_instead(exchange, instead);
    return instead != NULL;
}

/* What happens to the answer to a post that was just accepted. */
static void befall_accepted(struct faults *faults, struct exchange *exchange)
{
    if (faults_hit(faults, faults->cut_after_accept_percent)) {
        exchange->fate = EXCHANGE_CUT;
    } else if (faults_hit(faults, faults->accept_then_percent)) {
        const struct faults_answer answer = { .status = faults->accept_then_status,
                                              .retry_after = -1 };
        exchange_start_over(exchange);
        answer_instead(exchange, &answer);
    } else if (faults_hit(faults, faults->bad_json_percent)) {
        text_truncate(&exchange->reply, exchange->reply.length / 2);
    }
}

static void count(struct standin *standin, const struct exchange *exchange)
{
    AUTO(free)
    char *key =
        mem_printf("%s %s %d", exchange->method, exchange->label ? exchange->label : "other",
                   exchange->fate == EXCHANGE_ANSWERED ? exchange->status : 0);
    uint64_t *counter = map_find(&standin->counts, key, strlen(key));

    if (!counter) {
        counter = mem_new(sizeof(*counter));
        map_put(&standin->counts, key, strlen(key), counter);
    }
    ++*counter;
}

void api_conclude(struct standin *standin, struct exchange *exchange)
{
    struct faults *faults = &standin->faults;

    if (exchange->status == 201)
        befall_accepted(faults, exchange);
    exchange->delay = faults->latency_ms;
    exchange->drip = faults->drip_ms;
    exchange->endless = faults->endless_body;
    count(standin, exchange);
}
