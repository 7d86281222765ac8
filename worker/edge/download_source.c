#include "worker/edge/download_source.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "common/must.h"
#include "worker/core/public_address.h"
#include "worker/edge/mattermost_exchange.h"

enum {
    HOPS_MAX = 3,
    HEAD_MAX_BYTES = 64 * 1024,
    LOCATION_MAX_BYTES = 8 * 1024,
    SLOW_BYTES_PER_S = 1024,
    STATUS_OK = 200,
};

/* Whether an address may be connected to; one of another family than IP may not. */
static bool is_public(const struct sockaddr *address)
{
    uint8_t bytes[16];

    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
        memcpy(bytes, &v4->sin_addr, 4);
        return public_address(bytes, 4);
    }
    if (address->sa_family != AF_INET6)
        return false;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
    memcpy(bytes, &v6->sin6_addr, 16);
    return public_address(bytes, 16);
}

/*
 * Called with the very address that is connected to next, so that a name which leads elsewhere when
 * it is looked up again gains nothing.
 */
static curl_socket_t on_connect(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct download_source *source = context;

    (void)purpose;
    if (source->listing != HOST_BY_NAME && !is_public(&address->addr)) {
        source->forbidden = true;
        return CURL_SOCKET_BAD;
    }
    source->connected = true;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool is_blank(const char *line, size_t length)
{
    return length > 0 && (*line == '\r' || *line == '\n');
}

static void read_location(struct download_source *source, const char *line, size_t length)
{
    static const char name[] = "Location:";
    const size_t colon = sizeof(name) - 1;

    if (length < colon || strncasecmp(line, name, colon) != 0)
        return;
    const char *at = line + colon;
    const char *end = line + length;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && (unsigned char)end[-1] <= ' ')
        end--;
    text_clear(&source->location);
    text_add(&source->location, at, (size_t)(end - at));
}

static long status_of(const struct download_source *source)
{
    long status = 0;

    (void)curl_easy_getinfo(source->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* An answer without the file is left when its head was read: its body may have no end. */
static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct download_source *source = context;

    (void)size;
    source->head_bytes += count;
    if (source->head_bytes > HEAD_MAX_BYTES)
        return 0;
    if (source->head_ended) /* a trailer */
        return count;
    read_location(source, line, count);
    if (!is_blank(line, count) || status_of(source) < STATUS_OK)
        return count;
    source->head_ended = status_of(source) == STATUS_OK;
    return source->head_ended ? count : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct download_source *source = context;

    (void)size;
    source->too_large = (int64_t)count > source->options->max_bytes - source->received;
    if (source->too_large)
        return 0;
    if (!download_pipe_put(source->pipe, bytes, count))
        return CURL_WRITEFUNC_PAUSE;
    source->received += (int64_t)count;
    return count;
}

/* A new connection each time: a kept one could die, and be replaced without our being asked. */
static void set_options(struct download_source *source)
{
    CURL *easy = source->easy;
    long patience_s = (long)((source->options->patience + 999) / 1000);

    must(!curl_easy_setopt(easy, CURLOPT_PRIVATE, source));
    must(!curl_easy_setopt(easy, CURLOPT_CURLU, source->url));
    must(!curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L));
    must(!curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L));
    must(!curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES_PER_S));
    must(!curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, patience_s));
    must(
        !curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)source->options->max_bytes));
    must(!curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_connect));
    must(!curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, source));
    must(!curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header));
    must(!curl_easy_setopt(easy, CURLOPT_HEADERDATA, source));
    must(!curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body));
    must(!curl_easy_setopt(easy, CURLOPT_WRITEDATA, source));
}

void download_source_open(struct download_source *source, const struct downloads_options *options,
                          struct download_pipe *pipe)
{
    *source = (struct download_source){ .easy = exchange_handle(),
                                        .url = curl_url(),
                                        .options = options,
                                        .pipe = pipe,
                                        .location = text_of(LOCATION_MAX_BYTES) };
    must(source->url);
    set_options(source);
}

void download_source_close(struct download_source *source)
{
    curl_easy_cleanup(source->easy);
    curl_url_cleanup(source->url);
    text_free(&source->location);
}

struct download_source *download_source_of(CURL *easy)
{
    struct download_source *source = NULL;

    must(!curl_easy_getinfo(easy, CURLINFO_PRIVATE, &source));
    return source;
}

/* Gives a part of the URL, which is there. */
static char *part_of(const struct download_source *source, CURLUPart part)
{
    char *words = NULL;

    must(!curl_url_get(source->url, part, &words, CURLU_DEFAULT_PORT));
    return words;
}

static enum host_listing find_listing(const struct download_source *source)
{
    char *host = part_of(source, CURLUPART_HOST);
    char *port = part_of(source, CURLUPART_PORT);
    enum host_listing listing =
        host_list_find(source->options->hosts, host, (int)strtol(port, NULL, 10));

    curl_free(host);
    curl_free(port);
    return listing;
}

