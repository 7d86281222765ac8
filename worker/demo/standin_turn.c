/* One exchange after the other: the request comes, is handled, waits, and is answered. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/demo/standin_answer.h"
#include "worker/demo/standin_httpd_inner.h"

enum { HANG_MS = 600 * 1000 }; /* a hung exchange is given up after that */

static const struct turn *turn_of(const struct exchange *exchange)
{
    return (const void *)exchange; /* its first member */
}

const char *exchange_header(const struct exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(turn_of(exchange)->connection, MHD_HEADER_KIND, name);
}

const char *exchange_query(const struct exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(turn_of(exchange)->connection, MHD_GET_ARGUMENT_KIND, name);
}

bool exchange_query_has_nul(const struct exchange *exchange, const char *name)
{
    const char *value;
    size_t length;

    return MHD_lookup_connection_value_n(turn_of(exchange)->connection, MHD_GET_ARGUMENT_KIND, name,
                                         strlen(name), &value, &length) == MHD_YES &&
           value && strlen(value) < length;
}

void exchange_peer(const struct exchange *exchange, size_t size, char *ret)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(turn_of(exchange)->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr_in *address = (const void *)info->client_addr;
    uint32_t ip = ntohl(address->sin_addr.s_addr);

    snprintf(ret, size, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

static void resume(struct turn *turn)
{
    if (!turn->suspended)
        return;
    turn->suspended = false;
    loop_clear_timer(turn->httpd->loop, &turn->timer);
    MHD_resume_connection(turn->connection);
    httpd_poke(turn->httpd);
}

static void pause_for(struct turn *turn, mono_ms delay)
{
    turn->suspended = true;
    loop_set_timer(turn->httpd->loop, &turn->timer, loop_now(turn->httpd->loop) + delay);
    MHD_suspend_connection(turn->connection);
}

/* A delay is over: what was put off goes on, or the answer goes out. */
static void delay_over(void *context, mono_ms now)
{
    struct turn *turn = context;
    struct exchange *exchange = &turn->exchange;
    void (*go_on)(void *, struct exchange *) = exchange->go_on;

    (void)now;
    exchange->go_on = NULL;
    exchange->delay = 0;
    if (exchange->fate == EXCHANGE_HUNG)
        exchange->fate = EXCHANGE_CUT;
    if (go_on)
        go_on(turn->httpd->callbacks.context, exchange);
    resume(turn);
}

void *turn_begin(void *context, const char *target, struct MHD_Connection *connection)
{
    struct httpd *httpd = context;
    struct turn *turn = mem_new(sizeof(*turn));

    turn->httpd = httpd;
    turn->connection = connection;
    turn->timer = (struct loop_timer){ .due = delay_over, .context = turn };
    turn->exchange = (struct exchange){ .target_length = strlen(target),
                                        .body = text_of(EXCHANGE_MAX_UPLOAD),
                                        .body_limit = EXCHANGE_MAX_BODY,
                                        .reply = text_of(EXCHANGE_MAX_REPLY) };
    LIST_INSERT_HEAD(&httpd->turns, turn, link);
    return turn;
}

static void take_body(struct exchange *exchange, const char *bytes, size_t length)
{
    size_t room = exchange->body_limit - exchange->body.length;

    text_add(&exchange->body, bytes, length < room ? length : room);
    exchange->body_bytes += length;
}

/* Puts the finished exchange on its way: answers, waits first, or ends the connection. */
static enum MHD_Result carry_out(struct turn *turn)
{
    struct exchange *exchange = &turn->exchange;

    if (exchange->fate == EXCHANGE_HUNG) {
        pause_for(turn, HANG_MS);
        return MHD_YES;
    }
    if (exchange->delay > 0 || exchange->go_on) {
        pause_for(turn, exchange->delay);
        return MHD_YES;
    }
    if (exchange->fate == EXCHANGE_CUT)
        return MHD_NO;
    return answer_queue(turn->connection, turn->httpd, exchange) ? MHD_YES : MHD_NO;
}

/* NOLINTNEXTLINE(readability-function-size): libmicrohttpd's type */
enum MHD_Result turn_go_on(void *context, struct MHD_Connection *connection, const char *path,
                           const char *method, const char *version, const char *upload,
                           size_t *upload_size, void **memory)
{
    struct httpd *httpd = context;
    struct turn *turn = *memory;
    struct exchange *exchange = &turn->exchange;

    (void)connection;
    (void)version;
    if (!turn->begun) {
        turn->begun = true;
        exchange->method = method;
        exchange->path = path;
        httpd->callbacks.begun(httpd->callbacks.context, exchange);
        return exchange->status ? carry_out(turn) : MHD_YES;
    }
    if (*upload_size) {
        take_body(exchange, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (!turn->handled) {
        turn->handled = true;
        httpd->callbacks.handle(httpd->callbacks.context, exchange);
    }
    return carry_out(turn);
}

void turn_cut(struct turn *turn)
{
    turn->exchange.fate = EXCHANGE_CUT;
    turn->exchange.delay = 0;
    turn->exchange.go_on = NULL;
    resume(turn);
    answer_wake(&turn->exchange);
}

void turn_free(struct turn *turn)
{
    loop_clear_timer(turn->httpd->loop, &turn->timer);
    if (turn->exchange.work)
        turn->exchange.free_work(turn->exchange.work);
    exchange_start_over(&turn->exchange);
    text_free(&turn->exchange.body);
    text_free(&turn->exchange.reply);
    LIST_REMOVE(turn, link);
    free(turn);
}
