#include "worker/edge/download.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "common/heap.h"
#include "common/mem.h"
#include "common/must.h"
#include "worker/edge/download_pipe.h"
#include "worker/edge/download_source.h"
#include "worker/edge/download_upload.h"
#include "worker/edge/mattermost_transfers.h"

enum { TRIES_MAX = 3, PAUSE_GROWS = 4 };

TAILQ_HEAD(download_list, download);

/* Sources and uploads are libcurl's in two places: neither can take the other's connections. */
struct downloads {
    struct loop *loop;
    struct downloads_options options;
    struct transfers *sources;
    struct transfers *uploads;
    struct download_list waiting;
    struct loop_timer turn; /* due when somebody's turn may have come */
    size_t running;
};

/* What is behind `is_running` is there while it is. */
struct download {
    struct downloads *owner;
    const struct mattermost_bot *bot;
    const struct fetch *fetch;
    void (*done)(void *context, const struct fetch_result *result);
    void *context;
    TAILQ_ENTRY(download) link; /* in `waiting`, until it runs */
    bool is_running;
    struct download_pipe pipe;
    struct download_source source;
    struct download_upload upload;
    bool source_is_on; /* libcurl has its handle */
    bool upload_is_on;
    bool upload_has_begun;
    int failures;  /* of the source, that may pass */
    mono_ms pause; /* after the next one */
    enum fetch_problem problem;
    struct loop_timer retry;
    struct loop_timer stir;     /* one of the sides may be able to go on */
    struct loop_timer deadline; /* of all of it */
};

static void set_timer(struct download *download, struct loop_timer *timer, mono_ms wait)
{
    struct loop *loop = download->owner->loop;

    loop_set_timer(loop, timer, loop_now(loop) + wait);
}

static void stop_source(struct download *download)
{
    if (download->source_is_on)
        transfers_remove(download->owner->sources, download->source.easy);
    download->source_is_on = false;
}

/* Takes it off libcurl and the loop. */
static void stop(struct download *download)
{
    struct loop *loop = download->owner->loop;

    stop_source(download);
    if (download->upload_is_on)
        transfers_remove(download->owner->uploads, download->upload.exchange.easy);
    download->upload_is_on = false;
    loop_clear_timer(loop, &download->retry);
    loop_clear_timer(loop, &download->stir);
    loop_clear_timer(loop, &download->deadline);
}

/* Frees a download that was stopped; another one can run. */
static void give_back(struct download *download)
{
    struct downloads *owner = download->owner;

    download_source_close(&download->source);
    download_upload_close(&download->upload);
    download_pipe_close(&download->pipe);
    free(download);
    owner->running--;
    loop_set_timer(owner->loop, &owner->turn, loop_now(owner->loop));
}

static void finish(struct download *download, const struct fetch_result *result)
{
    stop(download);
    download->done(download->context, result);
    give_back(download);
}

static void finish_without(struct download *download, enum fetch_problem problem)
{
    const struct fetch_result result = { .kind = FETCH_CANNOT_BE_HAD, .problem = problem };

    finish(download, &result);
}

static void start_hop(struct download *download)
{
    download->source_is_on = true;
    transfers_add(download->owner->sources, download->source.easy);
}

static void try_source(struct download *download)
{
    enum fetch_problem problem = download_source_aim(&download->source, download->fetch->url);

    if (problem != FETCH_NONE) {
        finish_without(download, problem);
        return;
    }
    download_pipe_clear(&download->pipe);
    start_hop(download);
}

static void on_retry(void *context, mono_ms now)
{
    (void)now;
    try_source(context);
}

/* An upload that has begun is of no use when its source failed: it is cut before its end. */
static void on_source_failed(struct download *download, const struct download_source_end *end)
{
    if (download->upload_has_begun || !end->may_pass || ++download->failures == TRIES_MAX) {
        finish_without(download, end->problem);
        return;
    }
    download->problem = end->problem;
    loop_clear_timer(download->owner->loop, &download->stir);
    set_timer(download, &download->retry, download->pause);
    download->pause *= PAUSE_GROWS;
}

static void source_ended(struct download *download, CURLcode result)
{
    struct download_source_end end = download_source_end(&download->source, result);

    download->source_is_on = false;
    switch (end.kind) {
    case SOURCE_WHOLE:
        download_pipe_end(&download->pipe);
        return;
    case SOURCE_MOVED:
        start_hop(download);
        return;
    case SOURCE_FAILED:
        on_source_failed(download, &end);
        return;
    }
}

static void on_source_ended(void *context, CURL *easy, CURLcode result)
{
    (void)context;
    source_ended(container_of(download_source_of(easy), struct download, source), result);
}

/* A file that was taken before all of it was there is not the file. */
static void on_upload_ended(void *context, CURL *easy, CURLcode result)
{
    struct downloads *downloads = context;
    struct download *download = container_of(download_upload_of(easy), struct download, upload);
    struct fetch_result end =
        download_upload_end(&download->upload, result, loop_now(downloads->loop));

    download->upload_is_on = false;
    if (end.kind == FETCH_STORED && !download->pipe.ended) {
        end.kind = FETCH_SERVER_SAID;
        end.answer.kind = ANSWER_UNKNOWN;
        end.answer.status = 0;
        end.answer.why = "the server answered before it had the whole file";
    }
    finish(download, &end);
}

