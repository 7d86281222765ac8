#include "worker/edge/download_upload.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/heap.h"
#include "common/mem.h"
#include "common/must.h"
#include "worker/core/integration.h"
#include "worker/core/peek.h"

enum { STATUS_CREATED = 201 };

static size_t on_wanted(char *bytes, size_t size, size_t count, void *context)
{
    struct download_pipe *pipe = context;
    size_t taken = download_pipe_take(pipe, bytes, size * count);

    return taken > 0 || pipe->ended ? taken : CURL_READFUNC_PAUSE;
}

/* Only what goes on sees that a refusal has come: libcurl waits for bytes that it will not send. */
static void on_heard(struct exchange *exchange)
{
    download_pipe_answer(container_of(exchange, struct download_upload, exchange)->pipe);
}

/*
 * libcurl repeats a request when a connection that it had kept dies before the answer; this one it
 * could not repeat, as its bytes are gone.  So it goes over a connection of its own.
 */
void download_upload_open(struct download_upload *upload, struct download_pipe *pipe)
{
    *upload = (struct download_upload){ .pipe = pipe };
    exchange_open(&upload->exchange);
    upload->exchange.heard = on_heard;
    CURL *easy = upload->exchange.easy;
    must(!curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L));
    must(!curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L));
    must(!curl_easy_setopt(easy, CURLOPT_POST, 1L));
    must(!curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_wanted));
    must(!curl_easy_setopt(easy, CURLOPT_READDATA, pipe));
}

void download_upload_close(struct download_upload *upload)
{
    exchange_close(&upload->exchange);
}

struct download_upload *download_upload_of(CURL *easy)
{
    return container_of(exchange_of(easy), struct download_upload, exchange);
}

static void set_url(CURL *easy, const struct mattermost_bot *bot, const struct fetch *fetch)
{
    char *channel = curl_easy_escape(easy, fetch->channel_id, 0);
    char *name = curl_easy_escape(easy, fetch->name, 0);

    must(channel && name);
    char *url =
        mem_printf("%s/files?channel_id=%s&filename=%s", mattermost_bot_url(bot), channel, name);
    must(!curl_easy_setopt(easy, CURLOPT_URL, url));
    free(url);
    curl_free(channel);
    curl_free(name);
}

/* The type is for the transport only: Mattermost takes a file's own from its name. */
static struct curl_slist *set_headers(struct download_upload *upload,
                                      const struct mattermost_bot *bot)
{
    static char type[] = "Content-Type: application/octet-stream";
    static char expect[] = "Expect:";
    struct curl_slist *headers = upload->headers;

    headers[0] = (struct curl_slist){ type, &headers[1] };
    headers[1] = (struct curl_slist){ expect, &headers[2] };
    headers[2] = (struct curl_slist){ mattermost_bot_authorization(bot), NULL };
    return headers;
}

void download_upload_aim(struct download_upload *upload, const struct mattermost_bot *bot,
                         const struct fetch *fetch, int64_t length)
{
    CURL *easy = upload->exchange.easy;

    exchange_begin(&upload->exchange, false, 0);
    set_url(easy, bot, fetch);
    must(!curl_easy_setopt(easy, CURLOPT_HTTPHEADER, set_headers(upload, bot)));
    must(!curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length));
}

/* Reads the id of the only file in an answer; false: it names no file, or several. */
static bool read_file_id(const struct answer *answer, char ret[static 27])
{
    struct peek infos;
    struct peek id;
    const struct peek_wanted in_answer[] = { { "file_infos", &infos } };
    const struct peek_wanted in_info[] = { { "id", &id } };

    if (!peek_members(peek_at(answer->body, answer->body_length), in_answer, 1) || !infos.at ||
        *infos.at != '[' || infos.length < 2)
        return false;
    return peek_members(peek_at(infos.at + 1, infos.length - 2), in_info, 1) &&
           peek_string(id, ret, 27) && channel_is_id(ret);
}

struct fetch_result download_upload_end(const struct download_upload *upload, CURLcode result,
                                        mono_ms now)
{
    struct fetch_result end = { .kind = FETCH_SERVER_SAID,
                                .answer = exchange_answer(&upload->exchange, result) };

    end.answer.took_ms = now - upload->began;
    if (end.answer.status == STATUS_CREATED && read_file_id(&end.answer, end.file_id))
        end.kind = FETCH_STORED;
    return end;
}
