/* The Mattermost API: who calls, what is refused before any route, which route, which faults. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_refusal.h"
#include "worker/demo/standin_routes.h"

enum {
    MAX_URL = 2048,
    DRAINED_BYTES = 256 * 1024, /* of a body that nobody wants, before the connection is closed */
    SPARE_PAYLOAD_BYTES = 512,  /* that the server takes beyond its limit */
    ADDRESS_SIZE = 16,          /* of "255.255.255.255" and a NUL */
};

/* The token of a request, the way it is found there: cookie first; NULL: none. */
static const char *find_token(const struct exchange *exchange)
{
    static const char cookie_name[] = "MMAUTHTOKEN=";
    const char *cookie = exchange_header(exchange, "Cookie");
    const char *authorization = exchange_header(exchange, "Authorization");

    if (cookie && strncmp(cookie, cookie_name, strlen(cookie_name)) == 0)
        return cookie + strlen(cookie_name);
    if (!authorization)
        return NULL;
    if (strncasecmp(authorization, "Bearer ", strlen("Bearer ")) == 0)
        return authorization + strlen("Bearer ");
    if (strncasecmp(authorization, "Token ", strlen("Token ")) == 0)
        return authorization + strlen("Token ");
    return NULL;
}

/* The headers that every answer of the API carries, a refusal by the limiter excepted. */
static void add_usual_headers(const struct standin *standin, struct exchange *exchange)
{
    exchange->content_type = "application/json";
    exchange_add_header(exchange, "Vary", "Accept-Encoding");
    exchange_add_header(exchange, "X-Request-Id", "%s", exchange->request_id);
    if (is_old(standin)) {
        exchange_add_header(exchange, "X-Version-Id",
                            "5.37.0..ef0037ef1337e59d3131b80c127123e6.false");
    } else {
        exchange_add_header(
            exchange, "X-Version-Id",
            "11.2.0..01da738be7df85abfb0e222bd551c36f2b03952b7450dd9269d633821d452d4e.false");
        exchange_add_header(exchange, "Referrer-Policy", "no-referrer");
        exchange_add_header(exchange, "X-Content-Type-Options", "nosniff");
    }
    if (strcmp(exchange->method, "GET") == 0)
        exchange_add_header(exchange, "Expires", "0");
}

/* Gives the name of the bucket that a request is counted in. */
static char *limiter_key(const struct standin *standin, const struct exchange *exchange,
                         const char *token)
{
    const struct limiter *limiter = &standin->limiter;
    const char *name = standin->config.proxy_header;
    const char *proxy = *name ? exchange_header(exchange, name) : NULL;
    bool by_token = limiter->by_user && token && *token;
    char peer[ADDRESS_SIZE];

    if (by_token && !limiter->by_address)
        return mem_printf("%s|", token);
    exchange_peer(exchange, sizeof(peer), peer);
    return mem_printf("%s|%s", by_token ? token : "", proxy ? proxy : peer);
}

static void refuse_by_limiter(struct exchange *exchange, const struct limiter_state *state)
{
    exchange_add_header(exchange, "Retry-After", "%d", (int)state->retry_after_s);
    exchange_add_header(exchange, "X-Content-Type-Options", "nosniff");
    exchange->content_type = "text/plain; charset=utf-8";
    exchange->status = 429;
    text_add_string(&exchange->reply, "limit exceeded\n");
}

/* Adds the limiter's headers; false: refused by it. */
static bool pass_limiter(struct standin *standin, struct exchange *exchange, const char *token)
{
    struct limiter *limiter = &standin->limiter;
    struct limiter_state state;

    if (!limiter->per_second)
        return true;
    AUTO(free) char *key = limiter_key(standin, exchange, token);
    bool pass = limiter_pass(limiter, key, standin->model.now, &state);
    int times = pass && limiter->by_user && exchange->user ? 2 : 1; /* as recorded */
    for (int i = 0; i < times; i++) {
        exchange_add_header(exchange, "X-Ratelimit-Limit", "%d", (int)state.limit);
        exchange_add_header(exchange, "X-Ratelimit-Remaining", "%d", (int)state.remaining);
        exchange_add_header(exchange, "X-Ratelimit-Reset", "%d", (int)state.reset_s);
    }
    if (!pass)
        refuse_by_limiter(exchange, &state);
    return pass;
}

static void answer_no_route(const struct standin *standin, struct exchange *exchange)
{
    bool in_api = strncmp(exchange->path, ROUTES_PREFIX, strlen(ROUTES_PREFIX)) == 0;

    if (!in_api)
        add_usual_headers(standin, exchange);
    exchange->content_type =
        in_api && is_old(standin) ? "text/plain; charset=utf-8" : "application/json";
    exchange->status = 404;
    text_add_string(&exchange->reply,
                    "{\"id\":\"api.context.404.app_error\","
                    "\"message\":\"Sorry, we could not find the page.\",\"detailed_error\":"
                    "\"There doesn't appear to be an api call for the url='");
    text_add_string(&exchange->reply, exchange->path);
    text_add_string(&exchange->reply, "'.  Typo? are you missing a team_id or user_id as part of "
                                      "the url?\",\"status_code\":404}");
}