static bool is_web(const struct download_source *source)
{
    char *scheme = part_of(source, CURLUPART_SCHEME);
    bool is = strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0;

    curl_free(scheme);
    return is;
}

/*
 * Aims at a URL, which may be relative to the last one.  It is taken apart by libcurl, and the
 * request is made from these parts: nobody can read another host in it than was looked up here.
 */
static enum fetch_problem aim(struct download_source *source, const char *url)
{
    const unsigned flags = CURLU_DISALLOW_USER | CURLU_URLENCODE | CURLU_ALLOW_SPACE;
    CURLUcode code = curl_url_set(source->url, CURLUPART_URL, url, flags);

    if (code == CURLUE_USER_NOT_ALLOWED)
        return FETCH_HOST_FORBIDDEN;
    if (code || !is_web(source))
        return FETCH_NO_ADDRESS;
    source->listing = find_listing(source);
    if (source->listing == HOST_NOT_LISTED)
        return FETCH_HOST_FORBIDDEN;
    source->connected = false;
    source->forbidden = false;
    source->head_bytes = 0;
    source->head_ended = false;
    text_clear(&source->location);
    source->received = 0;
    source->too_large = false;
    return FETCH_NONE;
}

enum fetch_problem download_source_aim(struct download_source *source, const char *url)
{
    must(!curl_url_set(source->url, CURLUPART_URL, NULL, 0));
    source->hops = 0;
    return url ? aim(source, url) : FETCH_NO_ADDRESS;
}

int64_t download_source_length(const struct download_source *source)
{
    curl_off_t length = -1;

    must(!curl_easy_getinfo(source->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length));
    return length;
}

/* What a status other than 200 means; the first that fits. */
static const struct {
    long first;
    long last;
    enum fetch_problem problem;
    bool may_pass;
} statuses[] = {
    { 204, 205, FETCH_EMPTY, false },     { 404, 404, FETCH_NOT_FOUND, false },
    { 410, 410, FETCH_NOT_FOUND, false }, { 408, 408, FETCH_REFUSED, true },
    { 425, 425, FETCH_REFUSED, true },    { 429, 429, FETCH_REFUSED, true },
    { 400, 499, FETCH_REFUSED, false },   { 500, 599, FETCH_FAILED, true },
    { 0, 999, FETCH_FAILED, false },
};

/* What a failed transfer means; others have failed, and would again. */
static const struct {
    CURLcode code;
    enum fetch_problem problem;
    bool may_pass;
} failures[] = {
    { CURLE_COULDNT_RESOLVE_HOST, FETCH_FAILED, true },
    { CURLE_COULDNT_CONNECT, FETCH_FAILED, true },
    { CURLE_SSL_CONNECT_ERROR, FETCH_FAILED, true },
    { CURLE_SEND_ERROR, FETCH_FAILED, true },
    { CURLE_RECV_ERROR, FETCH_FAILED, true },
    { CURLE_GOT_NOTHING, FETCH_FAILED, true },
    { CURLE_PARTIAL_FILE, FETCH_FAILED, true },
    { CURLE_OPERATION_TIMEDOUT, FETCH_TOO_SLOW, true },
    { CURLE_FILESIZE_EXCEEDED, FETCH_TOO_LARGE, false },
};

static struct download_source_end failed(enum fetch_problem problem, bool may_pass)
{
    return (struct download_source_end){ SOURCE_FAILED, problem, may_pass };
}

static struct download_source_end failed_by_status(long status)
{
    size_t i = 0;

    while (status < statuses[i].first || status > statuses[i].last)
        i++;
    return failed(statuses[i].problem, statuses[i].may_pass);
}

static struct download_source_end failed_by_code(CURLcode code)
{
    for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++)
        if (failures[i].code == code)
            return failed(failures[i].problem, failures[i].may_pass);
    return failed(FETCH_FAILED, false);
}

static bool is_redirect(long status)
{
    return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

static struct download_source_end follow(struct download_source *source)
{
    if (source->location.length == 0 || source->location.overflowed || source->hops == HOPS_MAX)
        return failed(FETCH_FAILED, false);
    source->hops++;
    enum fetch_problem problem = aim(source, text_string(&source->location));
    if (problem == FETCH_NONE)
        return (struct download_source_end){ .kind = SOURCE_MOVED };
    return failed(problem == FETCH_NO_ADDRESS ? FETCH_FAILED : problem, false);
}

struct download_source_end download_source_end(struct download_source *source, CURLcode result)
{
    long status = status_of(source);

    if (source->forbidden && !source->connected)
        return failed(FETCH_HOST_FORBIDDEN, false);
    if (source->too_large)
        return failed(FETCH_TOO_LARGE, false);
    if (is_redirect(status))
        return follow(source);
    if (status > STATUS_OK)
        return failed_by_status(status);
    if (result != CURLE_OK)
        return failed_by_code(result);
    if (!source->head_ended) /* libcurl takes a cut among the headers for the answer's end */
        return failed(FETCH_FAILED, true);
    if (source->received == 0)
        return failed(FETCH_EMPTY, false);
    return (struct download_source_end){ .kind = SOURCE_WHOLE };
}