static void start_upload(struct download *download)
{
    struct downloads *owner = download->owner;
    const struct download_pipe *pipe = &download->pipe;
    int64_t length =
        pipe->ended ? (int64_t)pipe->length : download_source_length(&download->source);

    download->upload.began = loop_now(owner->loop);
    download_upload_aim(&download->upload, download->bot, download->fetch, length);
    download->upload_has_begun = true;
    download->upload_is_on = true;
    transfers_add(owner->uploads, download->upload.exchange.easy);
}

/*
 * Lets go on what can.  Not done where it was noticed, which is inside libcurl; there, going on
 * could call what noticed it.  libcurl may have kept bytes while the source waited, and fail with
 * them now.
 */
static void on_stir(void *context, mono_ms now)
{
    struct download *download = context;

    (void)now;
    if (download_pipe_wake_source(&download->pipe) && download->source_is_on) {
        CURLcode result = curl_easy_pause(download->source.easy, CURLPAUSE_CONT);
        if (result != CURLE_OK) {
            stop_source(download);
            source_ended(download, result);
            return;
        }
    }
    if (!download->upload_has_begun && download->pipe.length > 0)
        start_upload(download);
    if (download_pipe_wake_upload(&download->pipe) && download->upload_is_on)
        (void)curl_easy_pause(download->upload.exchange.easy, CURLPAUSE_CONT);
}

static void on_stirred(void *context)
{
    struct download *download = context;

    set_timer(download, &download->stir, 0);
}

/* Says who is to blame: the source, unless it waits for the upload or has given all it has. */
static void on_deadline(void *context, mono_ms now)
{
    struct download *download = context;
    bool waits_for_source = !download->pipe.ended && !download->pipe.source_waits;

    if (!download->source_is_on && !download->pipe.ended) {
        finish_without(download, download->problem); /* it rests after a failure */
    } else if (!download->upload_has_begun || waits_for_source) {
        finish_without(download, FETCH_TOO_SLOW);
    } else {
        struct fetch_result result =
            download_upload_end(&download->upload, CURLE_OPERATION_TIMEDOUT, now);
        finish(download, &result);
    }
}

static void run(struct download *download)
{
    struct downloads *owner = download->owner;

    owner->running++;
    download->is_running = true;
    download->pause = owner->options.pause;
    download_pipe_open(&download->pipe, on_stirred, download);
    download_source_open(&download->source, &owner->options, &download->pipe);
    download_upload_open(&download->upload, &download->pipe);
    download->retry = (struct loop_timer){ .due = on_retry, .context = download };
    download->stir = (struct loop_timer){ .due = on_stir, .context = download };
    download->deadline = (struct loop_timer){ .due = on_deadline, .context = download };
    set_timer(download, &download->deadline, owner->options.timeout);
    try_source(download);
}

static void on_turn(void *context, mono_ms now)
{
    struct downloads *downloads = context;
    struct download *download;

    (void)now;
    while (downloads->running < downloads->options.at_once &&
           (download = TAILQ_FIRST(&downloads->waiting))) {
        TAILQ_REMOVE(&downloads->waiting, download, link);
        run(download);
    }
}

static int open_transfers(struct downloads *downloads, struct fault *reterr)
{
    struct transfers_options options = { .connections = downloads->options.at_once,
                                         .done = on_source_ended,
                                         .context = downloads };

    if (transfers_new(downloads->loop, &options, &downloads->sources, reterr))
        return -1;
    options.done = on_upload_ended;
    return transfers_new(downloads->loop, &options, &downloads->uploads, reterr);
}

int downloads_new(struct loop *loop, const struct downloads_options *options,
                  struct downloads **ret, struct fault *reterr)
{
    struct downloads *downloads = mem_new(sizeof(*downloads));

    must(options->at_once > 0 && options->max_bytes > 0);
    downloads->loop = loop;
    downloads->options = *options;
    downloads->turn = (struct loop_timer){ .due = on_turn, .context = downloads };
    TAILQ_INIT(&downloads->waiting);
    if (open_transfers(downloads, reterr)) {
        downloads_free(downloads);
        return -1;
    }
    *ret = downloads;
    return 0;
}

void downloads_free(struct downloads *downloads)
{
    if (!downloads)
        return;
    must(downloads->running == 0 && TAILQ_EMPTY(&downloads->waiting));
    loop_clear_timer(downloads->loop, &downloads->turn);
    transfers_free(downloads->sources);
    transfers_free(downloads->uploads);
    free(downloads);
}

struct download *download_start(struct downloads *downloads, const struct mattermost_bot *bot,
                                const struct fetch *fetch,
                                void (*done)(void *context, const struct fetch_result *result),
                                void *context)
{
    struct download *download = mem_new(sizeof(*download));

    download->owner = downloads;
    download->bot = bot;
    download->fetch = fetch;
    download->done = done;
    download->context = context;
    TAILQ_INSERT_TAIL(&downloads->waiting, download, link);
    loop_set_timer(downloads->loop, &downloads->turn, loop_now(downloads->loop));
    return download;
}

void download_cancel(struct download *download)
{
    if (download->is_running) {
        stop(download);
        give_back(download);
        return;
    }
    TAILQ_REMOVE(&download->owner->waiting, download, link);
    free(download);
}