/* Answers what is refused before any route is looked for; true: it was. */
static bool refused_early(struct exchange *exchange, const struct standin *standin)
{
    if (exchange->target_length > MAX_URL && !is_old(standin)) {
        exchange->content_type = "application/json";
        exchange_add_header(exchange, "Vary", "Accept-Encoding");
        refuse(exchange, REFUSED_URL_TOO_LONG, NULL);
        return true;
    }
    if (strstr(exchange->path, "//")) {
        AUTO(free) char *clean = mem_string(exchange->path);
        char *to = clean;

        for (const char *from = exchange->path; *from; from++)
            if (from[0] != '/' || from[1] != '/')
                *to++ = *from;
        *to = '\0';
        exchange_add_header(exchange, "Location", "%s", clean);
        exchange->status = 301;
        return true;
    }
    return false;
}

/* Refuses who has no session; true: refused. */
static bool lacks_session(const struct standin *standin, struct exchange *exchange,
                          const char *token)
{
    if (exchange->user)
        return false;
    if (!token && exchange_query(exchange, "access_token") &&
        model_find_token(&standin->model, exchange_query(exchange, "access_token"))) {
        refuse(exchange, REFUSED_TOKEN_IN_QUERY, NULL);
        return true;
    }
    refuse(exchange, REFUSED_NO_SESSION, NULL);
    if (token && *token)
        exchange_add_header(exchange, "Set-Cookie", "MMAUTHTOKEN=; Path=/; Max-Age=0; HttpOnly");
    return true;
}

/* Refuses a {…_id} in the path that has not the form of one; true: refused. */
static bool lacks_id(struct exchange *exchange, const struct route *route,
                     const struct captures *captures)
{
    size_t index = 0;

    for (const char *at = strchr(route->path, '{'); at; at = strchr(at + 1, '{')) {
        size_t length = strcspn(at + 1, "}");
        bool wants_id = length > 3 && strncmp(at + 1 + length - 3, "_id", 3) == 0;

        if (wants_id && !model_is_id(captures->values[index])) {
            AUTO(free) char *name = mem_string_of(at + 1, length);
            refuse(exchange, REFUSED_BAD_URL_PARAM, name);
            return true;
        }
        index++;
    }
    return false;
}

/* The answer of the server itself, without faults. */
static void answer(struct standin *standin, struct exchange *exchange)
{
    const char *token = find_token(exchange);
    struct captures captures;
    const struct route *route = routes_find(standin, exchange, &captures);

    if (!pass_limiter(standin, exchange, token) || refused_early(exchange, standin))
        return;
    if (!route) {
        answer_no_route(standin, exchange);
        return;
    }
    add_usual_headers(standin, exchange);
    if (exchange->token_unreadable) {
        refuse(exchange, REFUSED_TOKEN_UNREADABLE, token);
        return;
    }
    if (route->who == SESSION && lacks_session(standin, exchange, token))
        return;
    if (!lacks_id(exchange, route, &captures))
        route->handle(standin, exchange, &captures);
}

/* Whose session a token is; without the database only those are known that were used before. */
static void find_session(const struct standin *standin, struct exchange *exchange,
                         const char *token)
{
    enum faults_away away = standin->faults.database_away;
    struct token *known = model_find_token(&standin->model, token);

    if (!known)
        return;
    if (!known->cached && (away == AWAY_SESSIONS || away == AWAY_TEAMS)) {
        exchange->token_unreadable = true;
        return;
    }
    if (!known->cached && (away == AWAY_TOKENS || away == AWAY_DATABASE))
        return;
    known->cached = true;
    exchange->user = known->user;
}

/*
 * How much of a body is read.  The older server has one limit for all bodies, the newer one knows
 * files, which come in a form that takes some bytes itself.
 */
static void limit_body(const struct standin *standin, struct exchange *exchange)
{
    enum { FORM_BYTES = 64 * 1024 };
    const struct standin_config *config = &standin->config;
    bool upload = strcmp(exchange->path, ROUTES_PREFIX "files") == 0;
    int64_t limit = config->max_payload_bytes + SPARE_PAYLOAD_BYTES;
    size_t most = upload ? EXCHANGE_MAX_UPLOAD : EXCHANGE_MAX_BODY;

    if (upload)
        limit = config->max_file_size + FORM_BYTES;
    else if (is_old(standin))
        limit = config->max_file_size + SPARE_PAYLOAD_BYTES;
    exchange->body_limit = (uint64_t)limit < most ? (size_t)limit : most;
}

void api_begun(void *context, struct exchange *exchange)
{
    struct standin *standin = context;
    const char *token = find_token(exchange);
    const char *expect = exchange_header(exchange, "Expect");

    standin_tick(standin);
    model_new_id(&standin->model, exchange->request_id);
    if (token && !standin->faults.bad_token)
        find_session(standin, exchange, token);
    limit_body(standin, exchange);
    if (!expect)
        return;
    if (strcasecmp(expect, "100-continue") != 0) {
        exchange->status = 417;
        exchange->close = true;
    } else if (!exchange->user) {
        answer(standin, exchange); /* without asking for the body */
    }
}

void api_handle(void *context, struct exchange *exchange)
{
    struct standin *standin = context;
    struct captures captures;

    standin_tick(standin);
    const struct route *route = routes_find(standin, exchange, &captures);
    exchange->label = route ? route->path : NULL;
    if (!api_make_trouble(standin, exchange)) {
        answer(standin, exchange);
        if (exchange->go_on)
            return;
    }
    uint64_t read = exchange->body_was_read ? exchange->body_limit : 0;
    if (exchange->body_bytes > read + DRAINED_BYTES)
        exchange->close = true;
    api_conclude(standin, exchange);
}
