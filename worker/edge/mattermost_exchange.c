#include "worker/edge/mattermost_exchange.h"

#include "common/clock.h"
#include "common/must.h"

enum {
    CONNECT_TIMEOUT_MS = 5000,
    /* Mattermost closes a connection that was idle for 60 s. */
    IDLE_MAX_S = 45,
    /* So that a server that moved is found again. */
    CONNECTION_MAX_S = 600,
    HEADERS_MAX_BYTES = 64 * 1024,
    BODY_KEPT_BYTES = 16 * 1024,
};

/*
 * Called before a request is sent.  libcurl sends one again when the connection that it had kept
 * dies before the answer, although the server may have read the first one.
 */
static int on_send(void *context, char *ip, char *local_ip, /* NOLINT: libcurl's signature */
                   int port, int local_port)
{
    struct exchange *exchange = context;

    (void)ip;
    (void)local_ip;
    (void)port;
    (void)local_port;
    /* libcurl's clock stands still while the machine is suspended; others take over meanwhile. */
    if (exchange->until && clock_mono() > exchange->until)
        return CURL_PREREQFUNC_ABORT;
    exchange->sends++;
    return exchange->sends > 1 && !exchange->may_repeat ? CURL_PREREQFUNC_ABORT
                                                        : CURL_PREREQFUNC_OK;
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;

    (void)size;
    exchange->header_bytes += count;
    if (exchange->header_bytes > HEADERS_MAX_BYTES)
        return 0;
    exchange->head_ended = *line == '\r' || *line == '\n';
    answer_limits_read(&exchange->limits, line, count);
    if (exchange->head_ended && exchange->heard)
        exchange->heard(exchange);
    return count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;

    (void)size;
    text_add(&exchange->body, bytes, count);
    return exchange->body.overflowed ? 0 : count;
}

/* What never changes about a handle. */
static const struct {
    CURLoption option;
    long value;
} fixed_options[] = {
    { CURLOPT_NOSIGNAL, 1 },
    { CURLOPT_QUICK_EXIT, 1 }, /* a name that is still looked up does not hold its request's end */
    { CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
    { CURLOPT_HTTP09_ALLOWED, 0 },
    { CURLOPT_FOLLOWLOCATION, 0 },
    { CURLOPT_UNRESTRICTED_AUTH, 0 },
    { CURLOPT_DISALLOW_USERNAME_IN_URL, 1 },
    { CURLOPT_NETRC, CURL_NETRC_IGNORED },
    { CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
    { CURLOPT_SSL_VERIFYPEER, 1 },
    { CURLOPT_SSL_VERIFYHOST, 2 },
    { CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS },
    { CURLOPT_MAXAGE_CONN, IDLE_MAX_S },
    { CURLOPT_MAXLIFETIME_CONN, CONNECTION_MAX_S },
    { CURLOPT_TCP_KEEPALIVE, 1 },
    { CURLOPT_TCP_KEEPIDLE, 30 },
    { CURLOPT_TCP_KEEPINTVL, 10 },
};

static void set_callbacks(CURL *easy, struct exchange *exchange)
{
    must(!curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange));
    must(!curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->reason));
    must(!curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send));
    must(!curl_easy_setopt(easy, CURLOPT_PREREQDATA, exchange));
    must(!curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header));
    must(!curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange));
    must(!curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body));
    must(!curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange));
}

CURL *exchange_handle(void)
{
    CURL *easy = curl_easy_init();

    must(easy);
    for (size_t i = 0; i < sizeof(fixed_options) / sizeof(*fixed_options); i++)
        must(!curl_easy_setopt(easy, fixed_options[i].option, fixed_options[i].value));
    must(!curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https"));
    must(!curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https"));
    must(!curl_easy_setopt(easy, CURLOPT_PROXY, "")); /* nor that of the environment */
    must(!curl_easy_setopt(easy, CURLOPT_USERAGENT, "ireserve-mattermost"));
    return easy;
}

void exchange_open(struct exchange *exchange)
{
    *exchange = (struct exchange){ .easy = exchange_handle(), .body = text_of(ANSWER_MAX_BODY) };
    set_callbacks(exchange->easy, exchange);
}

void exchange_close(struct exchange *exchange)
{
    curl_easy_cleanup(exchange->easy);
    text_free(&exchange->body);
}

void exchange_begin(struct exchange *exchange, bool may_repeat, size_t most)
{
    text_clear(&exchange->body);
    exchange->body.maximum = most ? most : ANSWER_MAX_BODY;
    exchange->may_repeat = may_repeat;
    exchange->until = 0;
    exchange->sends = 0;
    exchange->header_bytes = 0;
    exchange->head_ended = false;
    exchange->limits = answer_limits_none();
    exchange->reason[0] = '\0';
}

void exchange_end(struct exchange *exchange)
{
    if (exchange->body.capacity > BODY_KEPT_BYTES)
        text_free(&exchange->body);
}

struct exchange *exchange_of(CURL *easy)
{
    struct exchange *exchange = NULL;

    must(!curl_easy_getinfo(easy, CURLINFO_PRIVATE, &exchange));
    return exchange;
}

/*
 * How a transfer ended.  One that stopped before it was sent was certainly not processed.  libcurl
 * takes a connection that closes among the headers for the end of the answer.
 */
static enum answer_kind kind_of(const struct exchange *exchange, CURLcode result, long status)
{
    if (result == CURLE_OK && exchange->head_ended)
        return ANSWER_HTTP;
    if (exchange->body.overflowed && (status < 200 || status > 299))
        return ANSWER_HTTP; /* a refusal is one, however long its page */
    return exchange->sends > 0 ? ANSWER_UNKNOWN : ANSWER_NOT_SENT;
}

static const char *reason_of(const struct exchange *exchange, CURLcode result)
{
    if (exchange->sends > 1)
        return "the connection was closed before the answer came";
    if (exchange->body.overflowed || exchange->header_bytes > HEADERS_MAX_BYTES)
        return "the answer is too large";
    if (result == CURLE_OK)
        return "the connection was closed within the answer";
    return exchange->reason[0] ? exchange->reason : curl_easy_strerror(result);
}

struct answer exchange_answer(const struct exchange *exchange, CURLcode result)
{
    long status = 0;

    (void)curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    struct answer answer = { .kind = kind_of(exchange, result, status), .body = "", .why = "" };
    answer_take_limits(&answer, &exchange->limits);
    if (answer.kind == ANSWER_HTTP) {
        answer.status = (int)status;
        answer.body = text_string(&exchange->body);
        answer.body_length = exchange->body.length;
    } else {
        answer.why = reason_of(exchange, result);
    }
    return answer;
}
